"""What the worker gives to channels: the very text, once, noted; and whatever is in doubt comes to a person."""

import logging
from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from core.models import AuditEntry
from core.states import MoveNotAllowed
from liaison.celery import app
from notices.models import Task
from portal import channels, posting, sending
from portal.models import Post, Posting, Update
from portal.tasks import send_posts
from tests.factories.accounts import UserFactory
from tests.factories.portal import PostFactory, PostingFactory, UpdateFactory
from tests.portal.conftest import TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(officer):
    return PostFactory(owner=officer, approved=True)


def states(post):
    return list(post.postings.order_by("pk").values_list("channel", "language", "state"))


def owed(post):
    return [task.words for task in Task.objects.open().filter(ref=post.reference)]


def test_both_languages_reach_the_channel_once(set_up, post, officer):
    posting.go_out(post=post, by=officer)
    assert set_up.said == []
    for _ in range(3):
        send_posts()

    assert sorted(set_up.said) == sorted([post.long_en, post.long_es])
    assert states(post) == [("notes", "en", "sent"), ("notes", "es", "sent")]
    assert set(post.postings.values_list("text", flat=True)) == {post.long_en, post.long_es}
    assert all(row.started_at <= row.ended_at for row in post.postings.all())
    assert owed(post) == []


def test_the_very_text_is_posted(set_up, officer):
    update = UpdateFactory(published=True)
    words = "<b>5 < 6</b> & *stars* _lines_\nand “quotes” – ñ 🕊"
    post = PostFactory(owner=officer, approved=True, long_en=words, update=update)
    posting.go_out(post=post, by=officer)
    send_posts()

    [payload] = [payload for payload in set_up.posted if "stars" in payload["message"]]
    assert payload["message"] == f"{words}\n{update.public_url}" == post.postings.get(language="en").text
    assert payload["title"] == ""


def test_a_short_text_goes_to_whoever_takes_no_more(set_up, officer, settings, monkeypatch):
    post = PostFactory(owner=officer, approved=True, long_en="x" * 400, medium_en="Medium", long_es="y" * 400)
    medium = channels.Channel("notes", channels.Length.MEDIUM)
    monkeypatch.setattr(channels, "usable", lambda: [medium])
    posting.go_out(post=post, by=officer)
    send_posts()

    assert sorted(set_up.said) == sorted(["Medium", "y" * 400])


def test_a_text_that_fits_no_more_keeps_the_post_here(set_up, officer, monkeypatch):
    post = PostFactory(owner=officer, approved=True, long_en="x" * 400)
    short = channels.Channel("notes", channels.Length.SHORT)
    monkeypatch.setattr(channels, "usable", lambda: [short])

    with pytest.raises(MoveNotAllowed, match="160"):
        posting.go_out(post=post, by=officer)
    assert (Post.objects.get().state, Posting.objects.count()) == ("approved", 0)


def test_a_channel_that_joins_later_gets_it_and_the_others_not_again(set_up, post, officer, settings):
    posting.go_out(post=post, by=officer)
    send_posts()
    settings.SOCIAL_URLS = {**settings.SOCIAL_URLS, "more": set_up.url}
    posting.go_out(post=post, by=officer)
    send_posts()

    assert len(set_up.said) == 4
    with pytest.raises(MoveNotAllowed, match="Every channel has had it"):
        posting.go_out(post=post, by=officer)


def test_a_failure_is_a_task_and_is_tried_again_by_a_person_alone(sign_in, set_up, post, officer):
    set_up.status = 500
    posting.go_out(post=post, by=officer)
    for _ in range(3):
        send_posts()
    assert set_up.asked == 2
    assert {state for *_where, state in states(post)} == {"failed"}
    assert len(owed(post)) == 2
    assert all("notes" in words for words in owed(post))
    assert set(Task.objects.open().values_list("owner", flat=True)) == {officer.pk}

    set_up.status = 200
    client, row = sign_in(officer), post.postings.get(language="es")
    address = f"/publishing/posts/{post.reference}/postings/{row.handle}"
    assert "It may be there all the same" in client.get(f"/publishing/posts/{post.reference}/").content.decode()
    assert client.post(f"{address}/retry/").status_code == 302
    assert client.post(f"{address}/retry/").status_code == 409
    send_posts()
    assert set_up.said == [post.long_es]
    row.refresh_from_db()
    assert (row.state, row.tries) == ("sent", 2)
    assert len(owed(post)) == 1

    other = post.postings.get(language="en")
    there = f"/publishing/posts/{post.reference}/postings/{other.handle}/confirm/"
    assert client.post(there).status_code == 302
    other.refresh_from_db()
    assert (other.state, other.confirmed_by) == ("by_hand", officer)
    assert owed(post) == []
    send_posts()
    assert len(set_up.said) == 1


