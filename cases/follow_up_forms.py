"""What a side is asked when an agreement is followed up, by link and by phone, and the day of asking."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cases.models import FollowUpAnswer, FollowUpLink, TermAnswer
from core import code_forms
from core.forms import Helper
from core.widgets import DateField3

UNSAID = ("", _("I would rather not say"))


def _chosen(label, choices, *, required=""):
    """Radio buttons; who need not answer may say so."""
    choices = list(choices) if required else [*choices, UNSAID]
    return forms.ChoiceField(
        label=label, choices=choices, required=bool(required), widget=forms.RadioSelect,
        error_messages={"required": required},
    )  # fmt: skip


class AnswerForm(forms.ModelForm):
    """What one side says of each term and of the whole. Only the question of the whole must be answered."""

    police_again = forms.TypedChoiceField(
        label=_("Were the police called again because of this?"), choices=[("yes", _("Yes")), ("no", _("No")), UNSAID],
        required=False, empty_value=None, coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )  # fmt: skip

    class Meta:
        model = FollowUpAnswer
        fields = [
            "holding", "relationship", "police_again", "fairness", "voice", "satisfaction", "would_again", "call_me",
        ]  # fmt: skip

    def __init__(self, *args, follow_up, party, submit, cancel="", beside=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.follow_up, self.instance.party = follow_up, party
        choices = FollowUpAnswer
        self.fields["holding"] = _chosen(
            _("Does the agreement hold, as a whole?"), choices.Holding.choices,
            required=_("Choose whether the agreement holds"),
        )  # fmt: skip
        self.fields["relationship"] = _chosen(_("How do you get on since then?"), choices.Relationship.choices)
        for name in ("fairness", "voice", "satisfaction"):
            sentence = format_lazy(_("“{sentence}.” How much is that so?"), sentence=self.fields[name].label)
            self.fields[name] = forms.TypedChoiceField(
                label=sentence, choices=[*choices.AGREE, UNSAID], required=False,
                coerce=int, empty_value=None, widget=forms.RadioSelect,
            )  # fmt: skip
        self.fields["would_again"] = _chosen(_("Would you do it again?"), choices.Again.choices)
        self.fields["call_me"].label = _("Please call me, I want to talk about it")
        self.terms = {f"term_{term.handle.hex}": term for term in follow_up.agreement.terms.all()}
        for name, term in self.terms.items():
            promised = format_lazy(_("“{what}” Was that kept?"), what=term.what)
            self.fields[name] = _chosen(promised, TermAnswer.Result.choices)
        whole, *others = (name for name in self.Meta.fields if name not in beside)
        self.helper = Helper(*beside, whole, *self.terms, *others, submit=submit, cancel=cancel)

    def of_terms(self):
        """What was said of each term: {term: result}; of terms that were passed over nothing."""
        return {term: self.cleaned_data[name] for name, term in self.terms.items() if self.cleaned_data[name]}


class HeardForm(AnswerForm):
    """The same, written down by a member of staff for a side they talked to alone."""

    mode = forms.ChoiceField(
        label=_("How they answered"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they answered")},
    )

    class Meta(AnswerForm.Meta):
        fields = [*AnswerForm.Meta.fields, "mode"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, beside=["mode"], submit=_("Save their answer"), **kwargs)
        heard = FollowUpAnswer.Mode
        self.fields["mode"].choices = [(mode.value, mode.label) for mode in (heard.CALL, heard.VISIT, heard.PAPER)]


class DayForm(forms.Form):
    """Another day on which the sides are asked."""

    day = DateField3(label=_("Ask on"))

    def __init__(self, *args, follow_up, cancel, **kwargs):
        super().__init__(*args, initial={"day": follow_up.due_on}, **kwargs)
        self.agreed_on = follow_up.agreement.agreed_on
        self.helper = Helper("day", submit=_("Save the day"), cancel=cancel)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day < timezone.localdate() or day <= self.agreed_on:
            raise ValidationError(_("Enter a day that is still to come"))
        return day


class CodeForm(code_forms.CodeForm):
    """The code on a paper or in a message."""

    def find(self, told):
        return FollowUpLink.objects.opened_by(told).select_related("follow_up").first()
