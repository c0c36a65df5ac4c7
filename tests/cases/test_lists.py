"""The controlled lists: their words everywhere a case shows them, and the coordinators who keep them."""

import csv
import io
import re

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from cases import controlled, delivered
from cases.models import Case, ListEntry
from core.history import changes
from core.models import AuditEntry
from core.states import MoveNotAllowed
from liaison.demo import words as demo_words
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory
from tests.factories.lists import deliver_lists, entry
from tests.racing import just_before

LISTS = "/cases/lists/"
TOWN = {
    "label_en": "Town court", "label_es": "Tribunal del pueblo", "definition_en": "A town or village court sent it.",
    "definition_es": "La envió un tribunal del pueblo.", "position": "25",
}  # fmt: skip


@pytest.fixture
def coordinator(staff, sign_in):
    return sign_in(staff.coordinator)


@pytest.fixture
def opener(staff, sign_in):
    return sign_in(staff.opener)


def address(act, code, kind="source"):
    return reverse(f"cases:entry_{act}", args=[kind, code])


def renamed(kind, code, label):
    """New words, as another process writes them: nobody tells this one."""
    ListEntry.objects.filter(kind=kind, code=code).update(label_en=label, label_es=f"{label} (es)")


def new_case(area, **typed):
    return {
        "title": "Barking at night", "source": "self", "process": "mediation", "dispute": "pets", "area": area.pk,
        "risk": "unknown", "access": "team", "received_on": timezone.localdate().isoformat(),
    } | typed  # fmt: skip


def choices(page, name):
    return [code for code, _label in page.context["case_form"].fields[name].choices]


# What is delivered --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_migration_delivers_both_lists_in_both_languages():
    deliver_lists()

    told = {(row["kind"], row["code"]): row for row in delivered.rows()}
    assert {one.name for one in ListEntry.objects.all()} == {f"{kind}.{code}" for kind, code in told}
    assert len(told) == 26
    assert [row for row in told.values() if row["definition_en"] == row["definition_es"]] == []
    for one in ListEntry.objects.all():
        assert {name: getattr(one, name) for name in told[one.kind, one.code]} == told[one.kind, one.code]


def test_the_demo_city_uses_codes_that_are_delivered():
    assert set(demo_words.SOURCES) <= {code for code, *_words in delivered.LISTS["source"]}
    assert set(demo_words.DISPUTE_WEIGHTS) <= {code for code, *_words in delivered.LISTS["dispute"]}


# The words ----------------------------------------------------------------------------------------------------------
def test_words_are_those_of_the_readers_language(area):
    case = CaseFactory(area=area, source="court", dispute="noise")

    assert (case.get_source_display(), case.get_dispute_display()) == ("Court", "Neighbors: noise")
    with translation.override("es"):
        assert (case.get_source_display(), case.get_dispute_display()) == ("Tribunal", "Vecinos: ruido")
        assert str(entry("source", "court")) == "Tribunal"
    with translation.override(None):
        assert case.get_source_display() == "Court"


def test_a_code_that_no_list_has_is_shown_as_it_is(area, staff, sign_in):
    case = CaseFactory(area=area, source="pigeon", dispute="feathers", assigned_to=staff.assigned)
    client = sign_in(staff.assigned)

    page = client.get(case.get_absolute_url())
    assert {"pigeon", "feathers"} <= {str(value) for _label, value in page.context["facts"]}
    assert client.get("/cases/?dispute=feathers").status_code == 200
    # Who edits it may leave it.
    edit = reverse("cases:case_edit", args=[case.reference])
    typed = new_case(area, source="pigeon", dispute="feathers", version=case.version, title="Feathers")
    assert client.post(edit, typed).status_code == 302


def test_words_are_asked_for_once_and_again_when_their_time_is_over(
    area, settings, time_machine, django_assert_num_queries
):
    settings.LISTS_READ_AGAIN = 5
    time_machine.move_to("2026-11-21T12:00:00Z", tick=False)
    assert controlled.word("source", "court") == "Court"

    renamed("source", "court", "Any court")
    with django_assert_num_queries(0):
        assert controlled.word("source", "court") == "Court"
    time_machine.shift(6)
    with django_assert_num_queries(1):
        assert controlled.word("source", "court") == "Any court"
        assert controlled.word("dispute", "noise") == "Neighbors: noise"


