"""An entry of a controlled list of cases, as coordinators word it."""

from cases.models import ListEntry
from core.list_forms import ListedForm


class ListEntryForm(ListedForm):
    class Meta(ListedForm.Meta):
        model = ListEntry
