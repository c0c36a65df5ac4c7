"""Two cases that are one: what moves and what never does, who may, what stands in the way, and how it is taken back."""

import uuid
from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from areas.models import Booking
from cases import actions, figures, merging, readying, scheduling, unsealing
from cases.models import (
    Agreement,
    Case,
    CirclePlan,
    Communication,
    Consent,
    ContactAttempt,
    Eligibility,
    JoinedAgency,
    Merge,
    Party,
    PreCircle,
    Screening,
    Session,
)
from core.models import AuditEntry, LegalHold
from core.states import MoveNotAllowed
from notices.models import Notice, Task
from notices.tasks import deliver_due
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.cases import (
    CaseFactory,
    ContactAttemptFactory,
    FacilitatorFactory,
    PartyFactory,
    SessionFactory,
)
from tests.factories.notices import ContactFactory
from tests.factories.partners import OrganizationFactory
from tests.factories.readiness import consented, declared, informed, reach, screened
from tests.racing import just_before

WHY = "Both neighbors called about the same music"


@pytest.fixture
def kept(open_case):
    return open_case(title="Music at night, Kestrel Court", place="Kestrel Court")


@pytest.fixture
def duplicate(open_case):
    return open_case(title="Loud music, Kestrel Court", place="Kestrel Court")


@pytest.fixture
def party(duplicate):
    return PartyFactory(case=duplicate, contact=ContactFactory(name="Teodora K.", email="teodora@example.org"))


def merge(duplicate, kept, by, reason=WHY):
    row = merging.merge(duplicate=duplicate, kept=kept, reason=reason, by=by)
    for case in (duplicate, kept):
        case.refresh_from_db()
    return row


def undo(row, by, *cases):
    merging.undo(row=row, by=by)
    for case in cases:
        case.refresh_from_db()


def address(case, name="case_merge"):
    return reverse(f"cases:{name}", args=[case.reference])


def press(client, duplicate, kept, **more):
    return client.post(address(duplicate), {"keep": kept.reference, "reason": WHY} | more)


def book(case, parties, staff=(), **fields):
    wanted = {"kind": "call", "day": timezone.localdate() + timedelta(days=5), "clock": time(14, 0), "place": "phone"}
    session = Session(case=case, **wanted | fields)
    return scheduling.book_session(session=session, parties=parties, staff=staff, by=case.opened_by)


def owed(case, prefix=""):
    return Task.objects.open().filter(ref=case.reference, key__startswith=prefix)


# What moves --------------------------------------------------------------------------------------------------
def test_people_contacts_and_appointments_move_and_the_duplicate_closes(duplicate, kept, party, staff, sign_in):
    own = PartyFactory(case=kept)
    left = PartyFactory(case=duplicate, left_at=timezone.now())
    log = [ContactAttemptFactory(case=duplicate, party=party), ContactAttemptFactory(case=duplicate)]
    planned, past = SessionFactory(case=duplicate, parties=[party]), SessionFactory(case=duplicate, state="held")
    answer = press(sign_in(staff.assigned), duplicate, kept)

    assert (answer.status_code, answer.url) == (302, kept.get_absolute_url())
    duplicate.refresh_from_db()
    assert (duplicate.state, duplicate.closing_reason, duplicate.closed_by) == ("closed", "duplicate", staff.assigned)
    assert set(kept.parties.all()) == {own, party, left}
    assert set(kept.contact_log.all()) == set(log)
    assert set(kept.sessions.all()) == {planned, past}
    assert planned.parties.get() == party
    row = Merge.objects.get()
    assert (row.kept, row.duplicate, row.by, row.reason, row.state) == (kept, duplicate, staff.assigned, WHY, "intake")
    assert (sorted(row.moved["parties"]), sorted(row.moved["sessions"])) == (
        sorted([party.pk, left.pk]), sorted([planned.pk, past.pk]),
    )  # fmt: skip
    assert sorted(row.moved["contact_log"]) == sorted(entry.pk for entry in log)


def test_it_is_on_record_under_both(duplicate, kept, staff):
    row = merge(duplicate, kept, staff.assigned)
    undo(row, staff.supervisor)

    for act, who in (("case.merge", staff.assigned), ("case.unmerge", staff.supervisor)):
        entries = AuditEntry.objects.filter(act=act)
        assert {entry.reference for entry in entries} == {duplicate.reference, kept.reference}
        assert all((entry.actor, entry.facts["kept"]) == (who.email, kept.reference) for entry in entries)
    assert {entry.kind for entry in AuditEntry.objects.filter(act="case.merge")} == {"combination"}


def test_notice_and_consent_go_with_the_party(duplicate, kept, party, staff):
    informed(party, staff.assigned)
    consented(party, staff.assigned)
    merge(duplicate, kept, staff.assigned)

    assert Party.objects.get(pk=party.pk).case == kept
    assert Consent.objects.get(party__case=kept).party == party


