"""What each act locks before it decides: named table by table, because a lock that is gone shows in a rare race alone.

That a lock does what it should is raced in the tests of each app; here none can disappear unnoticed.
"""

import re
from collections import Counter
from datetime import time, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from areas.load import Order, load
from areas.models import Booking
from cases import actions, merging, scheduling
from cases.models import (
    Agreement,
    AgreementShare,
    ContactAttempt,
    FollowUp,
    FollowUpAnswer,
    FollowUpLink,
    JoinedAgency,
    Session,
    Signature,
    Term,
)
from core import jobs, people, retention, sealing
from core.models import Job, PersonRequest
from core.states import MoveNotAllowed
from notices import aside, delivery, escalation, outbox
from notices.models import Notice, Task
from partners.forms import OrganizationForm
from portal.forms import PageTextForm
from portal.models import PageText
from portal.post_forms import PostForm
from portal.update_forms import UpdateForm
from tests.accounts.signing import BACKEND
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory
from tests.factories.notices import ContactFactory, NoticeFactory, TaskFactory
from tests.factories.partners import OrganizationFactory
from tests.factories.portal import SAID, PostFactory, PostingFactory, UpdateFactory

pytestmark = pytest.mark.django_db(databases=["default", "disposal"])
ROWS = re.compile(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.S)


def locks_in(statements):
    """How often rows of each table, or the advisory lock, are locked by these statements."""
    statements = list(statements)
    found = [match[1] for sql in statements if (match := ROWS.search(sql))]
    found += ["advisory" for sql in statements if "pg_advisory_xact_lock" in sql]
    return dict(Counter(found))


def sign_again():
    user = UserFactory(second_factor=True)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return lambda: client.post(reverse("mfa_reauthenticate"), {"code": "000000"})


def renew():
    by = UserFactory(coordinator=True)
    invitation, _token = Invitation.objects.invite("new@example.org", name="New", roles=["officer"], by=by)
    return lambda: invitation.renew(by=by)


def disable():
    by, person = UserFactory(coordinator=True), UserFactory(officer=True)
    return lambda: person.disable(by=by)


def enable():
    by, person = UserFactory(coordinator=True), UserFactory(disabled=True)
    return lambda: type(person).objects.get(pk=person.pk).enable(by=by)


def take_role():
    by, person = UserFactory(coordinator=True), UserFactory(coordinator=True)
    return lambda: person.set_roles([], by=by)


def load_areas():
    AreaFactory(level="beat")
    by = UserFactory(coordinator=True)
    return lambda: load([], Order(level="beat", on=timezone.localdate(), partial=True), by=by)


def book_room():
    venue, staff, now = VenueFactory(), UserFactory(), timezone.now()
    times = {"starts_at": now, "ends_at": now + timedelta(hours=1)}
    return lambda: Booking.objects.book(ref="S-1", venue=venue, staff=[staff], **times)


def log_contact():
    case = CaseFactory()
    attempt = ContactAttempt(case=case, way="call", result="spoke", party=PartyFactory(case=case))
    return lambda: actions.log_contact(attempt=attempt, by=case.opened_by)


def book_session():
    case = CaseFactory()
    session = Session(case=case, kind="call", day=timezone.localdate() + timedelta(days=5), clock=time(14))
    return lambda: scheduling.book_session(session=session, parties=[], staff=[], by=case.opened_by)


def move_session():
    session = SessionFactory()
    where = {"day": session.day, "clock": session.clock, "minutes": 30, "venue": None, "place": ""}
    return lambda: session.move(by=session.booked_by, seen=session.moved, **where)


def hold_case():
    case = CaseFactory(contacting=True)
    return lambda: case.hold(until=timezone.localdate(), reason="A court", by=case.opened_by)


def note_contact():
    case = CaseFactory()
    return lambda: case.note_contact(timezone.now())


def two_cases():
    duplicate, kept = CaseFactory(assigned=True), CaseFactory()
    return {"duplicate": duplicate, "kept": kept, "by": duplicate.assigned_to}


def merge_cases():
    two = two_cases()
    return lambda: merging.merge(reason="The same", **two)


def undo_merge():
    row = merging.merge(reason="The same", **two_cases())
    return lambda: merging.undo(row=row, by=row.by)


def claim_job():
    Job.objects.create(kind="trial", title="Trial", owner=UserFactory())
    return jobs.claim


def asked(**fields):
    row = PersonRequest(kind="copy", name="Ana", proof="Card seen", searched_at=timezone.now())
    row.receive(by=UserFactory(records_officer=True))
    PersonRequest.objects.filter(pk=row.pk).update(**fields)
    return PersonRequest.objects.get(pk=row.pk)


def choose():
    row = asked()
    return lambda: row.choose([], by=row.asked_by)


def approve():
    row, second = asked(), UserFactory(supervisor=True)
    return lambda: people.approve(row, by=second, seen=row.choice)


def begin():
    row = asked()
    return lambda: refused(lambda: people.begin(row))


def hand_over():
    row = asked()
    return lambda: refused(lambda: people.hand_over(row, by=row.asked_by))


def refused(act):
    with pytest.raises(MoveNotAllowed):
        act()


