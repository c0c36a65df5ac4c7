"""Requests by people: what is found, what a copy holds, what an erasure leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from cases import people
from cases.models import (
    AgencyUpdate,
    Agreement,
    AgreementShare,
    BreakGlass,
    Case,
    CirclePlan,
    Communication,
    ConflictDeclaration,
    GateOverride,
    JoinedAgency,
    Merge,
    SealLift,
    Session,
    Term,
)
from core import people as requests
from core import privacy
from core.models import PersonRequest
from core.privacy import Sought, StillNeeded
from core.retention import due, report
from notices.models import Contact, Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import (
    CaseFactory,
    ContactAttemptFactory,
    FacilitatorFactory,
    PartyFactory,
    SessionFactory,
)
from tests.factories.partners import OrganizationFactory

MARTA = {"contact__name": "Marta Villar", "contact__email": "marta@example.org", "contact__phone_e164": "+12065550123"}


@pytest.fixture
def party(db):
    case = CaseFactory(closed=True)
    party = PartyFactory(case=case, access_needs="Step-free room", **MARTA)
    ContactAttemptFactory(case=case, party=party, note="Marta will bring her brother")
    SessionFactory(case=case, parties=[party])
    return party


@pytest.mark.parametrize(
    ("sought", "by"),
    [
        (Sought(name="marta villar"), "name"),
        (Sought(email="marta@example.org"), "address"),
        (Sought(phone="+12065550123"), "address"),
        (Sought(name="marta"), None),
        (Sought(email="marta@example.com"), None),
        (Sought(), None),
    ],
)
def test_people_are_found_by_exact_matches_alone(party, sought, by):
    PartyFactory(contact__name="Somebody Else")
    found = list(people.find(sought))

    assert [one.by for one in found] == ([by] if by else [])
    for one in found:
        assert (one.reference, one.rows, one.blocked) == (party.case.reference, 2, "")
        assert "Marta" not in f"{one.kind}{one.reference}"


def test_a_copy_holds_them_and_nobody_else(party):
    PartyFactory(case=party.case, responding=True, contact__name="Daniel Other")
    (section,) = people.bundle([str(party.handle)])
    text = str(section)

    assert dict(section.facts)["Name"] == "Marta Villar"
    assert len(section.entries) == 2
    for hidden in ("Daniel", "brother", party.case.title, party.case.opened_by.name):
        assert hidden not in text


def test_an_erasure_empties_the_person_and_can_be_run_again(party):
    keys = [str(party.handle)]
    touched = people.erase(keys, by=party.case.opened_by)

    party.refresh_from_db()
    contact = Contact.objects.get(pk=party.contact_id)
    assert (contact.name, contact.email, contact.phone_e164, contact.may_email) == ("", "", "", False)
    assert (party.access_needs, party.role) == ("", "initiating")
    assert party.contact_log.get().note == ""
    assert {model.__name__ for model in touched} == {"Contact", "Party", "ContactAttempt", "Term", "Session"}
    assert list(people.find(Sought(name="marta villar"))) == []
    people.erase(keys, by=party.case.opened_by)


def test_an_erasure_empties_where_they_were_met_and_why_not(party):
    """Also where others were asked to come, and whatever they were called then; appointments of others stay."""
    words = {"place": "At Marta's", "online": "https://meet.example.org/marta"}
    other = PartyFactory(case=party.case)
    canceled = {"state": "canceled", "canceled_at": timezone.now(), "canceled_by": party.case.opened_by}
    alone = SessionFactory(case=party.case, parties=[party], cancel_reason="Marta is ill", **words, **canceled)
    both, theirs = (SessionFactory(case=party.case, parties=asked, **words) for asked in ([party, other], [other]))
    touched = people.erase([str(party.handle)], by=party.case.opened_by)

    for session in (alone, both, theirs):
        session.refresh_from_db()
    assert [(one.place, one.online, one.cancel_reason) for one in (alone, both)] == [("", "", "")] * 2
    assert theirs.place == "At Marta's"
    assert {alone.pk, both.pk} <= set(touched[Session])
    assert theirs.pk not in touched[Session]


def write_everywhere(case, party, by):
    """A text of every kind that no erasure empties by itself, each of somebody else or of nobody."""
    other, day = PartyFactory(case=case), timezone.localdate()
    SessionFactory(case=case, parties=[other], place="At Marta's")
    ContactAttemptFactory(case=case, note="Marta called")
    facilitator = FacilitatorFactory(case=case)
    ConflictDeclaration(
        facilitator=facilitator, party=other, result="waived", disclosed="Marta is a neighbor", by=by
    ).save()
    Communication(case=case, text="Marta said", by=by).save()
    CirclePlan(case=case, opening="Welcome, Marta").save()
    agreement = Agreement.objects.create(case=case, kind="full", agreed_on=day, by=by)
    Term.objects.create(agreement=agreement, who=other, what="I greet Marta")
    AgreementShare.objects.create(agreement=agreement, recipient="Marta's landlord", purpose="x", by=by)
    agency = JoinedAgency.objects.create(
        case=case, organization=OrganizationFactory(), person="Ana", purpose="Marta's flat", starts_on=day,
        ends_on=day, sees=["stage"], by=by,
    )  # fmt: skip
    AgencyUpdate.objects.create(agency=agency, text="Marta moved")
    GateOverride.objects.create(case=case, kind="notice", lapsed="1", reason="Marta knows", by=by)
    Merge.objects.create(
        kept=case, duplicate=CaseFactory(), reason="Marta called twice", moved={}, state="intake",
        kept_received_at=timezone.now(), by=by,
    )  # fmt: skip
    BreakGlass.objects.create(case=case, user=by, reason="Marta called", until=timezone.now())
    SealLift.objects.create(case=case, reason="Marta is safe", asked_by=by)


def test_what_an_erasure_leaves_is_named_by_its_kind_and_owed(party):
    case, by = party.case, party.case.opened_by
    Case.objects.filter(pk=case.pk).update(assigned_to=by)
    write_everywhere(case, party, by)
    kinds = list(map(str, people.left([str(party.handle)])))
    people.erase([str(party.handle)], by=by)
    people.erase([str(party.handle)], by=by)

    assert kinds == [
        "case", "appointment", "contact", "conflict declaration", "sealed note", "plan of a circle", "term",
        "sharing of an agreement", "joined agency", "update of a joined agency", "override of a check",
        "merge of two cases", "opening of a sealed case", "lifting of a seal",
    ]  # fmt: skip
    assert len(kinds) == len(people.TEXTS)
    [task] = Task.objects.filter(key__startswith="cases.words:")
    assert (task.owner, task.ref, task.link) == (by, case.reference, case.get_absolute_url())
    assert ", ".join(kinds) in task.words
    assert "Marta" not in task.words
    with translation.override("es"):
        assert "appointment" not in task.words


@pytest.mark.parametrize(("kind", "told"), [("erasure", True), ("copy", False)])
def test_the_page_of_a_request_says_what_an_erasure_leaves(party, sign_in, kind, told):
    officer = UserFactory(records_officer=True)
    request = PersonRequest(kind=kind, proof="Identity card seen", name="Marta Villar", address="marta@example.org")
    request.receive(by=officer)
    requests.match(request, by=officer)
    page = sign_in(officer).get(request.get_absolute_url())

    assert page.context["left"] == (["case"] if told else [])
    assert ("Some texts stay" in page.content.decode()) is told
    assert party.case.title not in page.content.decode()


def test_of_what_belongs_to_the_person_or_says_nothing_nothing_is_left(party):
    Case.objects.filter(pk=party.case.pk).update(title="", summary="")
    ContactAttemptFactory(case=party.case)
    assert people.left([str(party.handle)]) == []
    people.erase([str(party.handle)], by=party.case.opened_by)
    assert not Task.objects.exists()


def test_nobody_is_erased_out_of_an_open_case(db):
    party = PartyFactory(**MARTA)

    assert [one.blocked for one in people.find(Sought(name="marta villar"))] == ["The case is open."]
    with pytest.raises(StillNeeded):
        people.erase([str(party.handle)], by=party.case.opened_by)


def test_a_correction_is_owed_by_who_works_on_the_case(db):
    party = PartyFactory(case=CaseFactory(assigned=True))
    request = type("Request", (), {"reference": "Q-26-AAAAA"})
    people.correct([str(party.handle)], request=request)

    task = Task.objects.get()
    assert (task.owner, task.link) == (party.case.assigned_to, party.get_absolute_url())


def test_closed_cases_are_kept_three_years(party, time_machine):
    case = party.case
    declaration = privacy.declarations[Case]
    time_machine.move_to(case.closed_at.replace(year=case.closed_at.year + 3) - timedelta(days=5))
    assert not due(declaration).exists()
    time_machine.move_to(case.closed_at.replace(year=case.closed_at.year + 3) + timedelta(days=5))
    assert list(due(declaration)) == [case]
    assert {line.model: line.due for line in report()}[Case] == 1
