"""What events hold about people, and for how long."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import Keep, declare, register_source
from events import enrolling, people, program_people
from events.models import (
    Attendance,
    CalendarImport,
    CheckItem,
    Clearance,
    CloseOut,
    Enrollment,
    Event,
    EventType,
    ImportedEntry,
    Mentor,
    Pairing,
    Part,
    Program,
    ProgramSession,
    Promise,
    Raised,
    Registration,
    Series,
    Tap,
    TypeCheck,
    Workshop,
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

declare(Workshop, personal=("trainer_named",), keep=Keep(with_="event"))
declare(
    Program, keep=Keep(days=1095, after="ends_on", since=_("the program ended"))
)  # fmt: skip
declare(ProgramSession, keep=Keep(with_="program"))
# Names go at the end of the program. One day is left for writing down who was at its last session.
declare(
    Enrollment, personal=("band",), dispose=enrolling.forget,
    keep=Keep(
        days=1, after="program__ends_on", only=Q(contact__isnull=False), hold="program__reference",
        since=_("the program ended"),
    ),
)  # fmt: skip
declare(Attendance, personal=("mark",), keep=Keep(with_="enrollment"))
declare(Pairing, keep=Keep(with_="enrollment"))
# Who was let near young people, and on what ground, is asked when something comes to light later.
declare(
    Mentor, personal=("named",),
    keep=Keep(days=365, after="program__ends_on", hold="program__reference", since=_("the program ended")),
)  # fmt: skip
declare(Clearance, personal=("result",), keep=Keep(with_="mentor"))

register_source("events", find=people.find, bundle=people.bundle, erase=people.erase, correct=people.correct)
register_source(
    "programs", find=program_people.find, bundle=program_people.bundle, erase=program_people.erase,
    correct=program_people.correct,
)  # fmt: skip
