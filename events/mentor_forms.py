"""Who mentors, what a check came to, and whom a mentor meets."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper
from core.widgets import DateField3, PastDateField
from events.forms import colleagues
from events.models import Clearance, Enrollment, Mentor, Pairing


class MentorForm(forms.ModelForm):
    """One of us, or a volunteer by name."""

    class Meta:
        model = Mentor
        fields = ["user", "named"]
        widgets = {"user": forms.Select({"class": "w-m"}), "named": forms.TextInput(OFF | {"class": "w-m"})}

    def __init__(self, *args, program, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.program = program
        there = program.mentors.exclude(user=None).values("user")
        self.fields["user"].queryset = colleagues().exclude(pk__in=there)
        self.fields["user"].empty_label = _("Nobody of us")
        self.helper = Helper("user", "named", submit=_("Add the mentor"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if bool(data.get("user")) == bool(data.get("named")) and not self.errors:
            self.add_error("named", _("Choose one of us, or enter the name of a volunteer"))
        return data


class ClearanceForm(forms.ModelForm):
    """What a check came to. The report itself is kept nowhere."""

    checked_on = PastDateField(label=_("Checked on"))
    expires_on = DateField3(label=_("Valid to"))

    class Meta:
        model = Clearance
        fields = ["kind", "result", "checked_on", "expires_on"]
        widgets = {"kind": forms.RadioSelect, "result": forms.RadioSelect}
        error_messages = {
            "kind": {"required": _("Choose what was checked")}, "result": {"required": _("Choose the result")},
        }  # fmt: skip

    def __init__(self, *args, mentor, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.mentor = mentor
        self.fields["kind"].choices = Clearance.Kind.choices
        self.fields["result"].choices = Clearance.Result.choices
        self.helper = Helper(*self.Meta.fields, submit=_("Enter the clearance"), cancel=cancel)

    def clean(self):
        data = super().clean()
        checked, expires = data.get("checked_on"), data.get("expires_on")
        if checked and expires and expires <= checked:
            self.add_error("expires_on", _("Enter a day after the check"))
        return data


class PairForm(forms.Form):
    """Whom a mentor meets: somebody who is enrolled and has no mentor."""

    enrollment = forms.ModelChoiceField(
        label=_("Who takes part"), queryset=Enrollment.objects.none(), to_field_name="handle",
        empty_label=_("Choose somebody"), widget=forms.Select({"class": "w-m"}),
        error_messages={"required": _("Choose whom the mentor meets")},
    )  # fmt: skip

    def __init__(self, *args, program, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        paired = Pairing.objects.filter(mentor__program=program, state__in=Pairing.LIVE).values("enrollment")
        free = program.enrollments.known().enrolled().exclude(pk__in=paired).select_related("contact")
        self.fields["enrollment"].queryset = free.order_by("contact__name", "id")
        self.helper = Helper("enrollment", submit=_("Pair them"), cancel=cancel)