def test_the_earlier_dates_and_the_higher_risk_stand(duplicate, kept, staff):
    now = timezone.now()
    early, late = {"received_at": now - timedelta(days=9)}, {"received_at": now - timedelta(days=2)}
    Case.objects.filter(pk=duplicate.pk).update(
        **early, risk="high", first_contact_at=now - timedelta(days=8), last_contact_at=now - timedelta(days=8)
    )
    Case.objects.filter(pk=kept.pk).update(
        **late, risk="low", first_contact_at=now - timedelta(days=1), last_contact_at=now - timedelta(days=1)
    )
    version = kept.version
    merge(duplicate, kept, staff.assigned)

    assert (kept.received_at, kept.first_contact_at) == (now - timedelta(days=9), now - timedelta(days=8))
    assert (kept.last_contact_at, kept.risk) == (now - timedelta(days=1), "high")
    assert kept.version == version + 1


@pytest.mark.parametrize("risk", ["unknown", "low"])
def test_a_lower_risk_takes_nothing_back(duplicate, kept, staff, risk):
    Case.objects.filter(pk=duplicate.pk).update(risk=risk)
    Case.objects.filter(pk=kept.pk).update(risk="medium")
    merge(duplicate, kept, staff.assigned)

    assert kept.risk == "medium"


def test_what_is_owed_about_those_who_moved_is_owed_in_the_kept_case(duplicate, kept, party, staff):
    session = book(duplicate, [party])
    responding = PartyFactory(case=duplicate, responding=True)
    attempt = ContactAttempt(case=duplicate, party=responding, way="letter", result="sent")
    actions.log_contact(attempt=attempt, by=staff.assigned)
    actions.assign(case=kept, officer=staff.colleague, by=staff.supervisor)
    before = set(owed(kept).values_list("key", flat=True))
    merge(duplicate, kept, staff.supervisor)

    result = Task.objects.get(key=f"cases.result:{session.reference}:v0")
    assert (result.ref, result.owner) == (kept.reference, staff.colleague)
    assert result.link == reverse("cases:session_record", args=[kept.reference, session.reference])
    answers = owed(kept, f"cases.answer:{kept.reference}:{responding.handle}:")
    assert {task.owner for task in answers} == {staff.colleague}
    assert answers.count() == 2
    assert before <= set(owed(kept).values_list("key", flat=True))
    assert not owed(duplicate).exists()


def test_reaching_a_party_who_moved_ends_the_waiting_for_them(duplicate, kept, staff):
    responding = PartyFactory(case=duplicate, responding=True)
    attempt = ContactAttempt(case=duplicate, party=responding, way="letter", result="sent")
    actions.log_contact(attempt=attempt, by=staff.assigned)
    merge(duplicate, kept, staff.assigned)
    responding.refresh_from_db()
    attempt = ContactAttempt(case=kept, party=responding, way="call", result="spoke")
    actions.log_contact(attempt=attempt, by=staff.assigned)

    assert not Task.objects.open().filter(key__startswith="cases.answer:").exists()


def test_rooms_stay_booked(duplicate, kept, party, staff):
    venue = VenueFactory()
    session = book(duplicate, [party], venue=venue)
    merge(duplicate, kept, staff.assigned)

    assert Booking.objects.get(venue=venue).ref == session.reference


def test_who_moved_is_not_asked_about_an_agreement_from_before(duplicate, kept, party, staff):
    """The terms of the sides are theirs alone, however early the other case was."""
    Party.objects.filter(pk=party.pk).update(added_at=timezone.now() - timedelta(days=90))
    own = PartyFactory(case=kept)
    follow_up = agreed(kept).follow_ups.create(days=30, due_on=timezone.localdate())
    merge(duplicate, kept, staff.assigned)

    assert list(follow_up.sides()) == [own]


def agreed(case):
    agreement = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
    agreement.record(by=case.opened_by)
    return agreement


# Messages ----------------------------------------------------------------------------------------------------
def due_now(session):
    Notice.objects.filter(ref=session.reference, key__contains=":2d:").update(due_at=timezone.now())


def mails_to(mailoutbox, contact):
    return [mail for mail in mailoutbox if mail.to == [contact.email]]


def test_who_has_an_old_page_of_an_appointment_that_moved_is_told(duplicate, kept, party, staff):
    """They saw it in the duplicate: what they do is not done in the wrong case."""
    session = book(duplicate, [party])
    stale = Session.objects.select_related("case").get(pk=session.pk)
    merge(duplicate, kept, staff.assigned)
    place = {"clock": time(15), "minutes": 30, "venue": None, "place": "There"}
    acts = (
        lambda: scheduling.record_session(session=stale, result="held", absent=[], by=staff.assigned),
        lambda: scheduling.cancel_session(session=stale, reason="Both are away", by=staff.assigned),
        lambda: scheduling.move_session(session=stale, by=staff.assigned, seen=0, day=session.day, **place),
    )
    for act in acts:
        with pytest.raises(MoveNotAllowed, match="in another case now"):
            act()
    session.refresh_from_db()
    assert (session.case, session.state, session.moved) == (kept, Session.State.PLANNED, 0)


@pytest.mark.parametrize("undone", [False, True])
def test_a_reminder_of_an_appointment_that_moved_is_sent_once(duplicate, kept, party, staff, mailoutbox, undone):
    session = book(duplicate, [party])
    row = merge(duplicate, kept, staff.assigned)
    due_now(session)
    if undone:
        undo(row, staff.assigned)
    deliver_due()
    deliver_due()

    [mail] = mails_to(mailoutbox, party.contact)
    text = mail.subject + mail.body
    assert not [word for case in (duplicate, kept) for word in (case.reference, case.title) if word in text]


