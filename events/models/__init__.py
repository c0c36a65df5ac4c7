from events.models.check import CheckItem, TypeCheck
from events.models.close_out import CloseOut, Promise, Raised
from events.models.event import Event
from events.models.event_type import EventType
from events.models.imported import CalendarImport, ImportedEntry
from events.models.part import Part
from events.models.registration import Need, Registration
from events.models.series import Series
from events.models.tally import Tap

__all__ = [
    "CalendarImport", "CheckItem", "CloseOut", "Event", "EventType", "ImportedEntry", "Need", "Part", "Promise",
    "Raised", "Registration", "Series", "Tap", "TypeCheck",
]  # fmt: skip
