"""Who sees a case: one truth table of people by access, asked of the door, of the page and of every address."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import unsealing
from cases.models import BreakGlass, Case
from cases.urls import urlpatterns
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices import stop
from notices.models import Contact, Notice, Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory

TEAM = {"opener", "assigned", "facilitator", "supervisor", "second_supervisor"}
SEES = {
    Case.Access.TEAM: TEAM,
    Case.Access.UNIT: TEAM | {"colleague"},
    Case.Access.SEALED: {"assigned", "facilitator"},
}
BEHIND_GLASS = {"supervisor", "second_supervisor"}
PEOPLE = 15


@pytest.mark.parametrize("access", Case.Access.values)
def test_everybody_sees_what_the_table_says(access, open_case, staff, sign_in):
    case = open_case(access=access)
    people = vars(staff)
    address = reverse("cases:case_detail", args=[case.reference])

    assert len(people) == PEOPLE
    seen = {name for name, user in people.items() if Case.objects.visible_to(user).filter(pk=case.pk).exists()}
    assert seen == SEES[access]
    opened = {name: sign_in(user).get(address) for name, user in people.items()}
    assert {name for name, answer in opened.items() if answer.status_code == 200} == SEES[access]
    asked = BEHIND_GLASS if access == Case.Access.SEALED else set()
    assert {name for name, answer in opened.items() if answer.status_code == 302} == asked
    rest = set(people) - SEES[access] - asked
    assert {name for name, answer in opened.items() if answer.status_code == 404} == rest


def test_visitors_are_asked_to_sign_in(client, case):
    answer = client.get(case.get_absolute_url())

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def every_address(case, party, session):
    """Each address of cases that names one case, with an answer for every part of it."""
    parts = {
        "reference": case.reference,
        "handle": party.handle,
        "party": party.handle,
        "session": session.reference,
        "kind": "notice",
        "lapsed": "1",
        "language": "en",
    }
    for pattern in urlpatterns:
        wanted = set(pattern.pattern.converters)
        if "reference" in wanted:
            handle = case.facilitators.first().handle if pattern.name == "facilitator_end" else party.handle
            yield (
                pattern.name,
                reverse(f"cases:{pattern.name}", kwargs={k: (parts | {"handle": handle})[k] for k in wanted}),
            )


def test_a_stranger_learns_nothing_from_any_address(open_case, staff, sign_in):
    case = open_case()
    party = PartyFactory(case=case)
    addresses = dict(every_address(case, party, SessionFactory(case=case)))
    client = sign_in(staff.officer_elsewhere)

    assert len(addresses) == 56
    for name, address in addresses.items():
        for answer in (client.get(address), client.post(address, {"reason": "because I want to know"})):
            assert answer.status_code in (404, 405), name
            assert case.title not in answer.content.decode(), name


def test_a_sealed_case_answers_only_the_question_for_the_reason(open_case, staff, sign_in):
    case = open_case(sealed=True)
    party = PartyFactory(case=case)
    addresses = dict(every_address(case, party, SessionFactory(case=case)))
    client = sign_in(staff.supervisor)

    answers = {name: client.get(address).status_code for name, address in addresses.items()}
    assert {name for name, status in answers.items() if status != 404} == {"case_detail", "case_break_glass"}
    page = client.get(addresses["case_break_glass"]).content.decode()
    assert case.title not in page
    assert party.contact.name not in page
    assert case.title not in client.get(reverse("cases:case_list")).content.decode()


def test_losing_a_role_closes_the_case_at_once(case, staff):
    staff.assigned.role_grants.all().delete()
    staff.assigned.forget_access()

    assert not Case.objects.visible_to(staff.assigned).exists()


def test_breaking_the_glass_opens_for_a_day_and_tells_another(open_case, staff, sign_in, time_machine):
    case = open_case(sealed=True)
    client = sign_in(staff.supervisor)
    address = reverse("cases:case_break_glass", args=[case.reference])

    assert client.post(address, {"reason": "short"}).status_code == 200
    assert not BreakGlass.objects.exists()
    answer = client.post(address, {"reason": "The assigned officer is ill and a court date is near."})
    assert answer.status_code == 302
    page = client.get(case.get_absolute_url())
    assert page.status_code == 200
    assert "The assigned officer is ill" in page.content.decode()
    assert AuditEntry.objects.filter(act="case.break_glass", reference=case.reference).count() == 1
    assert (
        AuditEntry.objects.filter(act="case.open", reference=case.reference, actor=staff.supervisor.email).count() == 1
    )
    told = Task.objects.get(key__startswith="cases.glass:")
    assert told.owner == staff.second_supervisor
    assert Notice.objects.get(kind="cases.glass_broken").contact == staff.second_supervisor.contact
    # It is open to nobody else, and to them for one day.
    assert sign_in(staff.second_supervisor).get(case.get_absolute_url()).status_code == 302
    time_machine.move_to(timezone.now() + timedelta(hours=24, seconds=1))
    assert not Case.objects.visible_to(staff.supervisor).exists()


def test_without_another_supervisor_coordinators_are_told(open_case, staff):
    staff.second_supervisor.role_grants.all().delete()
    case = open_case(sealed=True)

    assert unsealing.other_supervisors(case, staff.supervisor) == [staff.coordinator]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ((), "Another supervisor was told."),
        (("second_supervisor",), "There is no other supervisor, so the coordinators were told."),
        (("second_supervisor", "coordinator"), "There was nobody else to tell; it is on record."),
    ],
)
def test_who_breaks_the_glass_hears_what_happened(open_case, staff, sign_in, gone, said):
    for name in gone:
        getattr(staff, name).role_grants.all().delete()
    address = reverse("cases:case_break_glass", args=[open_case(sealed=True).reference])

    page = sign_in(staff.supervisor).post(address, {"reason": "A court date is near and nobody is here."}, follow=True)

    assert f"The case is open to you for 24 hours. {said}" in page.content.decode()
    assert Task.objects.filter(key__startswith="cases.glass:").count() == (len(gone) < 2)


@pytest.mark.parametrize("sealed", [True, False])
def test_acts_on_the_people_of_a_sealed_case_are_marked(open_case, staff, sign_in, sealed):
    case = open_case(sealed=sealed)
    address = reverse("cases:party_add", args=[case.reference])
    fields = {
        "party-role": "initiating", "contact-name": "Sam Example", "contact-language": "en",
        "contact-phone": "206-555-0123", "contact-email": "sam@example.org", "contact-may_email": "on",
        "contact-agreed": "on",
    }  # fmt: skip
    assert sign_in(staff.assigned).post(address, fields).status_code == 302
    contact = case.parties.get().contact
    contact.confirm_rules(by=staff.assigned)
    contact.postpone_confirmation(by=staff.assigned, reason="They are on a journey")
    stop.stop_contact(Contact.objects.get(pk=contact.pk), by=staff.assigned)

    acts = AuditEntry.objects.filter(act__startswith="contact.")
    assert {entry.act for entry in acts} == {"contact.consent", "contact.confirm", "contact.postpone", "contact.stop"}
    assert {entry.facts.get("sealed", False) for entry in acts} == {sealed}


def test_glass_list_shows_reasons_and_no_titles(open_case, staff, sign_in):
    case = open_case(sealed=True)
    unsealing.break_glass(case=case, reason="A relative works in the unit.", by=staff.supervisor)
    address = reverse("cases:glass_list")

    answers = {name: sign_in(user).get(address) for name, user in vars(staff).items()}
    allowed = {"supervisor", "second_supervisor", "supervisor_elsewhere", "coordinator"}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == allowed
    assert "A relative works" in answers["second_supervisor"].content.decode()
    assert "A relative works" not in answers["supervisor_elsewhere"].content.decode()
    # Coordinators see no case text, and a reason is text about a case; that it was opened, and by whom, they see.
    assert "A relative works" not in answers["coordinator"].content.decode()
    assert case.reference in answers["coordinator"].content.decode()
    assert staff.supervisor.name in answers["coordinator"].content.decode()
    assert case.title not in answers["second_supervisor"].content.decode()


def test_sealing_takes_one_and_lifting_takes_two(case, staff, sign_in):
    assigned, facilitator = sign_in(staff.assigned), sign_in(staff.facilitator)
    access = reverse("cases:case_access", args=[case.reference])
    ask, decide = (reverse(f"cases:seal_lift_{verb}", args=[case.reference]) for verb in ("ask", "decide"))

    assert assigned.post(access, {"access": "sealed"}).status_code == 302
    assert assigned.post(access, {"access": "team"}).status_code == 409
    assert assigned.post(ask, {"reason": "The inquiry has ended."}).status_code == 302
    assert assigned.post(decide, {"decision": "lift"}).status_code == 403
    case.refresh_from_db()
    assert case.is_sealed
    assert Task.objects.open().filter(key__startswith="cases.seal:").count() == 2
    assert facilitator.post(decide, {"decision": "lift"}).status_code == 302
    case.refresh_from_db()
    assert case.access == Case.Access.TEAM
    assert not Task.objects.open().filter(key__startswith="cases.seal:").exists()


def test_a_seal_may_stay(case, staff, sign_in):
    case.set_access(Case.Access.SEALED, by=staff.assigned)
    lift = unsealing.ask_seal_lift(case=case, reason="The inquiry has ended.", by=staff.assigned)
    decide = reverse("cases:seal_lift_decide", args=[case.reference])

    # A supervisor may decide without opening the case.
    client = sign_in(staff.supervisor)
    page = client.get(decide).content.decode()
    assert "The inquiry has ended." in page
    assert case.title not in page
    client.post(decide, {"decision": "keep"})
    lift.refresh_from_db()
    case.refresh_from_db()
    assert (lift.refused_by, case.is_sealed) == (staff.supervisor, True)
    with pytest.raises(MoveNotAllowed):
        lift.approve(by=staff.facilitator)


def test_parties_are_found_only_in_cases_one_may_open(case, staff):
    party = PartyFactory(case=case, contact__name="Teodora Vale")

    found = {
        name for name, user in vars(staff).items() if party in type(party).objects.visible_to(user).matching("teodora")
    }
    assert found == TEAM


def test_similar_cases_are_only_those_one_may_open(open_case, staff, sign_in):
    mine = open_case(place="Kestrel Court 4")
    sealed = open_case(place="Kestrel Court 9", sealed=True)
    address = f"{reverse('cases:case_similar')}?place=Kestrel+Court"

    page = sign_in(staff.colleague).get(address).content.decode()
    assert mine.reference not in page
    page = sign_in(staff.opener).get(address).content.decode()
    assert mine.reference in page
    assert sealed.reference not in page


def test_a_case_of_an_area_below_is_the_supervisors(staff, area):
    below = type(area).objects.create(name="Eastgate North", level="beat", parent=area)
    case = CaseFactory(area=below, opened_by=UserFactory(officer=True))

    assert case in Case.objects.visible_to(UserFactory(supervisor=True, areas=[area]))