def test_a_reminder_that_was_sent_is_not_sent_again_after_an_undo(duplicate, kept, party, staff, mailoutbox):
    session = book(duplicate, [party])
    row = merge(duplicate, kept, staff.assigned)
    due_now(session)
    deliver_due()
    undo(row, staff.assigned)
    deliver_due()

    assert len(mails_to(mailoutbox, party.contact)) == 1
    assert Notice.objects.waiting().filter(ref=session.reference, contact=party.contact).count() == 1


def test_nobody_is_written_to_about_a_merge_or_its_undoing(duplicate, kept, party, staff, mailoutbox):
    book(duplicate, [party])
    notices = set(Notice.objects.values_list("key", flat=True))
    row = merge(duplicate, kept, staff.assigned)
    undo(row, staff.assigned)
    deliver_due()

    assert set(Notice.objects.values_list("key", flat=True)) == notices
    assert mails_to(mailoutbox, party.contact) == []


def test_the_officer_of_the_kept_case_answers_for_its_reminders(duplicate, kept, party, staff):
    session = book(duplicate, [party], staff=[staff.assigned])
    actions.assign(case=kept, officer=staff.colleague, by=staff.supervisor)
    FacilitatorFactory(case=kept, user=staff.assigned, kind="officer", part="co")
    row = merge(duplicate, kept, staff.supervisor)

    def owners(kind):
        return {one.owner for one in Notice.objects.filter(ref=session.reference, kind=kind)}

    assert owners("cases.session") == {staff.colleague}
    assert owners("cases.session_staff") == {staff.assigned}
    undo(row, staff.supervisor)
    assert owners("cases.session") == {staff.assigned}


# A sign of violence ------------------------------------------------------------------------------------------
def together(case):
    """An appointment of both sides in one room, planned before anybody asked for more."""
    sides = [PartyFactory(case=case), PartyFactory(case=case, responding=True)]
    return SessionFactory(case=case, kind="joint", parties=sides)


def test_a_sign_of_violence_in_the_duplicate_keeps_the_sides_apart(duplicate, kept, party, staff, mailoutbox):
    joint, call = together(kept), book(duplicate, [party])
    Case.objects.filter(pk=duplicate.pk).update(violence_indicated=True)
    merge(duplicate, kept, staff.assigned)
    due_now(call)
    deliver_due()

    joint.refresh_from_db()
    assert (kept.violence_indicated, joint.state) == (True, "canceled")
    assert owed(kept, f"cases.tell:{call.reference}").exists()
    assert owed(kept, "cases.help:").exists()
    assert mails_to(mailoutbox, party.contact) == []


def test_a_sign_of_violence_in_the_kept_case_holds_for_what_moves_in(duplicate, kept, party, staff, mailoutbox):
    call = book(duplicate, [party])
    Case.objects.filter(pk=kept.pk).update(violence_indicated=True)
    row = merge(duplicate, kept, staff.assigned)
    due_now(call)
    deliver_due()

    assert owed(kept, f"cases.tell:{call.reference}").exists()
    assert mails_to(mailoutbox, party.contact) == []
    undo(row, staff.assigned)
    assert owed(duplicate, f"cases.tell:{call.reference}").exists()


def test_a_sign_of_violence_stays_after_an_undo(duplicate, kept, staff):
    Case.objects.filter(pk=duplicate.pk).update(violence_indicated=True, risk="high")
    row = merge(duplicate, kept, staff.assigned)
    undo(row, staff.assigned, kept)

    assert (kept.violence_indicated, kept.risk) == (True, "high")


@pytest.mark.parametrize("noted", ["before", "since"])
def test_a_sign_of_violence_goes_along_with_those_who_go_back(duplicate, kept, party, staff, mailoutbox, noted):
    """It is about the same people, and their reminders wait in the duplicate again."""
    call = book(duplicate, [party])
    if noted == "before":
        Case.objects.filter(pk=kept.pk).update(violence_indicated=True)
    row = merge(duplicate, kept, staff.assigned)
    if noted == "since":
        kept.note_violence(by=staff.assigned)
        actions.keep_apart(kept, staff.assigned)
    undo(row, staff.assigned, duplicate)
    due_now(call)
    deliver_due()

    assert duplicate.violence_indicated
    assert mails_to(mailoutbox, party.contact) == []
    assert owed(duplicate, "cases.help:").exists()
    assert owed(duplicate, f"cases.tell:{call.reference}").exists()


# What stands in the way --------------------------------------------------------------------------------------
def close(case):
    Case.objects.filter(pk=case.pk).update(
        state="closed", closing_reason="coaching", closed_at=timezone.now(), closed_by=case.opened_by
    )


def note(case):
    Communication.objects.create(case=case, text="What was said", by=case.opened_by)


def screen(case):
    Screening.objects.create(party=PartyFactory(case=case), result="suitable", by=case.opened_by)


def meet_before(case):
    PreCircle.objects.create(party=PartyFactory(case=case), met_on=timezone.localdate(), by=case.opened_by)


def decide(case):
    Eligibility.objects.create(case=case, responsibility="no", fits=False, by=case.opened_by)


def plan(case):
    CirclePlan.objects.create(case=case)


