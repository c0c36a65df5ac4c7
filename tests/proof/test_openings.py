"""Each opening of a sensitive record is one entry of the audit, at every address that answers GET, to whoever may.

An address that stands in none of the three lists below is unclassified and fails: whoever adds a page says whether
reading it is recorded.
"""

import re
from collections import Counter
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

from core import audit
from core.models import AuditEntry
from tests.matrix import actors, table
from tests.matrix.conftest import under_https  # noqa: F401 -- the world is asked as under HTTPS
from tests.matrix.gate import Browsers, Place, registered
from tests.matrix.world import World

# A page about one record: one entry that names the record.
OPENINGS = {
    "cases:case_detail", "cases:case_timeline", "cases:case_print", "cases:case_edit", "cases:case_assign",
    "cases:case_hold", "cases:case_resume", "cases:case_refer_out", "cases:case_close", "cases:case_reopen",
    "cases:case_merge", "cases:case_merge_undo",
    "cases:case_access", "cases:seal_lift_ask", "cases:seal_lift_decide", "cases:contact_create", "cases:party_add",
    "cases:party_edit", "cases:party_remove", "cases:facilitator_add", "cases:facilitator_end", "cases:session_book",
    "cases:session_move", "cases:session_cancel", "cases:session_record", "cases:conflict_declare",
    "cases:screening_record", "cases:notice_give", "cases:consent_record", "cases:consent_withdraw",
    "cases:agreement_create", "cases:agreement_detail", "cases:agreement_share", "cases:agreement_sign",
    "cases:agreement_print",
    "cases:term_settle", "cases:term_drop", "cases:follow_up_detail", "cases:follow_up_hear", "cases:follow_up_link",
    "cases:pre_circle_record", "cases:circle_detail", "cases:circle_fits", "cases:circle_plan", "cases:letter_list",
    "cases:letter_print", "cases:gate_override", "cases:note_list", "cases:note_forget", "cases:follow_up_print",
    "cases:agency_join", "cases:agency_detail", "cases:agency_end", "cases:agency_link", "cases:agency_revoke",
    "partners:organization_detail", "partners:contact_edit", "partners:contact_remove",
    "core:request_detail", "core:history_detail",
    "events:registration_list", "events:registration_change", "events:registration_cancel",
    "events:registration_print", "events:check_in_list", "events:check_in_paper",
    "events:enrollment_list", "events:enrollment_detail", "events:enrollment_change", "events:consent_take",
    "events:consent_withdraw", "events:attendance_grid", "events:attendance_mark", "events:mentor_list",
    "events:clearance_enter", "events:pairing_make",
}  # fmt: skip
# Many records at once: one entry that says how many, and by which filter where there is one.
LISTS = {
    "cases:case_list": {"count", "filter"},
    "cases:case_assign_several": {"count", "filter"},
    "cases:glass_list": {"count"},
    "cases:override_list": {"count"},
    "core:audit_list": {"found", "filter"},
    "desk:hand_over": {"count"},
    # A search that finds nothing has read nothing.
    "desk:search": {"cases"},
}
# No entry, and why reading this is no opening.
FREE = {
    "nothing is in it but what the person wrote, owes or set": {
        "desk:my_day", "desk:drafts", "desk:choose_case", "notices:task_list", "notices:task_detail",
        "core:draft_detail", "core:job_detail", "accounts:my_settings", "accounts:unsent", "events:import_detail",
    },
    "a form, a menu or a question, which shows no record": {
        "desk:new", "desk:menu", "desk:keys", "cases:case_create", "cases:case_sources", "cases:case_export",
        "cases:case_break_glass", "core:audit_export", "core:hold_create", "core:request_create",
        "core:request_refuse", "events:registration_add", "events:registration_export",
        "events:enrollment_add", "events:mentor_add",
        "partners:organization_create", "partners:organization_edit", "partners:contact_add",
        "areas:venue_create", "areas:venue_edit", "areas:area_edit",
    },
    "a part of a form, made for it alone": {"cases:case_similar"},
    "numbers, kinds and references without a word about anybody": {
        "desk:supervisor", "desk:outcomes", "events:event_figures", "core:request_list", "core:retention_list",
        "core:hold_lift", "notices:operation",
    },
    "places and organizations, which are no secret": {
        "areas:area_list", "areas:area_detail", "areas:venue_list", "areas:venue_detail", "partners:organization_list",
    },
    "accounts of the staff, who know who has one": {
        "accounts:staff_list", "accounts:user_detail", "accounts:user_access", "accounts:user_reset_factor",
        "accounts:invitation_create", "accounts:duty_roster", "desk:leaving",
    },
    "texts for residents and parties": {
        "portal:text_list", "portal:text_edit", "portal:text_preview", "cases:wording_list", "cases:wording_publish",
        "portal:update_list", "portal:update_create", "portal:update_detail", "portal:update_edit",
        "portal:update_send_back", "portal:update_withdraw", "portal:update_renew",
        "portal:post_list", "portal:post_create", "portal:post_detail", "portal:post_edit", "portal:post_send_back",
        "portal:post_schedule", "portal:post_by_hand", "portal:post_withdraw",
    },
    "the calendar of the unit, which holds nobody who comes": {
        "events:event_list", "events:event_create", "events:event_detail", "events:event_edit", "events:event_plan",
        "events:event_publish", "events:event_move", "events:event_postpone", "events:event_cancel",
        "events:event_tally", "events:event_close_out", "events:raised_note", "events:promise_make",
        "events:promise_end", "events:event_repeat", "events:plan_month", "events:import_create",
        "events:check_add", "events:part_add", "events:workshop_edit", "events:program_list",
        "events:program_create", "events:program_detail", "events:program_edit", "events:program_end",
        "events:session_add",
        "events:type_list", "events:type_create",
        "events:type_edit", "events:type_check_add", "events:type_retire", "events:type_restore",
    },
    "words that every case may take, and how many have": {
        "cases:entry_list", "cases:entry_create", "cases:entry_edit", "cases:entry_retire", "cases:entry_restore",
    },
}  # fmt: skip
pytestmark = pytest.mark.django_db
CONSULTED = "consultation"
# The heading of one kind of records that a search found.
FOUND = re.compile(rb'id="h-(?!commands)')


