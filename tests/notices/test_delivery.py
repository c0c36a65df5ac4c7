"""Sending: what goes out, what does not, and who is told."""

from datetime import time, timedelta
from email import message_from_string
from email.policy import default

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices import delivery, outbox
from notices.models import Channel, Consent, Notice, Purpose, Task
from notices.stop import stop_contact
from tests.factories.accounts import UserFactory
from tests.factories.notices import ContactFactory, NoticeFactory
from tests.notices.trial import mails


def state_of(notice):
    notice.refresh_from_db()
    return notice.state, notice.reason


def parsed(mail):
    return message_from_string(mail[1], policy=default)


def test_mail_goes_out_once_with_its_headers(db, mail_server):
    notice = NoticeFactory()

    assert delivery.deliver()["sent"] == 1
    assert delivery.deliver() == {}

    [mail] = [parsed(one) for one in mail_server.mails]
    assert state_of(notice) == ("sent", "")
    assert mail["To"] == notice.contact.email
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.org>")
    assert notice.ref not in mail["Message-ID"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/stop/" in mail["List-Unsubscribe"]


def test_mail_is_in_the_language_of_the_person(db, mail_server):
    spanish = ContactFactory(language="es")
    punjabi = ContactFactory(language="pa")
    NoticeFactory(contact=spanish)
    NoticeFactory(contact=punjabi)

    delivery.deliver()

    by_address = {recipients[0]: parsed((recipients, text)) for recipients, text in mail_server.mails}
    assert by_address[spanish.email]["Subject"] == "Guardar"
    assert by_address[punjabi.email]["Subject"] == "Save"
    assert "interpreter" in by_address[punjabi.email].get_content()
    assert "interpreter" not in by_address[spanish.email].get_content()


def test_neutral_mail_shows_neither_who_writes_nor_what_about(db, mail_server, settings):
    settings.NEUTRAL_FROM_EMAIL = "appointments@example.net"
    for rule in ("neutral", "no_police"):
        NoticeFactory(contact=ContactFactory(**{rule: True}))

    delivery.deliver()

    assert len(mail_server.mails) == 2
    for mail in map(parsed, mail_server.mails):
        assert mail["From"] == "Appointment service <appointments@example.net>"
        assert mail["List-Unsubscribe"] is None
        whole = mail.as_string().lower()
        for word in ("police", "liaison", "officer", "save", "t-26"):
            assert word not in whole.replace("message-id", "").split("\n\n", 1)[1], word
        assert "police" not in whole


@pytest.mark.parametrize(
    "address", ["x@example.org\nBcc: other@example.org", "x@example.org\r\nSubject: hi", "nonsense@"]
)
def test_address_that_would_add_headers_is_refused(db, mail_server, address):
    notice = NoticeFactory(contact=ContactFactory(email=address))

    delivery.deliver()

    assert state_of(notice) == ("dead", "refused")
    assert mail_server.mails == []
    assert Task.objects.count() == 1


def test_subject_with_a_line_break_stays_one_line(db, mail_server, monkeypatch):
    monkeypatch.setattr(mails, "gettext", lambda text: "Hello\r\nBcc: other@example.org")
    NoticeFactory()

    delivery.deliver()

    [(recipients, text)] = mail_server.mails
    assert parsed((recipients, text))["Bcc"] is None
    assert len(recipients) == 1


def test_unwanted_notice_is_void(db, mail_server):
    notice = NoticeFactory()
    mails.unwanted.add(notice.ref)

    delivery.deliver()

    assert state_of(notice) == ("void", "")
    assert mail_server.mails == []


def test_late_notice_expires_and_tells_where_it_matters(db, mail_server):
    officer = UserFactory()
    harmless, grave = NoticeFactory(owner=officer), NoticeFactory(kind="trial.grave", owner=officer)
    work = NoticeFactory(kind="trial.work")
    for notice in (harmless, grave, work):
        mails.ends[notice.ref] = timezone.now() - timedelta(minutes=1)

    delivery.deliver()

    assert state_of(harmless) == state_of(grave) == ("expired", "late")
    assert state_of(work) == ("sent", "")
    assert Task.objects.values_list("owner", "key").get() == (
        officer.pk,
        f"notices.unsent:trial.grave:{grave.ref}:{grave.contact_id}",
    )


def test_of_two_late_reminders_only_the_newest_goes(db, mail_server):
    contact, now = ContactFactory(), timezone.now()
    first = NoticeFactory(kind="trial.newest", contact=contact, ref="T-26-SAME1", due_at=now - timedelta(hours=24))
    second = NoticeFactory(kind="trial.newest", contact=contact, ref="T-26-SAME1", due_at=now - timedelta(hours=1))

    delivery.deliver()

    assert state_of(first) == ("expired", "newer")
    assert state_of(second) == ("sent", "")


def test_blocked_message_is_one_task_and_no_message(db, mail_server):
    """No text, no voicemail: the run makes one task and sends nothing."""
    officer = UserFactory(officer=True)
    contact = ContactFactory()
    notices = [NoticeFactory(contact=contact, ref="T-26-SAME1", owner=officer) for _ in range(2)]
    contact.may_email = False
    contact.save()

    delivery.deliver()
    delivery.deliver()

    assert [state_of(notice) for notice in notices] == [("blocked", "not_ticked")] * 2
    assert mail_server.mails == []
    assert Task.objects.get().owner == officer


def test_quiet_hours_move_the_due_time_in_the_zone_of_the_person(db, mail_server):
    contact = ContactFactory(hours_from=time(17, 0), hours_to=None, time_zone="America/Los_Angeles")
    notice = NoticeFactory(contact=contact)

    with time_machine.travel("2027-03-14T20:00:00+00:00", tick=False):
        Notice.objects.update(due_at=timezone.now())
        delivery.deliver()
        notice.refresh_from_db()

        assert notice.state == "pending"
        assert notice.due_at.isoformat() == "2027-03-15T00:00:00+00:00"
    with time_machine.travel("2027-03-15T00:00:01+00:00", tick=False):
        delivery.deliver()

        assert state_of(notice) == ("sent", "")


def test_hours_that_leave_no_time_are_a_task(db, mail_server):
    with time_machine.travel("2027-01-05T15:00:00+00:00", tick=False):
        notice = NoticeFactory(contact=ContactFactory(hours_from=time(17, 0)))
        mails.ends[notice.ref] = timezone.now() + timedelta(hours=2)
        delivery.deliver()

    assert state_of(notice) == ("blocked", "hours")
    assert Task.objects.count() == 1


def test_mail_server_that_is_down_is_tried_with_longer_pauses_until_dead(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    officer = UserFactory()
    notice, pauses = NoticeFactory(owner=officer), []

    with time_machine.travel("2027-01-05T15:00:00+00:00", tick=False) as clock:
        Notice.objects.update(due_at=timezone.now())
        for _ in range(delivery.TRIES):
            delivery.deliver()
            notice.refresh_from_db()
            pauses.append(notice.due_at - timezone.now())
            clock.move_to(notice.due_at + timedelta(seconds=1))

    assert (notice.state, notice.reason, notice.attempts) == ("dead", "tries", 8)
    assert pauses[:7] == sorted(pauses[:7])
    assert timedelta(seconds=48) <= pauses[0] <= timedelta(seconds=72)
    assert Task.objects.get().owner == officer


def test_refusal_for_good_is_not_tried_again(db, mail_server):
    mail_server.refuse = "550 No such user"
    notice = NoticeFactory()

    delivery.deliver()

    assert state_of(notice) == ("dead", "refused")


def test_refusal_for_now_is_tried_again(db, mail_server):
    mail_server.refuse = "451 Try again"
    notice = NoticeFactory(kind="trial.grave")
    delivery.deliver()
    mail_server.refuse = ""
    Notice.objects.update(due_at=timezone.now())

    delivery.deliver()

    assert state_of(notice) == ("sent", "")
    assert set(mail_server.by_id.values()) == {1}


def test_kind_that_cannot_be_rendered_holds_up_no_other(db, mail_server):
    broken, unknown, good = NoticeFactory(kind="trial.broken"), NoticeFactory(kind="trial.gone"), NoticeFactory()

    delivery.deliver()

    assert state_of(broken) == state_of(unknown) == ("pending", "")
    assert state_of(good) == ("sent", "")


def test_notice_that_breaks_on_the_way_holds_up_none_behind_it(db, mail_server, monkeypatch):
    first, second = NoticeFactory(kind="trial.grave", owner=UserFactory()), NoticeFactory()
    gone = NoticeFactory(due_at=timezone.now() - timedelta(hours=1))
    batch = delivery.claim()
    gone.contact.delete()
    send = delivery.channels.Email.send

    def failing(self, notice, *args, **options):
        if notice.pk == first.pk:
            raise RuntimeError
        return send(self, notice, *args, **options)

    monkeypatch.setattr(delivery.channels.Email, "send", failing)
    batch.send(until=float("inf"))

    assert state_of(first) == ("blocked", "unsure")
    assert state_of(second) == ("sent", "")


def test_worker_dead_for_an_hour_delays_and_sends_once(db, mail_server):
    NoticeFactory(due_at=timezone.now() - timedelta(hours=1))

    for _ in range(3):
        delivery.deliver()

    assert len(mail_server.mails) == 1


def lapsed(**fields):
    """A notice whose worker died: its lease ended, and its attempt had begun."""
    ago = timezone.now() - timedelta(minutes=6)
    return NoticeFactory(
        state=Notice.State.LEASED,
        lease="7d444840-9dc0-11d1-b245-5ffdce74fad2",
        lease_until=ago + timedelta(minutes=5),
        started_at=ago,
        attempts=1,
        **fields,
    )


def test_lapsed_lease_is_claimed_and_the_kind_decides(db, mail_server):
    double, grave = lapsed(), lapsed(kind="trial.grave", owner=UserFactory())

    delivery.deliver()

    assert state_of(double) == ("sent", "")
    assert state_of(grave) == ("blocked", "unsure")
    assert len(mail_server.mails) == 1
    assert Task.objects.get().key.startswith("notices.unsent:trial.grave")


def test_lapsed_lease_of_a_gateway_with_keys_is_simply_sent_again(db, sink, settings):
    settings.SMS_URL = sink.url
    with time_machine.travel("2027-01-05T15:00:00+00:00"):
        grave = lapsed(kind="trial.grave", channel=Channel.SMS)
        delivery.deliver()

    assert state_of(grave) == ("sent", "")


def test_running_lease_of_another_worker_is_left_alone(db, mail_server):
    held = lapsed()
    Notice.objects.update(lease_until=timezone.now() + timedelta(minutes=1))

    assert delivery.deliver() == {}
    assert state_of(held) == ("leased", "")


def test_void_while_a_batch_is_under_way_is_not_sent(db, mail_server, monkeypatch):
    first, second = NoticeFactory(), NoticeFactory()
    batch = delivery.claim()
    outbox.void(second.ref)

    batch.send(until=float("inf"))

    assert state_of(first) == ("sent", "")
    assert state_of(second) == ("void", "")
    assert len(mail_server.mails) == 1


def test_void_while_the_mail_is_on_its_way_is_told_truly(db, mail_server, monkeypatch):
    notice = NoticeFactory()
    hand_over = delivery.channels.Email._hand_over

    def crossing(self, message):
        outbox.void(notice.ref)
        return hand_over(self, message)

    monkeypatch.setattr(delivery.channels.Email, "_hand_over", crossing)
    delivery.deliver()

    assert state_of(notice) == ("sent", "crossed")


def test_consent_taken_back_after_the_claim_holds(db, mail_server):
    notice = NoticeFactory()
    batch = delivery.claim()
    Consent.objects.update(withdrawn_at=timezone.now())

    batch.send(until=float("inf"))

    assert state_of(notice) == ("blocked", "no_consent")


def test_stop_after_the_claim_holds(db, mail_server):
    notice = NoticeFactory(owner=UserFactory())
    batch = delivery.claim()
    stop_contact(notice.contact, by=notice.owner)

    batch.send(until=float("inf"))

    assert state_of(notice) == ("void", "stopped")
    assert mail_server.mails == []
    assert Task.objects.get().owner == notice.owner


def untick(notice):
    notice.contact.may_email = False
    notice.contact.save(update_fields=["may_email"])


def move(notice):
    notice.contact.email = "elsewhere@example.org"
    notice.contact.save(update_fields=["email"])


def withdraw(notice):
    notice.contact.consents.update(withdrawn_at=timezone.now())


CHANGES = {
    "untick": (untick, ("blocked", "not_ticked"), 1),
    "withdraw": (
        lambda notice: notice.contact.consents.update(withdrawn_at=timezone.now()),
        ("blocked", "no_consent"),
        1,
    ),
    "stop": (lambda notice: stop_contact(notice.contact, by=notice.owner), ("void", "stopped"), 1),
    "call off": (lambda notice: outbox.void(notice.ref), ("void", ""), 1),
    "move": (move, ("sent", ""), 2),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_while_the_message_before_is_sent_holds(change, db, mail_server, monkeypatch):
    """The batch was read by then: only the mark right before the send can see it."""
    act, becomes, mails_out = CHANGES[change]
    first, second = NoticeFactory(), NoticeFactory(owner=UserFactory())
    hand_over = delivery.channels.Email._hand_over

    def changing(self, message):
        if message.to == [first.contact.email]:
            act(second)
        return hand_over(self, message)

    monkeypatch.setattr(delivery.channels.Email, "_hand_over", changing)
    delivery.deliver()

    assert state_of(second) == becomes
    assert len(mail_server.mails) == mails_out
    assert [recipients for recipients, _ in mail_server.mails][1:] == [["elsewhere@example.org"]][: mails_out - 1]


def test_rules_that_change_at_each_look_make_it_wait_its_turn(db, mail_server, monkeypatch):
    notice = NoticeFactory()
    begin = delivery.begin

    def changing(asked, *args, **options):
        notice.contact.save(update_fields=["rules_note"])
        return begin(asked, *args, **options)

    monkeypatch.setattr(delivery, "begin", changing)
    delivery.claim().send(until=float("inf"))

    assert state_of(notice) == ("pending", "")
    assert mail_server.mails == []


def test_a_batch_of_one_hundred_is_read_in_six_queries(db, mail_server, monkeypatch):
    """Two languages, one kind: the claim, the rows with contacts, consents with opt-outs, each language once."""
    monkeypatch.setattr(delivery.Batch, "_settled", lambda self, notice, message: "sent")
    people = [ContactFactory(language=language) for language in ("en", "es")]
    for number in range(110):
        NoticeFactory(contact=people[number % 2])

    with CaptureQueriesContext(connection) as asked:
        done = delivery.claim().send(until=float("inf"))

    reads = [query["sql"] for query in asked if query["sql"].startswith(("SELECT", "(SELECT"))]
    assert done == {"sent": 100}
    # The trial kind reads nothing to render; a kind of cases reads its appointments once for each language.
    assert len(reads) == 3, reads


def test_text_reaches_the_gateway_with_its_key(db, sink, settings):
    settings.SMS_URL = sink.url
    with time_machine.travel("2027-01-05T15:00:00+00:00"):
        notice = NoticeFactory(channel=Channel.SMS)
        delivery.deliver()

    [(key, form)] = sink.acted.items()
    assert len(key) == 64
    assert form["to"] == notice.contact.phone_e164
    assert form["message"].endswith("Reply STOP to stop.")
    assert state_of(notice) == ("sent", "")


def test_gateway_that_fails_is_not_taken_for_sent(db, sink, settings):
    settings.SMS_URL, sink.status = sink.url, 500
    with time_machine.travel("2027-01-05T15:00:00+00:00"):
        keyed = NoticeFactory(channel=Channel.SMS, kind="trial.grave")
        delivery.deliver()
        assert state_of(keyed) == ("pending", "")

        settings.SMS_URL = sink.url.replace("&+Idempotency-Key={key}", "")
        keyless = NoticeFactory(channel=Channel.SMS, kind="trial.grave")
        delivery.deliver()
        assert state_of(keyless) == ("blocked", "unsure")


def test_in_app_message_is_a_task(db):
    officer = UserFactory()
    notice = NoticeFactory(kind="trial.work", channel=Channel.IN_APP, owner=officer, contact=officer.contact)

    delivery.deliver()

    assert state_of(notice) == ("sent", "")
    assert Task.objects.values_list("owner", "text").get() == (officer.pk, "Save")


def test_batches_go_on_until_nothing_is_due_with_few_renderings(db, mail_server, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 5)
    contact = ContactFactory()
    for _ in range(12):
        NoticeFactory(contact=contact)
    rendered = []
    monkeypatch.setattr(
        delivery.kinds, "render", lambda kind, refs, language: rendered.append(refs) or mails.messages(refs)
    )

    assert delivery.deliver()["sent"] == 12
    assert [len(refs) for refs in rendered] == [5, 5, 2]


def test_time_budget_ends_a_run_and_frees_the_rest(db, mail_server):
    NoticeFactory.create_batch(3)

    assert delivery.deliver(budget=0) == {}
    batch = delivery.claim()
    batch.send(until=0)

    assert Notice.objects.filter(state="pending").count() == 3


def test_rules_overdue_to_be_asked_for_again_block_until_asked(db, mail_server):
    contact = ContactFactory(reconfirm_on=timezone.localdate() - timedelta(days=1))
    blocked = NoticeFactory(contact=contact)
    delivery.deliver()
    assert state_of(blocked) == ("blocked", "reconfirm")

    contact.confirm_rules(by=UserFactory())
    again = NoticeFactory(contact=contact)
    delivery.deliver()

    assert state_of(again) == ("sent", "")


def test_consent_is_for_its_purpose_alone(db, mail_server):
    notice = NoticeFactory(contact=ContactFactory(purpose=Purpose.NEWS))

    delivery.deliver()

    assert state_of(notice) == ("blocked", "no_consent")
