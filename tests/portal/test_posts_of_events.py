"""Posts that lead to an event: its address under each text, and nothing that goes out once the event is another one."""

from datetime import time, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.states import MoveNotAllowed
from events import actions, dependents
from events.models import Event
from notices.models import Task
from portal import posting
from portal.models import Post
from portal.tasks import send_posts
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.portal import PostFactory, UpdateFactory
from tests.portal.test_posts import at, fresh, typed
from tests.racing import just_before

pytestmark = pytest.mark.django_db
OVERTAKEN = "was moved, postponed or canceled after its words were written"
WAITS = "The event that a post leads to was moved or called off: change the post before it goes out"
IS_WRONG = "The event that a post leads to was moved or called off: put the post right by another one"


@pytest.fixture
def officer():
    return UserFactory(officer=True)


@pytest.fixture
def supervisor():
    return UserFactory(supervisor=True)


@pytest.fixture
def event():
    return EventFactory(published=True)


def move(event, by):
    changes = {"day": event.day + timedelta(days=1), "clock": event.clock, "minutes": event.minutes}
    actions.reschedule(event=event, changes={**changes, "seen": event.sequence}, by=by)


CHANGES = {
    "canceled": lambda event, by: actions.cancel(event=event, by=by),
    "postponed": lambda event, by: actions.postpone(event=event, by=by),
    "moved": move,
}


def changed(event, how="canceled"):
    """The event is another one now; the posts know only what lies in the database."""
    event = Event.objects.get(pk=event.pk)
    CHANGES[how](event, event.lead)
    return event


def schedule(post):
    posting.schedule(post=post, day=timezone.localdate() + timedelta(days=2), clock=time(10), by=post.owner)
    return fresh(post)


def owed(post):
    return [task.words for task in Task.objects.open().filter(ref=post.reference, key__startswith="portal.overtaken:")]


# Choosing one --------------------------------------------------------------------------------------------------------
def test_public_events_to_come_are_offered_in_the_order_of_their_days(sign_in, officer, event):
    sooner = EventFactory(published=True, day=event.day - timedelta(days=3), title_en="Porch talk")
    for hidden in (
        {}, {"planned": True}, {"published": True, "access": "invited"}, {"published": True, "begun": True},
    ):  # fmt: skip
        EventFactory(**hidden)
    changed(EventFactory(published=True))
    changed(EventFactory(published=True), "postponed")
    choices = sign_in(officer).get("/publishing/posts/new/").context["form"].fields["event"].choices
    assert [str(label).partition(": ")[2] for _value, label in choices] == ["", "Porch talk", event.title_en]
    assert f"{sooner.day.year}, 18:00: Porch talk" in str(list(choices)[1][1])


def test_the_address_of_the_event_stands_under_each_text_and_counts(sign_in, officer, event):
    address = f"\n{settings.PUBLIC_URL}/events/{event.reference}/"
    client, fits = sign_in(officer), "x" * (160 - len(address))
    html = client.post("/publishing/posts/new/", typed(short_en=f"{fits}y", event=event.pk)).content.decode()
    assert "Take out 1 character" in html

    assert client.post("/publishing/posts/new/", typed(short_en=fits, event=event.pk)).status_code == 302
    post = Post.objects.get()
    assert post.whole("short", "en") == f"{fits}{address}"
    assert post.whole("long", "es").endswith(address)
    page = client.get(at(post)).content.decode()
    assert f'href="/planning/{event.reference}/"' in page


def test_a_post_leads_to_one_page_alone(sign_in, officer, event):
    update = UpdateFactory(published=True)
    answer = sign_in(officer).post("/publishing/posts/new/", typed(update=update.pk, event=event.pk))
    assert "Choose an update or an event, not both" in answer.content.decode()
    with pytest.raises(IntegrityError, match="portal_post_leads_to_one"), transaction.atomic():
        PostFactory(update=update, event=event)
    assert not Post.objects.exists()


def test_a_post_leads_to_no_event_that_residents_cannot_read(sign_in, officer):
    for traits in ({}, {"planned": True}, {"published": True, "access": "private"}):
        hidden = EventFactory(**traits)
        assert sign_in(officer).post("/publishing/posts/new/", typed(event=hidden.pk)).status_code == 200
    assert not Post.objects.exists()


