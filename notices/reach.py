"""Whether, by which way and when we may write to a person. Nothing is sent without asking here right before."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.db.models import Value
from django.utils import timezone

from core.keyed import digest
from notices import walltime
from notices.models import Channel, Consent, Notice, OptOut, Purpose

# Texts and chat sound at night, so they keep to the day unless the person gave hours of their own.
DAYTIME = time(8, 0), time(21, 0)
SOUNDING = (Channel.SMS, Channel.CHAT)
PREFERENCE = (Channel.EMAIL, Channel.SMS, Channel.CHAT)
Reason = Notice.Reason


@dataclass(frozen=True)
class Allowed:
    """Now, by this way."""


@dataclass(frozen=True)
class Later:
    """By this way, but not before this moment: these are not their hours."""

    at: datetime


@dataclass(frozen=True)
class Blocked:
    """Not by this way. A person must act."""

    reason: Reason


def address_digest(channel, address):
    """The keyed hash under which an opt-out of an address is kept."""
    return digest("opt-out", f"{channel}:{address.strip().lower()}")


def is_set_up(channel):
    """Whether this installation can send by the channel at all."""
    return {Channel.SMS: bool(settings.SMS_URL), Channel.CHAT: bool(settings.CHAT_URL)}.get(channel, True)


class Rules:
    """The rules of several contacts, read in one query.

    `agreed` is for whoever has just written what all of them agreed to: (contact, purpose, channel) of each.
    """

    def __init__(self, contacts, *, agreed=None):
        contacts = list(contacts)
        digests = {
            address_digest(channel, contact.address(channel))
            for contact in contacts
            for channel in PREFERENCE
            if contact.address(channel)
        }
        columns = ("contact_id", "purpose", "channel", "digest")
        rows = OptOut.objects.filter(digest__in=digests).annotate(contact_id=Value(0), purpose=Value(""))
        rows = rows.order_by().values_list(*columns)
        if agreed is None:
            standing = Consent.objects.filter(contact__in=contacts, withdrawn_at=None).annotate(digest=Value(""))
            rows = rows.union(standing.order_by().values_list(*columns))
        found = list(rows)
        self._agreed = set(agreed or ()) | {(who, what, way) for who, what, way, digest in found if not digest}
        self._stopped = {digest for _who, _what, _way, digest in found if digest}

    def stopped(self, contact, channel):
        address = contact.address(channel)
        return bool(address) and address_digest(channel, address) in self._stopped

    def agreed(self, contact, purpose, channel):
        """Staff are written to about their work without asking; everybody else agreed to each purpose and way."""
        return purpose == Purpose.WORK or (contact.pk, purpose, channel) in self._agreed

    def why_not(self, contact, channel, purpose, day):
        """The first rule that forbids this way, or None."""
        if channel == Channel.IN_APP:
            return None
        tests = (
            (Reason.NO_WAY, channel in PREFERENCE),
            (Reason.NOT_TICKED, contact.may(channel)),
            (Reason.NO_ADDRESS, contact.address(channel)),
            (Reason.STOPPED, not self.stopped(contact, channel)),
            (Reason.NO_CONSENT, self.agreed(contact, purpose, channel)),
            (Reason.RECONFIRM, contact.reconfirm_on is None or contact.reconfirm_on >= day),
            (Reason.NO_GATEWAY, is_set_up(channel)),
        )
        return next((reason for reason, passed in tests if not passed), None)

    def may_reach(self, contact, channel, *, purpose, at=None):
        at = at or timezone.now()
        reason = self.why_not(contact, channel, purpose, walltime.on_the_wall(at, contact.zone).date())
        if reason:
            return Blocked(reason)
        hours = _hours(contact, channel, purpose)
        if hours and not walltime.is_within(at, *hours, contact.zone):
            return Later(walltime.next_opening(at, hours[0], contact.zone))
        return Allowed()

    def choose_channel(self, contact, purpose):
        """The first way that is allowed, whatever the hour, or None."""
        day = walltime.on_the_wall(timezone.now(), contact.zone).date()
        return next((way for way in PREFERENCE if self.why_not(contact, way, purpose, day) is None), None)

    def why_no_channel(self, contact, purpose):
        """Of a person whom no way may reach: what stands in the way that they ticked, if they ticked any."""
        day = walltime.on_the_wall(timezone.now(), contact.zone).date()
        ticked = [way for way in PREFERENCE if contact.may(way)]
        reasons = [self.why_not(contact, way, purpose, day) for way in ticked]
        return reasons[0] if reasons else Reason.NO_WAY


def _hours(contact, channel, purpose):
    """The hours between which this person may be written to by this way, or None for any."""
    if contact.hours_from is not None or contact.hours_to is not None:
        hours = contact.hours_from or time(0, 0), contact.hours_to or time(23, 59, 59)
        return None if hours[0] == hours[1] else hours
    return DAYTIME if channel in SOUNDING and purpose != Purpose.WORK else None


def look_up_stops(contacts):
    """Note on each contact whether any address of it was stopped (`stopped`), for pages that show several."""
    rules = Rules(contacts)
    for contact in contacts:
        contact.stopped = any(rules.stopped(contact, channel) for channel in PREFERENCE)
    return contacts


def may_reach(contact, channel, *, purpose, at=None):
    """Allowed, Later(at) or Blocked(reason) for one contact; for several make one Rules of them all."""
    return Rules([contact]).may_reach(contact, channel, purpose=purpose, at=at)


def choose_channel(contact, purpose):
    """The way by which this person may be written to about a purpose, or None."""
    return Rules([contact]).choose_channel(contact, purpose)
