"""What events hold about people, and for how long."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import Keep, declare, register_source
from events import people
from events.models import (
    CalendarImport,
    CheckItem,
    CloseOut,
    Event,
    EventType,
    ImportedEntry,
    Part,
    Promise,
    Raised,
    Registration,
    Series,
    Tap,
    TypeCheck,
)
from events.models.registration import forget

LISTS = _("Figures by it must mean the same in every year.")

declare(EventType, keep=Keep(forever=LISTS))
declare(TypeCheck, keep=Keep(with_="type"))
# What the unit did in public is a public record; three years after it nobody plans by it any more.
declare(
    Event, personal=("risk_note", "materials"),
    keep=Keep(days=1095, after="ends_at", since=_("it ended")),
)  # fmt: skip
declare(Series, keep=Keep(while_used=True))
declare(Part, keep=Keep(with_="event"))
declare(Tap, keep=Keep(with_="event"))
declare(CloseOut, personal=("next_time",), keep=Keep(with_="event"))
declare(Raised, personal=("what",), keep=Keep(with_="event"))
declare(Promise, personal=("what", "said"), keep=Keep(with_="event"))
declare(CheckItem, keep=Keep(with_="event"))
# Whatever a partner wrote into its calendar, until somebody has looked at it.
declare(
    CalendarImport, personal=("entries",), keep=Keep(days=14, after="made_at", since=_("the file was uploaded"))
)  # fmt: skip
declare(ImportedEntry, keep=Keep(with_="event"))
# Who came is nobody's business a month later; how many came is. They go with the contact that says who they are.
declare(
    Registration, personal=("needs", "needs_note"), dispose=forget,
    keep=Keep(
        days=30, after="event__ends_at", only=Q(contact__isnull=False), hold="event__reference",
        since=_("the event ended"),
    ),
)  # fmt: skip

register_source("events", find=people.find, bundle=people.bundle, erase=people.erase, correct=people.correct)
