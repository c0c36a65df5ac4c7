"""What a workshop teaches, and how often each answer to its question was given before and after it."""

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.utils.translation import gettext as now_in
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper
from core.versions import VersionedModelForm
from events.forms import colleagues
from events.models import Workshop
from events.models.workshop import MOST_ANSWERS, SCALE

TIMES = ("before", "after")


def fields_of(time):
    """The names of the fields in which the answers of a time are counted."""
    return [f"{time}_{point}" for point in SCALE]


class WorkshopForm(VersionedModelForm):
    class Meta:
        model = Workshop
        fields = ["outline", "hours", "trainer", "trainer_named", "question"]
        widgets = {
            "outline": forms.Textarea({"rows": 6} | OFF),
            "hours": forms.TextInput(OFF | {"inputmode": "decimal", "class": "w-s"}),
            "trainer": forms.Select({"class": "w-m"}),
            "trainer_named": forms.TextInput(OFF | {"class": "w-m"}),
            "question": forms.TextInput(OFF),
        }
        help_texts = {
            "trainer_named": _("Their name, and where they come from."),
            "question": _("The same words both times, answered from 1 (not at all) to 5 (very much)."),
        }
        error_messages = {
            "outline": {"required": _("Enter what is taught")},
            "hours": {"required": _("Enter how many hours it takes")},
        }

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["trainer"].queryset = colleagues()
        self.fields["trainer"].empty_label = _("Nobody of us")
        for time, label in ((TIMES[0], _("Before: gave %(point)d")), (TIMES[1], _("After: gave %(point)d"))):
            counts = getattr(self.instance, time) or [None] * len(SCALE)
            for name, point, count in zip(fields_of(time), SCALE, counts, strict=True):
                self.fields[name] = _count(now_in(str(label)) % {"point": point}, count)
        self.helper = Helper(
            "version",
            Fieldset(_("Curriculum"), "outline", "hours"),
            Fieldset(_("Who teaches"), "trainer", "trainer_named"),
            Fieldset(_("Question before and after"), "question"),
            *(Fieldset(legend, Div(*fields_of(time), css_class="cluster fields")) for time, legend in LEGENDS),
            submit=_("Save the workshop"), cancel=cancel,
        )  # fmt: skip

    def clean(self):
        data = super().clean()
        if data.get("trainer") and data.get("trainer_named"):
            self.add_error("trainer_named", _("Enter one of us or somebody from outside, not both"))
        for time in TIMES:
            counts = [data.get(name) for name in fields_of(time)]
            said = any(count is not None for count in counts)
            data[time] = [count or 0 for count in counts] if said else []
        if (data["before"] or data["after"]) and not data.get("question"):
            self.add_error("question", _("Enter the question to which these are the answers"))
        return data

    def tallies(self):
        return {time: self.cleaned_data[time] for time in TIMES}


LEGENDS = ((TIMES[0], _("How many gave each answer before")), (TIMES[1], _("How many gave each answer after")))


def _count(label, initial):
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST_ANSWERS, required=False, initial=initial,
        widget=forms.NumberInput({"class": "w-date", "inputmode": "numeric"}),
    )  # fmt: skip
