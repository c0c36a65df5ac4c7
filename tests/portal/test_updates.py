"""Updates: two people for every text that residents read, no change in silence, and a page for what was withdrawn."""

from datetime import timedelta

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
from portal import rules
from portal.models import Update, UpdateVersion
from tests.factories.accounts import UserFactory
from tests.factories.portal import SAID, WHY, UpdateFactory

pytestmark = pytest.mark.django_db
WRITERS = {Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR}
APPROVERS = {Role.SUPERVISOR, Role.COORDINATOR}


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def typed(**fields):
    return {"kind": "news", **SAID, "review_on": in_days(90).isoformat(), **fields}


def at(update, act=""):
    return f"/publishing/updates/{update.reference}/{act}"


def fresh(update):
    return Update.objects.whole().get(pk=update.pk)


# Who may ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role.values)
def test_officers_supervisors_and_coordinators_write(sign_in, role):
    user = UserFactory(**{role: True})
    update, allowed = UpdateFactory(), role in WRITERS
    client = sign_in(user)

    assert rules.can_write(user) is allowed
    assert Update.objects.visible_to(user).count() == int(allowed)
    assert client.get("/publishing/updates/").status_code == (200 if allowed else 403)
    assert client.get(at(update)).status_code == (200 if allowed else 404)
    assert client.post("/publishing/updates/new/", typed()).status_code == (302 if allowed else 403)
    assert Update.objects.count() == 1 + int(allowed)


STATES = {
    "draft": {}, "waiting": {"waiting": True}, "published": {"published": True}, "withdrawn": {"withdrawn": True},
}  # fmt: skip
WHO = ("owner", "colleague", "supervisor", "coordinator", "analyst")
ANSWERS = {
    # what is posted: {state: (owner, colleague, supervisor, coordinator, analyst)}
    "send": {
        "draft": (302, 403, 302, 302, 404), "waiting": (409, 403, 409, 409, 404),
        "published": (409, 403, 409, 409, 404), "withdrawn": (409, 403, 409, 409, 404),
    },
    "approve": {
        "draft": (403, 403, 409, 409, 404), "waiting": (403, 403, 302, 302, 404),
        "published": (403, 403, 409, 409, 404), "withdrawn": (403, 403, 409, 409, 404),
    },
    "send-back": {
        "draft": (409, 403, 409, 409, 404), "waiting": (302, 403, 302, 302, 404),
        "published": (409, 403, 409, 409, 404), "withdrawn": (409, 403, 409, 409, 404),
    },
    "edit": {
        "draft": (302, 403, 302, 302, 404), "waiting": (409, 403, 409, 409, 404),
        "published": (409, 403, 409, 409, 404), "withdrawn": (409, 403, 409, 409, 404),
    },
    "change": {
        "draft": (409, 403, 409, 409, 404), "waiting": (409, 403, 409, 409, 404),
        "published": (302, 403, 302, 302, 404), "withdrawn": (409, 403, 409, 409, 404),
    },
    "renew": {
        "draft": (409, 403, 409, 409, 404), "waiting": (409, 403, 409, 409, 404),
        "published": (302, 403, 302, 302, 404), "withdrawn": (409, 403, 409, 409, 404),
    },
    "withdraw": {
        "draft": (403, 403, 409, 409, 404), "waiting": (403, 403, 409, 409, 404),
        "published": (403, 403, 302, 302, 404), "withdrawn": (403, 403, 409, 409, 404),
    },
}  # fmt: skip
POSTED = {
    "approve": {"seen": "1"}, "send-back": {"note": "Say where"}, "edit": typed(version="1"),
    "renew": {"review_on": "2029-03-01"}, "withdraw": {"why_en": "Called off", "why_es": "Cancelado"},
}  # fmt: skip


@pytest.mark.parametrize("act", ANSWERS)
@pytest.mark.parametrize("state", STATES)
def test_each_act_is_for_these_people_and_from_these_states(sign_in, officer, act, state):
    update = UpdateFactory(owner=officer, **STATES[state])
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
        found.append(sign_in(people[who]).post(at(update, f"{act}/"), POSTED.get(act, {})).status_code)
        transaction.savepoint_rollback(point)

    assert tuple(found) == ANSWERS[act][state]


