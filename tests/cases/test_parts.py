"""The parts of people in a case: what was asked of a side stays with that side, whatever is edited since."""

import pytest
from django.urls import reverse

from cases import belonging, gate
from cases.forms import PartyForm
from cases.models import Case, Consent, Party
from core.states import MoveNotAllowed
from notices.forms import ContactForm
from tests.factories.cases import PartyFactory, SessionFactory, book
from tests.factories.readiness import consented, declared, informed, make_ready, screened

pytestmark = pytest.mark.django_db
TOLD = "Take them out and add them again"


def typed(party, **changed):
    """What the page of a party posts, with nothing but these changed."""
    fields = {
        "party-role": party.role, "party-version": party.version, "contact-name": party.contact.name,
        "contact-language": "en", "contact-no_safe_phone": "on",
    }  # fmt: skip
    if party.beside_id:
        fields["party-beside"] = party.beside_id
    return fields | ({"party-is_minor": "on"} if party.is_minor else {}) | changed


def edit(client, party, **changed):
    return client.post(party.get_absolute_url(), typed(party, **changed))


def missing(case):
    return [check.title for check in gate.gate_of(Case.objects.get(pk=case.pk)).missing]


# What binds somebody to their part ---------------------------------------------------------------------------
ON_RECORD = {
    "consent": lambda party, staff: consented(party, staff.facilitator),
    "screening": lambda party, staff: screened(party, staff.facilitator),
    "notice": lambda party, staff: informed(party, staff.facilitator),
    "declaration": lambda party, staff: declared(party.case.facilitators.serving().get(), party),
    "appointment": lambda party, staff: SessionFactory(case=party.case, parties=[party]),
}


@pytest.mark.parametrize("what", ON_RECORD)
def test_a_side_of_whom_something_is_on_record_stays_one(case, staff, sign_in, what):
    party = PartyFactory(case=case, responding=True)
    ON_RECORD[what](party, staff)
    party.refresh_from_db()
    answer = edit(sign_in(staff.assigned), party, **{"party-role": "affected"})

    assert (answer.status_code, TOLD in answer.content.decode()) == (200, True)
    party.refresh_from_db()
    assert party.role == "responding"


@pytest.mark.parametrize(
    ("process", "before", "after", "on_record", "allowed"),
    [
        ("mediation", "responding", "affected", True, False),
        ("mediation", "responding", "affected", False, True),
        ("mediation", "responding", "initiating", True, False),
        ("mediation", "supporter", "responding", True, False),
        ("mediation", "supporter", "responding", False, True),
        ("mediation", "supporter", "affected", True, True),
        ("restorative", "harmed", "responsible", True, False),
        ("restorative", "harmed", "community", True, False),
        # Who came along when the process was changed takes the side that it has instead.
        ("restorative", "responding", "responsible", True, True),
        ("restorative", "responding", "affected", True, False),
    ],
)
def test_who_may_change_their_part(open_case, staff, sign_in, process, before, after, on_record, allowed):
    party = PartyFactory(case=open_case(process=process), role=before)
    if on_record:
        SessionFactory(case=party.case, parties=[party])
    answer = edit(sign_in(staff.assigned), party, **{"party-role": after})

    assert answer.status_code == (302 if allowed else 200)
    party.refresh_from_db()
    assert party.role == (after if allowed else before)


def test_the_same_holds_for_who_is_asked_while_the_form_is_open(case, staff):
    party = PartyFactory(case=case, responding=True)
    posted = typed(party, **{"party-role": "affected"})
    form = PartyForm(posted, instance=Party.objects.get(pk=party.pk), case=case, prefix="party")
    contact_form = ContactForm(posted, instance=party.contact, prefix="contact")
    assert form.is_valid()
    assert contact_form.is_valid()
    consented(party, staff.facilitator, answer="declined")

    with pytest.raises(MoveNotAllowed, match=TOLD):
        belonging.edit_party(form=form, contact_form=contact_form, by=staff.assigned)
    party.refresh_from_db()
    assert party.role == "responding"


# Once a side -------------------------------------------------------------------------------------------------
@pytest.fixture
def sides(case):
    return PartyFactory(case=case), PartyFactory(case=case, responding=True)


@pytest.mark.parametrize("kind", ["pre_meeting", "caucus", "coaching"])
def test_who_was_a_side_meets_the_other_through_the_gate_alone(case, sides, staff, sign_in, kind):
    assert edit(sign_in(staff.assigned), sides[1], **{"party-role": "affected"}).status_code == 302
    sides[1].refresh_from_db()
    assert sides[1].role == "affected"
    with pytest.raises(gate.GateClosed):
        book(case, sides, kind)


@pytest.mark.parametrize("said", ["nothing", "no", "not suitable"])
def test_the_gate_asks_for_who_was_a_side_beside_a_second_one(case, sides, staff, said):
    make_ready(case)
    second = PartyFactory(case=case, responding=True)
    make_ready(case)
    assert missing(case) == []
    if said == "no":
        consented(sides[1], staff.facilitator, answer="declined")
    elif said == "not suitable":
        screened(sides[1], staff.facilitator, result="not_suitable")
    else:
        Consent.objects.filter(party=sides[1]).delete()
    Party.objects.filter(pk=sides[1].pk).update(role="affected")

    assert [title for title in missing(case) if str(sides[1]) in title] == missing(case) != []
    with pytest.raises(gate.GateClosed):
        book(case, [sides[0], second], "joint")


