"""The forms of a restorative circle: whether it fits, who was met before it, and how it is held."""

from crispy_forms.layout import Fieldset
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import CirclePlan, Eligibility, PreCircle
from core.forms import OFF, Helper
from core.versions import VersionedModelForm
from core.widgets import PastDateField


class EligibilityForm(forms.ModelForm):
    """Whether a circle fits."""

    fits = forms.TypedChoiceField(
        label=_("Decision"), coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        choices=[("yes", _("A circle fits")), ("no", _("A circle does not fit"))],
        error_messages={"required": _("Choose whether a circle fits")},
    )  # fmt: skip

    class Meta:
        model = Eligibility
        fields = ["responsibility", "voluntary", "fits"]
        widgets = {"responsibility": forms.RadioSelect}
        error_messages = {"responsibility": {"required": _("Choose whether they accept responsibility")}}
        help_texts = {
            "responsibility": _("What they admit here is for the circle alone. Ask nobody to admit a crime."),
        }

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.fields["responsibility"].choices = Eligibility.Responsibility.choices
        self.helper = Helper("responsibility", "voluntary", "fits", submit=_("Save the decision"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("fits") and data.get("responsibility") == Eligibility.Responsibility.NO:
            self.add_error("fits", _("Without responsibility a circle does not fit. Mediation may"))
        if data.get("fits") and not data.get("voluntary"):
            self.add_error("voluntary", _("A circle fits only where both know that it is voluntary"))
        return data


class PreCircleForm(forms.ModelForm):
    """That a participant was met, and whether they are ready."""

    met_on = PastDateField(label=_("Met on"))

    class Meta:
        model = PreCircle
        fields = ["met_on", "ready", "willing", "able", "safe"]

    def __init__(self, *args, party, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.party = party
        self.initial.setdefault("met_on", timezone.localdate())
        self.helper = Helper(
            "met_on", Fieldset(_("Tick what is true today"), *PreCircle.NEEDED),
            submit=_("Record the meeting"), cancel=cancel,
        )  # fmt: skip


class CirclePlanForm(VersionedModelForm):
    """Who speaks after whom, and what the keeper says and asks. Each participant has a field for their place."""

    class Meta:
        model = CirclePlan
        fields = ["with_harmed", "talking_piece", "opening", "guidelines", "rounds", "closing"]
        widgets = {
            "talking_piece": forms.TextInput(OFF),
            **{name: forms.Textarea({"rows": 3} | OFF) for name in ("opening", "guidelines", "closing")},
            "rounds": forms.Textarea({"rows": 6} | OFF),
        }

    def __init__(self, *args, participants, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.participants = {f"place_{party.handle.hex}": party for party in participants}
        places = {seat.party_id: seat.place for seat in self.instance.seats.all()} if self.instance.pk else {}
        for name, party in self.participants.items():
            self.fields[name] = forms.IntegerField(
                label=f"{party}, {party.get_role_display()}", min_value=1, max_value=200, required=False,
                widget=forms.NumberInput({"class": "w-date"}),
            )  # fmt: skip
            self.initial[name] = places.get(party.pk)
        self.helper = Helper(
            "version",
            Fieldset(_("Who speaks after whom: 1 begins"), *self.participants, "with_harmed"),
            Fieldset(_("How it goes"), "talking_piece", "opening", "guidelines", "rounds", "closing"),
            submit=_("Save the plan"), cancel=cancel,
        )  # fmt: skip

    def clean(self):
        data = super().clean()
        taken = set()
        for name in self.participants:
            place = data.get(name)
            if place in taken:
                self.add_error(name, _("Somebody else has this place already"))
            taken |= {place} - {None}
        return data

    @property
    def seated(self):
        """The participants who have a place, in their order."""
        with_place = [name for name in self.participants if self.cleaned_data.get(name) is not None]
        return [self.participants[name] for name in sorted(with_place, key=self.cleaned_data.get)]