def test_a_second_failure_is_a_second_task(set_up, post, officer):
    set_up.status = 500
    posting.go_out(post=post, by=officer)
    send_posts()
    row = post.postings.get(language="en")
    posting.retry(posting=row, by=officer)
    send_posts()

    assert len(owed(post)) == 2
    assert post.postings.get(language="en").tries == 2


def test_colleagues_settle_nothing_of_a_post_that_is_not_theirs(sign_in, post):
    row = PostingFactory(post=PostFactory(posted=True), failed=True)
    client = sign_in(UserFactory(officer=True))
    for act in ("retry", "confirm"):
        address = f"/publishing/posts/{row.post.reference}/postings/{row.handle}/{act}/"
        assert client.post(address).status_code == 403
        assert client.post(address.replace(row.post.reference, post.reference)).status_code == 404


def cut_off(monkeypatch):
    """The worker dies when the channel has the text and nothing is noted."""

    def die(name, text, *, give=channels.hand_over):
        give(name, text)
        raise SystemExit

    monkeypatch.setattr(channels, "hand_over", die)


def test_a_worker_that_dies_after_giving_gives_it_no_second_time(set_up, post, officer, monkeypatch):
    posting.go_out(post=post, by=officer)
    with monkeypatch.context() as dying:
        cut_off(dying)
        with pytest.raises(SystemExit):
            send_posts()
    assert len(set_up.said) == 1
    send_posts()
    first = post.postings.get(language="en")
    assert (first.state, len(set_up.said)) == ("under_way", 2)

    with time_machine.travel(timezone.now() + sending.CUT_OFF_AFTER + timedelta(seconds=5), tick=True):
        for _ in range(2):
            send_posts()
    first.refresh_from_db()
    assert first.state == "unsure"
    assert len(owed(post)) == 1
    assert sorted(set_up.said) == sorted([post.long_en, post.long_es])


def test_what_another_worker_began_is_left_to_it(set_up, post, officer):
    posting.go_out(post=post, by=officer)
    rows = list(Posting.objects.waiting().select_related("post__owner", "post__update"))
    Posting.objects.get(pk=rows[0].pk).start()

    for row in rows:
        sending.unless_taken(sending.send, row)
    assert set_up.said == [rows[1].text]


def test_an_error_of_the_channel_is_a_failure_like_any_other(set_up, post, officer, monkeypatch, caplog):
    def broken(name, text):
        raise ValueError(f"could not reach {channels.settings.SOCIAL_URLS[name]}")

    monkeypatch.setattr(channels, "hand_over", broken)
    posting.go_out(post=post, by=officer)
    with caplog.at_level(logging.DEBUG):
        send_posts()

    assert {state for *_where, state in states(post)} == {"failed"}
    assert "ValueError" in str([vars(record) for record in caplog.records])
    assert TOKEN not in str([vars(record) for record in caplog.records])


@pytest.mark.parametrize("status", [200, 500])
def test_no_token_stands_in_logs_audit_tasks_or_tables(set_up, post, officer, caplog, status):
    set_up.status = status
    with caplog.at_level(logging.DEBUG):
        posting.go_out(post=post, by=officer)
        send_posts()

    assert TOKEN not in caplog.text
    assert TOKEN not in str(list(AuditEntry.objects.values()))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [TOKEN])
            assert (table, cursor.fetchone()) == (table, (0,))


# When it is due -------------------------------------------------------------------------------------------------------
@pytest.fixture
def scheduled(set_up, post, officer):
    """For ten in the morning of the day after tomorrow."""
    posting.schedule(post=post, day=timezone.localdate() + timedelta(days=2), clock=time(10), by=officer)
    return post


def run_at(moment):
    with time_machine.travel(moment, tick=True):
        send_posts()


def test_it_goes_out_at_its_time_and_not_before(set_up, scheduled):
    run_at(scheduled.due_at - timedelta(seconds=30))
    assert set_up.said == []

    for seconds in (1, 40):
        run_at(scheduled.due_at + timedelta(seconds=seconds))
    assert len(set_up.said) == 2
    scheduled.refresh_from_db()
    assert scheduled.state == "posted"
    assert AuditEntry.objects.filter(act="post.posted", actor="worker").count() == 1