def join(case):
    today = timezone.localdate()
    period = {"starts_on": today, "ends_on": today, "sees": ["stage"]}
    JoinedAgency.objects.create(case=case, organization=OrganizationFactory(), by=case.opened_by, **period)


def alter(**fields):
    return lambda case: Case.objects.filter(pk=case.pk).update(**fields)


def hold_by_law(case):
    order = LegalHold(object_type="cases.case", reference=case.reference, reason="A lawsuit")
    order.place(by=UserFactory(records_officer=True))


def absorb(case):
    """Another case was merged into it."""
    merging.merge(duplicate=CaseFactory(area=case.area), kept=case, reason=WHY, by=case.opened_by)


@pytest.mark.parametrize(
    ("of_duplicate", "of_kept", "why"),
    [
        (close, None, "is closed. Reopen it first."),
        (None, close, "is closed. Only open cases are merged."),
        (note, None, "those never move"),
        (screen, None, "those never move"),
        (agreed, None, "those never move"),
        (meet_before, None, "those never move"),
        (decide, None, "those never move"),
        (plan, None, "those never move"),
        (join, None, "those never move"),
        (alter(access="unit"), None, "not open to the same people"),
        (None, alter(access="sealed"), "not open to the same people"),
        (None, alter(state="referred_out"), "lies with another service"),
        (absorb, None, "a short time ago"),
        (hold_by_law, None, "has to stay as it is"),
    ],
)
def test_what_stands_in_the_way_is_told_and_nothing_moves(
    duplicate, kept, party, staff, sign_in, of_duplicate, of_kept, why
):
    for make, case in ((of_duplicate, duplicate), (of_kept, kept)):
        if make:
            make(case)
    client, merges = sign_in(staff.assigned), Merge.objects.count()
    page = client.get(f"{address(duplicate)}?keep={kept.reference}")
    answer = press(client, duplicate, kept)

    assert why in page.content.decode()
    assert 'name="reason"' not in page.content.decode()
    assert answer.status_code == 409
    assert why in answer.content.decode()
    assert (Merge.objects.count(), Party.objects.get(pk=party.pk).case) == (merges, duplicate)


def test_the_other_way_round_is_offered_where_it_is_free(duplicate, kept, staff, sign_in):
    note(duplicate)
    turned = f"{address(kept)}?keep={duplicate.reference}"
    client, page = sign_in(staff.assigned), f"{address(duplicate)}?keep={kept.reference}"

    assert turned in client.get(page).content.decode()
    note(kept)
    assert turned not in client.get(page).content.decode()
    assert client.get(turned).status_code == 200


def test_what_the_kept_case_was_told_in_confidence_stands_in_no_way(duplicate, kept, party, staff):
    note(kept)
    screen(kept)
    merge(duplicate, kept, staff.assigned)

    assert Communication.objects.get().case == kept


def test_a_case_is_not_merged_into_itself(duplicate, staff, sign_in):
    assert press(sign_in(staff.assigned), duplicate, duplicate).status_code == 409
    page = sign_in(staff.assigned).get(f"{address(duplicate)}?keep={duplicate.reference}").content.decode()
    assert "not two cases but one" in page


def test_a_duplicate_is_merged_once(duplicate, kept, open_case, staff):
    merge(duplicate, kept, staff.assigned)
    with pytest.raises(MoveNotAllowed, match="is closed"):
        merge(duplicate, open_case(), staff.assigned)
    with pytest.raises(MoveNotAllowed, match="is closed"):
        merge(kept, duplicate, staff.assigned)


def test_an_appointment_does_not_take_one_of_us_into_a_case_closed_to_them(duplicate, kept, party, staff):
    guest = UserFactory(mediator=True)
    FacilitatorFactory(case=duplicate, user=guest, part="co")
    book(duplicate, [party], staff=[guest])
    with pytest.raises(MoveNotAllowed, match=f"{guest} is needed"):
        merge(duplicate, kept, staff.assigned)
    FacilitatorFactory(case=kept, user=guest, part="co")
    merge(duplicate, kept, staff.assigned)


def test_whoever_broke_the_glass_merges_no_sealed_case(open_case, staff, sign_in):
    duplicate, kept = open_case(sealed=True), open_case(sealed=True)
    for case in (duplicate, kept):
        unsealing.break_glass(case=case, reason="The officer is ill for weeks", by=staff.supervisor)

    answer = press(sign_in(staff.supervisor), duplicate, kept)
    assert (answer.status_code, "is sealed" in answer.content.decode()) == (409, True)
    assert press(sign_in(staff.facilitator), duplicate, kept).status_code == 302


@pytest.mark.parametrize(
    ("of_duplicate", "of_kept", "merged"),
    [((), (), True), (("other_mediator",), (), True), ((), ("other_mediator",), False),
     (("other_mediator",), ("other_mediator",), True), (("opener",), ("other_mediator",), False)],
)  # fmt: skip
def test_sealed_cases_are_merged_where_nobody_comes_to_read_more(
    open_case, staff, sign_in, of_duplicate, of_kept, merged
):
    duplicate, kept = open_case(sealed=True), open_case(sealed=True)
    party = PartyFactory(case=duplicate)
    for case, names in ((duplicate, of_duplicate), (kept, of_kept)):
        for name in names:
            FacilitatorFactory(case=case, user=getattr(staff, name), part="co")
    page = sign_in(staff.assigned).get(address(duplicate), {"keep": kept.reference}).content.decode()
    answer = press(sign_in(staff.assigned), duplicate, kept)

    assert answer.status_code == (302 if merged else 409)
    told = "Both are sealed, and different people may open them"
    assert (told in page, told in answer.content.decode()) == (not merged, not merged)
    assert Party.objects.get(pk=party.pk).case == (kept if merged else duplicate)


