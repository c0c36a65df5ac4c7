"""Who takes part, who agreed for them, and who was there. What is typed into these forms is never kept as a draft."""

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper, one_line
from core.widgets import PastDateField, PhoneInput
from events.forms import LANGUAGES
from events.models import Attendance, Enrollment
from events.models.enrollment import Band
from notices.models import Contact
from notices.phones import e164

UNSAID, UNMARKED = ("", _("Not said")), ("", _("Not noted"))


def _phone(help_text):
    return forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=PhoneInput(), help_text=help_text
    )  # fmt: skip


class EnrollmentForm(forms.Form):
    """Somebody who wants to take part: a name that they go by is enough."""

    called = one_line(_("What they want to be called"), required=_("Enter a name"), max_length=120)
    band = forms.ChoiceField(
        label=_("Age"), choices=[UNSAID, *Band.choices], required=False, widget=forms.RadioSelect,
        help_text=_("Who did not say is taken for under 18."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.Select({"class": "w-m"}))
    phone = _phone(_("Only their own. The number of a guardian is asked with the consent."))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(OFF | {"class": "w-m"}))

    def __init__(self, *args, enrollment, submit, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.enrollment, contact = enrollment, enrollment.contact
        self.initial |= {"language": "en", "band": enrollment.band}
        if contact is not None:
            self.initial |= {
                "called": contact.name, "language": contact.language, "phone": contact.phone, "email": contact.email,
            }  # fmt: skip
        self.helper = Helper(
            Fieldset(_("Who"), "called", "band", "language"),
            Fieldset(_("How we reach them"), "phone", "email"),
            submit=submit, cancel=cancel,
        )  # fmt: skip

    def fill(self):
        """Write what was said into the enrollment and its contact; nothing is saved yet."""
        data, contact = self.cleaned_data, self.enrollment.contact or Contact()
        contact.name, contact.language = data["called"].strip(), data["language"]
        contact.phone, contact.phone_e164, contact.email = data["phone"], e164(data["phone"]), data["email"]
        contact.may_call, contact.may_email = bool(data["phone"]), bool(data["email"])
        self.enrollment.contact = contact
        return self.enrollment


class ConsentForm(forms.Form):
    """A parent or guardian agreed: who, when, how. Whoever sends the form took it down."""

    called = one_line(
        _("Parent or guardian"), required=_("Enter who agreed"), max_length=120,
        help_text=_("The name they want to be called."),
    )  # fmt: skip
    phone = _phone(_("Whom we call if something happens."))
    on = PastDateField(label=_("When"))
    how = forms.ChoiceField(
        label=_("How"), choices=Enrollment.How.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they agreed")},
    )  # fmt: skip

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("called", "phone", "on", "how", submit=_("Note the consent"), cancel=cancel)

    def guardian(self):
        phone = self.cleaned_data["phone"]
        return Contact(name=self.cleaned_data["called"].strip(), phone=phone, may_call=bool(phone))


class AttendanceForm(forms.Form):
    """Everybody who is enrolled, each with a mark. Only what this person changed is written: two may do it at once."""

    def __init__(self, *args, enrollments, marks, **kwargs):
        super().__init__(*args, **kwargs)
        self.enrollments = {self._name(one): one for one in enrollments}
        for name, one in self.enrollments.items():
            self.fields[name] = forms.ChoiceField(
                label=one.called, choices=[*Attendance.Mark.choices, UNMARKED], required=False,
                initial=marks.get(one.pk, ""), widget=forms.RadioSelect, show_hidden_initial=True,
            )  # fmt: skip

    @staticmethod
    def _name(enrollment):
        return f"mark_{enrollment.handle.hex}"

    def marks(self):
        """{enrollment: mark} of those that were changed."""
        return {self.enrollments[name]: self.cleaned_data[name] for name in self.changed_data}