def test_a_worker_that_comes_too_late_asks_first(set_up, scheduled, officer):
    run_at(scheduled.due_at + timedelta(hours=2))

    assert set_up.said == []
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.due_at) == ("approved", None)
    [task] = Task.objects.open().filter(ref=scheduled.reference)
    assert task.owner == officer
    posting.go_out(post=scheduled, by=officer)
    assert owed(scheduled) == []


def test_what_was_to_go_out_and_waited_for_the_worker_too_long_comes_to_a_person(set_up, post, officer):
    posting.go_out(post=post, by=officer)
    run_at(timezone.now() + timedelta(hours=2))

    assert set_up.asked == 0
    assert {state for *_where, state in states(post)} == {"failed"}
    assert len(owed(post)) == 2


def test_it_does_not_go_out_while_its_update_cannot_be_read(set_up, officer):
    update, supervisor = UpdateFactory(published=True), UserFactory(supervisor=True)
    post = PostFactory(owner=officer, approved=True, update=update)
    posting.schedule(post=post, day=timezone.localdate() + timedelta(days=2), clock=time(10), by=officer)
    update.withdraw(why_en="Wrong", why_es="Mal", by=supervisor)
    run_at(post.due_at + timedelta(seconds=5))

    assert set_up.asked == 0
    post.refresh_from_db()
    assert post.state == "approved"
    assert len(owed(post)) == 1
    with pytest.raises(MoveNotAllowed, match="cannot be read"):
        posting.go_out(post=post, by=officer)


def test_nothing_is_given_once_its_update_is_withdrawn(set_up, officer):
    update = UpdateFactory(published=True)
    post = PostFactory(owner=officer, approved=True, update=update)
    posting.go_out(post=post, by=officer)
    update.withdraw(why_en="Wrong", why_es="Mal", by=UserFactory(supervisor=True))
    send_posts()

    assert set_up.asked == 0
    assert {state for *_where, state in states(post)} == {"failed"}


def test_nothing_is_given_once_its_update_is_withdrawn_while_another_is_sent(set_up, officer, monkeypatch):
    update, supervisor = UpdateFactory(published=True), UserFactory(supervisor=True)
    post = PostFactory(owner=officer, approved=True, update=update)
    posting.go_out(post=post, by=officer)
    give = channels.hand_over

    def withdrawn_meanwhile(name, text):
        if not Update.objects.get(pk=update.pk).is_withdrawn:
            update.withdraw(why_en="Wrong", why_es="Mal", by=supervisor)
        return give(name, text)

    monkeypatch.setattr(channels, "hand_over", withdrawn_meanwhile)
    send_posts()

    assert set_up.asked == 1
    assert sorted(state for *_where, state in states(post)) == ["failed", "sent"]


def test_a_channel_that_was_posted_to_by_hand_under_its_name_gets_it_no_second_time(set_up, post, officer):
    for language in ("en", "es"):
        posting.note_by_hand(post=post, place="NOTES", language=language, length="long", link="", by=officer)
    with pytest.raises(MoveNotAllowed, match="Every channel has had it"):
        posting.go_out(post=post, by=officer)


def test_another_time_chosen_in_the_moment_it_was_due_holds(set_up, scheduled, officer):
    stale = Post.objects.get(pk=scheduled.pk)
    with time_machine.travel(scheduled.due_at + timedelta(seconds=1), tick=True):
        posting.schedule(post=scheduled, day=timezone.localdate() + timedelta(days=3), clock=time(10), by=officer)
        with pytest.raises(MoveNotAllowed, match="not due"):
            posting.on_time(post=stale)

    assert set_up.asked == 0
    assert Post.objects.get().state == "scheduled"


def test_what_was_taken_back_does_not_go_out(set_up, scheduled, officer):
    scheduled.send_back("The day is wrong", by=officer)
    run_at(timezone.now() + timedelta(days=3))

    assert set_up.asked == 0
    assert owed(scheduled) == []


def test_the_beat_rings_for_posts():
    [entry] = [one for one in app.conf.beat_schedule.values() if one["task"] == "portal.tasks.send_posts"]
    assert entry["schedule"] == 30.0
    assert "portal.tasks.send_posts" in app.tasks
