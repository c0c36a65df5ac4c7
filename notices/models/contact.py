from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.history import tracked
from core.search import name_vector
from notices.phones import e164

RECONFIRM_AFTER_DAYS = 90
RULE_ICONS = {
    "call": "telephone",
    "no_phone": "telephone-x",
    "no_voicemail": "voicemail",
    "text": "chat-dots",
    "email": "envelope",
    "letter": "envelope-paper",
    "no_letter": "envelope-x",
    "hours": "clock",
    "neutral": "incognito",
    "overdue": "exclamation-triangle",
    "note": "chat-left-quote",
    "language": "translate",
}
# The languages a person may be noted with. Messages exist in those of LANGUAGES; others get a note about interpreters.
LANGUAGE_NAMES = {
    "en": _("English"),
    "es": _("Spanish"),
    "am": _("Amharic"),
    "ar": _("Arabic"),
    "zh": _("Chinese"),
    "fr": _("French"),
    "ht": _("Haitian Creole"),
    "hi": _("Hindi"),
    "ko": _("Korean"),
    "pt": _("Portuguese"),
    "pa": _("Punjabi"),
    "ru": _("Russian"),
    "so": _("Somali"),
    "tl": _("Tagalog"),
    "uk": _("Ukrainian"),
    "vi": _("Vietnamese"),
    "sgn": _("Sign language"),
}


class Channel(models.TextChoices):
    """A way to send a message. Calls and letters are made by people and are rules of a Contact, not channels."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    CHAT = "chat", _("Chat")
    IN_APP = "in_app", _("In Liaison")


class Purpose(models.TextChoices):
    """What a person agreed to be contacted about."""

    CASE = "case", _("Their case")
    EVENTS = "events", _("Events")
    FEEDBACK = "feedback", _("Answers to what they raised")
    SURVEYS = "surveys", _("Surveys")
    REFERRALS = "referrals", _("Referrals")
    NEWS = "news", _("News of the unit")
    WORK = "work", _("Their work in the unit")


@tracked()
class Contact(models.Model):
    """One reachable person as one record knows them: what they want to be called, and how they may be reached safely.

    Two records that know the same person have two contacts: there is no register of people. Nothing is sent by a way
    that is not ticked here.
    """

    name = models.CharField(_("name they want to be called"), max_length=120)
    language = models.CharField(_("language"), max_length=35, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_e164 = models.CharField(max_length=20, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    chat = models.CharField(_("chat address"), max_length=200, blank=True)
    may_call = models.BooleanField(_("call"), default=False)
    may_voicemail = models.BooleanField(_("leave a voicemail"), default=False)
    may_sms = models.BooleanField(_("text, without details"), default=False)
    may_email = models.BooleanField(_("e-mail, without details"), default=False)
    may_chat = models.BooleanField(_("chat, without details"), default=False)
    may_letter = models.BooleanField(_("letter"), default=False)
    no_safe_phone = models.BooleanField(_("no safe phone"), default=False)
    hours_from = models.TimeField(_("not before"), null=True, blank=True)
    hours_to = models.TimeField(_("not after"), null=True, blank=True)
    neutral = models.BooleanField(
        _("neutral sender and subject"), default=False, help_text=_("Nothing on the screen shows who writes.")
    )
    no_police = models.BooleanField(_("do not mention police"), default=False)
    rules_note = models.CharField(_("in their words"), max_length=200, blank=True)
    confirmed_on = models.DateField(_("rules confirmed on"), null=True, blank=True)
    reconfirm_on = models.DateField(_("ask again by"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact")
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["phone_e164"], condition=~Q(phone_e164=""), name="notices_contact_phone"),
            models.Index(fields=["email"], condition=~Q(email=""), name="notices_contact_email"),
            GinIndex(name_vector("name"), name="notices_contact_name"),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Keep the number in the form that machines compare, where the writer did not."""
        if not self.phone_e164 and not self.no_safe_phone:
            self.phone_e164 = e164(self.phone)
            if self.phone_e164 and "phone" in (kwargs.get("update_fields") or ()):
                kwargs["update_fields"] = {*kwargs["update_fields"], "phone_e164"}
        super().save(*args, **kwargs)

    def clean(self):
        """A language is one that everybody means the same by; what an import or an older list brought in stays."""
        super().clean()
        stored = Contact.objects.filter(pk=self.pk, language=self.language)
        if self.language not in LANGUAGE_NAMES and (self.pk is None or not stored.exists()):
            raise ValidationError({"language": _("Choose a language of the list")})

    @cached_property
    def is_sealed(self):
        """Whether the record that knows this person is sealed: acts on the contact are marked like acts on the record.

        The record says so itself (`is_sealed`), whichever feature it is of. Before the record is written nobody knows
        its contact yet, so whoever adds a person to a sealed record says it here.
        """
        holders = [
            relation.get_accessor_name()
            for relation in self._meta.related_objects
            if relation.one_to_one and hasattr(relation.related_model, "is_sealed")
        ]
        return any(getattr(self, holder).is_sealed for holder in holders if hasattr(self, holder))

    @property
    def zone(self):
        return self.time_zone or settings.TIME_ZONE

    def address(self, channel):
        """Where a message by this channel goes; empty where there is no address. In Liaison needs none."""
        return {Channel.EMAIL: self.email, Channel.SMS: self.phone_e164, Channel.CHAT: self.chat}.get(channel, "")

    def may(self, channel):
        """Whether they ticked this channel as safe. In Liaison reaches staff alone and is always safe."""
        ticked = {Channel.EMAIL: self.may_email, Channel.SMS: self.may_sms, Channel.CHAT: self.may_chat}
        return ticked.get(channel, True)

    @property
    def plainly_neutral(self):
        """Whether a message must show neither who writes nor what about."""
        return self.neutral or self.no_police

    @property
    def safe_rules(self):
        """Their rules as icons with words, for every place where this contact is offered."""
        return [Rule(*rule) for rule in _rules(self)]

    @transaction.atomic
    def set_consent(self, purpose, channels, *, by):
        """They agreed to messages for a purpose by these channels and no others; earlier answers are kept."""
        standing = self.consents.filter(purpose=purpose, withdrawn_at=None)
        taken_back = standing.exclude(channel__in=channels).update(withdrawn_at=timezone.now())
        given = set(channels) - set(standing.values_list("channel", flat=True))
        Consent.objects.bulk_create(Consent(contact=self, purpose=purpose, channel=channel) for channel in given)
        if given or taken_back:
            audit.record(by, "contact.consent", self, purpose=purpose, given=sorted(given), taken_back=taken_back)

    def begin_consent(self, given):
        """What somebody new agreed to, as (purpose, channel) of each. Whoever writes them down records it.

        Returns it as `Rules` take it, so that they need not read what was just written.
        """
        Consent.objects.bulk_create(
            Consent(contact=self, purpose=purpose, channel=channel) for purpose, channel in given
        )
        return {(self.pk, purpose, channel) for purpose, channel in given}

    def confirm_rules(self, *, by, days=RECONFIRM_AFTER_DAYS):
        """They heard their safe-contact rules read back and agreed; ask again after so many days."""
        self.confirmed_on = timezone.localdate()
        self.reconfirm_on = self.confirmed_on + timedelta(days=days)
        self.save(update_fields=["confirmed_on", "reconfirm_on"])
        audit.record(by, "contact.confirm", self)

    @transaction.atomic
    def postpone_confirmation(self, *, by, reason, days=7):
        """A supervisor lets messages go out although the rules are overdue to be asked for again."""
        self.reconfirm_on = timezone.localdate() + timedelta(days=days)
        self.save(update_fields=["reconfirm_on"])
        audit.record(by, "contact.postpone", self, reason=reason, days=days)


