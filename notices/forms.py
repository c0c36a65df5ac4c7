"""How a person may be reached, and until when a reminder may wait."""

from datetime import date, time, timedelta

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper
from core.widgets import DateField3, PhoneInput, TimeField24
from notices import outbox, walltime
from notices.models import Channel, Contact, Purpose
from notices.models.contact import LANGUAGE_NAMES, RECONFIRM_AFTER_DAYS
from notices.phones import e164

WAYS = ("may_call", "may_voicemail", "may_sms", "may_email", "may_chat", "may_letter")
BY_PHONE = ("may_call", "may_voicemail", "may_sms")
WRITTEN = {"may_sms": Channel.SMS, "may_email": Channel.EMAIL, "may_chat": Channel.CHAT}
# Other people's data: the browser of a shared computer must not offer it to the next person.
START_OF_DAY = time(6, 0)


class ContactForm(forms.ModelForm):
    """How a person may be reached safely. It stands inside the form of the record that knows them.

    `ContactForm(data, instance=contact, prefix="contact", purpose=Purpose.CASE)`, then `save(by=request.user)` in the
    transaction that saves the record. Show it by `{% crispy form %}` inside your own <form>, or place `form.layout`.
    """

    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=PhoneInput,
        help_text=_("With the country code if it is not a local number."),
    )
    agreed = forms.BooleanField(
        label=_("They agreed to get messages about this by the ways ticked above"),
        required=False,
        help_text=_("Without this nothing is sent by itself, and you get a reminder to reach them yourself."),
    )
    hours_from = TimeField24(label=_("Not before"), required=False)
    hours_to = TimeField24(label=_("Not after"), required=False)
    reconfirm_on = DateField3(
        label=_("Ask for these rules again by"),
        required=False,
        help_text=_("After this day nothing is sent until you have asked."),
    )

    class Meta:
        model = Contact
        fields = [
            "name", "language", "phone", "no_safe_phone", "email", "chat", *WAYS,
            "hours_from", "hours_to", "neutral", "no_police", "rules_note", "reconfirm_on",
        ]  # fmt: skip
        labels = {"no_safe_phone": _("No safe phone. Nothing will be sent by phone or text.")}
        help_texts = {"rules_note": _("For example: text only, after 17:00.")}
        widgets = {
            "name": forms.TextInput(OFF),
            "language": forms.Select,
            "email": forms.EmailInput(OFF),
            "chat": forms.TextInput(OFF),
            "rules_note": forms.TextInput(OFF),
        }

    def __init__(self, *args, purpose=Purpose.CASE, **kwargs):
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        kept = self.instance.language
        names = LANGUAGE_NAMES if kept in LANGUAGE_NAMES else LANGUAGE_NAMES | {kept: kept}
        self.fields["language"].widget.choices = list(names.items())
        if self.instance.pk:
            self.initial["agreed"] = self.instance.consents.filter(purpose=purpose, withdrawn_at=None).exists()
        else:
            self.initial.setdefault("reconfirm_on", timezone.localdate() + timedelta(days=RECONFIRM_AFTER_DAYS))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout = self._layout()

    @staticmethod
    def _layout():
        return Layout(
            "name",
            "language",
            "phone",
            "no_safe_phone",
            "email",
            "chat",
            Fieldset(
                _("How may we reach them safely?"),
                HTML('{% include "notices/_safe_hint.html" %}'),
                *WAYS,
                "agreed",
                css_class="q",
            ),
            Div("hours_from", "hours_to", css_class="cluster fields"),
            "neutral",
            "no_police",
            "rules_note",
            "reconfirm_on",
        )

    def clean_phone(self):
        """Kept as it was typed. Only a text message needs the number whole; people can dial what they know."""
        return self.cleaned_data["phone"].strip()

    def clean(self):
        data = super().clean()
        phone, none_safe = data.get("phone", ""), data.get("no_safe_phone")
        if "phone" in data and not phone and not none_safe:
            self.add_error("phone", _("Add a phone number, or tick “No safe phone”"))
        if none_safe and any(data.get(way) for way in BY_PHONE):
            self.add_error("no_safe_phone", _("You ticked “No safe phone” and a way by phone: untick one of them"))
        elif not phone and not none_safe and any(data.get(way) for way in BY_PHONE):
            self.add_error("may_call", _("Add the phone number for the ways that you ticked"))
        if data.get("may_sms") and phone and not e164(phone):
            self.add_error("phone", _("For texts, enter the whole number with its area code"))
        if data.get("may_email") and not data.get("email"):
            self.add_error("email", _("Add the e-mail address, or untick e-mail"))
        if data.get("may_chat") and not data.get("chat"):
            self.add_error("chat", _("Add the chat address, or untick chat"))
        return data

    @transaction.atomic
    def save(self, *, by, commit=True):
        """Write the contact and what it agreed to, and let go what was blocked by rules that have changed."""
        contact = super().save(commit=False)
        contact.phone_e164 = "" if contact.no_safe_phone else e164(contact.phone)
        if set(self.changed_data) - {"name", "language", "agreed"}:
            contact.confirmed_on = timezone.localdate()
        contact.save()
        agreed = [channel for way, channel in WRITTEN.items() if self.cleaned_data[way] and self.cleaned_data["agreed"]]
        contact.set_consent(self.purpose, agreed, by=by)
        outbox.reconsider(contact)
        return contact


class SnoozeForm(forms.Form):
    """Put a task off: by one press from its row, or to a day of one's own choice."""

    until = forms.CharField(required=False, widget=forms.HiddenInput)
    day = DateField3(label=_("Day"))

    def __init__(self, *args, task, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["day"].required = not self.data.get("until")
        self.helper = Helper("day", submit=_("Put off"), cancel=reverse("notices:task_list"))
        self.helper.form_action = reverse("notices:task_snooze", args=[task.handle])

    def clean(self):
        data = super().clean()
        today = timezone.localdate()
        quick = {"1": today + timedelta(days=1), "3": today + timedelta(days=3), "monday": next_monday(today)}
        day = quick.get(data.get("until")) or data.get("day")
        if day is None and "day" not in self.errors:
            raise ValidationError({"day": _("Enter the day until which this may wait")})
        if day is not None and day <= today:
            raise ValidationError({"day": _("Enter a day after today")})
        return data | {"day": day}

    def comes_back_at(self):
        """The moment it comes back: the morning of the day."""
        return walltime.local_to_utc(self.cleaned_data["day"], START_OF_DAY)


def next_monday(day: date):
    return day + timedelta(days=7 - day.weekday())
