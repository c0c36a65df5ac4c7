import datetime
import logging

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts import locks, tasks
from accounts.models import Duty, Invitation, Role, User
from areas.models import Area
from core import audit
from core.forms import Helper
from core.widgets import PhoneInput, TimeField24
from notices import outbox
from notices.models import Contact
from notices.stop import e164

log = logging.getLogger("liaison.accounts")
TOO_MANY_CODES = _("Too many wrong codes. Wait 15 minutes, or ask your coordinator.")


class RecordedCode:
    """A wrong code is a failed sign-in: it is recorded, and after five of them nothing is compared any more."""

    def clean_code(self):
        with transaction.atomic():
            # One after the other, so that guesses in parallel are not all judged by the same count.
            User.objects.select_for_update().get(pk=self.user.pk)
            try:
                if locks.codes_are_locked(self.user):
                    # It is not counted, or somebody who keeps guessing keeps the account locked.
                    act, refused = "sign-in.code_refused", forms.ValidationError(TOO_MANY_CODES)
                else:
                    return super().clean_code()
            except forms.ValidationError as error:
                act, refused = locks.CODE_FAILED, error
            audit.record(self.user, act, self.user, kind=audit.Kind.SIGN_IN)
        raise refused


class AuthenticateForm(RecordedCode, mfa_forms.AuthenticateForm):
    """The one-time code at sign-in."""


class ReauthenticateForm(RecordedCode, mfa_forms.ReauthenticateForm):
    """The one-time code before something delicate."""


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """Ask for a new password. The page does the same work for every address, and the worker sends the mail.

    A mail sent here would take as long as the mail server does, but only for the address of a member of staff.
    """

    def clean_email(self):
        """One look for one person; allauth looks twice for an address that it does not find at once."""
        email = get_adapter().clean_email(self.cleaned_data["email"].lower())
        self.users = list(User.objects.active().filter(email=email))
        return email

    def save(self, request, **kwargs):
        pk = self.users[0].pk if self.users else tasks.NOBODY
        try:
            tasks.send_new_password_link.apply_async([pk], retry=False)
        except (OperationalError, RedisError, OSError):
            # Without the queue they still get their link; for so long the time of the answer tells who is known.
            log.warning("The worker could not be told; the link for a new password is sent by the page.")
            tasks.send_new_password_link(pk)
        return self.cleaned_data["email"]


class PasskeyAnswer(forms.JSONField):
    """What a browser's passkey said. The library that reads it asks for these parts without looking whether they are
    there, so an answer without them is refused here.
    """

    widget = forms.HiddenInput
    PARTS = {"id": str, "rawId": str, "response": dict}

    def to_python(self, value):
        try:
            answer = super().to_python(value)
        except RecursionError:
            # A thousand brackets within each other.
            answer = False
        whole = isinstance(answer, dict) and all(
            isinstance(answer.get(part), kind) for part, kind in self.PARTS.items()
        )
        if answer not in self.empty_values and not whole:
            raise forms.ValidationError(_("The passkey's answer could not be read. Try again."))
        return answer

    def bound_data(self, data, initial):
        """Nothing: an answer is never sent a second time."""
        return None


class LoginPasskeyForm(LoginWebAuthnForm):
    credential = PasskeyAnswer()


class AuthenticatePasskeyForm(AuthenticateWebAuthnForm):
    credential = PasskeyAnswer()


class ReauthenticatePasskeyForm(AuthenticatePasskeyForm):
    reauthenticated = True


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey signs in by itself unless the person says otherwise; without that no browser finds it later."""

    credential = PasskeyAnswer()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with this alone, without a password")
        self.fields["passwordless"].help_text = _("The device then asks for your finger, face or PIN.")
        self.fields["name"].label = _("Name of the passkey")


class AreaChoices(forms.ModelMultipleChoiceField):
    """The areas in force, each with its level."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        options = {"label": _("Areas served"), "required": False} | options
        super().__init__(Area.objects.none(), **options)

    def label_from_instance(self, area):
        return f"{area.name} ({area.level})"

    def offer(self, *, also=()):
        """Offer the areas in force, and former ones that are ticked already."""
        rows = Area.objects.current() | Area.objects.filter(pk__in=also)
        self.queryset = rows.only("name", "level").order_by("level", "name", "id")


def role_choices():
    return forms.MultipleChoiceField(label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class InvitationForm(forms.Form):
    """Invite somebody: who they are, what they will do here, where."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name as they sign"), max_length=80, help_text=_("For example “Ofc. R. Imani”."))
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, widget=forms.RadioSelect, initial="en"
    )
    roles = role_choices()
    areas = AreaChoices(help_text=_("A precinct covers all beats in it."))

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["areas"].offer()
        self.helper = Helper(
            "email", "name", "language", "roles", "areas", submit=_("Send the invitation"), cancel=cancel
        )

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody with this address has an account already."))
        if Invitation.objects.open().filter(email=email).exists():
            raise forms.ValidationError(_("This address was invited already. Send that invitation again instead."))
        return email


class NewPasswordForm(forms.Form):
    """The password of somebody who was invited."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters; a sentence is easiest to remember. Any characters, and pasting, are fine."
        ),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invitation, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.helper = Helper("password", "again", submit=_("Create my account"))

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, User(email=self.invitation.email, name=self.invitation.name))
        return password

    def clean(self):
        password, again = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))