class Rule(NamedTuple):
    icon: str
    words: str


def _rules(contact):
    if contact.no_safe_phone:
        yield RULE_ICONS["no_phone"], _("No safe phone")
    elif contact.may_call:
        yield RULE_ICONS["call"], _("Phone is safe")
    if contact.may_call and not contact.may_voicemail:
        yield RULE_ICONS["no_voicemail"], _("No voicemail")
    if contact.may_sms:
        yield RULE_ICONS["text"], _("Text, without details")
    if contact.may_email:
        yield RULE_ICONS["email"], _("E-mail, without details")
    if contact.may_chat:
        yield RULE_ICONS["text"], _("Chat, without details")
    yield (RULE_ICONS["letter"], _("Letter")) if contact.may_letter else (RULE_ICONS["no_letter"], _("Never by letter"))
    if contact.hours_from or contact.hours_to:
        yield RULE_ICONS["hours"], _hours(contact)
    if contact.neutral:
        yield RULE_ICONS["neutral"], _("Neutral sender and subject")
    if contact.no_police:
        yield RULE_ICONS["neutral"], _("Do not mention police")
    if contact.reconfirm_on and contact.reconfirm_on < timezone.localdate():
        yield RULE_ICONS["overdue"], _("Ask for these rules again before anything is sent")
    if contact.rules_note:
        yield RULE_ICONS["note"], contact.rules_note
    if contact.language != settings.LANGUAGE_CODE:
        yield RULE_ICONS["language"], LANGUAGE_NAMES.get(contact.language, contact.language)


def _hours(contact):
    opens, closes = (f"{clock:%H:%M}" if clock else "" for clock in (contact.hours_from, contact.hours_to))
    if opens and closes:
        return _("From %(opens)s to %(closes)s") % {"opens": opens, "closes": closes}
    return _("After %(opens)s") % {"opens": opens} if opens else _("Before %(closes)s") % {"closes": closes}


class Consent(models.Model):
    """A person agreed to be contacted for a purpose by a channel, and may take it back."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent to be contacted")
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose", "channel"],
                condition=Q(withdrawn_at=None),
                name="notices_one_standing_consent",
            )
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}, {self.get_channel_display()}"


class OptOut(models.Model):
    """STOP, for one address by one channel, whichever records know it. Only a keyed hash of the address is kept."""

    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    digest = models.CharField(max_length=64)
    source = models.CharField(_("how it was said"), max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("opt-out")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="notices_one_opt_out_of_an_address")]

    def __str__(self):
        return f"{self.get_channel_display()} {self.at:%Y-%m-%d}"