def test_another_officer_of_a_sealed_case_keeps_it_from_being_merged(open_case, staff):
    duplicate, kept = open_case(sealed=True), open_case(sealed=True, assigned_to=staff.colleague)
    FacilitatorFactory(case=kept, user=staff.assigned, part="co")
    with pytest.raises(MoveNotAllowed, match="different people"):
        merging.merge(duplicate=duplicate, kept=kept, reason=WHY, by=staff.facilitator)


@pytest.mark.parametrize(
    ("access", "said"),
    [("team", "Supervisors who serve Mill Row."), ("unit", "Officers and supervisors who serve Mill Row.")],
)
def test_whoever_comes_to_read_more_is_named_before_it_is_done(open_case, staff, sign_in, access, said):
    elsewhere = staff.officer_elsewhere.areas_served.get().area
    duplicate, kept = open_case(access=access), open_case(access=access, area=elsewhere)
    other = UserFactory(name="Medi Ator", mediator=True)
    FacilitatorFactory(case=kept, user=other, part="co")
    client = sign_in(staff.assigned)
    page = client.get(address(duplicate), {"keep": kept.reference})

    assert page.context["readers"] == [said, "Medi Ator."]
    assert "could not before" in page.content.decode()
    assert client.get(address(kept), {"keep": duplicate.reference}).context["readers"][0].endswith("serve Eastgate.")


def test_of_two_cases_of_one_team_nobody_is_named(duplicate, kept, staff, sign_in):
    page = sign_in(staff.assigned).get(address(duplicate), {"keep": kept.reference})
    assert page.context["readers"] == []
    assert "could not before" not in page.content.decode()


# Who may -----------------------------------------------------------------------------------------------------
def test_the_case_to_keep_must_be_one_to_decide_on(duplicate, open_case, staff, sign_in):
    """Of what one may not open nothing is told; of what one may only read, that one may only read it."""
    unit = open_case(unit=True, assigned_to=staff.colleague, opened_by=staff.colleague)
    hidden = [
        CaseFactory(title="Hidden quarrel").reference,
        CaseFactory(area=duplicate.area, sealed=True, title="Hidden quarrel").reference,
        "M-26-00000", "x", "\x00", "A" * 5_000,
    ]  # fmt: skip
    client = sign_in(staff.assigned)

    for reference in hidden:
        for answer in (
            client.get(address(duplicate), {"keep": reference}),
            client.post(address(duplicate), {"keep": reference, "reason": WHY}),
        ):
            assert answer.status_code == 200
            assert answer.context["kept"] is None
            assert answer.context["keep"].errors["keep"]
            assert "Hidden quarrel" not in answer.content.decode()
    absent = client.get(address(duplicate), {"keep": "M-26-00000"}).context["keep"].errors
    assert [client.get(address(duplicate), {"keep": one}).context["keep"].errors for one in hidden[:2]] == [absent] * 2
    answer = client.post(address(duplicate), {"keep": unit.reference, "reason": WHY})
    assert "not decide on it" in answer.content.decode()
    assert not Merge.objects.exists()


def test_the_reference_is_read_as_people_type_it(duplicate, kept, staff, sign_in):
    typed = f" {kept.reference.lower()} "
    answer = sign_in(staff.assigned).get(address(duplicate), {"keep": typed})

    assert answer.context["kept"] == kept
    assert 'name="reason"' in answer.content.decode()


def test_cases_of_the_same_place_are_offered(duplicate, kept, open_case, staff, sign_in):
    closed = open_case(place="Kestrel Court", closed=True)
    page = sign_in(staff.assigned).get(address(duplicate)).content.decode()

    assert f"?keep={kept.reference}" in page
    assert f"?keep={closed.reference}" not in page
    assert f"?keep={duplicate.reference}" not in page


def test_comparing_opens_both_and_names_nobody(duplicate, kept, party, staff, sign_in):
    page = sign_in(staff.assigned).get(address(duplicate), {"keep": kept.reference}).content.decode()

    opened = AuditEntry.objects.filter(act="case.open")
    assert {(entry.reference, entry.facts["page"]) for entry in opened} == {
        (duplicate.reference, "merge"), (kept.reference, "merge"),
    }  # fmt: skip
    assert "Initiating party: 1" in page
    assert party.contact.name not in page


def test_a_reason_is_asked_for(duplicate, kept, staff, sign_in):
    answer = press(sign_in(staff.assigned), duplicate, kept, reason=" ")

    assert answer.status_code == 200
    assert answer.context["form"].errors["reason"]
    assert not Merge.objects.exists()


# Two at once -------------------------------------------------------------------------------------------------
def test_a_double_click_merges_once(duplicate, kept, staff, sign_in):
    client, key = sign_in(staff.assigned), {"idempotency_key": str(uuid.uuid4())}
    answers = [press(client, duplicate, kept, **key) for _click in range(2)]

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, kept.get_absolute_url())] * 2
    assert Merge.objects.count() == 1


