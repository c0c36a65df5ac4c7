"""Each process has its own stages, appointments and ends."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import processes
from cases.models import Case, Session
from tests.factories.cases import PartyFactory


def offered(page, name):
    return [value for value, _label in page.context["form"].fields[name].choices]


def test_every_process_has_appointments_and_ends():
    for process in Case.Process:
        assert processes.kinds_of(process)
        assert processes.ends_of(process)
    kinds = {kind for process in Case.Process for kind, _label in processes.kinds_of(process)}
    assert kinds == set(Session.Kind.values), "each kind belongs somewhere"


@pytest.mark.parametrize(
    ("process", "kinds"),
    [
        ("mediation", ["pre_meeting", "caucus", "joint", "shuttle", "coaching", "call"]),
        ("conciliation", ["pre_meeting", "caucus", "shuttle", "coaching", "call"]),
        ("coaching", ["pre_meeting", "coaching", "call"]),
        ("facilitation", ["pre_meeting", "caucus", "joint", "call"]),
        ("restorative", ["pre_meeting", "caucus", "circle", "post_circle", "call"]),
        ("information", ["pre_meeting", "call"]),
    ],
)
def test_only_appointments_of_the_process_can_be_booked(open_case, staff, sign_in, process, kinds):
    case = open_case(process=process)
    party, address = PartyFactory(case=case), reverse("cases:session_book", args=[case.reference])
    client = sign_in(staff.assigned)
    assert offered(client.get(address), "kind") == kinds
    other = next(kind for kind in Session.Kind.values if kind not in kinds)
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    posted = {"kind": other, "day": day, "clock": "14:00", "minutes": 60, "place": "Here", "parties": [party.pk]}
    client.post(address, posted)
    assert not Session.objects.exists()


@pytest.mark.parametrize(("process", "reason"), [("coaching", "agreement"), ("information", "coaching")])
def test_a_process_ends_as_it_can_end(open_case, staff, sign_in, process, reason):
    case = open_case(process=process)
    address, client = reverse("cases:case_close", args=[case.reference]), sign_in(staff.assigned)
    assert reason not in offered(client.get(address), "reason")
    client.post(address, {"reason": reason})
    case.refresh_from_db()
    assert not case.is_closed
    client.post(address, {"reason": "referred_service"})
    case.refresh_from_db()
    assert case.is_closed


@pytest.mark.parametrize(
    ("process", "missing"),
    [("mediation", []), ("coaching", ["Ready", "Outcome", "Follow-up"]), ("information", ["Screening", "In process"])],
)
def test_the_steps_are_those_of_the_process(open_case, staff, sign_in, process, missing):
    case = open_case(process=process)
    said = sign_in(staff.assigned).get(case.get_absolute_url()).content.decode()
    steps = said[said.index('class="stages') : said.index("</ol>", said.index('class="stages'))]
    labels = ("Intake", "Screening", "Ready", "In process", "Outcome", "Follow-up", "Closed")
    assert [label for label in missing if label in steps] == []
    assert [label for label in labels if label not in missing and label not in steps] == (
        [] if process != "information" else ["Ready", "Outcome", "Follow-up"]
    )


def test_a_stage_from_before_the_process_was_changed_is_shown(open_case, staff, sign_in):
    case = open_case(process="information")
    Case.objects.filter(pk=case.pk).update(state="in_process")
    said = sign_in(staff.assigned).get(case.get_absolute_url()).content.decode()
    assert "In process" in said[said.index('class="stages') :]
