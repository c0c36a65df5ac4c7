"""What a program is, for whom, who runs it, and which events are its sessions."""

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.forms import AreaChoice
from areas.models import Area
from core.forms import OFF, Helper
from core.versions import VersionedModelForm
from core.widgets import DateField3
from events.forms import colleagues
from events.models import Event, Program
from events.models.program import LONGEST
from events.programs import NOT_HELD

PARTS = (
    Fieldset(_("What"), "name", "purpose"),
    Fieldset(_("When"), "begins_on", "ends_on"),
    Fieldset(
        _("For whom"), "area", Div("age_from", "age_to", "capacity", css_class="cluster fields"), "guardian_consent",
    ),
    Fieldset(_("Who runs it"), "lead", Div("staff", css_class="in-columns"), "absences"),
)  # fmt: skip


class WhatAProgramIs(forms.ModelForm):
    """What drafting and editing have in common."""

    area = AreaChoice(label=_("Area"), empty_label=_("Choose an area"))
    begins_on = DateField3(label=_("First day"))
    ends_on = DateField3(
        label=_("Last day"), help_text=_("The names of those who took part are deleted one day after it.")
    )

    class Meta:
        model = Program
        fields = [
            "name", "purpose", "begins_on", "ends_on", "area", "age_from", "age_to", "capacity", "guardian_consent",
            "lead", "staff", "absences",
        ]  # fmt: skip
        widgets = {
            "name": forms.TextInput(OFF),
            "purpose": forms.Textarea({"rows": 3} | OFF),
            "lead": forms.Select({"class": "w-m"}),
            "staff": forms.CheckboxSelectMultiple,
            **{name: forms.NumberInput({"class": "w-s"}) for name in ("age_from", "age_to", "capacity", "absences")},
        }
        error_messages = {
            "name": {"required": _("Enter a name")},
            "purpose": {"required": _("Enter what it is for")},
            "lead": {"required": _("Choose who leads it")},
            "absences": {"required": _("Enter after how many absences in a row")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        program, people = self.instance, colleagues()
        self.fields["lead"].empty_label = _("Choose who leads it")
        if program.pk:
            self.fields["area"].queryset = Area.objects.current() | Area.objects.filter(pk=program.area_id)
            people = get_user_model().objects.filter(Q(pk=program.lead_id) | Q(pk__in=people.values("pk")))
        self.fields["lead"].queryset = self.fields["staff"].queryset = people

    def clean(self):
        data = super().clean()
        begins, ends = data.get("begins_on"), data.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("Enter a day after the first one"))
        if begins and ends and ends - begins > LONGEST:
            self.add_error("ends_on", _("Enter a day within two years. Begin a new program for the time after it"))
        first, last = data.get("age_from"), data.get("age_to")
        if first is not None and last is not None and last < first:
            self.add_error("age_to", _("Enter an age that is not below the other"))
        return data


class ProgramForm(WhatAProgramIs):
    """A new program."""

    def __init__(self, *args, user, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("lead", user.pk)
        self.helper = Helper(*PARTS, submit=_("Save the draft"), cancel=cancel)


class ProgramEditForm(WhatAProgramIs, VersionedModelForm):
    """What it is. Whether a guardian must agree is settled before anybody asks to take part."""

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["guardian_consent"].disabled = self.instance.state != Program.State.DRAFT
        self.helper = Helper("version", *PARTS, submit=_("Save the program"), cancel=cancel)


class SessionForm(forms.Form):
    """One of our events becomes a session."""

    event = forms.ModelChoiceField(
        label=_("Event"), queryset=Event.objects.none(), empty_label=_("Choose an event"),
        widget=forms.Select({"class": "w-m"}), error_messages={"required": _("Choose the event")},
        help_text=_("Plan it under Events first. Events of other programs cannot be chosen."),
    )  # fmt: skip
    whole = forms.BooleanField(label=_("Also all that come after it in its series"), required=False)

    def __init__(self, *args, program, user, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        free = Event.objects.visible_to(user).filter(session_of=None).exclude(state__in=NOT_HELD)
        during = {"day__gte": program.begins_on, "day__lte": program.ends_on}
        found = free.filter(**during).defer("vector", "about_en", "about_es").order_by("starts_at", "id")
        self.fields["event"].queryset = found
        self.fields["event"].label_from_instance = _in_words
        self.helper = Helper("event", "whole", submit=_("Add the session"), cancel=cancel)


def _in_words(event):
    return f"{event.wall_time:%Y-%m-%d %H:%M} {event.title} ({event})"