@pytest.fixture
def two():
    """Two cases that a supervisor may merge, in tests whose transactions are real."""
    area = AreaFactory()
    return CaseFactory(area=area), CaseFactory(area=area), UserFactory(supervisor=True, areas=[area])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turned", [True, False])
def test_of_two_who_merge_the_same_cases_one_wins(two, sign_in, turned):
    first, second, supervisor = two
    PartyFactory(case=first)
    theirs = (second, first) if turned else (first, second)

    def other():
        duplicate, kept = (Case.objects.get(pk=case.pk) for case in theirs)
        merging.merge(duplicate=duplicate, kept=kept, reason=WHY, by=supervisor)

    client = sign_in(supervisor)
    with just_before(other):
        answer = press(client, first, second)

    assert answer.status_code == 409
    row = Merge.objects.get()
    assert (row.duplicate, row.kept) == theirs
    assert Party.objects.get().case == row.kept
    assert Case.objects.filter(state="closed").get() == row.duplicate


@pytest.mark.django_db(transaction=True)
def test_what_is_said_in_confidence_while_somebody_merges_stays_where_it_was_said(two, sign_in):
    """A screening at that moment is either before the merge, which is refused, or after it, and is refused itself."""
    duplicate, kept, supervisor = two
    party, facilitator = PartyFactory(case=duplicate), FacilitatorFactory(case=duplicate)
    client = sign_in(supervisor)

    with just_before(lambda: screened(Party.objects.get(pk=party.pk), facilitator.user)):
        answer = press(client, duplicate, kept)

    assert answer.status_code == 409
    assert Screening.objects.get().party.case == duplicate
    other = PartyFactory(case=CaseFactory(area=kept.area))
    stale = Party.objects.select_related("case").get(pk=other.pk)
    merging.merge(duplicate=other.case, kept=kept, reason=WHY, by=supervisor)
    with pytest.raises(MoveNotAllowed):
        readying.screen(screening=Screening(party=stale, result="suitable"), by=facilitator.user)


@pytest.mark.django_db(transaction=True)
def test_what_is_said_while_somebody_undoes_a_merge_keeps_it(two, sign_in):
    duplicate, kept, supervisor = two
    party, facilitator = PartyFactory(case=duplicate), FacilitatorFactory(case=kept)
    merging.merge(duplicate=duplicate, kept=kept, reason=WHY, by=supervisor)
    client = sign_in(supervisor)

    with just_before(lambda: screened(Party.objects.get(pk=party.pk), facilitator.user)):
        answer = client.post(address(duplicate, "case_merge_undo"))

    assert answer.status_code == 409
    assert Party.objects.get(pk=party.pk).case == kept


def test_who_moved_back_is_no_party_of_the_kept_case_to_anybody(duplicate, kept, party, staff):
    """Forms that were open before the undo find them gone."""
    row = merge(duplicate, kept, staff.assigned)
    stale = Party.objects.select_related("case").get(pk=party.pk)
    undo(row, staff.assigned)

    with pytest.raises(MoveNotAllowed, match="no longer a party"):
        readying.screen(screening=Screening(party=stale, result="suitable"), by=staff.facilitator)
    with pytest.raises(MoveNotAllowed, match="no longer a party"):
        book(kept, [stale])
    assert not Screening.objects.exists()


# The page of the duplicate -----------------------------------------------------------------------------------
def test_the_duplicate_says_where_it_went_to_those_who_may_open_that(duplicate, kept, staff, sign_in):
    merge(duplicate, kept, staff.assigned)
    Case.objects.filter(pk=kept.pk).update(access="sealed", assigned_to=staff.colleague)
    pages = {
        name: sign_in(getattr(staff, name)).get(duplicate.get_absolute_url()).content.decode()
        for name in ("assigned", "facilitator")
    }

    assert kept.get_absolute_url() in pages["facilitator"]
    assert "Merged into" in pages["facilitator"]
    assert address(duplicate, "case_merge_undo") in pages["facilitator"]
    assert kept.reference not in pages["assigned"]
    assert "Merged into another case" in pages["assigned"]
    assert sign_in(staff.assigned).get(address(duplicate, "case_merge_undo")).status_code == 404


def test_a_merged_case_is_not_reopened_by_itself(duplicate, kept, staff, sign_in):
    merge(duplicate, kept, staff.assigned)
    client = sign_in(staff.assigned)

    assert address(duplicate, "case_reopen") not in client.get(duplicate.get_absolute_url()).content.decode()
    answer = client.post(address(duplicate, "case_reopen"), {"reason": "It goes on"})
    assert (answer.status_code, "where it goes on" in answer.content.decode()) == (409, True)
    assert kept.reference not in answer.content.decode()


def test_the_kept_case_tells_it_in_its_timeline(duplicate, kept, staff, sign_in):
    row, client = merge(duplicate, kept, staff.assigned), sign_in(staff.assigned)
    page = client.get(kept.get_absolute_url()).content.decode()

    assert "Another case was merged into this one" in page
    assert WHY in page
    assert duplicate.reference not in page
    undo(row, staff.assigned)
    assert "The merge was undone" in client.get(kept.get_absolute_url()).content.decode()
    assert "Merged into" not in client.get(duplicate.get_absolute_url()).content.decode()


