"""Sealed notes: who reads them, what never holds them, and when they are destroyed."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import resolve, reverse
from django.utils import timezone

from cases import actions, people
from cases.models import BreakGlass, Communication, PreCircle, Screening
from core.middleware import too_late
from core.models import AuditEntry, Draft
from core.states import MoveNotAllowed
from notices.models import Task
from tests.factories.cases import FacilitatorFactory, PartyFactory
from tests.factories.readiness import screened

WORD = "notecanary"


def address(case, *more):
    return reverse("cases:note_list" if not more else "cases:note_forget", args=[case.reference, *more])


@pytest.fixture
def party(case):
    return PartyFactory(case=case)


@pytest.fixture
def note(case, party, staff):
    note = Communication(case=case, kind="caucus", party=party, text=f"They said {WORD}")
    note.write(by=staff.facilitator)
    return note


def test_a_facilitator_writes_and_reads_them(case, party, staff, sign_in):
    client = sign_in(staff.facilitator)
    posted = {"kind": "caucus", "party": party.pk, "text": f"They said {WORD}"}
    page = client.post(address(case), posted, follow=True).content.decode()

    assert f"They said {WORD}" in page
    assert f"Private to {party}" in page
    entry = AuditEntry.objects.get(act="communication.write")
    assert entry.facts == {"kind_of": "caucus"}


@pytest.mark.parametrize(
    ("who", "status"),
    [("assigned", 403), ("opener", 403), ("supervisor", 403), ("colleague", 404), ("coordinator", 404),
     ("records_officer", 404), ("analyst", 404), ("former_facilitator", 404), ("other_mediator", 404)],
)  # fmt: skip
def test_nobody_else_opens_them(case, note, staff, sign_in, who, status):
    client = sign_in(getattr(staff, who))

    assert client.get(address(case)).status_code == status
    assert client.post(address(case), {"kind": "working", "text": "x"}).status_code == status
    assert client.get(address(case, note.handle)).status_code == status
    assert client.post(address(case, note.handle)).status_code == status
    assert Communication.objects.count() == 1


def test_a_broken_glass_does_not_open_them(open_case, staff, sign_in):
    case = open_case(sealed=True)
    Communication(case=case, text=WORD).write(by=staff.facilitator)
    until = timezone.now() + datetime.timedelta(hours=1)
    BreakGlass.objects.create(case=case, user=staff.supervisor, reason="The officer is ill", until=until)
    client = sign_in(staff.supervisor)

    assert client.get(case.get_absolute_url()).status_code == 200
    assert client.get(address(case)).status_code == 403


@pytest.mark.parametrize("who", ["facilitator", "assigned", "supervisor"])
def test_no_side_door_leads_to_them(case, note, staff, sign_in, who):
    """The matrix asks every address of the site; here the words are searched for and the whole case is taken out."""
    client = sign_in(getattr(staff, who))
    doors = [
        case.get_absolute_url(),
        f"{case.get_absolute_url()}timeline/?page=2",
        f"{case.get_absolute_url()}print/",
        f"{reverse('desk:search')}?q={WORD}",
        f"{reverse('cases:case_list')}?q={WORD}&state=all",
        reverse("desk:my_day"),
    ]
    for door in doors:
        page = client.get(door).content.decode()
        # What was searched for is shown again; the note it stands in is not.
        assert WORD not in page or WORD in door, door
        assert "They said" not in page, door
    if who != "facilitator":
        rows = client.post(f"{reverse('cases:case_export')}?state=all", {"reason": "The council asks for it"})
        text = b"".join(rows.streaming_content) if rows.streaming else rows.content
        assert case.reference.encode() in text
        assert WORD.encode() not in text


SEALED = ["note_list", "screening_record", "pre_circle_record"]
TYPED = {"text": WORD, "note": WORD, "met_on": "2026-11-20", "ready": "on", "safe": "on"}


def sealed_form(name, case, party):
    return reverse(f"cases:{name}", args=[case.reference, *([party.handle] if name != "note_list" else [])])


@pytest.mark.parametrize("name", SEALED)
def test_what_is_sealed_is_not_kept_when_the_session_ends(case, party, staff, sign_in, settings, name):
    client = sign_in(staff.facilitator)
    settings.SESSION_IDLE = datetime.timedelta(0)
    answer = client.post(sealed_form(name, case, party), TYPED)

    assert "/accounts/login/" in answer.url
    assert not Draft.objects.exists()
    assert not Communication.objects.exists()
    assert not Screening.objects.exists()
    assert not PreCircle.objects.exists()


@pytest.mark.parametrize("name", [*SEALED, "case_edit"])
def test_what_is_sealed_is_not_kept_when_somebody_else_was_faster(case, party, staff, rf, name):
    page = reverse("cases:case_edit", args=[case.reference]) if name == "case_edit" else sealed_form(name, case, party)
    request = rf.post(page, TYPED)
    request.user, request.resolver_match = staff.facilitator, resolve(page)
    too_late(request)

    assert Draft.objects.exists() is (name == "case_edit")


def test_what_one_party_said_alone_has_its_party(case, staff, sign_in):
    answer = sign_in(staff.facilitator).post(address(case), {"kind": "caucus", "text": WORD})

    assert "Choose who said it" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Communication.objects.create(case=case, kind="caucus", text=WORD, by=staff.facilitator)


def test_who_wrote_a_note_destroys_it_and_nobody_else(case, note, staff, sign_in):
    other = FacilitatorFactory(case=case, part="co")
    assert WORD in sign_in(other.user).get(address(case)).content.decode()
    assert sign_in(other.user).post(address(case, note.handle)).status_code == 403
    sign_in(staff.facilitator).post(address(case, note.handle))

    assert not Communication.objects.exists()
    assert AuditEntry.objects.get(act="communication.forget").kind == "erasure"


def test_closing_dates_their_end_and_reopening_takes_it_back(case, note, staff):
    actions.close_case(case=case, reason="improved", by=staff.assigned)
    note.refresh_from_db()
    assert note.purge_on == timezone.localdate() + datetime.timedelta(days=Communication.KEPT_DAYS)
    tasks = Task.objects.open().filter(key__startswith="cases.notes:").order_by("due_at", "pk")
    assert [(task.owner, task.role) for task in tasks] == [
        (staff.facilitator, ""), (staff.facilitator, ""), (None, "records_officer"),
    ]  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        Communication(case=case, text="x").write(by=staff.facilitator)

    actions.reopen_case(case=case, reason="They asked", by=staff.assigned)
    note.refresh_from_db()
    assert note.purge_on is None
    assert not Task.objects.open().filter(key__startswith="cases.notes:").exists()


def test_erasing_a_person_destroys_what_they_said_alone(case, party, note, staff):
    screened(party, staff.facilitator, note=WORD)
    Communication(case=case, text="About both").write(by=staff.facilitator)
    actions.close_case(case=case, reason="improved", by=staff.assigned)
    people.erase([str(party.handle)], by=staff.records_officer)

    assert [note.text for note in Communication.objects.all()] == ["About both"]
    assert not Screening.objects.exists()