def test_an_event_that_is_hidden_afterwards_keeps_its_posts_here(set_up, officer, event):
    post = PostFactory(owner=officer, approved=True, event=event)
    Event.objects.filter(pk=event.pk).update(access="invited")
    with pytest.raises(MoveNotAllowed, match="cannot be read by residents"):
        posting.go_out(post=fresh(post), by=officer)


# Before it is out ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", CHANGES)
def test_a_scheduled_post_of_an_event_that_changed_waits_for_a_person(set_up, officer, event, how):
    post = schedule(PostFactory(owner=officer, approved=True, event=event))
    due_at = post.due_at
    changed(event, how)

    post = fresh(post)
    assert (post.state, post.due_at) == ("approved", None)
    [task] = Task.objects.open().filter(ref=post.reference)
    assert (task.words, task.owner, task.link) == (WAITS, officer, at(post))
    with time_machine.travel(due_at + timedelta(seconds=5), tick=True):
        send_posts()
    assert set_up.asked == 0
    for act in (posting.go_out, lambda **kwargs: schedule(kwargs["post"])):
        with pytest.raises(MoveNotAllowed, match=OVERTAKEN):
            act(post=fresh(post), by=officer)


def test_one_that_the_calling_off_did_not_see_is_held_back_when_it_is_due(set_up, officer, event):
    """Whatever is written past the act that tells, the clock looks at the event itself."""
    post = schedule(PostFactory(owner=officer, approved=True, event=event))
    Event.objects.filter(pk=event.pk).update(sequence=7)
    with time_machine.travel(post.due_at + timedelta(seconds=5), tick=True):
        send_posts()
    assert (set_up.asked, fresh(post).state) == (0, "approved")
    assert Task.objects.open().get(ref=post.reference).owner == officer


def test_a_text_on_its_way_is_not_given_once_the_event_is_called_off(set_up, officer, event):
    post = PostFactory(owner=officer, approved=True, event=event)
    posting.go_out(post=post, by=officer)
    changed(event)
    send_posts()
    assert set_up.asked == 0
    assert set(post.postings.values_list("state", flat=True)) == {"failed"}


def test_what_waits_for_approval_is_not_approved_until_its_words_were_looked_at(sign_in, officer, supervisor, event):
    post = PostFactory(owner=officer, waiting=True, event=event)
    changed(event, "moved")
    client = sign_in(supervisor)
    page = client.get(at(post)).content.decode()
    assert OVERTAKEN in page
    assert f'"{at(post, "approve/")}"' not in page
    assert client.post(at(post, "approve/"), {"seen": "1"}).status_code == 409

    mine = sign_in(officer)
    mine.post(at(post, "send-back/"), {"note": "The day is another one"})
    assert "another look at its words" in mine.get(at(post)).content.decode()
    assert mine.post(at(post, "send/")).status_code == 409
    said = typed(long_en="On Friday.", long_es="El viernes.", event=event.pk, version="1")
    assert mine.post(at(post, "edit/"), said).status_code == 302
    assert owed(post) == [WAITS]
    assert mine.post(at(post, "send/")).status_code == 302
    assert owed(post) == []
    assert client.post(at(post, "approve/"), {"seen": "2"}).status_code == 302


def test_an_event_that_is_called_off_stays_the_one_a_draft_leads_to(sign_in, officer, event):
    post = PostFactory(owner=officer, event=event)
    changed(event)
    client = sign_in(officer)
    assert owed(post) == [WAITS]
    said = typed(long_en="It is called off.", long_es="Se cancela.", event=event.pk, version="1")
    assert client.post(at(post, "edit/"), said).status_code == 302
    assert client.post(at(post, "send/")).status_code == 302


def test_a_second_change_is_owed_in_place_of_the_first(officer, event):
    post = PostFactory(owner=officer, event=event)
    for how in ("moved", "postponed", "canceled"):
        changed(event, how)
    assert owed(post) == [WAITS]
    assert Task.objects.filter(ref=post.reference, state="void").count() == 2


