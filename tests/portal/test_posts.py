"""Posts: written once for every channel, approved by a second person, corrected by another post, on record."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Task
from portal import channels, rules
from portal.models import Post, Posting
from portal.models.post import TEXTS
from tests.factories.accounts import UserFactory
from tests.factories.portal import PostFactory, PostingFactory, UpdateFactory

pytestmark = pytest.mark.django_db
WRITERS = {Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR}
EMPTY = dict.fromkeys(TEXTS, "")
# A service of text messages, as apprise writes one; nothing is sent to it.
TEXT_MESSAGES = f"vonage://12345678:{'a' * 16}@12065550100/12065550101"


def typed(**fields):
    said = {"title": "Office hours", "long_en": "We are here.", "long_es": "Estamos aquí.", "update": ""}
    return {**EMPTY, **said, **fields}


def at(post, act=""):
    return f"/publishing/posts/{post.reference}/{act}"


def fresh(post):
    return Post.objects.get(pk=post.pk)


# Who may ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role.values)
def test_officers_supervisors_and_coordinators_write(sign_in, role):
    user, post = UserFactory(**{role: True}), PostFactory()
    client, allowed = sign_in(user), role in WRITERS

    assert Post.objects.visible_to(user).count() == int(allowed)
    assert Posting.objects.visible_to(user).count() == 0
    assert client.get("/publishing/posts/").status_code == (200 if allowed else 403)
    assert client.get(at(post)).status_code == (200 if allowed else 404)
    assert client.post("/publishing/posts/new/", typed()).status_code == (302 if allowed else 403)


STATES = {
    "draft": {}, "waiting": {"waiting": True}, "approved": {"approved": True}, "scheduled": {"approved": True},
    "posted": {"posted": True}, "withdrawn": {"approved": True},
}  # fmt: skip
WHO = ("owner", "colleague", "supervisor", "coordinator", "analyst")
NOT_NOW, DONE = (409, 403, 409, 409, 404), (302, 403, 302, 302, 404)
NOBODY_APPROVES = (403, 403, 409, 409, 404)
ORDER = tuple(STATES)
ANSWERS = {
    # what is posted: for each state, in the order above, what (owner, colleague, supervisor, coordinator, analyst) get
    "edit": (DONE, NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW),
    "send": (DONE, NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW),
    "approve": (NOBODY_APPROVES, (403, 403, 302, 302, 404), *[NOBODY_APPROVES] * 4),
    "send-back": (NOT_NOW, DONE, DONE, DONE, NOT_NOW, NOT_NOW),
    "schedule": (NOT_NOW, NOT_NOW, DONE, DONE, NOT_NOW, NOT_NOW),
    "now": (NOT_NOW, NOT_NOW, DONE, DONE, DONE, NOT_NOW),
    "by-hand": (NOT_NOW, NOT_NOW, DONE, NOT_NOW, DONE, NOT_NOW),
    "withdraw": (DONE, DONE, DONE, DONE, NOT_NOW, NOT_NOW),
    "correct": (NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, DONE, NOT_NOW),
}
POSTED = {
    "edit": typed(version="1"), "approve": {"seen": "1"}, "send-back": {"note": "Shorter"},
    "schedule": {"day": "2029-03-01", "clock": "10:30"}, "by-hand": {"which": "long-es", "place": "Library"},
    "withdraw": {"why": "The day is over"},
}  # fmt: skip


@pytest.mark.parametrize("act", ANSWERS)
@pytest.mark.parametrize("state", STATES)
def test_each_act_is_for_these_people_and_from_these_states(sign_in, set_up, officer, act, state):
    post = PostFactory(owner=officer, **STATES[state])
    if state == "scheduled":
        post.schedule(timezone.localdate() + timedelta(days=2), time(10), by=officer)
    if state == "withdrawn":
        post.withdraw("The day is over", by=officer)
    people = {
        "owner": officer,
        "colleague": UserFactory(officer=True),
        "supervisor": UserFactory(supervisor=True),
        "coordinator": UserFactory(coordinator=True),
        "analyst": UserFactory(analyst=True),
    }
    found = []
    for who in WHO:
        point = transaction.savepoint()
        found.append(sign_in(people[who]).post(at(post, f"{act}/"), POSTED.get(act, {})).status_code)
        transaction.savepoint_rollback(point)

    assert tuple(found) == ANSWERS[act][ORDER.index(state)]


def test_the_table_asks_everything():
    assert {state.value for state in Post.State} == set(STATES)
    assert {len(answers) for answers in ANSWERS.values()} == {len(STATES)}
    assert len(ANSWERS) * len(STATES) * len(WHO) == 270


# Two people ---------------------------------------------------------------------------------------------------------
def test_whoever_wrote_or_changed_it_does_not_approve_it(sign_in, officer, supervisor):
    post = PostFactory(owner=officer)
    assert sign_in(supervisor).post(at(post, "edit/"), typed(version="1")).status_code == 302
    post = fresh(post)
    post.send(by=officer)

    assert not rules.can_approve(supervisor, post)
    assert rules.can_approve(UserFactory(coordinator=True), post)
    with pytest.raises(IntegrityError, match="portal_post_by_two"), transaction.atomic():
        post.approve(by=supervisor, seen="2")


def test_a_text_that_was_changed_since_it_was_read_is_not_approved(sign_in, officer, supervisor):
    post = PostFactory(owner=officer, waiting=True)
    client = sign_in(supervisor)
    assert 'name="seen" value="1"' in client.get(at(post)).content.decode()
    sign_in(officer).post(at(post, "send-back/"), {"note": "Another word"})
    sign_in(officer).post(at(post, "edit/"), typed(version="1"))
    sign_in(officer).post(at(post, "send/"))

    assert client.post(at(post, "approve/"), {"seen": "1"}).status_code == 409
    assert client.post(at(post, "approve/"), {"seen": "2"}).status_code == 302


def test_what_is_sent_back_after_approval_needs_a_second_person_anew(sign_in, set_up, officer, supervisor):
    post = PostFactory(owner=officer, approved=True)
    sign_in(officer).post(at(post, "schedule/"), POSTED["schedule"])
    sign_in(supervisor).post(at(post, "send-back/"), {"note": "The day is wrong"})

    post = fresh(post)
    assert (post.state, post.approved_by, post.due_at, post.back_note) == ("draft", None, None, "The day is wrong")
    [task] = Task.objects.open().filter(ref=post.reference)
    assert task.owner == officer


def test_approvers_are_asked_and_approval_ends_it(sign_in, officer, supervisor):
    post = PostFactory(owner=officer)
    sign_in(officer).post(at(post, "send/"))
    assert Task.objects.open().filter(ref=post.reference, link=at(post)).count() == 2
    sign_in(supervisor).post(at(post, "approve/"), {"seen": "1"})

    assert not Task.objects.open().filter(ref=post.reference).exists()
    assert fresh(post).approved_by == supervisor


# Length -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("length", "limit"), [("long", 2_000), ("medium", 500), ("short", 160)])
def test_no_text_is_longer_than_its_channels_take(sign_in, officer, length, limit):
    client, name = sign_in(officer), f"{length}_es"
    html = client.post("/publishing/posts/new/", typed(**{name: "á" * (limit + 2)})).content.decode()
    assert "Take out 2 characters" in html
    assert not Post.objects.exists()

    assert client.post("/publishing/posts/new/", typed(**{name: "á" * limit})).status_code == 302
    assert len(getattr(Post.objects.get(), name)) == limit


def test_the_address_of_the_update_counts(sign_in, officer):
    update = UpdateFactory(published=True)
    around = len(f"\n{settings.PUBLIC_URL}/updates/{update.reference}/")
    client, fits = sign_in(officer), "x" * (160 - around)
    html = client.post("/publishing/posts/new/", typed(short_en=f"{fits}y", update=update.pk)).content.decode()
    assert "Take out 1 character" in html

    assert client.post("/publishing/posts/new/", typed(short_en=fits, update=update.pk)).status_code == 302
    assert len(Post.objects.get().whole("short", "en")) == 160


def test_characters_are_counted_without_script_and_nothing_is_saved(sign_in, officer):
    client = sign_in(officer)
    html = client.post("/publishing/posts/new/", typed(long_en="One\r\ntwo", count="1")).content.decode()

    assert '<span id="id_long_en_count">7</span> of 2000 characters' in html
    assert '<span id="id_medium_en_count">0</span> of 500 characters' in html
    assert "One\r\ntwo</textarea>" in html
    assert not Post.objects.exists()
    post = PostFactory(owner=officer)
    html = client.get(at(post, "edit/")).content.decode()
    assert f'<span id="id_long_es_count">{len(post.long_es)}</span>' in html
    client.post(at(post, "edit/"), typed(title="Other", version="1", count="1"))
    assert fresh(post).title == "Office hours"


def test_a_channel_gets_its_own_text_or_a_longer_one_that_fits():
    post = Post(long_en="x" * 300, short_en="Short", long_es="Corto")

    assert [post.text_for(length, "en") for length in ("long", "medium", "short")] == ["x" * 300, "x" * 300, "Short"]
    assert [post.text_for(length, "es") for length in ("long", "medium", "short")] == ["Corto"] * 3
    post.short_en = ""
    assert post.text_for("short", "en") == ""


def test_what_a_channel_needs_is_written_before_a_second_person_is_asked(sign_in, officer, settings):
    post = PostFactory(owner=officer, long_en="x" * 300)
    client = sign_in(officer)
    settings.SOCIAL_URLS = {"texts": TEXT_MESSAGES}
    answer = client.post(at(post, "send/"))
    assert answer.status_code == 409
    assert "a text of at most 160 characters in English" in answer.content.decode()
    assert "in Spanish" not in answer.content.decode()

    settings.SOCIAL_URLS = {}
    assert client.post(at(post, "send/")).status_code == 302


@pytest.mark.parametrize("lacking", ["long_en", "long_es"])
def test_both_languages_are_written_before_a_second_person_is_asked(sign_in, officer, lacking):
    post = PostFactory(owner=officer, **{lacking: ""})

    assert sign_in(officer).post(at(post, "send/")).status_code == 409


def test_lengths_are_what_services_take():
    urls = {
        "mastodon": "mastodon://token@social.example", "texts": TEXT_MESSAGES, "notes": "json://localhost/",
        "nonsense": "what://is/this",
    }  # fmt: skip
    found = channels._read(tuple(urls.items()))

    assert {channel.name: channel.length for channel in found} == {
        "mastodon": "medium", "texts": "short", "notes": "long", "nonsense": None,
    }  # fmt: skip


def test_a_post_leads_only_to_what_residents_can_read(sign_in, officer):
    draft, gone = UpdateFactory(), UpdateFactory(withdrawn=True)
    client = sign_in(officer)

    for update in (draft, gone):
        assert client.post("/publishing/posts/new/", typed(update=update.pk)).status_code == 200
    assert not Post.objects.exists()


# By hand --------------------------------------------------------------------------------------------------------------
def test_without_channels_the_page_says_how_and_posting_by_hand_is_on_record(sign_in, officer):
    update = UpdateFactory(published=True)
    post = PostFactory(owner=officer, approved=True, update=update)
    client = sign_in(officer)
    html = client.get(at(post)).content.decode()
    assert "No channel is set up here." in html
    assert post.long_es in html
    assert f"/updates/{update.reference}/" in html
    assert client.post(at(post, "now/")).status_code == 409

    told = {"which": "long-es", "place": "Notice board", "link": "https://social.example/7"}
    assert client.post(at(post, "by-hand/"), told).status_code == 302
    [posting] = Posting.objects.all()
    assert (posting.channel, posting.language, posting.state, posting.confirmed_by) == (
        "Notice board", "es", "by_hand", officer,
    )  # fmt: skip
    assert posting.text == f"{post.long_es}\n{settings.PUBLIC_URL}/updates/{update.reference}/"
    assert fresh(post).is_posted
    html = client.get(at(post)).content.decode()
    assert "https://social.example/7" in html
    again = client.post(at(post, "by-hand/"), told | {"place": "notice board"})
    assert "noted already" in again.content.decode()
    assert client.post(at(post, "by-hand/"), told | {"which": "long-en"}).status_code == 302


@pytest.mark.parametrize("spoiled", [{"place": ""}, {"which": "long-fr"}, {"link": "javascript:alert(1)"}])
def test_what_was_posted_by_hand_is_said_in_full(sign_in, officer, spoiled):
    post = PostFactory(owner=officer, approved=True)
    told = {"which": "long-es", "place": "Notice board", "link": ""}

    assert sign_in(officer).post(at(post, "by-hand/"), told | spoiled).status_code == 200
    assert not Posting.objects.exists()


# What was wrong -------------------------------------------------------------------------------------------------------
def test_a_correction_is_another_post_that_names_the_first_and_is_approved(sign_in, officer, supervisor):
    with time_machine.travel("2026-03-03T15:00:00Z", tick=False):
        post = PostFactory(owner=officer, posted=True)
    client = sign_in(officer)
    assert client.post(at(post, "edit/"), typed(version="1")).status_code == 409
    address = client.post(at(post, "correct/")).url
    correction = Post.objects.exclude(pk=post.pk).get()
    assert address == at(correction, "edit/")
    assert (correction.corrects, correction.state) == (post, "draft")
    assert client.post(at(correction, "send/")).status_code == 409

    client.post(address, typed(long_en="On Fridays.", long_es="Los viernes.", version="1"))
    correction = fresh(correction)
    assert correction.text_for("long", "en") == "Correction to our post of 3 March 2026: On Fridays."
    assert correction.text_for("long", "es").endswith("Los viernes.")
    assert "2026" in correction.text_for("long", "es")
    assert client.post(at(correction, "send/")).status_code == 302
    assert client.post(at(correction, "approve/"), {"seen": "2"}).status_code == 403
    assert sign_in(supervisor).post(at(correction, "approve/"), {"seen": "2"}).status_code == 302
    assert correction.reference in client.get(at(post)).content.decode()
    assert post.reference in client.get(at(correction)).content.decode()


def test_what_names_the_earlier_post_counts(sign_in, officer):
    post = PostFactory(owner=officer, posted=True)
    correction = post.correct(by=officer)
    before, after = correction.around("en")
    assert (len(before) > 20, after) == (True, "")

    said = typed(short_en="x" * (161 - len(before)), version="1")
    html = sign_in(officer).post(at(correction, "edit/"), said).content.decode()
    assert "Take out 1 character" in html


def test_the_database_keeps_what_was_posted_as_it_was():
    row = PostingFactory()

    for silently in ({"text": "Another"}, {"channel": "elsewhere"}, {"language": "es"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Posting.objects.filter(pk=row.pk).update(**silently)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError, match="portal_posting_once"), transaction.atomic():
        PostingFactory(post=row.post)


def test_what_will_not_be_posted_says_why_and_owes_nothing(sign_in, officer):
    post = PostFactory(owner=officer)
    client = sign_in(officer)
    client.post(at(post, "send/"))
    assert client.post(at(post, "withdraw/"), {}).status_code == 200
    assert client.post(at(post, "withdraw/"), {"why": "The day is over"}).status_code == 302

    assert not Task.objects.open().filter(ref=post.reference).exists()
    assert "The day is over" in client.get(at(post)).content.decode()


# When -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        # The clocks go forward on 14 March 2027 and back on 7 November in New York.
        (date(2027, 3, 13), time(10), "2027-03-13T15:00:00+00:00"),
        (date(2027, 3, 15), time(10), "2027-03-15T14:00:00+00:00"),
        (date(2027, 3, 14), time(2, 30), "2027-03-14T07:30:00+00:00"),
        (date(2027, 11, 7), time(1, 30), "2027-11-07T05:30:00+00:00"),
    ],
)
def test_time_is_that_of_the_clocks_on_the_wall(sign_in, set_up, officer, day, clock, moment):
    with time_machine.travel("2027-03-01T12:00:00Z", tick=True):
        post = PostFactory(owner=officer, approved=True)
        sent = {"day": day.isoformat(), "clock": f"{clock:%H:%M}"}
        assert sign_in(officer).post(at(post, "schedule/"), sent).status_code == 302

    post = fresh(post)
    assert (post.state, post.due_at.isoformat(), post.clock) == ("scheduled", moment, clock)


def test_a_time_that_has_passed_is_refused(sign_in, set_up, officer):
    post = PostFactory(owner=officer, approved=True)
    yesterday = {"day": (timezone.localdate() - timedelta(days=1)).isoformat(), "clock": "10:00"}

    assert sign_in(officer).post(at(post, "schedule/"), yesterday).status_code == 200
    with pytest.raises(MoveNotAllowed):
        post.schedule(timezone.localdate() - timedelta(days=1), time(10), by=officer)


def test_nothing_is_scheduled_where_there_is_no_channel(sign_in, officer):
    post = PostFactory(owner=officer, approved=True)

    assert sign_in(officer).post(at(post, "schedule/"), POSTED["schedule"]).status_code == 409


# Staff pages ----------------------------------------------------------------------------------------------------------
def test_list_filters_and_marks_what_a_channel_may_not_have(sign_in, officer):
    PostFactory(title="Drafted one")
    PostingFactory(post=PostFactory(title="Posted one", posted=True), failed=True)
    client = sign_in(officer)
    html = client.get("/publishing/posts/").content.decode()

    assert html.count("A channel may not have it") == 1
    for query, title in (("?state=draft", "Drafted one"), ("?state=posted", "Posted one")):
        html = client.get(f"/publishing/posts/{query}").content.decode()
        assert [one for one in ("Drafted one", "Posted one") if one in html] == [title]
    assert b"No post matches." in client.get("/publishing/posts/?state=scheduled").content


def test_list_asks_the_same_however_many(sign_in, officer, django_assert_num_queries):
    client = sign_in(officer)
    PostFactory()
    client.get("/publishing/posts/")
    with CaptureQueriesContext(connection) as one:
        client.get("/publishing/posts/")
    for _ in range(2):
        PostFactory(posted=True).correct(by=officer)

    with django_assert_num_queries(len(one)):
        client.get("/publishing/posts/")


def test_page_offers_what_can_be_done_now_and_no_more(sign_in, set_up, officer, supervisor):
    post = PostFactory(owner=officer)

    def offered(user):
        html = sign_in(user).get(at(post)).content.decode()
        return {act for act in (*ANSWERS, "schedule") if f'"{at(post, f"{act}/")}"' in html}

    assert offered(officer) == {"edit", "send", "withdraw"}
    assert offered(UserFactory(officer=True)) == set()
    post.send(by=officer)
    assert offered(officer) == {"send-back", "withdraw"}
    assert offered(supervisor) == {"approve", "send-back", "withdraw"}
    post.approve(by=supervisor, seen="1")
    assert offered(officer) == {"now", "schedule", "by-hand", "send-back", "withdraw"}
    post.schedule(timezone.localdate() + timedelta(days=2), time(10), by=officer)
    assert offered(officer) == {"now", "schedule", "send-back", "withdraw"}
    post.go_out(by=officer)
    assert offered(officer) == {"by-hand", "correct"}


def test_every_act_is_audited_and_no_text_is(sign_in, set_up, officer, supervisor):
    client = sign_in(officer)
    client.post("/publishing/posts/new/", typed(title="Canary", long_en="Canary words"))
    post = Post.objects.get()
    client.post(at(post, "edit/"), typed(title="Canary", version="1"))
    client.post(at(post, "send/"))
    sign_in(supervisor).post(at(post, "approve/"), {"seen": "2"})
    client.post(at(post, "schedule/"), POSTED["schedule"])
    client.post(at(post, "now/"))
    client.post(at(post, "by-hand/"), POSTED["by-hand"])
    client.post(at(post, "correct/"))

    entries = AuditEntry.objects.filter(reference=post.reference).order_by("pk")
    assert list(entries.values_list("act", flat=True)) == [
        "post.write", "post.edit", "post.waiting", "post.approved", "post.scheduled", "post.posted", "post.by_hand",
    ]  # fmt: skip
    correction = Post.objects.exclude(pk=post.pk).get()
    [entry] = AuditEntry.objects.filter(reference=correction.reference)
    assert (entry.act, entry.facts) == ("post.write", {"corrects": post.reference})
    assert "anary" not in str(list(AuditEntry.objects.values()))
    events = Post.pgh_event_model.objects.filter(pgh_obj=post).order_by("pgh_id")
    assert [event.long_en for event in events][:2] == ["Canary words", "We are here."]


def test_no_page_shows_the_address_of_a_channel(sign_in, set_up, officer):
    post = PostFactory(owner=officer, approved=True)
    client = sign_in(officer)
    for address in ("/publishing/posts/", at(post), at(post, "schedule/"), at(post, "by-hand/")):
        html = client.get(address).content.decode()
        assert "t0ken" not in html
        assert "json://" not in html
    assert "notes" in client.get(at(post)).content.decode()


def test_an_address_that_makes_no_sense_is_said_without_showing_it(sign_in, officer, settings):
    settings.SOCIAL_URLS = {"broken": "what://t0ken@is/this"}
    post = PostFactory(owner=officer, approved=True)
    html = sign_in(officer).get(at(post)).content.decode()

    assert "Its address makes no sense" in html
    assert "t0ken" not in html
    assert f'"{at(post, "now/")}"' not in html


def test_pressed_twice_makes_one_post(sign_in, officer):
    client, key = sign_in(officer), "2f1c1f4e-6a63-4b06-9a7e-0d5a3f1c9b11"
    for _ in range(2):
        client.post("/publishing/posts/new/", typed(idempotency_key=key))

    assert Post.objects.count() == 1


def test_a_browser_that_counts_and_then_saves_makes_one_post(sign_in, officer):
    client, key = sign_in(officer), "2f1c1f4e-6a63-4b06-9a7e-0d5a3f1c9b11"
    client.post("/publishing/posts/new/", typed(idempotency_key=key, count="1"))
    assert client.post("/publishing/posts/new/", typed(idempotency_key=key)).status_code == 302

    assert Post.objects.count() == 1
