"""Each process has its own stages, appointments and ends."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import gate, merging, processes, scheduling
from cases.models import Case, Party, Session
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Notice
from tests.cases.test_safety import edit
from tests.factories.cases import PartyFactory, SessionFactory, book
from tests.factories.readiness import consented, make_circle_ready, make_ready, met_before, screened


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


# Another process ---------------------------------------------------------------------------------------------
def missing(case):
    return {check.title: check for check in gate.gate_of(Case.objects.get(pk=case.pk)).missing}


@pytest.fixture
def ready(case):
    sides = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    make_ready(case)
    return sides


def change(client, case, process):
    case.refresh_from_db()
    answer = edit(client, case, process=process)
    case.refresh_from_db()
    assert case.process == process
    return answer.content.decode()


@pytest.mark.parametrize("kind", ["joint", "caucus"])
def test_another_process_calls_off_what_was_planned_on_the_one_before(case, ready, staff, sign_in, kind):
    together, alone = book(case, ready, kind), book(case, ready[:1], "call")
    Notice.objects.filter(ref=together.reference).update(state="sent", sent_at=timezone.now(), ended_at=timezone.now())
    page = change(sign_in(staff.assigned), case, "facilitation")

    assert [Session.objects.get(pk=one.pk).state for one in (together, alone)] == ["canceled", "planned"]
    assert "1 joint session was called off." in page
    assert "Another process: every side is screened and asked again" in page
    assert Notice.objects.filter(ref=together.reference, kind="cases.session_changed").count() == 2
    assert case.state == Case.State.SCREENING
    assert AuditEntry.objects.get(act="case.begin_anew").facts == {"process": "facilitation"}


def test_what_was_asked_for_one_process_counts_for_no_other(case, ready, staff, sign_in):
    client = sign_in(staff.assigned)
    assert missing(case) == {}
    change(client, case, "facilitation")
    again = {f"{side} ({side.get_role_display()}) {what}" for side in ready for what in (
        "was screened, alone", "consented to meet",
    )}  # fmt: skip
    assert set(missing(case)) == again
    assert all("process" in check.why and check.grave for check in missing(case).values())
    # Nor once it is the first one again.
    change(client, case, "mediation")
    assert set(missing(case)) == again
    with pytest.raises(gate.GateClosed):
        book(case, ready)
    for side in ready:
        screened(side, staff.facilitator)
        consented(side, staff.facilitator)
    assert missing(case) == {}
    assert book(case, ready).state == "planned"


def test_an_edit_that_leaves_the_process_leaves_what_was_asked(case, ready, staff, sign_in):
    together = book(case, ready)
    case.refresh_from_db()
    edit(sign_in(staff.assigned), case, title="Another short name")

    assert Session.objects.get(pk=together.pk).state == "planned"
    assert missing(case) == {}
    assert Case.objects.get(pk=case.pk).process_since is None


@pytest.fixture
def circle(open_case):
    case = open_case(process="restorative")
    sides = PartyFactory(case=case, role="harmed"), PartyFactory(case=case, role="responsible")
    make_circle_ready(case)
    return case, sides


def test_a_circle_does_not_survive_as_something_else(circle, staff, sign_in):
    case, sides = circle
    together = book(case, sides, "circle")
    change(sign_in(staff.assigned), case, "mediation")
    assert Session.objects.get(pk=together.pk).state == "canceled"
    change(sign_in(staff.assigned), case, "restorative")

    assert "A circle fits" in missing(case)
    assert len([title for title in missing(case) if "was met before the circle" in title]) == 2


def test_a_circle_is_moved_through_the_gate_of_a_circle_alone(case, ready, staff):
    """Whatever the case is called by now: one from before this was so, for example."""
    planned = SessionFactory(case=case, kind="circle", parties=ready)
    kept = {name: getattr(planned, name) for name in ("day", "minutes", "venue", "place")}
    with pytest.raises(gate.GateClosed) as refusal:
        scheduling.move_session(session=planned, by=staff.assigned, seen=0, clock=time(15), **kept)

    assert "A circle fits" in [check.title for check in refusal.value.missing]


def test_who_was_not_safe_in_a_circle_is_screened_anew_before_a_mediation(circle, staff, sign_in):
    case, sides = circle
    met_before(sides[0], staff.facilitator, safe=False)
    change(sign_in(staff.assigned), case, "mediation")

    assert f"{sides[0]} (Person harmed) was screened, alone" in missing(case)


def test_the_no_of_a_guardian_outlives_the_process(case, ready, staff, sign_in):
    Party.objects.filter(pk=ready[1].pk).update(is_minor=True)
    guardian = PartyFactory(case=case, role="guardian", beside=ready[1])
    consented(ready[1], staff.facilitator, guardian=guardian, answer="declined")
    guardian.leave(by=staff.assigned)
    change(sign_in(staff.assigned), case, "facilitation")

    assert f"{guardian} consented for {ready[1]} (Responding party)" in missing(case)


@pytest.mark.parametrize(
    ("process", "changed_since", "merged"),
    [("mediation", False, True), ("mediation", True, False), ("facilitation", False, False)],
)
def test_a_consent_moves_into_no_other_process(open_case, staff, process, changed_since, merged):
    duplicate, kept = open_case(process=process), open_case()
    consented(PartyFactory(case=duplicate), staff.assigned)
    if changed_since:
        duplicate.begin_anew(by=staff.assigned)
    if merged:
        merging.merge(duplicate=duplicate, kept=kept, reason="The same quarrel", by=staff.assigned)
    else:
        with pytest.raises(MoveNotAllowed, match="in another process"):
            merging.merge(duplicate=duplicate, kept=kept, reason="The same quarrel", by=staff.assigned)
    assert Party.objects.get().case == (kept if merged else duplicate)


def test_another_process_of_a_closed_case_moves_nothing_in_it(open_case, staff, sign_in):
    case = open_case(closed=True)
    party = PartyFactory(case=case, stage="ready")
    change(sign_in(staff.assigned), case, "facilitation")

    assert Party.objects.get(pk=party.pk).stage == "ready"
