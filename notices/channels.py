"""The ways a letter leaves the house. Each says truly how it went: the outbox acts on that."""

import logging
import smtplib
from email.utils import formataddr, parseaddr
from enum import Enum
from urllib.parse import quote

import apprise
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation

from core.keyed import digest
from notices import calendars
from notices.aside import about
from notices.models import Channel, Task
from notices.stop import unsubscribe_url

# Its lines quote addresses of people.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class Outcome(Enum):
    SENT = "it was taken over"
    NOT_SENT = "it was surely not taken over; try again"
    REFUSED = "it will never be taken over"
    UNSURE = "the connection ended before an answer: it may have been taken over"


class Email:
    """Mail by Django's backend, one connection for a batch.

    A mail server knows no key that would make a repeat harmless; a repeated mail at least has the same Message-ID.
    """

    idempotent = False

    def __init__(self):
        self._connection = None

    def send(self, notice, letter, *, to_staff):
        try:
            # A line break or nonsense in an address would never go out, and must not add headers.
            validate_email(notice.contact.email)
            message = self.message(notice, letter, to_staff=to_staff)
            message.message()
        except (ValidationError, ValueError):
            return Outcome.REFUSED
        try:
            self._open()
        except (OSError, smtplib.SMTPException):
            self.close()
            return Outcome.NOT_SENT
        return self._hand_over(message)

    def message(self, notice, letter, *, to_staff):
        sender = settings.DEFAULT_FROM_EMAIL
        if letter.neutral:
            address = settings.NEUTRAL_FROM_EMAIL or parseaddr(sender)[1]
            sender = formataddr((str(settings.AGENCY["neutral_sender"]), address))
        headers = {"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"}
        # The address of the page that stops mails would show who writes, so a neutral mail names a phone instead.
        if not letter.neutral and not to_staff:
            headers["List-Unsubscribe"] = f"<{unsubscribe_url(notice.contact.email)}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message = mail.EmailMultiAlternatives(
            letter.subject, letter.body, sender, [notice.contact.email], headers=headers
        )
        if letter.entry is not None:
            with translation.override(letter.language):
                file = calendars.invitation(letter.entry, notice.contact.email)
            message.attach_alternative(file, f"text/calendar; method={letter.entry.method}; charset=UTF-8")
        return message

    def _open(self):
        if self._connection is None:
            self._connection = mail.get_connection()
            self._connection.open()

    def _hand_over(self, message):
        try:
            return Outcome.SENT if self._connection.send_messages([message]) == 1 else Outcome.NOT_SENT
        except smtplib.SMTPRecipientsRefused as refusal:
            for_good = all(500 <= code < 600 for code, _ in refusal.recipients.values())
            return Outcome.REFUSED if for_good else Outcome.NOT_SENT
        except smtplib.SMTPResponseException:
            # The server said no, so it has nothing; the connection may be in any state.
            self.close()
            return Outcome.NOT_SENT
        except (OSError, smtplib.SMTPException):
            self.close()
            return Outcome.UNSURE

    def close(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (OSError, smtplib.SMTPException):
                logging.getLogger("liaison.notices").info("The mail server had closed the connection.")


def message_id(key):
    """The same for every try of one notice, and telling nothing of it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{digest('message-id', key)[:40]}@{domain}>"


class Gateway:
    """Texts or chat through apprise.

    The address of the service is a setting in which {to} stands for the person and, where the service takes one, {key}
    for the key under which it drops repeats.
    """

    def __init__(self, url):
        self.url = url
        self.idempotent = "{key}" in url

    def send(self, notice, letter, *, to_staff):
        address = quote(notice.contact.address(notice.channel), safe="")
        service = apprise.Apprise(asset=apprise.AppriseAsset(app_id=str(settings.AGENCY["neutral_sender"])))
        if not service.add(self.url.replace("{to}", address).replace("{key}", digest("message-id", notice.key))):
            return Outcome.REFUSED
        # apprise gives an object or None where it failed; only its truth counts.
        return Outcome.SENT if service.notify(body=letter.text) else Outcome.UNSURE

    def close(self):
        """Nothing is held open."""


class InApp:
    """A task of the member of staff it is meant for; its key makes a repeat harmless."""

    idempotent = True

    def send(self, notice, letter, *, to_staff):
        record = about(notice)
        Task.objects.owe(
            f"notices.in_app:{notice.key}", text=letter.subject, owner=notice.owner, ref=record.record, link=record.link
        )
        return Outcome.SENT

    def close(self):
        """Nothing is held open."""


def for_batch():
    """The ways of one batch, by channel."""
    return {
        Channel.EMAIL: Email(),
        Channel.SMS: Gateway(settings.SMS_URL),
        Channel.CHAT: Gateway(settings.CHAT_URL),
        Channel.IN_APP: InApp(),
    }