def finish_task():
    task = TaskFactory(owner=UserFactory())
    return lambda: task.finish(by=task.owner)


def edit_organization():
    organization = OrganizationFactory()
    posted = {"name": "Other", "kind": organization.kind, "version": organization.version, "active": "on"}
    form = OrganizationForm(posted, instance=organization, cancel="/", submit="Save")
    assert form.is_valid(), form.errors
    return form.save_version


def set_aside():
    notice = NoticeFactory()
    rows = Notice.objects.filter(pk=notice.pk)
    return lambda: aside.set_aside(rows, Notice.State.BLOCKED, Notice.Reason.STOPPED, tell=False)


def claim_notices():
    NoticeFactory()
    return delivery.claim


def escalate():
    TaskFactory(owner=UserFactory(), escalate_at=timezone.now() - timedelta(hours=1))
    assert Task.objects.exists()
    return escalation.escalate_overdue


def reconsider():
    contact = ContactFactory()
    return lambda: outbox.reconsider(contact)


def publish():
    by = UserFactory(coordinator=True)
    text = PageText.objects.create(slug="privacy", language="en", version=1, title="T", body="B", written_by=by)
    return lambda: text.publish(by=by)


def write_text():
    form = PageTextForm({"title": "T", "body": "B"}, cancel="/")
    assert form.is_valid()
    return lambda: form.save(slug="privacy", language="en", by=UserFactory(coordinator=True))


def update_and(act, **stands):
    """An act on an update that stands somewhere, by somebody who had no hand in it."""

    def prepare():
        update, by = UpdateFactory(**stands), UserFactory(supervisor=True)
        return lambda: act(update, by)

    return prepare


def edit_update():
    update = UpdateFactory()
    posted = {"kind": "news", **SAID, "review_on": "2028-02-29", "version": 1}
    form = UpdateForm(posted, instance=update.newest, submit="Save", cancel="/")
    assert form.is_valid(), form.errors
    return lambda: form.save(by=update.owner)


def edit_post():
    post = PostFactory()
    posted = {"title": "Other", "long_en": "Here", "long_es": "Aquí", "version": 1}
    form = PostForm(posted, instance=post, submit="Save", cancel="/")
    assert form.is_valid(), form.errors
    return lambda: form.save(by=post.owner)


def post_and(act, **stands):
    def prepare():
        post, by = PostFactory(**stands), UserFactory(supervisor=True)
        return lambda: act(post, by)

    return prepare


def start_posting():
    return PostingFactory().start


send_update = update_and(lambda update, by: update.send(by=by))
send_update_back = update_and(lambda update, by: update.send_back("Shorter", by=by), waiting=True)
publish_update = update_and(lambda update, by: update.publish(by=by, seen="1"), waiting=True)
change_update = update_and(lambda update, by: update.change(by=by), published=True)
withdraw_update = update_and(lambda update, by: update.withdraw(why_en="No", why_es="No", by=by), published=True)
renew_update = update_and(lambda update, by: update.renew(timezone.localdate(), by=by), published=True)
send_post = post_and(lambda post, by: post.send(by=by))
approve_post = post_and(lambda post, by: post.approve(by=by, seen="1"), waiting=True)
go_out = post_and(lambda post, by: refused(lambda: post.go_out(by=by)), approved=True)
come_due = post_and(lambda post, by: refused(post.come_due), approved=True)
by_hand = post_and(
    lambda post, by: post.note_by_hand(place="Library", language="en", length="long", link="", by=by), approved=True
)


def agreed():
    """An agreement with a term, and a follow-up with the link of a side."""
    case = CaseFactory()
    party = PartyFactory(case=case)
    agreement = Agreement.objects.create(case=case, kind="full", agreed_on=timezone.localdate(), by=case.opened_by)
    agreement.between.add(party)
    term = Term.objects.create(agreement=agreement, who=party, what="No drums after ten")
    follow_up = FollowUp.objects.create(agreement=agreement, days=30, due_on=timezone.localdate())
    link = FollowUpLink(follow_up=follow_up, party=party)
    link.issue_first()
    return SimpleNamespace(
        agreement=agreement, party=party, term=term, follow_up=follow_up, link=link, by=case.opened_by
    )


def add_term():
    made = agreed()
    term = Term(agreement=made.agreement, who=made.party, what="And no trumpets")
    return lambda: term.add(by=made.by)


def drop_term():
    made = agreed()
    return lambda: made.term.drop(by=made.by)


def settle_term():
    made = agreed()
    return lambda: made.term.settle("done", by=made.by)


def sign_agreement():
    made = agreed()
    return lambda: Signature(agreement=made.agreement, party=made.party, mode="paper").sign(by=made.by)


def share_agreement():
    made = agreed()
    share = AgreementShare(agreement=made.agreement, recipient="The court", purpose="The hearing")
    return lambda: share.share([made.party], by=made.by)


def answer_follow_up():
    made = agreed()
    given = FollowUpAnswer(follow_up=made.follow_up, party=made.party, mode="call", holding="held")
    return lambda: given.give({}, by=made.by)


def renew_link():
    made = agreed()
    return lambda: made.link.renew(by=made.by)