def test_the_table_asks_everything():
    assert {act: set(states) for act, states in ANSWERS.items()} == dict.fromkeys(ANSWERS, set(STATES))
    assert {state.value for state in Update.State} == set(STATES)
    assert len(ANSWERS) * len(STATES) * len(WHO) == 140


# Two people ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(APPROVERS))
def test_whoever_wrote_it_does_not_approve_it(sign_in, role):
    writer = UserFactory(**{role: True})
    update = UpdateFactory(owner=writer, waiting=True)

    assert not rules.can_approve(writer, update)
    assert sign_in(writer).post(at(update, "approve/"), {"seen": "1"}).status_code == 403
    assert "Somebody who had no hand in it" in sign_in(writer).post(at(update, "approve/")).content.decode()


def test_whoever_changed_it_does_not_approve_it_though_somebody_else_changed_it_last(sign_in, officer, supervisor):
    other, third = UserFactory(supervisor=True), UserFactory(coordinator=True)
    update = UpdateFactory(owner=officer)
    for number, person in enumerate((supervisor, other), start=1):
        sent = sign_in(person).post(at(update, "edit/"), typed(title_en="Changed", version=number))
        assert sent.status_code == 302
    update = fresh(update)
    update.send(by=officer)

    assert [rules.can_approve(person, update) for person in (officer, supervisor, other, third)] == [
        False, False, False, True,
    ]  # fmt: skip


def test_the_database_refuses_one_person_for_both(officer, supervisor):
    update = UpdateFactory(owner=supervisor, waiting=True)

    with pytest.raises(IntegrityError, match="portal_update_version_by_two"), transaction.atomic():
        update.publish(by=supervisor, seen="1")


def test_a_text_that_was_changed_since_it_was_read_is_not_approved(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer, waiting=True)
    client = sign_in(supervisor)
    page = client.get(at(update)).content.decode()
    assert 'name="seen" value="1"' in page
    update.send_back("Another word", by=officer)
    assert sign_in(officer).post(at(update, "edit/"), typed(title_en="Other", version="1")).status_code == 302
    fresh(update).send(by=officer)

    answer = client.post(at(update, "approve/"), {"seen": "1"})
    assert answer.status_code == 409
    assert "was changed since you read it" in answer.content.decode()
    assert client.post(at(update, "approve/"), {"seen": "2"}).status_code == 302


def test_two_who_edit_at_once_see_both_texts(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer)
    assert sign_in(officer).post(at(update, "edit/"), typed(title_en="First", version="1")).status_code == 302
    answer = sign_in(supervisor).post(at(update, "edit/"), typed(title_en="Second", version="1"))

    assert answer.status_code == 409
    assert b"First" in answer.content
    assert b"Second" in answer.content
    assert fresh(update).newest.title_en == "First"
    assert not update.is_of(supervisor)


# What residents read ------------------------------------------------------------------------------------------------
def test_nothing_is_read_before_a_second_person_let_it_out(client, sign_in, officer, supervisor):
    theirs = sign_in(officer)
    answer = theirs.post("/publishing/updates/new/", typed(title_en="Night buses", title_es="Autobuses nocturnos"))
    update = Update.objects.get()
    assert answer.url == at(update)
    for act in ("", "send/"):
        if act:
            assert theirs.post(at(update, act)).status_code == 302
        assert client.get(f"/updates/{update.reference}/").status_code == 404
        assert b"Night buses" not in client.get("/updates/").content
        assert b"Night buses" not in client.get("/").content
        assert b"Night buses" not in client.get("/updates/feed.rss").content

    sign_in(supervisor).post(at(update, "approve/"), {"seen": "1"})
    for page in (f"/updates/{update.reference}/", "/updates/", "/", "/updates/feed.rss", "/updates/feed.atom"):
        assert b"Night buses" in client.get(page).content
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    spanish = client.get(f"/updates/{update.reference}/").content.decode()
    assert '<html lang="es"' in spanish
    assert "Autobuses nocturnos" in spanish
    assert "Night buses" not in spanish


