"""Every form that creates something acts once, and nothing else pretends to."""

import uuid

import pytest

from core.models import IdempotencyKey
from core.once import FIELD
from tests.matrix import actors
from tests.matrix.gate import registered
from tests.matrix.listing import places

pytestmark = pytest.mark.django_db
CREATING = {
    "events:check_add", "events:event_create", "events:event_repeat", "events:import_create", "events:part_add",
    "events:registration_add", "events:check_in_paper",
    "events:type_check_add", "events:type_create", "events:event_close_out", "events:raised_note",
    "events:promise_make", "events:program_create", "events:session_add", "events:enrollment_add",
    "events:consent_take", "events:mentor_add", "events:clearance_enter", "events:pairing_make",
    "accounts:invitation_create", "areas:venue_create", "cases:agreement_create", "cases:agreement_detail",
    "cases:agreement_share", "cases:agreement_sign", "cases:case_break_glass", "cases:case_create",
    "cases:circle_fits", "cases:conflict_declare", "cases:consent_record", "cases:contact_create",
    "cases:facilitator_add", "cases:case_merge", "cases:entry_create",
    "cases:follow_up_hear", "cases:gate_override", "cases:note_list", "cases:notice_give", "cases:party_add",
    "cases:pre_circle_record", "cases:screening_record", "cases:seal_lift_ask", "cases:agency_join",
    "cases:session_book", "cases:wording_publish", "core:hold_create", "core:request_create", "partners:contact_add",
    "partners:organization_create", "portal:text_edit", "portal:update_create", "portal:update_change",
    "portal:post_create", "portal:post_by_hand", "portal:post_correct",
}  # fmt: skip
PLACES = list({place.name: place for place in places(registered())}.values())
BEFORE = "/where/the/first/press/led/"


def welcome(place):
    return next(actor for actor in reversed(actors.ACTORS) if place.line.answers(actor, "POST") < 400)


def test_a_second_press_is_led_to_what_the_first_one_made(site):
    posting = [
        place for place in PLACES if place.line.post in (200, 302) and place.line.kind not in ("public", "closed")
    ]
    once, key = set(), uuid.uuid4()
    for place in posting:
        actor = welcome(place)
        IdempotencyKey.objects.all().delete()
        owner = str(site.world.people[actor].pk)
        IdempotencyKey.objects.create(key=key, owner=owner, location=BEFORE)
        answer = site.ask(actor, "POST", place.address(place.kwargs(site.world)), f"{FIELD}={key}")
        if answer.headers.get("Location") == BEFORE:
            once.add(place.name)
    assert once == CREATING
    assert len(posting) > 2 * len(CREATING)
