"""The forms of an agreement, its terms and its signatures."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, AgreementShare, Signature, Term
from core.forms import OFF, Helper
from core.widgets import DateField3, PastDateField


class AgreementForm(forms.ModelForm):
    """That the sides agreed, and on which day. Its terms are added one by one."""

    agreed_on = PastDateField(label=_("Agreed on"))
    review_on = DateField3(label=_("To be looked at again on"), required=False)

    class Meta:
        model = Agreement
        fields = ["kind", "agreed_on", "review_on"]
        widgets = {"kind": forms.RadioSelect}
        error_messages = {"kind": {"required": _("Choose what kind of agreement it is")}}

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.initial.setdefault("agreed_on", timezone.localdate())
        self.fields["kind"].choices = Agreement.Kind.choices
        self.helper = Helper("kind", "agreed_on", "review_on", submit=_("Record the agreement"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("review_on") and data.get("agreed_on") and data["review_on"] <= data["agreed_on"]:
            self.add_error("review_on", _("Enter a day after the day of the agreement"))
        return data


class TermForm(forms.ModelForm):
    """One promise, in the words of who makes it."""

    by_when = DateField3(label=_("By when"), required=False)

    class Meta:
        model = Term
        fields = ["who", "what", "repair", "by_when", "known_by", "amount"]
        widgets = {
            "who": forms.RadioSelect,
            "repair": forms.RadioSelect,
            "what": forms.Textarea({"rows": 3} | OFF),
            "known_by": forms.TextInput(OFF),
            "amount": forms.TextInput(OFF | {"inputmode": "decimal", "class": "w-s"}),
        }
        error_messages = {
            "who": {"required": _("Choose who promises it")},
            "what": {"required": _("Write what they promise")},
        }

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.agreement = agreement
        _choose_a_side(self.fields["who"], agreement)
        if agreement.case.is_restorative:
            self.fields["repair"].required, self.fields["repair"].choices = True, Term.Repair.choices
            self.fields["repair"].error_messages["required"] = _("Choose how it repairs the harm")
        else:
            del self.fields["repair"]
        self.helper = Helper(*self.fields, submit=_("Add the term"))


def _choose_a_side(field, agreement, but=()):
    """Of the sides of this agreement; whoever came to the case later needs one of their own."""
    sides = agreement.sides()
    field.queryset, field.empty_label = sides.exclude(pk__in=but), None
    if agreement.case.parties.sides().exclude(pk__in=sides).exists():
        field.help_text = _("Whoever joined the case later is not listed: record a new agreement with them.")


class SignatureForm(forms.ModelForm):
    """Who signed, and how."""

    class Meta:
        model = Signature
        fields = ["party", "mode"]
        widgets = {"party": forms.RadioSelect, "mode": forms.RadioSelect}
        error_messages = {
            "party": {"required": _("Choose who signed")},
            "mode": {"required": _("Choose how they signed")},
        }

    def __init__(self, *args, agreement, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.agreement = agreement
        _choose_a_side(self.fields["party"], agreement, but=agreement.signatures.values("party"))
        self.fields["mode"].choices = Signature.Mode.choices
        self.helper = Helper("party", "mode", submit=_("Record the signature"), cancel=cancel)


class SettleForm(forms.Form):
    """How a term stands now."""

    state = forms.ChoiceField(
        label=_("How it stands"), widget=forms.RadioSelect, error_messages={"required": _("Choose how it stands")}
    )

    def __init__(self, *args, term, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        allowed = [to for to, sources in Term.MOVES.items() if term.state in sources]
        self.fields["state"].choices = [(state.value, state.label) for state in allowed]
        self.helper = Helper("state", submit=_("Save"), cancel=cancel)


class ShareForm(forms.ModelForm):
    """Who gets the agreement, what for, and which sides consented to that in writing."""

    class Meta:
        model = AgreementShare
        fields = ["recipient", "purpose", "consented"]
        widgets = {
            "recipient": forms.TextInput(OFF), "purpose": forms.TextInput(OFF),
            "consented": forms.CheckboxSelectMultiple,
        }  # fmt: skip
        error_messages = {
            "recipient": {"required": _("Enter who gets it")},
            "purpose": {"required": _("Enter what it is for")},
            "consented": {"required": _("Tick who consented in writing: it takes every side")},
        }
        help_texts = {
            "recipient": _("For example a court, a landlord or a housing office."),
            "consented": _(
                "Each must have signed a paper that names who gets it and what for, also who has left the case since."
            ),
        }

    def __init__(self, *args, agreement, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.agreement = agreement
        self.fields["consented"].queryset = agreement.between.select_related("contact")
        self.helper = Helper("recipient", "purpose", "consented", submit=_("Record that it is shared"), cancel=cancel)