def test_what_is_asked_of_who_was_a_side_can_be_done(case, sides, staff, sign_in):
    Party.objects.filter(pk=sides[1].pk).update(role="affected")
    facilitator = case.facilitators.serving().get()
    pages = [reverse(f"cases:{name}", args=[case.reference, sides[1].handle]) for name in (
        "screening_record", "notice_give", "consent_record",
    )]  # fmt: skip
    client = sign_in(staff.facilitator)

    assert [client.get(page).status_code for page in pages] == [200] * 3
    declaring = client.get(reverse("cases:conflict_declare", args=[case.reference, facilitator.handle]))
    assert sides[1] in declaring.context["form"].fields["party"].queryset


def test_somebody_who_left_is_not_asked_to_come(case, sides):
    make_ready(case)
    sides[1].leave(by=case.opened_by)
    with pytest.raises(MoveNotAllowed, match="no longer a party"):
        book(case, sides[1:], "call")


# A sign of violence ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "beside", "kind", "together"),
    [
        ("supporter", 0, "caucus", False),
        ("interpreter", 0, "pre_meeting", False),
        ("supporter", 1, "caucus", True),
        ("guardian", 1, "coaching", True),
        ("affected", None, "pre_meeting", True),
        ("observer", None, "caucus", True),
        ("supporter", 1, "call", False),
    ],
)
def test_with_a_sign_of_violence_one_side_and_who_stands_by_it_share_a_room(case, sides, role, beside, kind, together):
    other = PartyFactory(case=case, role=role, beside=None if beside is None else sides[beside])
    assert book(case, [sides[0], other], kind).state == "planned"
    case.note_violence(by=case.opened_by)

    if together:
        with pytest.raises(gate.GateClosed) as refusal:
            book(case, [sides[0], other], kind)
        assert "No sign of violence" in refusal.value.missing[0].title
    else:
        assert book(case, [sides[0], other], kind).state == "planned"


def test_who_stands_beside_somebody_beside_a_side_belongs_to_it(case, sides):
    child = PartyFactory(case=case, role="affected", beside=sides[1], is_minor=True)
    guardian = PartyFactory(case=case, role="guardian", beside=child)
    case.note_violence(by=case.opened_by)

    assert book(case, [sides[1], guardian], "caucus").state == "planned"
    with pytest.raises(gate.GateClosed):
        book(case, [sides[0], guardian], "caucus")


# The no of a guardian ----------------------------------------------------------------------------------------
@pytest.fixture
def refused(case, sides, staff):
    """A minor who is ready, and the guardian who said no."""
    Party.objects.filter(pk=sides[1].pk).update(is_minor=True)
    make_ready(case)
    guardian = PartyFactory(case=case, role="guardian", beside=sides[1])
    consented(sides[1], staff.facilitator, guardian=guardian, answer="declined")
    sides[1].refresh_from_db()
    return sides[1], guardian


def grow_up(client, minor, guardian):
    assert edit(client, minor, **{"party-is_minor": ""}).status_code == 302


def remove(client, minor, guardian):
    client.post(reverse("cases:party_remove", args=[guardian.case.reference, guardian.handle]))


def recast(client, minor, guardian):
    assert edit(client, guardian, **{"party-role": "supporter"}).status_code == 302


def stand_elsewhere(client, minor, guardian):
    edit(client, guardian, **{"party-beside": ""})


@pytest.mark.parametrize("since", [grow_up, remove, recast, stand_elsewhere])
def test_the_no_of_a_guardian_stands_until_they_say_otherwise(case, refused, staff, sign_in, since):
    minor, guardian = refused
    asked = f"{guardian} consented for {minor} (Responding party)"
    assert missing(case) == [asked]
    client = sign_in(staff.assigned)
    since(client, minor, guardian)
    assert asked in missing(case)
    # Somebody else who says yes does not speak for them.
    if since is not grow_up:
        other = PartyFactory(case=case, role="guardian", beside=minor)
        consented(minor, staff.facilitator, guardian=other)
        assert missing(case) == [asked]

    minor.refresh_from_db()
    page = reverse("cases:consent_record", args=[case.reference, minor.handle])
    shown = client.get(f"{page}?guardian={guardian.handle}").context["form"]
    assert guardian in shown.fields["guardian"].queryset
    assert shown.initial["guardian"] == guardian
    posted = {
        "guardian": guardian.pk, "answer": "consented", "voluntary": "on", "mode": "signed",
        "wording": shown.fields["wording"].queryset.first().pk,
    }  # fmt: skip
    assert client.post(page, posted).status_code == 302
    assert missing(case) == []


def test_a_guardian_who_withdrew_is_one_who_said_no(case, refused, staff):
    minor, guardian = refused
    yes = consented(minor, staff.facilitator, guardian=guardian)
    assert missing(case) == []
    yes.withdraw(by=staff.assigned)
    Party.objects.filter(pk=minor.pk).update(is_minor=False)

    assert missing(case) == [f"{guardian} consented for {minor} (Responding party)"]


def test_in_a_circle_the_no_for_a_minor_beside_a_side_stands_too(open_case, staff):
    case = open_case(process="restorative")
    harmed = PartyFactory(case=case, role="harmed")
    minor = PartyFactory(case=case, role="supporter", beside=harmed, is_minor=True)
    guardian = PartyFactory(case=case, role="guardian", beside=minor)
    consented(minor, staff.facilitator, answer="declined")
    consented(minor, staff.facilitator, guardian=guardian, answer="declined")
    Party.objects.filter(pk=minor.pk).update(is_minor=False)
    guardian.leave(by=staff.assigned)

    who = f"{minor} (Supporter)"
    assert {f"{who} consented to meet", f"{guardian} consented for {who}"} <= set(missing(case))
