"""The forms of the door and of the close-out."""

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper, one_line
from core.widgets import DateField3
from events.forms import colleagues
from events.models import CloseOut, Promise, Raised, Tap
from partners.models import Organization


class TapForm(forms.Form):
    """One press at the door. A key that arrived before is no mistake: it is the same press, sent again."""

    key = forms.UUIDField()
    age = forms.ChoiceField(choices=Tap.Age.choices)
    visit = forms.ChoiceField(choices=Tap.Visit.choices)


class CloseOutForm(forms.ModelForm):
    """Who came, what it cost, what to do differently. What was counted at the door stands in it already."""

    class Meta:
        model = CloseOut
        fields = [*CloseOut.COUNTS, "conversations", "organizations", "photos", "cost", "next_time"]
        widgets = {
            **{name: forms.NumberInput({"class": "w-date"}) for name in (*CloseOut.COUNTS, "conversations")},
            "organizations": forms.CheckboxSelectMultiple,
            "cost": forms.TextInput(OFF | {"inputmode": "decimal", "class": "w-s"}),
            "next_time": forms.Textarea({"rows": 3} | OFF),
        }

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        parts = self.instance.event.parts.values("organization")
        self.fields["organizations"].queryset = Organization.objects.filter(pk__in=parts)
        self.initial.setdefault("organizations", [part["organization"] for part in parts])
        if not parts:
            del self.fields["organizations"]
        self.helper = Helper(
            Fieldset(_("Who came"), *CloseOut.COUNTS),
            *[name for name in self.fields if name not in CloseOut.COUNTS],
            submit=_("Close the event out"), cancel=cancel,
        )  # fmt: skip


class RaisedForm(forms.ModelForm):
    """Something that people brought up."""

    class Meta:
        model = Raised
        fields = ["what", "voices"]
        widgets = {"what": forms.Textarea({"rows": 3} | OFF), "voices": forms.NumberInput({"class": "w-s"})}
        error_messages = {
            "what": {"required": _("Enter what was raised")}, "voices": {"required": _("Enter how many said so")}
        }  # fmt: skip

    def __init__(self, *args, event, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.event = event
        self.helper = Helper("what", "voices", submit=_("Note it"), cancel=cancel)


class PromiseForm(forms.ModelForm):
    """What one of us promised."""

    due_on = DateField3(label=_("By when"))

    class Meta:
        model = Promise
        fields = ["what", "who", "due_on"]
        widgets = {"what": forms.Textarea({"rows": 3} | OFF), "who": forms.Select({"class": "w-m"})}
        error_messages = {
            "what": {"required": _("Enter what was promised")}, "who": {"required": _("Choose who keeps it")}
        }  # fmt: skip

    def __init__(self, *args, event, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.event = event
        self.initial.setdefault("who", event.lead_id)
        self.fields["who"].queryset, self.fields["who"].empty_label = colleagues(), _("Choose who keeps it")
        self.helper = Helper("what", "who", "due_on", submit=_("Write the promise down"), cancel=cancel)

    def clean_due_on(self):
        """Nobody promises something for a day before the event."""
        due_on = self.cleaned_data["due_on"]
        if due_on < self.instance.event.day:
            raise forms.ValidationError(_("Enter a day after the event"))
        return due_on


class EndPromiseForm(forms.Form):
    """What came of a promise."""

    kept = forms.ChoiceField(
        label=_("Was it kept?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("It could not be kept"))],
        error_messages={"required": _("Choose whether it was kept")},
    )  # fmt: skip
    said = one_line(
        _("What came of it"), required=_("Enter what came of it"), max_length=300,
        help_text=_("If it could not be kept: why, and what those were told to whom it was promised."),
    )  # fmt: skip

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("kept", "said", submit=_("Save"), cancel=cancel)