@pytest.mark.parametrize("lacking", ["title_es", "body_en", "body_es"])
def test_what_lacks_a_language_is_a_draft_and_stays_one(sign_in, officer, lacking):
    client = sign_in(officer)
    assert client.post("/publishing/updates/new/", typed(**{lacking: ""})).status_code == 302
    update = Update.objects.get()

    answer = client.post(at(update, "send/"))
    assert answer.status_code == 409
    assert str(UpdateVersion._meta.get_field(lacking).verbose_name) in answer.content.decode()
    assert fresh(update).is_draft


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title_en", "", "Enter a title in English"),
        ("kind", "", "Choose what kind of update it is"),
        ("review_on", "2020-01-01", "Enter a day that is still to come"),
        ("body_en", "Call {fone}", "There is no setting named {fone}"),
        ("title_es", "{fone}", "There is no setting named {fone}"),
        ("body_es", "x" * 4_001, "4000"),
    ],
)
def test_form_says_what_is_wrong(sign_in, officer, field, value, said):
    html = sign_in(officer).post("/publishing/updates/new/", typed(**{field: value})).content.decode()

    assert said in html
    assert not Update.objects.exists()


def test_a_change_is_read_only_after_approval_and_then_says_when_and_why(client, sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer, by=supervisor, published=True)
    theirs, page = sign_in(officer), f"/updates/{update.reference}/"
    assert theirs.post(at(update, "change/")).url == at(update, "edit/")
    assert theirs.post(at(update, "edit/"), typed(body_en="We are here on Fridays.", version="1")).status_code == 302
    assert b"Fridays" not in client.get(page).content
    # A change says why, in both languages.
    assert theirs.post(at(update, "send/")).status_code == 409
    changed = typed(body_en="We are here on Fridays.", version="2", **WHY)
    assert theirs.post(at(update, "edit/"), changed).status_code == 302
    assert theirs.post(at(update, "send/")).status_code == 302
    assert b"Fridays" not in client.get(page).content

    assert sign_in(supervisor).post(at(update, "approve/"), {"seen": "3"}).status_code == 302
    html = client.get(page).content.decode()
    assert "Fridays" in html
    assert "The day was wrong" in html
    assert "What was changed" in html
    # Staff still read what was said before.
    assert "We are here on Tuesdays." in theirs.get(at(update)).content.decode()
    assert list(update.versions.values_list("number", "body_en")) == [
        (2, "We are here on Fridays."), (1, "We are here on Tuesdays."),
    ]  # fmt: skip