def test_a_facilitator_of_the_duplicate_declared_and_both_pages_open(duplicate, kept, party, staff, sign_in):
    """A declaration is about one case: it does not speak for a facilitator whom the other does not have."""
    declared(duplicate.facilitators.serving().get(), party)
    row, client = merge(duplicate, kept, staff.assigned), sign_in(staff.assigned)

    assert {client.get(case.get_absolute_url()).status_code for case in (duplicate, kept)} == {200}
    declared(kept.facilitators.serving().get(), Party.objects.get(pk=party.pk))
    undo(row, staff.assigned)
    assert {client.get(case.get_absolute_url()).status_code for case in (duplicate, kept)} == {200}


def test_merging_is_offered_in_open_cases_to_those_who_decide(duplicate, staff, sign_in):
    def offered(name):
        return address(duplicate) in sign_in(getattr(staff, name)).get(duplicate.get_absolute_url()).content.decode()

    assert [name for name in ("assigned", "supervisor", "facilitator", "opener") if offered(name)] == [
        "assigned", "supervisor", "facilitator",
    ]  # fmt: skip
    close(duplicate)
    assert not offered("assigned")


# Taking it apart again ---------------------------------------------------------------------------------------
def rows_of(case):
    """All that belongs to a case, as it stands."""
    return {
        "case": Case.objects.filter(pk=case.pk).values().get() | {"version": 0},
        "parties": list(case.parties.order_by("pk").values()),
        "log": list(case.contact_log.order_by("pk").values()),
        "sessions": list(case.sessions.order_by("pk").values()),
        "tasks": list(Task.objects.filter(ref=case.reference).order_by("pk").values()),
    }


@pytest.mark.parametrize("state", ["intake", "contacting", "on_hold"])
def test_undoing_brings_both_back_as_they_were(duplicate, kept, party, staff, sign_in, state):
    for case in (duplicate, kept):
        actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)
    Case.objects.filter(pk=kept.pk).update(received_at=timezone.now() + timedelta(hours=1))
    book(duplicate, [party])
    if state != "intake":
        attempt = ContactAttempt(case=duplicate, party=party, way="call", result="spoke")
        actions.log_contact(attempt=attempt, by=staff.assigned)
    if state == "on_hold":
        until = timezone.localdate() + timedelta(days=20)
        actions.hold_case(case=duplicate, until=until, reason="The court decides first", by=staff.assigned)
    before = rows_of(duplicate), rows_of(kept)
    merge(duplicate, kept, staff.supervisor)
    answer = sign_in(staff.assigned).post(address(duplicate, "case_merge_undo"))

    assert (answer.status_code, answer.url) == (302, duplicate.get_absolute_url())
    assert (rows_of(duplicate), rows_of(kept)) == before
    duplicate.refresh_from_db()
    assert (duplicate.state, duplicate.reopened_count, duplicate.reopened_at) == (state, 0, None)
    row = Merge.objects.get()
    assert (row.undone_by, row.undone_at is None) == (staff.assigned, False)


def test_what_was_logged_with_those_people_since_goes_with_them(duplicate, kept, party, staff):
    own = PartyFactory(case=kept)
    row = merge(duplicate, kept, staff.assigned)
    for someone in (party, own):
        attempt = ContactAttempt(case=kept, party=Party.objects.get(pk=someone.pk), way="call", result="spoke")
        actions.log_contact(attempt=attempt, by=staff.assigned)
    undo(row, staff.assigned, duplicate, kept)

    assert [entry.party for entry in duplicate.contact_log.all()] == [party]
    assert [entry.party for entry in kept.contact_log.all()] == [own]
    assert duplicate.first_contact_at == duplicate.contact_log.get().at
    assert kept.first_contact_at == kept.contact_log.get().at


def test_a_day_of_receipt_that_was_corrected_since_stays(duplicate, kept, staff):
    Case.objects.filter(pk=duplicate.pk).update(received_at=timezone.now() - timedelta(days=9))
    row = merge(duplicate, kept, staff.assigned)
    corrected = timezone.now() - timedelta(days=20)
    Case.objects.filter(pk=kept.pk).update(received_at=corrected)
    undo(row, staff.assigned, kept)

    assert kept.received_at == corrected


def moved_to(party):
    return Party.objects.select_related("case").get(pk=party.pk)


def sign_term(kept, party, staff):
    agreed(kept).terms.create(who=party, what="No drums after ten")


