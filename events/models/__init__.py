from events.models.check import CheckItem, TypeCheck
from events.models.event import Event
from events.models.event_type import EventType
from events.models.part import Part
from events.models.series import Series

__all__ = ["CheckItem", "Event", "EventType", "Part", "Series", "TypeCheck"]
