from events.models.check import CheckItem, TypeCheck
from events.models.close_out import CloseOut, Promise, Raised
from events.models.enrollment import Attendance, Enrollment
from events.models.event import Event
from events.models.event_type import EventType
from events.models.imported import CalendarImport, ImportedEntry
from events.models.mentor import Clearance, Mentor, Pairing
from events.models.part import Part
from events.models.program import Program, ProgramSession
from events.models.registration import Need, Registration
from events.models.series import Series
from events.models.tally import Tap
from events.models.workshop import Workshop

__all__ = [
    "Attendance", "CalendarImport", "CheckItem", "Clearance", "CloseOut", "Enrollment", "Event", "EventType",
    "ImportedEntry", "Mentor", "Need", "Pairing", "Part", "Program", "ProgramSession", "Promise", "Raised",
    "Registration", "Series", "Tap", "TypeCheck", "Workshop",
]  # fmt: skip