# Once it is out ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", CHANGES)
def test_whoever_wrote_it_is_told_and_another_post_puts_it_right(sign_in, officer, supervisor, event, how):
    post = PostFactory(owner=officer, posted=True, event=event)
    changed(event, how)
    assert owed(post) == [IS_WRONG]
    client = sign_in(officer)
    assert "What is out stays out" in client.get(at(post)).content.decode()

    client.post(at(post, "correct/"))
    correction = Post.objects.get(corrects=post)
    assert (correction.event, correction.is_overtaken) == (event, False)
    said = typed(long_en="It is called off.", long_es="Se cancela.", event=event.pk, version="1")
    client.post(at(correction, "edit/"), said)
    client.post(at(correction, "send/"))
    sign_in(supervisor).post(at(correction, "approve/"), {"seen": "2"})
    assert owed(post) == [IS_WRONG]
    told = {"which": "long-en", "place": "Notice board", "link": ""}
    assert client.post(at(correction, "by-hand/"), told).status_code == 302
    assert owed(post) == []
    assert fresh(correction).text_for("long", "en").endswith(f"It is called off.\n{fresh(post).leads_to}")

    # What was put right is past: only the newest word is owed another one.
    if how != "canceled":
        changed(event, "moved")
        assert (owed(post), owed(correction)) == ([], [IS_WRONG])


def test_a_correction_by_the_clock_ends_it_too(set_up, officer, supervisor, event):
    post = PostFactory(owner=officer, posted=True, event=event)
    changed(event)
    correction = fresh(post).correct(by=officer)
    Post.objects.filter(pk=correction.pk).update(long_en="It is called off.", long_es="Se cancela.")
    correction = fresh(correction)
    correction.send(by=officer)
    correction.approve(by=supervisor, seen="1")
    correction = schedule(correction)
    assert owed(post) == [IS_WRONG]
    with time_machine.travel(correction.due_at + timedelta(seconds=5), tick=True):
        send_posts()
    assert len(set_up.said) == 2
    assert owed(post) == []


def test_posts_that_will_not_be_posted_and_those_of_other_events_are_left_alone(officer, event):
    gone = PostFactory(owner=officer, event=event)
    other = PostFactory(owner=officer, event=EventFactory(published=True))
    gone.withdraw("The day is over", by=officer)
    changed(event)
    assert (owed(gone), owed(other)) == ([], [])


def test_of_a_series_that_is_called_off_every_post_waits(set_up, officer, event):
    actions.repeat(event=event, every="week", times=3, by=event.lead)
    times = list(Event.objects.order_by("starts_at"))
    Event.objects.update(state="published", published_at=timezone.now(), published_by=event.lead)
    posts = [schedule(PostFactory(owner=officer, approved=True, event=one)) for one in times]
    actions.cancel_series(event=Event.objects.get(pk=times[1].pk), by=event.lead)
    assert [fresh(post).state for post in posts] == ["scheduled", "approved", "approved"]


def test_a_change_that_moves_nothing_tells_nobody(officer, event):
    """Being full, and being written anew, is no change that makes a post wrong."""
    post = PostFactory(owner=officer, posted=True, event=event)
    event.fill_up(by=event.lead)
    event.note_edit(["about_en"], by=event.lead)
    assert owed(post) == []
    assert not fresh(post).is_overtaken


def test_what_belonged_to_somebody_who_left_comes_to_the_coordinators(event):
    post = PostFactory(owner=UserFactory(officer=True, disabled=True), posted=True, event=event)
    changed(event)
    task = Task.objects.open().get(ref=post.reference)
    assert (task.owner, task.role) == (None, "coordinator")


def test_the_owner_is_told_in_the_transaction_of_the_act(officer, event, monkeypatch):
    """The planted failure: what cannot be told is not done."""
    post = PostFactory(owner=officer, event=event)

    def broken(event):
        raise RuntimeError

    monkeypatch.setitem(dependents.registered, "planted", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        changed(event)
    event.refresh_from_db()
    assert (event.state, owed(post)) == ("published", [])


def test_no_two_functions_follow_under_one_name():
    with pytest.raises(ValueError, match="posts"):
        dependents.dependent("posts")(print)


@pytest.mark.django_db(transaction=True)
def test_of_a_post_that_goes_out_in_this_moment_the_owner_learns_that_it_is_out(set_up):
    """Calling off waits for whoever holds the post, and then says what it is by then."""
    event = EventFactory(published=True)
    post = PostFactory(approved=True, event=event)
    with just_before(lambda: posting.go_out(post=fresh(post), by=post.owner)):
        changed(event)
    assert (fresh(post).state, owed(post)) == ("posted", [IS_WRONG])
    send_posts()
    assert set_up.asked == 0
