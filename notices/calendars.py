"""Appointments as calendars read them (RFC 5545): the file in a mail, and the feed of a member of staff.

An entry says that there is an appointment, when, and where where that is public. It never says with whom or about what.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Event, vText

from core import calendar_files
from core.keyed import digest

PRODUCT = "Appointments"


@dataclass(frozen=True)
class Entry:
    """One appointment. `starts_at` is in the zone it was agreed in; `sequence` grows with every change."""

    key: str
    starts_at: datetime
    minutes: int
    sequence: int
    changed_at: datetime
    canceled: bool = False
    place: str = ""
    url: str = ""

    @property
    def method(self):
        return "CANCEL" if self.canceled else "REQUEST"

    @property
    def uid(self):
        """The same for ever, and telling nothing of the record."""
        return calendar_files.uid(digest("calendar entry", self.key)[:32])


def _event(entry):
    event = Event()
    title = _("Appointment")
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.starts_at)
    event.add("duration", timedelta(minutes=entry.minutes))
    # Some calendars show a canceled entry as if it stood, so its name says it too.
    event.add("summary", _("Canceled: %(title)s") % {"title": title} if entry.canceled else title)
    event.add("status", "CANCELLED" if entry.canceled else "CONFIRMED")
    event.add("class", "PRIVATE")
    if entry.place:
        event.add("location", entry.place)
    if entry.url:
        event.add("url", entry.url)
    return event


def invitation(entry, email):
    """The file in a mail to one person: it names them and us, and nobody else who is asked to come."""
    calendar, event = calendar_files.begin(PRODUCT, method=entry.method), _event(entry)
    attendee = calendar_files.mailbox(email)
    attendee.params["PARTSTAT"], attendee.params["RSVP"] = vText("NEEDS-ACTION"), vText("FALSE")
    event.add("organizer", calendar_files.mailbox(calendar_files.unit_address(), settings.AGENCY["name"]))
    event.add("attendee", attendee)
    calendar.add_component(event)
    return calendar_files.written(calendar)


def feed(entries):
    """All of them, for a calendar that looks here again every hour."""
    calendar = calendar_files.begin_feed(PRODUCT, _("Appointments"))
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar_files.written(calendar)
