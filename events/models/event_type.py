from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.lists import Listed, ListedQuerySet
from core.states import pair


@tracked()
class EventType(Listed):
    """A kind of event, such as a town hall or coffee with an officer. Its events begin with its checklist."""

    objects = ListedQuerySet.as_manager()

    class Meta:
        verbose_name = _("type of event")
        verbose_name_plural = _("types of events")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="events_type_one_of_a_code"),
            models.UniqueConstraint(Lower("label_en"), name="events_type_one_of_a_name_en"),
            models.UniqueConstraint(Lower("label_es"), name="events_type_one_of_a_name_es"),
            pair("events_type_retired_pair", "retired_at", "retired_by"),
        ]
        triggers = [*Listed.TRIGGERS]