def joined():
    """An agency not joined yet, and what joins it."""
    case, day = CaseFactory(), timezone.localdate()
    agency = JoinedAgency(
        case=case, organization=OrganizationFactory(), person="Ana", purpose="Repairs", sees=["stage"],
        starts_on=day, ends_on=day,
    )  # fmt: skip
    return agency, case.opened_by


def join_agency():
    agency, by = joined()
    return lambda: agency.join([], by=by)


def change_agency():
    agency, by = joined()
    agency.join([], by=by)
    return lambda: agency.change([], by=by, seen=0, person="Bo")


def end_agency():
    agency, by = joined()
    agency.join([], by=by)
    return lambda: agency.end(by=by)


def issue_agency_link():
    agency, by = joined()
    agency.join([], by=by)
    return lambda: agency.issue_link(by=by)


def revoke_agency_link():
    agency, by = joined()
    agency.join([], by=by)
    return lambda: agency.revoke_link(by=by)


LOCKS = {
    # The second is of the library, for its own count of guesses.
    sign_again: {"accounts_user": 1, "mfa_authenticator": 1},
    renew: {"accounts_invitation": 1},
    disable: {"accounts_user": 1, "accounts_rolegrant": 1},
    enable: {"accounts_user": 1},
    take_role: {"accounts_rolegrant": 1},
    load_areas: {"advisory": 1, "areas_area": 1},
    book_room: {"areas_venue": 1, "accounts_user": 1},
    # The case as a whole, then as it notes the contact, then as it moves.
    log_contact: {"cases_case": 3},
    book_session: {"cases_case": 1},
    move_session: {"cases_session": 1},
    hold_case: {"cases_case": 2},
    note_contact: {"cases_case": 1},
    # Both cases together, then the kept one as it takes over, then the duplicate as it moves.
    merge_cases: {"cases_case": 3},
    undo_merge: {"cases_case": 2},
    add_term: {"cases_case": 1, "cases_agreement": 1},
    drop_term: {"cases_agreement": 1},
    settle_term: {"cases_term": 1},
    sign_agreement: {"cases_case": 1, "cases_agreement": 1},
    share_agreement: {"cases_agreement": 1},
    answer_follow_up: {"cases_followup": 1},
    renew_link: {"cases_followuplink": 1},
    join_agency: {"cases_case": 1},
    change_agency: {"cases_joinedagency": 1},
    end_agency: {"cases_joinedagency": 1},
    issue_agency_link: {"cases_joinedagency": 1},
    revoke_agency_link: {"cases_joinedagency": 1},
    claim_job: {"core_job": 1},
    choose: {"core_personrequest": 1},
    approve: {"core_personrequest": 3},
    begin: {"core_personrequest": 1},
    hand_over: {"core_personrequest": 1},
    finish_task: {"notices_task": 1},
    edit_organization: {"partners_organization": 1},
    set_aside: {"notices_notice": 1},
    claim_notices: {"notices_notice": 1},
    escalate: {"notices_task": 1},
    reconsider: {"notices_notice": 1},
    publish: {"portal_pagetext": 1},
    write_text: {"advisory": 1},
    # As it is held, then as it moves.
    send_update: {"portal_update": 2},
    send_update_back: {"portal_update": 2},
    publish_update: {"portal_update": 2},
    change_update: {"portal_update": 2},
    withdraw_update: {"portal_update": 2},
    renew_update: {"portal_update": 1},
    edit_update: {"portal_update": 1, "portal_updateversion": 1},
    edit_post: {"portal_post": 2},
    send_post: {"portal_post": 2},
    approve_post: {"portal_post": 2},
    go_out: {"portal_post": 2},
    come_due: {"portal_post": 1},
    by_hand: {"portal_post": 2},
    start_posting: {"portal_posting": 1},
}


@pytest.mark.parametrize("prepare", LOCKS, ids=lambda prepare: prepare.__name__)
def test_act_locks_what_it_decides_on(prepare):
    act = prepare()
    with CaptureQueriesContext(connection) as queries:
        act()
    assert locks_in(one["sql"] for one in queries) == LOCKS[prepare]


def test_disposal_and_the_chain_of_the_audit_lock_too():
    """They work in connections of their own."""
    rows = retention.privacy.declarations[Job]
    with CaptureQueriesContext(connections["disposal"]) as queries:
        retention.dispose(rows, set(), 10)
    assert locks_in(one["sql"] for one in queries) == {"core_job": 1}
    with CaptureQueriesContext(connection) as queries, pytest.raises(Exception, match="permission denied"):
        sealing.start_chain("default")
    assert locks_in(one["sql"] for one in queries) == {"advisory": 1}


def test_a_lock_that_is_gone_is_seen():
    locked = 'SELECT "a"."id" FROM "a" INNER JOIN "b" ON true WHERE 1 FOR UPDATE OF "a" SKIP LOCKED'
    assert locks_in([locked, "SELECT pg_advisory_xact_lock(1)"]) == {"a": 1, "advisory": 1}
    assert locks_in([locked.partition(" FOR ")[0], 'UPDATE "a" SET x = 1']) == {}