def test_the_filter_of_the_list_says_new_words_and_retired_ones(area, staff, sign_in, settings):
    case = CaseFactory(area=area, dispute="parking")
    client = sign_in(staff.supervisor)
    assert "Neighbors: parking" in client.get("/cases/").content.decode()

    renamed("dispute", "parking", "Cars")
    entry("dispute", "parking").retire(by=staff.coordinator)
    page = client.get("/cases/?dispute=parking")

    assert [row["reference"] for row in page.context["rows"]] == [case.reference]
    assert '<option value="parking" selected>Cars</option>' in page.content.decode()
    assert "Neighbors: parking" not in page.content.decode()
    assert [chip["words"] for chip in page.context["chips"]] == ["Cars"]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert '<option value="parking">Cars (es)</option>' in client.get("/cases/").content.decode()


def test_an_export_says_the_words_of_retired_entries_and_codes_that_no_list_has(area, staff, sign_in):
    CaseFactory(area=area, dispute="parking", source="pigeon")
    entry("dispute", "parking").retire(by=staff.coordinator)

    answer = sign_in(staff.supervisor).post(reverse("cases:case_export"), {"reason": "Yearly report"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Dispute"], row["Referred by"]) == ("Neighbors: parking", "pigeon")


# Cases take what is offered -----------------------------------------------------------------------------------------
def test_a_new_case_takes_what_is_offered_and_nothing_else(area, staff, opener):
    entry("dispute", "pets").retire(by=staff.coordinator)

    assert "pets" not in choices(opener.get("/cases/new/"), "dispute")
    for typed in ({}, {"dispute": "feathers"}, {"source": "town court", "dispute": "noise"}, {"dispute": "patrol"}):
        answer = opener.post("/cases/new/", new_case(area, **typed))
        assert (answer.status_code, "no longer offered" in answer.content.decode()) == (200, True)
    assert not Case.objects.exists()
    assert opener.post("/cases/new/", new_case(area, dispute="noise")).status_code == 302


def test_what_is_sent_is_held_to_the_list_as_it_stands(area, staff, opener):
    """Another process retired it a moment ago, and this one still remembers it."""
    opener.get("/cases/new/")
    ListEntry.objects.filter(kind="dispute", code="pets").update(
        retired_at=timezone.now(), retired_by=staff.coordinator
    )

    assert opener.post("/cases/new/", new_case(area)).status_code == 200
    assert not Case.objects.exists()


def test_a_case_keeps_its_retired_entry_when_it_is_edited(area, staff, opener):
    case = CaseFactory(area=area, opened_by=staff.opener, source="self", dispute="pets")
    other = CaseFactory(area=area, opened_by=staff.opener, source="self", dispute="noise")
    entry("dispute", "pets").retire(by=staff.coordinator)

    for one, status in ((case, 302), (other, 200)):
        edit = reverse("cases:case_edit", args=[one.reference])
        assert opener.post(edit, new_case(area, version=1, title="Edited")).status_code == status
    case.refresh_from_db()
    assert (case.title, case.dispute) == ("Edited", "pets")


def test_everybody_on_the_staff_reads_both_lists_and_what_they_mean(staff, sign_in):
    entry("dispute", "parking").retire(by=staff.coordinator)
    client = sign_in(staff.opener)
    form = client.get("/cases/new/").content.decode()
    page = client.get(reverse("cases:case_sources")).content.decode()

    assert f'href="{reverse("cases:case_sources")}"' in form
    assert f'href="{reverse("cases:case_sources")}#h-dispute"' in form
    assert 'id="h-dispute"' in page
    for row in delivered.rows():
        assert row["label_en"] in page
        assert row["definition_en"].replace("'", "&#x27;") in page
    assert page.count("(no longer offered)") == 1


# Coordinators keep them ---------------------------------------------------------------------------------------------
def test_the_page_of_the_lists_says_which_entries_are_in_use_and_not_how_often(area, coordinator):
    CaseFactory(area=area, source="court", dispute="noise")
    page = coordinator.get(LISTS)
    lists = {one["key"]: one for one in page.context["lists"]}

    assert [one.code for one, used in lists["source"]["entries"] if used] == ["court"]
    assert [one.code for one, used in lists["dispute"]["entries"] if used] == ["noise"]
    assert [one.code for one, _used in lists["source"]["entries"]] == [row[0] for row in delivered.LISTS["source"]]
    said = page.content.decode()
    assert (said.count("In use"), said.count("Not used")) == (2, 24)
    # Nobody learns of the next case by it, least of all of one that is sealed.
    CaseFactory(area=area, source="court", dispute="noise", sealed=True)
    again = coordinator.get(LISTS).content.decode()
    assert panels(again) == panels(said)


def panels(page):
    return re.findall(r"<table.*?</table>", page, re.DOTALL)


def test_nobody_else_opens_or_changes_them(staff, sign_in):
    for role in ("opener", "supervisor", "facilitator", "analyst", "records_officer", "nobody"):
        client = sign_in(getattr(staff, role))
        for page in (LISTS, f"{LISTS}source/new/", address("edit", "court"), address("retire", "court")):
            assert (client.get(page).status_code, client.post(page, TOWN).status_code) in ((403, 403), (403, 405))
        assert client.post(address("restore", "court")).status_code == 403
    assert ListEntry.objects.filter(retired_at=None).count() == 26


def test_a_new_entry_is_offered_at_once_in_its_place(area, staff, coordinator, opener):
    opener.get("/cases/new/")
    answer = coordinator.post(f"{LISTS}source/new/", TOWN)

    town = ListEntry.objects.get(code="town_court")
    assert (answer.status_code, answer.url) == (302, LISTS)
    assert (town.kind, town.label_es, town.position, town.retired_at) == ("source", "Tribunal del pueblo", 25, None)
    assert choices(opener.get("/cases/new/"), "source")[:5] == ["", "patrol", "self", "town_court", "court"]
    assert opener.post("/cases/new/", new_case(area, source="town_court")).status_code == 302
    told = AuditEntry.objects.get(act="listentry.add")
    assert (told.kind, told.reference, told.actor) == ("administration", "source.town_court", staff.coordinator.email)
    assert changes(town)[0].fields["label_en"] == (None, "Town court")


def test_a_new_entry_stands_last_unless_they_say_otherwise(coordinator):
    assert coordinator.get(f"{LISTS}source/new/").context["form"]["position"].value() == 100


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Court!", "court_2"),
        ("Self", "self_2"),
        ("日本", "source"),
        ("W" * 80, "w" * 26),
        ("Housing  authority, city", "housing_authority_city"),
    ],
)
def test_codes_are_made_from_the_words_and_never_twice(coordinator, label, code):
    coordinator.post(f"{LISTS}source/new/", TOWN | {"label_en": label})

    assert ListEntry.objects.get(label_es="Tribunal del pueblo").code == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"label_en": ""}, "Enter the words in English"),
        ({"label_es": " "}, "Enter the words in Spanish"),
        ({"definition_en": ""}, "Enter in English what it means"),
        ({"definition_es": ""}, "Enter in Spanish what it means"),
        ({"position": ""}, "Enter a number"),
        ({"position": "-1"}, "greater than or equal to 0"),
        ({"position": "many"}, "whole number"),
        ({"label_en": "W" * 81}, "at most 80 characters"),
        ({"definition_es": "W" * 301}, "at most 300 characters"),
        ({"label_en": "COURT"}, "Another entry of this list has these words"),
        ({"label_en": " Housing   provider "}, "Another entry of this list has these words"),
        ({"label_es": "tribunal"}, "Another entry of this list has these words"),
        ({"label_en": "Walk-in"}, "Another entry of this list has these words"),
    ],
)
@pytest.mark.parametrize("where", ["new", "edit"])
def test_errors_say_what_is_wrong(coordinator, staff, typed, said, where):
    entry("source", "walk_in").retire(by=staff.coordinator)
    page = f"{LISTS}source/new/" if where == "new" else address("edit", "event")

    answer = coordinator.post(page, TOWN | {"version": 1} | typed)

    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert ListEntry.objects.count() == 26
    assert entry("source", "event").label_en == "Community event"


