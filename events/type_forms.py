"""A type of event, and the checklist that its events begin with."""

from core.list_forms import ListedForm
from events.forms import CheckForm
from events.models import EventType, TypeCheck


class EventTypeForm(ListedForm):
    class Meta(ListedForm.Meta):
        model = EventType


class TypeCheckForm(CheckForm):
    class Meta(CheckForm.Meta):
        model = TypeCheck
