"""Requests by people: what is found, what a copy holds, what an erasure leaves."""

from datetime import timedelta

import pytest

from cases import people
from cases.models import Case
from core import privacy
from core.privacy import Sought, StillNeeded
from core.retention import due, report
from notices.models import Contact, Task
from tests.factories.cases import CaseFactory, ContactAttemptFactory, PartyFactory, SessionFactory

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
    assert {model.__name__ for model in touched} == {"Contact", "Party", "ContactAttempt", "Term"}
    assert list(people.find(Sought(name="marta villar"))) == []
    people.erase(keys, by=party.case.opened_by)


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