def test_the_same_words_may_stand_in_the_other_list(coordinator):
    assert coordinator.post(f"{LISTS}source/new/", TOWN | {"label_en": "Family"}).status_code == 302


@pytest.mark.parametrize("page", ["nothing/new/", "source/nothing/edit/", "dispute/court/retire/", "source/x/restore/"])
def test_what_is_in_no_list_is_not_found(coordinator, page):
    assert coordinator.get(LISTS + page).status_code == 404
    assert coordinator.post(LISTS + page, TOWN).status_code == 404


def test_old_cases_show_new_words(area, staff, coordinator, opener):
    case = CaseFactory(area=area, source="court", opened_by=staff.opener)
    opener.get(case.get_absolute_url())

    answer = coordinator.post(address("edit", "court"), TOWN | {"version": 1})

    court = entry("source", "court")
    assert (answer.status_code, court.label_en, court.position, court.version) == (302, "Town court", 25, 2)
    assert "Town court" in opener.get(case.get_absolute_url()).content.decode()
    told = AuditEntry.objects.get(act="listentry.edit")
    assert (told.reference, told.facts) == ("source.court", {"fields": sorted(TOWN)})


def test_of_two_who_edit_one_entry_the_second_is_shown_both_texts(coordinator, staff, sign_in):
    second = sign_in(UserFactory(coordinator=True))
    assert coordinator.post(address("edit", "court"), TOWN | {"version": 1}).status_code == 302

    answer = second.post(address("edit", "court"), TOWN | {"version": 1, "label_en": "Any court"})

    assert answer.status_code == 409
    assert {"Town court", "Any court"} <= {text for row in answer.context["differences"] for text in row}
    assert entry("source", "court").label_en == "Town court"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["new", "edit"])
