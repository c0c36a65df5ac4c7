"""Two at the same moment: one of them acts on the text that is there, the other is told, and nothing goes out twice."""

from datetime import date, time

import pytest

from portal import posting, sending
from portal.models import Post, Posting, Update
from portal.tasks import send_posts
from tests.factories.accounts import UserFactory
from tests.factories.portal import SAID, PostFactory, UpdateFactory
from tests.racing import just_before

pytestmark = pytest.mark.django_db(transaction=True)


def typed(**fields):
    return {"kind": "news", **SAID, "review_on": "2029-03-01", "version": "1", **fields}


def test_a_text_that_another_worker_takes_in_this_moment_is_left_to_it(set_up):
    post = PostFactory(approved=True)
    posting.go_out(post=post, by=post.owner)
    Posting.objects.filter(language="es").update(state="failed", ended_at=post.approved_at)
    [row] = Posting.objects.waiting()

    with just_before(lambda: Posting.objects.get(pk=row.pk).start()):
        send_posts()

    assert set_up.asked == 0
    row.refresh_from_db()
    assert (row.state, row.tries) == ("under_way", 1)


def test_a_post_that_is_sent_back_in_the_moment_it_is_due_stays_here(set_up):
    post = PostFactory(approved=True)
    posting.schedule(post=post, day=date(2029, 3, 1), clock=time(10), by=post.owner)
    Post.objects.filter(pk=post.pk).update(due_at=post.made_at)

    with just_before(lambda: Post.objects.get(pk=post.pk).send_back("Wrong", by=post.owner)):
        sending.send_due()

    assert set_up.asked == 0
    assert Post.objects.get().state == "draft"


def test_what_is_sent_back_while_somebody_approves_it_is_not_published(sign_in):
    update, supervisor = UpdateFactory(waiting=True), UserFactory(supervisor=True)

    with just_before(lambda: Update.objects.get().send_back("A word", by=update.owner)):
        answer = sign_in(supervisor).post(f"{update.get_absolute_url()}approve/", {"seen": "1"})

    assert answer.status_code == 409
    assert Update.objects.get().in_force is None


def test_a_draft_that_is_sent_while_somebody_changes_it_keeps_its_text(sign_in):
    update = UpdateFactory()

    with just_before(lambda: Update.objects.get().send(by=update.owner)):
        answer = sign_in(update.owner).post(f"{update.get_absolute_url()}edit/", typed(title_en="Other"))

    assert answer.status_code == 409
    assert Update.objects.get().newest.title_en == SAID["title_en"]


def test_a_draft_that_loses_a_language_while_it_is_sent_stays_a_draft(sign_in):
    update = UpdateFactory()
    client, address = sign_in(update.owner), update.get_absolute_url()

    with just_before(lambda: sign_in(update.owner).post(f"{address}edit/", typed(body_es=""))):
        answer = client.post(f"{address}send/")

    assert answer.status_code == 409
    assert Update.objects.get().is_draft


def test_a_post_that_is_sent_while_somebody_changes_it_keeps_its_text(sign_in):
    post = PostFactory()
    said = {"title": "Other", "long_en": "Other", "long_es": "Otro", "version": "1"}

    with just_before(lambda: Post.objects.get().send(by=post.owner)):
        answer = sign_in(post.owner).post(f"{post.get_absolute_url()}edit/", said)

    assert answer.status_code == 409
    assert Post.objects.get().long_en == post.long_en


def test_two_who_begin_a_change_at_once_begin_one(sign_in):
    update = UpdateFactory(published=True)

    with just_before(lambda: Update.objects.get().change(by=update.owner)):
        answer = sign_in(update.owner).post(f"{update.get_absolute_url()}change/")

    assert answer.status_code == 409
    assert update.versions.count() == 2


def test_two_who_post_at_once_give_it_once(sign_in, set_up):
    post = PostFactory(approved=True)

    with just_before(lambda: Post.objects.get().go_out(by=post.owner)):
        answer = sign_in(post.owner).post(f"{post.get_absolute_url()}now/")
    send_posts()

    assert answer.status_code == 409
    assert len(set_up.said) == 2