def test_the_database_keeps_what_was_published_as_it_was():
    update = UpdateFactory(published=True)
    version = UpdateVersion.objects.filter(pk=update.in_force_id)

    for silently in ({"body_en": "Another"}, {"title_es": "Otro"}, {"kind": "safety"}, {"published_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            version.update(**silently)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()
    # When somebody looks again is no part of what was said.
    assert version.update(review_on=in_days(300)) == 1


def test_a_change_without_a_reason_cannot_come_into_force():
    update = UpdateFactory(published=True)
    update.change(by=update.owner)
    version = update.newest

    version.published_at, version.published_by = timezone.now(), UserFactory()
    with pytest.raises(IntegrityError, match="portal_update_version_says_why"), transaction.atomic():
        version.save()


def test_withdrawn_page_says_so_and_shows_neither_title_nor_text(client, sign_in, supervisor):
    update = UpdateFactory(published=True, title_en="Canary street", body_en="Canary words")
    posted = {"why_en": "It named somebody", "why_es": "Nombraba a alguien"}
    assert sign_in(supervisor).post(at(update, "withdraw/"), posted).status_code == 302

    answer = client.get(f"/updates/{update.reference}/")
    html = answer.content.decode()
    assert answer.status_code == 410
    assert "This update was withdrawn" in html
    assert "It named somebody" in html
    assert "Canary" not in html
    assert b"Canary" not in client.get("/updates/").content
    for feed in ("rss", "atom"):
        entry = client.get(f"/updates/feed.{feed}").content.decode()
        assert "It named somebody" in entry
        assert "Canary" not in entry
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    assert "Nombraba a alguien" in client.get(f"/updates/{update.reference}/").content.decode()


@pytest.mark.parametrize("posted", [{}, {"why_en": "Wrong"}, {"why_es": "Mal"}])
def test_withdrawing_needs_a_reason_in_both_languages(sign_in, supervisor, posted):
    update = UpdateFactory(published=True)

    assert sign_in(supervisor).post(at(update, "withdraw/"), posted).status_code == 200
    assert fresh(update).is_shown


def test_a_change_that_waits_is_not_published_once_the_update_is_withdrawn(supervisor):
    update = UpdateFactory(published=True)
    update.change(by=update.owner)
    UpdateVersion.objects.filter(pk=update.newest_id).update(**WHY)
    update.send(by=update.owner)
    update.withdraw(why_en="Wrong", why_es="Mal", by=supervisor)

    with pytest.raises(MoveNotAllowed):
        update.publish(by=supervisor, seen="1")


def test_public_list_is_newest_first_filtered_and_paged(client):
    now = timezone.now()
    for number in range(12):
        with time_machine.travel(now - timedelta(days=20 - number), tick=False):
            UpdateFactory(published=True, title_en=f"Title {number:02}", kind="safety" if number % 2 else "news")
    UpdateFactory(withdrawn=True, title_en="Title gone")
    UpdateFactory(title_en="Title draft")

    html = client.get("/updates/").content.decode()
    shown = [number for number in range(12) if f"Title {number:02}" in html]
    assert shown == list(range(2, 12))
    assert html.index("Title 11") < html.index("Title 10")
    assert "Title 01" in client.get("/updates/?page=2").content.decode()
    safety = client.get("/updates/?kind=safety").content.decode()
    assert [number for number in range(12) if f"Title {number:02}" in safety] == [1, 3, 5, 7, 9, 11]
    assert "gone" not in html + safety
    assert "draft" not in html + safety
    home = client.get("/").content.decode()
    assert [number for number in range(12) if f"Title {number:02}" in home] == [9, 10, 11]


@pytest.mark.parametrize("query", ["?kind=nothing", "?page=900", "?page=x", "?kind="])
def test_public_list_makes_the_best_of_a_strange_address(client, query):
    UpdateFactory(published=True)

    assert b"Office hours" in client.get(f"/updates/{query}").content


def test_page_without_updates_says_so(client):
    assert b"There is no update yet." in client.get("/updates/").content
    assert b"There is no update of this kind." in client.get("/updates/?kind=safety").content
    assert b'id="h-updates"' not in client.get("/").content


def test_text_is_never_markup(client):
    update = UpdateFactory(published=True, title_en="<b>Bold</b>", body_en="<script>alert(1)</script>")

    for address in (f"/updates/{update.reference}/", "/updates/", "/"):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "<b>Bold" not in html


def test_phone_of_the_settings_stands_where_its_name_is(client, settings):
    update = UpdateFactory(published=True, body_en="Call {phone}")

    assert f"Call {settings.AGENCY['phone']}" in client.get(f"/updates/{update.reference}/").content.decode()


# Looking again ------------------------------------------------------------------------------------------------------
def reviews(update):
    return list(Task.objects.filter(ref=update.reference, key__startswith="portal.review:").order_by("pk"))


def test_owner_is_asked_on_the_day_of_review_and_then_the_supervisors(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer, waiting=True)
    sign_in(supervisor).post(at(update, "approve/"), {"seen": "1"})

    [task] = reviews(update)
    assert (task.owner, task.link, task.state) == (officer, at(update), "open")
    assert timezone.localdate(task.due_at) == in_days(90)
    assert task.escalate_at - task.due_at == timedelta(days=7)


def test_review_of_somebody_who_left_is_the_coordinators(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer, waiting=True)
    officer.disable(by=UserFactory(coordinator=True))
    sign_in(supervisor).post(at(update, "approve/"), {"seen": "1"})

    assert [(task.owner, task.role) for task in reviews(update)] == [(None, "coordinator")]


def test_looking_again_sets_another_day_and_owes_another_look(client, sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer, waiting=True)
    sign_in(supervisor).post(at(update, "approve/"), {"seen": "1"})
    with time_machine.travel(timezone.now() + timedelta(days=100), tick=True):
        assert "It may be out of date" in client.get(f"/updates/{update.reference}/").content.decode()
        later = timezone.localdate() + timedelta(days=30)
        assert sign_in(officer).post(at(update, "renew/"), {"review_on": later.isoformat()}).status_code == 302
        assert "out of date" not in client.get(f"/updates/{update.reference}/").content.decode()

    first, second = reviews(update)
    assert (first.state, first.ended_by, second.state) == ("done", officer, "open")
    assert timezone.localdate(second.due_at) == later
    assert list(UpdateVersion.objects.values_list("number", flat=True)) == [1]


def test_another_version_replaces_the_look_and_withdrawing_ends_it(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer, waiting=True)
    theirs = sign_in(supervisor)
    theirs.post(at(update, "approve/"), {"seen": "1"})
    sign_in(officer).post(at(update, "change/"))
    sign_in(officer).post(at(update, "edit/"), typed(review_on=in_days(20).isoformat(), version="1", **WHY))
    sign_in(officer).post(at(update, "send/"))
    theirs.post(at(update, "approve/"), {"seen": "2"})
    assert [task.state for task in reviews(update)] == ["void", "open"]

    theirs.post(at(update, "withdraw/"), {"why_en": "Wrong", "why_es": "Mal"})
    assert not Task.objects.open().filter(ref=update.reference).exists()


def test_a_text_that_waited_past_its_day_of_review_is_not_published(supervisor):
    update = UpdateFactory(waiting=True)

    with time_machine.travel(timezone.now() + timedelta(days=100), tick=True), pytest.raises(MoveNotAllowed):
        update.publish(by=supervisor, seen="1")


# Whose turn it is -----------------------------------------------------------------------------------------------------
def asked(update):
    tasks = Task.objects.open().filter(ref=update.reference, key__startswith="portal.approve:")
    return {(task.owner, task.role) for task in tasks}


def test_those_who_may_approve_are_asked_and_those_who_wrote_are_not(sign_in, officer, supervisor):
    other = UserFactory(supervisor=True)
    update = UpdateFactory(owner=officer, by=other)
    sign_in(officer).post(at(update, "send/"))
    assert asked(update) == {(None, "supervisor"), (None, "coordinator")}

    own = UpdateFactory(owner=supervisor, by=other)
    sign_in(supervisor).post(at(own, "send/"))
    assert asked(own) == {(other, ""), (None, "coordinator")}


def test_sent_back_with_a_note_and_asked_anew(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer)
    sign_in(officer).post(at(update, "send/"))
    sign_in(supervisor).post(at(update, "send-back/"), {"note": "Say which library"})

    assert asked(update) == set()
    [task] = Task.objects.open().filter(ref=update.reference)
    assert (task.owner, task.link) == (officer, at(update))
    html = sign_in(officer).get(at(update)).content.decode()
    assert "Say which library" in html
    assert str(supervisor) in html

    sign_in(officer).post(at(update, "send/"))
    task.refresh_from_db()
    assert task.state == "done"
    assert len(asked(update)) == 2
    assert "Say which library" not in sign_in(officer).get(at(update)).content.decode()


def test_taking_ones_own_text_back_reminds_nobody(sign_in, officer):
    update = UpdateFactory(owner=officer)
    sign_in(officer).post(at(update, "send/"))
    sign_in(officer).post(at(update, "send-back/"), {"note": "I forgot a word"})

    assert not Task.objects.open().filter(ref=update.reference).exists()


def test_approval_ends_what_was_asked(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer)
    sign_in(officer).post(at(update, "send/"))
    sign_in(supervisor).post(at(update, "approve/"), {"seen": "1"})

    assert asked(update) == set()
    ended = Task.objects.filter(ref=update.reference, state="done").values_list("ended_by", flat=True)
    assert set(ended) == {supervisor.pk}


# What is remembered ---------------------------------------------------------------------------------------------------
def test_every_act_is_audited_and_no_text_is(sign_in, officer, supervisor):
    sign_in(officer).post("/publishing/updates/new/", typed(title_en="Canary street"))
    update = Update.objects.get()
    sign_in(officer).post(at(update, "edit/"), typed(title_en="Canary lane", version="1"))
    sign_in(officer).post(at(update, "send/"))
    sign_in(supervisor).post(at(update, "approve/"), {"seen": "2"})
    sign_in(officer).post(at(update, "renew/"), {"review_on": "2029-03-01"})
    sign_in(officer).post(at(update, "change/"))
    sign_in(supervisor).post(at(update, "withdraw/"), {"why_en": "Canary", "why_es": "Canary"})

    entries = AuditEntry.objects.filter(reference=update.reference).order_by("pk")
    assert list(entries.values_list("act", "actor")) == [
        ("update.write", officer.email),
        ("update.edit", officer.email),
        ("update.waiting", officer.email),
        ("update.published", supervisor.email),
        ("update.renew", officer.email),
        ("update.draft", officer.email),
        ("update.withdrawn", supervisor.email),
    ]
    assert "anary" not in str(list(entries.values()))
    events = UpdateVersion.pgh_event_model.objects.filter(pgh_obj__number=1).order_by("pgh_id")
    assert [event.title_en for event in events][:2] == ["Canary street", "Canary lane"]


def test_pressed_twice_makes_one_update_and_one_version(sign_in, officer):
    client, key = sign_in(officer), "2f1c1f4e-6a63-4b06-9a7e-0d5a3f1c9b11"
    for _ in range(2):
        client.post("/publishing/updates/new/", typed(idempotency_key=key))
    assert Update.objects.count() == 1

    update = UpdateFactory(owner=officer, published=True)
    key = "2f1c1f4e-6a63-4b06-9a7e-0d5a3f1c9b12"
    answers = [client.post(at(update, "change/"), {"idempotency_key": key}).url for _ in range(2)]
    assert answers == [at(update, "edit/")] * 2
    assert update.versions.count() == 2


# Staff pages ----------------------------------------------------------------------------------------------------------
def test_list_shows_where_each_stands_and_filters(sign_in, officer):
    UpdateFactory(title_en="Drafted one")
    UpdateFactory(waiting=True, title_en="Waiting one", kind="safety")
    UpdateFactory(published=True, title_en="Public one", kind="correction")
    changing = UpdateFactory(published=True, title_en="Changing one")
    changing.change(by=changing.owner)
    client = sign_in(officer)

    html = client.get("/publishing/updates/").content.decode()
    assert html.count("Version 1 is public") == 1
    for query, titles in (
        ("?state=waiting", {"Waiting one"}),
        ("?state=draft", {"Drafted one", "Changing one"}),
        ("?kind=correction", {"Public one"}),
        ("?state=draft&kind=safety", set()),
    ):
        html = client.get(f"/publishing/updates/{query}").content.decode()
        found = {title for title in ("Drafted one", "Waiting one", "Public one", "Changing one") if title in html}
        assert (query, found) == (query, titles)


def test_list_asks_the_same_however_many(sign_in, officer, django_assert_num_queries):
    client = sign_in(officer)
    UpdateFactory(published=True)
    client.get("/publishing/updates/")
    with CaptureQueriesContext(connection) as one:
        client.get("/publishing/updates/")
    for _ in range(2):
        UpdateFactory(changed=True)

    with django_assert_num_queries(len(one)):
        client.get("/publishing/updates/")


def test_page_offers_what_can_be_done_now_and_no_more(sign_in, officer, supervisor):
    update = UpdateFactory(owner=officer)

    def offered(user):
        html = sign_in(user).get(at(update)).content.decode()
        acts = ("edit", "send", "approve", "send-back", "change", "renew", "withdraw")
        return {act for act in acts if f'"{at(update, f"{act}/")}"' in html}

    assert (offered(officer), offered(supervisor)) == ({"edit", "send"}, {"edit", "send"})
    update.send(by=officer)
    assert (offered(officer), offered(supervisor)) == ({"send-back"}, {"approve", "send-back"})
    update.publish(by=supervisor, seen="1")
    assert offered(officer) == {"change", "renew"}
    assert offered(supervisor) == {"change", "renew", "withdraw"}
    assert offered(UserFactory(officer=True)) == set()
    update.withdraw(why_en="Wrong", why_es="Mal", by=supervisor)
    assert offered(supervisor) == set()


def test_page_says_what_a_draft_lacks(sign_in, officer):
    update = UpdateFactory(owner=officer, body_es="")
    html = sign_in(officer).get(at(update)).content.decode()

    assert "text in Spanish" in html
    assert "Nothing is written yet." in html
    assert f'"{at(update, "send/")}"' not in html
