"""Posting, voiding and the bell: once per key, and in step with the transaction that causes it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from notices import outbox, tasks
from notices.kinds import UnknownKind
from notices.models import Channel, Consent, Notice, Purpose, Task
from notices.reach import Allowed, Blocked, Later, Rules, may_reach
from tests.factories.accounts import UserFactory
from tests.factories.notices import ContactFactory
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds


def owed(key="k", **options):
    options = {"contact": None, "kind": "trial.note", "ref": "T-26-AAAAA", "owner": None} | options
    options["contact"] = options["contact"] or ContactFactory()
    return outbox.post(key, **options)


def test_post_twice_with_one_key_owes_once(db):
    contact = ContactFactory()

    assert owed("once", contact=contact).pk == owed("once", contact=contact).pk
    assert Notice.objects.count() == 1


def test_post_of_an_unknown_kind_is_refused(db):
    with pytest.raises(UnknownKind):
        owed(kind="trial.nothing")


def test_post_to_somebody_whom_no_way_may_reach_is_a_task_at_once(db):
    officer = UserFactory(officer=True)
    contact = ContactFactory(may_email=False, may_sms=False)

    for hours in (48, 24):
        owed(f"k{hours}", contact=contact, owner=officer)

    assert set(Notice.objects.values_list("state", "reason", "channel")) == {("blocked", "no_way", "")}
    task = Task.objects.get()
    assert (task.owner, task.ref) == (officer, "T-26-AAAAA")
    assert contact.name not in task.text


def test_task_of_an_owner_who_left_falls_to_the_coordinators(db):
    gone = UserFactory(disabled=True)

    owed(contact=ContactFactory(agreed=()), owner=gone)

    assert Task.objects.values_list("owner", "role").get() == (None, "coordinator")


def many(people, owner, stamp="1"):
    return [
        outbox.Owed(f"k{person.pk}:{stamp}", contact=person, kind="trial.note", ref=f"T-{stamp}", owner=owner)
        for person in people
    ]


def test_many_are_owed_in_as_few_queries_as_one_and_once_for_each_key(db, django_assert_num_queries):
    people, owner = [ContactFactory() for _each in range(30)], UserFactory()
    with django_assert_num_queries(2):
        outbox.post_all(many(people, owner))
    outbox.post_all(many(people, owner))

    assert set(Notice.objects.values_list("state", "channel", "ref", "owner")) == {
        ("pending", "email", "T-1", owner.pk)
    }
    assert set(Notice.objects.values_list("contact", flat=True)) == {person.pk for person in people}
    assert Notice.objects.count() == 30
    assert not Task.objects.exists()


def test_of_many_those_whom_no_way_reaches_are_tasks(db):
    officer, silent = UserFactory(officer=True), ContactFactory(agreed=())
    outbox.post_all(many([ContactFactory(), silent], officer))
    outbox.post_all(many([silent], officer))

    assert dict(Notice.objects.values_list("contact", "state"))[silent.pk] == "blocked"
    assert Task.objects.get().owner == officer


def test_rules_that_were_just_written_are_not_read_again(db, django_assert_num_queries):
    person = ContactFactory(agreed=())
    agreed = person.begin_consent([(Purpose.CASE, Channel.EMAIL)])
    with django_assert_num_queries(2):
        outbox.post_all(many([person], None), rules=Rules([person], agreed=agreed))

    assert Notice.objects.get().channel == Channel.EMAIL
    assert Rules([person]).choose_channel(person, Purpose.CASE) == Channel.EMAIL


def test_void_of_several_leaves_the_others(db):
    people = [ContactFactory() for _each in range(3)]
    outbox.post_all(many(people, None))

    assert outbox.void_all(Notice.objects.filter(contact__in=people[:2])) == 2
    assert list(Notice.objects.waiting().values_list("contact", flat=True)) == [people[2].pk]


def test_void_calls_off_waiting_and_blocked_and_their_task(db):
    owed("free")
    owed("other", ref="T-26-BBBBB")
    owed("blocked", contact=ContactFactory(agreed=()))

    assert outbox.void("T-26-AAAAA", kind="trial.note") == 2
    assert dict(Notice.objects.values_list("key", "state")) == {"free": "void", "other": "pending", "blocked": "void"}
    assert Task.objects.get().state == Task.State.VOID


def test_rules_that_change_let_a_blocked_notice_go(db):
    contact = ContactFactory(agreed=())
    notice = owed(contact=contact, due_at=timezone.now() + timedelta(days=2))

    Consent.objects.create(contact=contact, purpose=Purpose.CASE, channel=Channel.EMAIL)
    outbox.reconsider(contact)

    notice.refresh_from_db()
    assert (notice.state, notice.channel) == ("pending", "email")
    assert Task.objects.get().state == Task.State.VOID


def test_bell_rings_once_for_a_transaction(transactional_db, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.deliver_due, "apply_async", lambda **options: rung.append(options))

    with transaction.atomic():
        contact = ContactFactory()
        for number in range(5):
            owed(f"k{number}", contact=contact)
    owed("future", contact=contact, due_at=timezone.now() + timedelta(days=1))

    assert len(rung) == 1


def test_queue_that_is_down_does_not_fail_the_web(transactional_db, monkeypatch, caplog):
    """A real connection to a port where nobody listens."""
    ring = tasks.deliver_due.apply_async
    with tasks.deliver_due.app.connection_for_write("redis://127.0.0.1:1/0") as nobody:
        monkeypatch.setattr(tasks.deliver_due, "apply_async", lambda **options: ring(connection=nobody, **options))
        assert owed().state == Notice.State.PENDING

    assert "The bell could not be rung" in caplog.text


@pytest.mark.parametrize(
    ("contact", "channel", "reason"),
    [
        ({"may_sms": False}, Channel.SMS, "not_ticked"),
        ({"email": ""}, Channel.EMAIL, "no_address"),
        ({"agreed": ()}, Channel.EMAIL, "no_consent"),
        ({"reconfirm_on": date(2026, 1, 1)}, Channel.EMAIL, "reconfirm"),
        ({}, Channel.SMS, "no_gateway"),
    ],
)
def test_may_reach_names_the_rule_that_forbids(db, contact, channel, reason):
    assert may_reach(ContactFactory(**contact), channel, purpose=Purpose.CASE) == Blocked(reason)


def test_may_reach_respects_quiet_hours_in_the_zone_of_the_person(db, settings):
    settings.SMS_URL = "json://127.0.0.1:9/?:to={to}"
    contact = ContactFactory(time_zone="America/Los_Angeles")
    night = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # 05:00 in Los Angeles

    answer = may_reach(contact, Channel.SMS, purpose=Purpose.CASE, at=night)

    assert isinstance(answer, Later)
    assert answer.at.isoformat() == "2026-11-21T16:00:00+00:00"
    assert may_reach(contact, Channel.EMAIL, purpose=Purpose.CASE, at=night) == Allowed()
