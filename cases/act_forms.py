"""The forms of acts on a case as a whole: hold, refer out, close, reopen, who may open it, and reasons in writing."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import processes
from cases.models import Case
from core.forms import OFF, Helper, one_line
from core.widgets import DateField3


class HoldForm(forms.Form):
    """Until when a case rests, and why."""

    until = DateField3(label=_("Hold until"), help_text=_("You get a reminder on this day."))
    reason = one_line(
        _("Why"), required=_("Enter why the case rests"), help_text=_("No names. Seen by all who open the case.")
    )

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("until", "reason", submit=_("Put on hold"), cancel=cancel)

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise ValidationError(_("Enter a day after today"))
        return until


class ReferOutForm(forms.Form):
    """Who takes the case over."""

    to = one_line(
        _("Referred to"), required=_("Enter the service that takes it over"), max_length=160,
        help_text=_("The service, not a person."),
    )  # fmt: skip


class CloseForm(forms.Form):
    """Why a case ends. Every reason excludes the others, so that figures add up."""

    reason = forms.ChoiceField(
        label=_("Closing reason"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the case is closed")},
    )

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = processes.ends_of(case.process)


class ReopenForm(forms.Form):
    """Why a closed case is taken up again."""

    reason = one_line(
        _("Why"), required=_("Enter why the case is reopened"),
        help_text=_("For example that an agreement does not hold. It is seen in the timeline."),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """A reason in writing, for acts that somebody will ask about."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea({"rows": 3} | OFF),
        error_messages={
            "required": _("Enter the reason"),
            "min_length": _("Write the reason so that another person understands it"),
        },
    )


class AccessForm(forms.Form):
    """Who may open a case. Sealing is taken back by two people only."""

    access = forms.ChoiceField(label=_("Who may open it"), choices=Case.Access.choices, widget=forms.RadioSelect)

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("access", submit=_("Change who may open it"), cancel=cancel)