def test_of_two_who_write_the_same_words_at_once_one_is_told(sign_in, where):
    deliver_lists()
    client = sign_in(UserFactory(coordinator=True))
    page = f"{LISTS}source/new/" if where == "new" else address("edit", "court")
    words = {name: TOWN[name] for name in TOWN if name != "position"}

    with just_before(lambda: ListEntry.objects.create(kind="source", code="town", position=5, **words)):
        answer = client.post(page, TOWN | {"version": 1})

    assert answer.status_code == 409
    assert "Somebody just added an entry with these words" in answer.content.decode()
    assert ListEntry.objects.filter(label_en="Town court").count() == 1


def test_an_entry_is_retired_and_brought_back(area, staff, coordinator, opener):
    case = CaseFactory(area=area, source="court", opened_by=staff.opener)
    opener.get("/cases/new/")

    assert coordinator.get(address("retire", "court")).status_code == 200
    assert entry("source", "court").retired_at is None
    assert coordinator.post(address("retire", "court")).status_code == 302
    court = entry("source", "court")
    assert (court.retired_by, court.retired_at is None) == (staff.coordinator, False)
    assert "court" not in choices(opener.get("/cases/new/"), "source")
    assert "Court" in opener.get(case.get_absolute_url()).content.decode()
    assert coordinator.post(address("retire", "court")).status_code == 409

    assert coordinator.get(address("restore", "court")).status_code == 200
    assert coordinator.post(address("restore", "court")).status_code == 302
    court = entry("source", "court")
    assert (court.retired_by, court.retired_at) == (None, None)
    assert "court" in choices(opener.get("/cases/new/"), "source")
    assert coordinator.post(address("restore", "court")).status_code == 409

    acts = AuditEntry.objects.filter(reference="source.court").order_by("id").values_list("act", "actor")
    by = staff.coordinator.email
    assert list(acts) == [("listentry.retire", by), ("listentry.restore", by)]


def test_a_list_never_loses_its_last_entry(staff, coordinator):
    for one in ListEntry.objects.filter(kind="source").exclude(code="court"):
        one.retire(by=staff.coordinator)

    answer = coordinator.post(address("retire", "court"))

    assert (answer.status_code, "Court is the last entry" in answer.content.decode()) == (409, True)
    assert entry("source", "court").retired_at is None
    entry("dispute", "noise").retire(by=staff.coordinator)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_retire_the_last_two_entries_one_is_told():
    deliver_lists()
    by = UserFactory(coordinator=True)
    for one in ListEntry.objects.filter(kind="source").exclude(code__in=["court", "school"]):
        one.retire(by=by)
    school, court = entry("source", "school"), entry("source", "court")

    with just_before(lambda: school.retire(by=by)), pytest.raises(MoveNotAllowed):
        court.retire(by=by)
    assert ListEntry.objects.get(kind="source", retired_at=None) == court


# What the database refuses ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["code", "kind"])
def test_a_code_never_changes(area, field):
    with pytest.raises(ProgrammingError, match="update"), transaction.atomic():
        ListEntry.objects.filter(kind="source", code="court").update(**{field: "dispute"})


def test_no_entry_is_ever_deleted(area):
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        ListEntry.objects.filter(kind="source", code="court").delete()


@pytest.mark.parametrize(
    "fields", [{"code": "court"}, {"label_en": "cOURT"}, {"label_es": "TRIBUNAL"}, {"retired_at": timezone.now()}]
)
def test_the_database_refuses_doubles_and_half_a_retirement(area, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.create(**{"kind": "source", "code": "town"} | TOWN | fields)