def judged(patterns):
    """The addresses that staff read. Those of residents, of signing in and of health show no record."""
    elsewhere = table.SIGN_IN.keys() | {"healthz", "readyz"}
    for name in {one.name for one in patterns} - elsewhere:
        lines = table.TABLE.get(name)
        if lines is None or any(line.get and line.kind != "public" for line in lines):
            yield name


def unclassified(patterns):
    """Addresses that stand in no list, or in two, or in a list but not in the URLconf."""
    listed = Counter([*OPENINGS, *LISTS, *(name for names in FREE.values() for name in names)])
    return (set(judged(patterns)) ^ listed.keys()) | {name for name, times in listed.items() if times > 1}


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, under_https):  # noqa: F811
    """`site.read(actor, address)` is the answer and the entries it left, which are taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        browsers = Browsers(world)
        yield SimpleNamespace(world=world, read=lambda *asked, **headers: read(browsers, *asked, **headers))
        transaction.set_rollback(True)


def read(browsers, actor, address, **headers):
    client = browsers.clients[actor]
    with transaction.atomic():
        last = AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        response = client.get(address, secure=True, headers=headers)
        entries = list(AuditEntry.objects.filter(id__gt=last).order_by("id"))
        transaction.set_rollback(True)
    return response, entries


def places(names):
    return [Place(name, line) for name in sorted(names) for line in table.TABLE[name] if line.get]


def kwargs_of(place, world):
    return world.places[place.line.at] if place.line.at else {}


def faults(site, place, actor, met=()):
    """What is wrong with the entries that one reading of one address by one person left. `met` counts those owed."""
    kwargs, person = kwargs_of(place, site.world), site.world.people[actor]
    # The words of this search find something; those of the matrix find nothing.
    address = "/desk/search/?q=about" if place.name == "desk:search" else place.address(kwargs)
    response, entries = site.read(actor, address)
    consulted, status = [entry for entry in entries if entry.kind == CONSULTED], response.status_code
    expected = status == 200 and place.name in OPENINGS | LISTS.keys()
    if place.name == "desk:search":
        expected = status == 200 and bool(FOUND.search(response.content))
    if len(consulted) != expected:
        yield f"{place}: {len(consulted)} openings were recorded for {actor}, who got {status}, not {int(expected)}"
    for entry in consulted:
        if entry.actor != person.email:
            yield f"{place}: the entry names {entry.actor}, not {person.email}"
        if place.name in OPENINGS and entry.reference != kwargs["reference"]:
            yield f"{place}: the entry is about {entry.reference or 'nothing'}, not about {kwargs['reference']}"
        if missing := LISTS.get(place.name, set()) - entry.facts.keys():
            yield f"{place}: the entry does not say {missing}"
    if met != ():
        met[place.name] += expected


def readers(site, place, size):
    """Everybody, or the first who may read this and the first who may not."""
    everybody = sorted(site.world.people, key=lambda one: (one != actors.OFFICER, one))
    may = [one for one in everybody if place.line.answers(one, "GET") == 200]
    return may[: size(ci=1, full=99)] + [one for one in everybody if one not in may][: size(ci=1, full=99)]


def test_each_reading_leaves_the_entries_that_it_owes(site, figure, size):
    asked, met, wrong = Counter(), Counter(), []
    for place in places(judged(registered())):
        for actor in readers(site, place, size):
            asked[place.name] += 1
            wrong += faults(site, place, actor, met)

    assert asked.keys() == OPENINGS | LISTS.keys() | {name for names in FREE.values() for name in names}
    figure("readings of pages tried by address and reader", asked.total(), f">= {size(ci=190, full=1300)}")
    # Each of the pages that owe an entry was opened by somebody who may.
    assert {name for name in met if met[name]} == OPENINGS | LISTS.keys()
    assert wrong == []
    figure("readings with an entry too many or too few", len(wrong), "== 0")


def test_every_address_is_classified_once(figure):
    assert unclassified(registered()) == set()
    figure("addresses judged for read audit", len(set(judged(registered()))), "== 191")


def test_pages_of_a_case_are_all_openings():
    """No page below the address of a case is free but the question that guards a sealed one."""
    below = {one.name for one in registered() if one.route.startswith("cases/<")} & set(judged(registered()))

    assert below - OPENINGS == {"cases:case_break_glass"}


def test_part_of_an_open_page_is_no_opening_and_a_header_alone_opens_nothing(site):
    place = next(one for one in places({"cases:case_timeline"}) if one.line.at == "case")
    address = place.address(site.world.places["case"])
    with transaction.atomic():
        assert [entry.act for entry in site.read(actors.OFFICER, address, **{"HX-Request": "true"})[1]] == ["case.open"]
        AuditEntry.objects.create(
            kind=CONSULTED, act="case.open", actor=site.world.officer.email, **site.world.places["case"]
        )
        assert site.read(actors.OFFICER, address, **{"HX-Request": "true"})[1] == []
        transaction.set_rollback(True)


def test_a_new_page_without_a_class_is_found():
    planted = [*registered(), *registered((path("cases/<str:reference>/peek/", peek),))]

    assert unclassified(planted) == {"cases/<str:reference>/peek/"}


def test_a_page_that_forgets_its_entry_is_found(site, monkeypatch):
    place = next(one for one in places({"cases:case_detail"}) if one.line.at == "case")
    monkeypatch.setattr("core.audit.opened", lambda *args, **facts: None)

    assert list(faults(site, place, actors.OFFICER)) == [
        "cases:case_detail at case: 0 openings were recorded for officer, who got 200, not 1"
    ]


def test_a_page_that_records_twice_is_found(site, monkeypatch):
    place = next(one for one in places({"cases:case_detail"}) if one.line.at == "case")
    once = audit.opened
    monkeypatch.setattr("core.audit.opened", lambda *args, **facts: (once(*args, **facts), once(*args, **facts)))

    assert list(faults(site, place, actors.OFFICER)) == [
        "cases:case_detail at case: 2 openings were recorded for officer, who got 200, not 1"
    ]


def peek(request, reference):
    """A page that somebody adds and does not classify."""
    return HttpResponse(reference)