@pytest.mark.parametrize(
    ("since", "why"),
    [
        (lambda kept, party, staff: screened(moved_to(party), staff.facilitator), "screening, consent"),
        (lambda kept, party, staff: consented(moved_to(party), staff.assigned), "screening, consent"),
        (
            lambda kept, party, staff: Communication.objects.create(
                case=kept, party=party, kind="caucus", text="Words", by=staff.facilitator
            ),
            "screening, consent",
        ),
        (
            lambda kept, party, staff: Communication.objects.create(
                case=kept, session=party.sessions.get(), text="Words", by=staff.facilitator
            ),
            "screening, consent",
        ),
        (sign_term, "screening, consent"),
        (
            lambda kept, party, staff: scheduling.record_session(
                session=Session.objects.get(), result="held", absent=[], by=staff.assigned
            ),
            "was recorded since",
        ),
        (lambda kept, party, staff: SessionFactory(case=kept, parties=[party]), "was booked since"),
        (lambda kept, party, staff: PartyFactory(case=kept, role="supporter", beside=party), "stands beside"),
        (lambda kept, party, staff: hold_by_law(kept), "has to stay as it is"),
        (lambda kept, party, staff: alter(access="sealed")(kept), "not open to the same people"),
    ],
)
def test_what_happened_since_with_those_who_moved_keeps_the_merge(duplicate, kept, party, staff, sign_in, since, why):
    session = SessionFactory(case=duplicate, parties=[party])
    reach(party)
    merge(duplicate, kept, staff.assigned)
    since(kept, party, staff)
    client, page = sign_in(staff.assigned), address(duplicate, "case_merge_undo")

    assert why in client.get(page).content.decode()
    assert "Undo this merge" not in client.get(page).content.decode()
    answer = client.post(page)
    assert (answer.status_code, why in answer.content.decode()) == (409, True)
    session.refresh_from_db()
    assert (session.case, Party.objects.get(pk=party.pk).case) == (kept, kept)


def test_what_happened_before_or_to_others_keeps_nothing(duplicate, kept, party, staff):
    """A consent from before moved with the party, and moves back with them."""
    reach(party)
    informed(party, staff.assigned)
    consented(party, staff.assigned)
    own = PartyFactory(case=kept)
    row = merge(duplicate, kept, staff.assigned)
    screened(own, staff.facilitator)
    sign_term(kept, own, staff)
    SessionFactory(case=kept, parties=[own])
    undo(row, staff.assigned)

    assert Consent.objects.get().party.case == duplicate


def test_after_thirty_days_it_stands(duplicate, kept, staff, sign_in):
    row = merge(duplicate, kept, staff.assigned)
    client = sign_in(staff.assigned)
    Merge.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=30, minutes=1))

    assert address(duplicate, "case_merge_undo") not in client.get(duplicate.get_absolute_url()).content.decode()
    answer = client.post(address(duplicate, "case_merge_undo"))
    assert (answer.status_code, "they are over" in answer.content.decode()) == (409, True)
    Merge.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=29))
    assert client.post(address(duplicate, "case_merge_undo")).status_code == 302


def test_a_merge_is_undone_once_and_the_case_can_be_merged_again(duplicate, kept, party, staff):
    book(duplicate, [party])
    row = merge(duplicate, kept, staff.assigned)
    undo(row, staff.assigned)
    with pytest.raises(MoveNotAllowed, match="undone already"):
        undo(row, staff.assigned)

    again = merge(duplicate, kept, staff.assigned)
    assert list(kept.parties.all()) == [party]
    undo(again, staff.assigned)
    assert list(duplicate.parties.all()) == [party]


def test_who_may_decide_on_one_alone_undoes_nothing(duplicate, kept, staff, sign_in):
    merge(duplicate, kept, staff.assigned)
    Case.objects.update(access="unit")
    Case.objects.filter(pk=kept.pk).update(assigned_to=staff.colleague, opened_by=staff.colleague)
    page = address(duplicate, "case_merge_undo")

    assert sign_in(staff.assigned).post(page).status_code == 403
    assert sign_in(staff.opener).post(page).status_code == 403
    assert sign_in(staff.officer_elsewhere).post(page).status_code == 404
    assert sign_in(staff.supervisor).post(page).status_code == 302


def test_without_a_merge_there_is_nothing_to_undo(duplicate, staff, sign_in):
    assert sign_in(staff.assigned).get(address(duplicate, "case_merge_undo")).status_code == 404


# Figures -----------------------------------------------------------------------------------------------------
def test_a_duplicate_counts_in_no_figure_as_a_case_of_its_own(duplicate, kept, party, staff):
    now = timezone.now()
    Case.objects.filter(pk=duplicate.pk).update(received_at=now - timedelta(seconds=2))
    for case in (duplicate, kept):
        attempt = ContactAttempt(case=case, party=PartyFactory(case=case), way="call", result="spoke")
        actions.log_contact(attempt=attempt, by=staff.assigned)
    SessionFactory(case=duplicate, state="held", starts_at=now)
    month = timezone.localdate().replace(day=1)

    def counted():
        found = figures.figures_for(month)
        return found.received, len(found.contact_days), len(found.session_days), found.referred

    assert counted() == (2, 2, 1, 0)
    row = merge(duplicate, kept, staff.assigned)
    assert counted() == (1, 1, 1, 0)
    assert figures.unit_totals() == {"open": 1, "received": 1, "closed": 0}
    actions.close_case(case=kept, reason="improved", by=staff.assigned)
    assert counted() == (1, 1, 1, 1)
    undo(row, staff.assigned)
    assert counted()[0] == 2


def test_a_reopened_case_that_proves_a_duplicate_is_no_repeat(duplicate, kept, staff):
    Case.objects.filter(pk=duplicate.pk).update(reopened_at=timezone.now(), reopened_count=1)
    month = timezone.localdate().replace(day=1)
    assert figures.figures_for(month).repeats == 1
    merge(duplicate, kept, staff.assigned)

    assert figures.figures_for(month).repeats == 0