class AccessForm(forms.Form):
    """What somebody may do here, and where."""

    name = forms.CharField(label=_("Name as they sign"), max_length=80)
    roles = role_choices()
    areas = AreaChoices(help_text=_("A precinct covers all beats in it."))

    def __init__(self, *args, person, cancel, **kwargs):
        areas = list(person.areas_served.values_list("area", flat=True))
        initial = {"name": person.name, "roles": sorted(person.roles), "areas": areas}
        super().__init__(*args, initial=initial, **kwargs)
        self.person = person
        self.fields["areas"].offer(also=areas)
        self.helper = Helper("name", "roles", "areas", submit=_("Save"), cancel=cancel)

    def save(self, *, by):
        person = self.person
        if person.name != self.cleaned_data["name"]:
            person.rename(self.cleaned_data["name"], by=by)
        person.set_roles(self.cleaned_data["roles"], by=by)
        person.set_areas(self.cleaned_data["areas"], by=by)


class ResetFactorForm(forms.Form):
    """Why a second factor is reset: what was lost, and how the coordinator knows who asked."""

    reason = forms.CharField(
        label=_("What was lost, and how you know that it is they who ask"),
        max_length=200,
        help_text=_("For example: lost phone, came in person. A call or a message is not enough."),
    )


class DisplayForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["public_name", "shortcuts"]


class OwnContactForm(forms.ModelForm):
    """How somebody wants to be told about their own work."""

    class Meta:
        model = Contact
        fields = ["phone", "may_sms", "may_email", "hours_from", "hours_to", "language"]
        field_classes = {"hours_from": TimeField24, "hours_to": TimeField24}
        labels = {
            "may_sms": _("Tell me by text message"),
            "may_email": _("Tell me by e-mail"),
            "language": _("Language of the messages to me"),
        }
        help_texts = {"hours_to": _("Leave both empty to be told at any hour.")}
        widgets = {
            "phone": PhoneInput(attrs={"autocomplete": "tel"}),
            "language": forms.RadioSelect(choices=settings.LANGUAGES),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper(*self.Meta.fields, submit=_("Save"))
        self.helper.form_action = reverse("accounts:my_contact")

    def clean(self):
        self.instance.phone_e164 = e164(self.cleaned_data.get("phone", "")) or ""
        if self.cleaned_data.get("may_sms") and not self.instance.phone_e164:
            self.add_error("phone", _("Enter a phone number that can receive texts, with its area code."))

    @transaction.atomic
    def save(self, *, by):
        contact = super().save()
        audit.record(by, "contact.own", contact, kind=audit.Kind.ADMINISTRATION, changed=sorted(self.changed_data))
        outbox.reconsider(contact)
        return contact


class RosterForm(forms.Form):
    """One week of duties: a choice for each area and day, of the supervisors who serve that area.

    Only what this person changed is written: each choice carries what it showed, so that two people who fill in
    different days do not undo each other.
    """

    def __init__(self, *args, areas, monday, **kwargs):
        super().__init__(*args, **kwargs)
        self.areas = {area.pk: area for area in areas}
        self.days = [monday + datetime.timedelta(days=n) for n in range(7)]
        self.people = Duty.objects.candidates(self.areas)
        standing = Duty.objects.filter(area__in=self.areas, day__in=self.days).select_related("supervisor")
        self.standing = {(duty.area_id, duty.day): duty.supervisor for duty in standing}
        for area in self.areas.values():
            for day in self.days:
                self.fields[self.name_of(area, day)] = self.choice(area, day)

    @staticmethod
    def name_of(area, day):
        return f"duty-{area.pk}-{day.isoformat()}"

    def choice(self, area, day):
        shown = self.standing.get((area.pk, day))
        people = dict.fromkeys(self.people.get(area.pk, []))
        if shown is not None:
            people.setdefault(shown)
        choices = [("", now_("All")), *((person.reference, person.name) for person in people)]
        label = f"{area.name}, {date_format(day, pgettext('day of the week and month', 'l j F'))}"
        initial = shown.reference if shown else ""
        return forms.ChoiceField(
            label=label, choices=choices, initial=initial, required=False, show_hidden_initial=True,
            widget=forms.Select(attrs={"class": "form-select", "aria-label": label}),
        )  # fmt: skip

    def rows(self):
        """For the template: each area with its seven choices and their days."""
        return [(area, [(self[self.name_of(area, day)], day) for day in self.days]) for area in self.areas.values()]

    def save(self, *, by):
        """Write what was changed; returns how many duties that were."""
        found = {person.reference: person for people in self.people.values() for person in people}
        found |= {person.reference: person for person in self.standing.values()}
        for name in self.changed_data:
            _prefix, area, day = name.split("-", 2)
            person = found.get(self.cleaned_data[name])
            Duty.objects.put(self.areas[int(area)], datetime.date.fromisoformat(day), person, by=by)
        return len(self.changed_data)
