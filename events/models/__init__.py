from events.models.check import CheckItem, TypeCheck
from events.models.event import Event
from events.models.event_type import EventType
from events.models.imported import CalendarImport, ImportedEntry
from events.models.part import Part
from events.models.series import Series

__all__ = ["CalendarImport", "CheckItem", "Event", "EventType", "ImportedEntry", "Part", "Series", "TypeCheck"]
