"""The forms of agencies joined to a case: what is agreed with one, and what it writes by its link."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import AgencyUpdate, JoinedAgency
from cases.readiness_forms import ChoicesField
from core.forms import OFF, Helper
from core.widgets import DateField3
from partners.models import Organization


class AgreedForm(forms.ModelForm):
    """Who, what for, from when until when, what it may see, and which sides consented to exactly that in writing."""

    starts_on = DateField3(label=_("First day"))
    ends_on = DateField3(
        label=_("Last day"), help_text=_("After this day it sees nothing. You are reminded a week before.")
    )
    sees = ChoicesField(
        label=_("What it may see"), choices=JoinedAgency.See.choices,
        error_messages={"required": _("Tick what it may see")},
        help_text=_("Never names, contacts, places, notes or screenings."),
    )  # fmt: skip

    class Meta:
        model = JoinedAgency
        fields = ["person", "purpose", "starts_on", "ends_on", "sees", "consented"]
        widgets = {
            "person": forms.TextInput(OFF), "purpose": forms.TextInput(OFF), "consented": forms.CheckboxSelectMultiple
        }  # fmt: skip
        error_messages = {
            "person": {"required": _("Enter who reads and writes for the agency")},
            "purpose": {"required": _("Enter what it is for")},
        }
        help_texts = {
            "consented": _(
                "Each must have signed a paper that names the agency, what it is for, until when, and what it may see. "
                "It sees nothing until every side has. Untick who takes it back: its page is shut at once."
            ),
        }

    def __init__(self, *args, case, submit, cancel, before=(), after=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.fields["consented"].queryset = case.parties.sides()
        self.helper = Helper(*before, *self.Meta.fields, *after, submit=submit, cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("Enter a day that is not before the first"))
        return data


class JoinForm(AgreedForm):
    """An agency gets a part in the case."""

    organization = forms.ModelChoiceField(
        queryset=None, label=_("Agency"), error_messages={"required": _("Choose the agency")},
        widget=forms.Select({"class": "w-m"}),
        help_text=_("It is chosen among the organizations. One that is not there yet is added there first."),
    )  # fmt: skip

    class Meta(AgreedForm.Meta):
        fields = ["organization", *AgreedForm.Meta.fields]

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, case=case, submit=_("Join the agency"), cancel=cancel, **kwargs)
        joined = case.agencies.joined().values("organization")
        self.fields["organization"].queryset = Organization.objects.filter(active=True).exclude(pk__in=joined)
        self.fields["organization"].empty_label = _("Choose an agency")
        self.initial.setdefault("starts_on", timezone.localdate())

    def clean(self):
        data = super().clean()
        if data.get("ends_on") and data["ends_on"] < timezone.localdate():
            self.add_error("ends_on", _("Enter a day that has not passed"))
        return data


class ChangeForm(AgreedForm):
    """What is agreed with it now. Nobody who signed for less is taken to have signed for more."""

    anew = forms.BooleanField(label=_("Each of those ticked signed a new paper that says what changed"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, case=case, submit=_("Save"), cancel=cancel, before=["seen"], after=["anew"], **kwargs)
        self.initial["seen"] = self.instance.changed

    def clean(self):
        data = super().clean()
        if not self.errors and data["consented"] and self._is_more(data) and not data["anew"]:
            told = _("It may see more, for longer or for something else than they signed for. Tick if they signed anew")
            self.add_error("anew", told)
        return data

    def _is_more(self, data):
        """Whether it goes beyond what the papers say that were signed before."""
        was = self.instance
        return (
            set(data["sees"]) - set(was.sees)
            or data["starts_on"] < was.starts_on
            or data["ends_on"] > was.ends_on
            or data["purpose"] != was.purpose
        )

    def changes(self):
        """What the verb needs."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "seen")}


class UpdateForm(forms.Form):
    """What an agency writes without an account."""

    text = forms.CharField(
        label=_("What is new?"), max_length=AgencyUpdate.LONGEST, widget=forms.Textarea({"rows": 6} | OFF),
        help_text=_("Only what this is about. The unit reads it and keeps it with its record."),
        error_messages={"required": _("Write what is new")},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("text", submit=_("Send the update"))
