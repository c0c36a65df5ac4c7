"""STOP and its kin: one word ends all messages to an address, whichever records know it."""

import base64
import re
import unicodedata

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from core import audit
from notices.aside import set_aside
from notices.models import Channel, Consent, Contact, Notice, OptOut
from notices.phones import e164
from notices.reach import PREFERENCE, address_digest

# Words that mean stop wherever a message begins with them.
STOP = {
    *("STOP", "STOPALL", "UNSUBSCRIBE", "OPTOUT", "REVOKE", "REMOVE"),
    *("ALTO", "PARAR", "PARE", "PAREN", "DETENER", "DETENGA", "BAJA", "DESUSCRIBIR"),
}
# Words that people also use about an appointment: they mean stop only when they stand alone.
STOP_ALONE = {"END", "QUIT", "CANCEL", "CANCELAR", "TERMINAR", "SALIR", "FIN"}
STOP_PHRASES = {"OPT OUT", "NO MAS", "NO MORE", "LEAVE ME ALONE", "DEJEN ESCRIBIR", "NO MAS MENSAJES"}
POLITE = {"PLEASE", "PLS", "POR", "FAVOR", "DE"}
START = {"START", "UNSTOP", "INICIAR", "COMENZAR", "EMPEZAR", "REANUDAR"}
TOKEN_SALT = "notices.unsubscribe"
# How an opt-out came about that the person made themselves, by the link in one of our mails.
BY_LINK = "link in a mail"


def meaning(text):
    """What a person wrote, as "stop", "start" or "" for anything else."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).upper()
    words = [word for word in re.findall(r"[A-Z]+", plain) if word not in POLITE]
    whole = " ".join(words)
    if not words:
        return ""
    if words[0] in STOP or whole in STOP_ALONE or whole in STOP_PHRASES:
        return "stop"
    return "start" if whole in START else ""


def tidy_address(channel, address):
    """An address as a Contact holds it: numbers with their country, without the "sms:" that providers may put first."""
    address = address.replace("\x00", "").strip()
    if channel != Channel.SMS:
        return address
    return e164(address.rpartition(":")[2]) or address


@transaction.atomic
def opt_out(channel, digest, *, source, by):
    """No more messages to this address. Those that wait are called off, and their owners are told."""
    row, is_new = OptOut.objects.get_or_create(channel=channel, digest=digest, defaults={"source": source})
    if not is_new and row.source == BY_LINK:
        OptOut.objects.filter(pk=row.pk).update(source=source)
    called_off = 0
    for contact in _waiting_for(channel, digest):
        notices = contact.notices.waiting().filter(channel=channel)
        called_off += set_aside(notices, Notice.State.VOID, Notice.Reason.STOPPED)
    audit.record(by, "optout.stop", channel=channel, source=source, called_off=called_off)
    return called_off


def _waiting_for(channel, digest):
    """The contacts with this address to whom something is owed, found by comparing hashes: no more is known of it."""
    owed = Contact.objects.filter(notices__state__in=Notice.WAITING, notices__channel=channel).distinct()
    return [contact for contact in owed if address_digest(channel, contact.address(channel)) == digest]


@transaction.atomic
def opt_in(channel, address, *, source, by):
    """Messages again, but only where the person once agreed to them in a record: START alone is no consent."""
    field = {Channel.EMAIL: "email__iexact", Channel.SMS: "phone_e164", Channel.CHAT: "chat"}[channel]
    agreed = Consent.objects.filter(
        channel=channel, withdrawn_at=None, contact__in=Contact.objects.filter(**{field: address})
    ).exists()
    if agreed:
        OptOut.objects.filter(channel=channel, digest=address_digest(channel, address)).delete()
    audit.record(by, "optout.start", channel=channel, source=source, agreed=agreed)
    return agreed


@transaction.atomic
def stop_contact(contact, *, by, source="told staff"):
    """They asked us to stop: every address of this contact, at once. Returns the channels that were closed."""
    closed = [channel for channel in PREFERENCE if contact.address(channel)]
    for channel in closed:
        opt_out(channel, address_digest(channel, contact.address(channel)), source=source, by=by)
    audit.record(by, "contact.stop", contact, channels=[str(channel) for channel in closed])
    return closed


@transaction.atomic
def take_back(digest, *, by):
    """Whoever stopped our mails by the link in one of them takes it back by the same link.

    What they told staff, or wrote as STOP, stands: the mailbox may be read by the person they are afraid of. Members
    of staff take no STOP back, alone or together (docs/messages.md): START by the person does.
    """
    deleted, _rows = OptOut.objects.filter(channel=Channel.EMAIL, digest=digest, source=BY_LINK).delete()
    audit.record(by, "optout.start", channel=Channel.EMAIL, source=BY_LINK, agreed=bool(deleted))
    return bool(deleted)


def unsubscribe_url(email):
    """The page where the person behind an address stops our mails. It names no account and no record."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(address_digest(Channel.EMAIL, email))).decode().rstrip("=")
    token = signing.Signer(salt=TOKEN_SALT).sign(digest)
    return settings.PUBLIC_URL + reverse("notices:unsubscribe", args=[token])


def digest_of_token(token):
    """The keyed hash of the address that a link was made for; None for a link that we did not make."""
    try:
        digest = signing.Signer(salt=TOKEN_SALT).unsign(token)
        return base64.urlsafe_b64decode(digest + "=").hex()
    except (signing.BadSignature, ValueError):
        return None
