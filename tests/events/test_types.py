"""The types of events and their checklists, which coordinators keep."""

import pytest
from django.db import ProgrammingError, transaction
from django.db.utils import InternalError
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from events import delivered
from events.models import EventType
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, EventTypeFactory

WORDS = {
    "label_en": "Story hour", "label_es": "Hora de cuentos", "definition_en": "Officers read to children.",
    "definition_es": "Oficiales leen a niños.", "position": "35",
}  # fmt: skip


@pytest.fixture
def coordinator(staff, sign_in):
    return sign_in(staff.coordinator)


def test_every_delivered_type_is_complete_in_both_languages():
    rows = list(delivered.rows())
    assert len({fields["code"] for fields, _checks in rows}) == len(rows) == 10
    assert all(all(fields.values()) and checks for fields, checks in rows)
    assert all(0 < days <= 28 for _fields, checks in rows for _text, days in checks)


def test_a_type_is_added_worded_and_given_a_checklist(coordinator):
    answer = coordinator.post(reverse("events:type_create"), WORDS)
    entry = EventType.objects.get(code="story_hour")
    assert (entry.label_es, answer.url) == ("Hora de cuentos", reverse("events:type_edit", args=["story_hour"]))

    coordinator.post(reverse("events:type_check_add", args=[entry.code]), {"text": "Choose the books", "days": "7"})
    [check] = entry.checks.all()
    assert "Choose the books" in coordinator.get(answer.url).content.decode()
    coordinator.post(reverse("events:type_check_drop", args=[entry.code, check.handle]))
    assert not entry.checks.exists()

    coordinator.post(answer.url, WORDS | {"label_en": "Reading hour", "version": "1"})
    entry.refresh_from_db()
    assert (entry.label_en, entry.code) == ("Reading hour", "story_hour")
    acts = set(AuditEntry.objects.filter(kind="administration").values_list("act", flat=True))
    assert acts >= {"eventtype.add", "eventtype.edit"}


def test_two_types_of_one_name_are_refused(coordinator):
    EventTypeFactory(label_en="Story hour")
    answer = coordinator.post(reverse("events:type_create"), WORDS | {"label_en": "story HOUR"})
    assert "Another entry of this list has these words" in answer.content.decode()


def test_a_retired_type_stays_with_its_events(coordinator):
    event, _other = EventFactory(), EventTypeFactory()
    code = event.type.code
    assert coordinator.post(reverse("events:type_retire", args=[code])).status_code == 302
    assert coordinator.post(reverse("events:type_retire", args=[code])).status_code == 409
    event.refresh_from_db()
    assert event.type.retired_at
    assert coordinator.post(reverse("events:type_restore", args=[code])).status_code == 302
    assert EventType.objects.offered().filter(code=code).exists()


def test_the_last_type_is_not_retired(coordinator):
    only = EventTypeFactory()
    gone = {"retired_at": timezone.now(), "retired_by": UserFactory()}
    EventType.objects.exclude(pk=only.pk).update(**gone)
    assert coordinator.post(reverse("events:type_retire", args=[only.code])).status_code == 409


@pytest.mark.django_db
def test_no_type_is_deleted_and_no_code_changes():
    entry = EventTypeFactory()
    for wrong in (entry.delete, lambda: EventType.objects.filter(pk=entry.pk).update(code="another")):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            wrong()


@pytest.mark.parametrize("who", ["lead", "supervisor", "analyst", "records_officer"])
def test_coordinators_alone_keep_types(staff, sign_in, who):
    entry, client = EventTypeFactory(), sign_in(getattr(staff, who))
    for name, args in (("type_list", []), ("type_create", []), ("type_edit", [entry.code])):
        assert client.get(reverse(f"events:{name}", args=args)).status_code == 403
