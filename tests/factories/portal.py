"""Updates and posts for tests."""

from datetime import timedelta

import factory
from django.utils import timezone

from portal.models import Post, Posting, Update, UpdateVersion
from tests.factories.accounts import UserFactory

SAID = {
    "title_en": "Office hours", "title_es": "Horario de oficina", "body_en": "We are here on Tuesdays.",
    "body_es": "Estamos aquí los martes.",
}  # fmt: skip
WHY = {"why_en": "The day was wrong", "why_es": "El día era otro"}


class UpdateFactory(factory.django.DjangoModelFactory):
    """A draft that is whole, in both languages, by an officer; `by` is who lets it out.

    `waiting`, `published`, `withdrawn` say where it stands; `changed=True` is a published one whose second version is
    in force. Whatever a version has, such as `kind`, `title_en` or `review_on`, may be named.
    """

    class Meta:
        model = Update

    owner = factory.SubFactory(UserFactory, officer=True)
    by = factory.SubFactory(UserFactory, supervisor=True)
    waiting = published = withdrawn = changed = False

    @classmethod
    def _create(cls, model_class, *args, owner, by, waiting, published, withdrawn, changed, **version):
        review_on = timezone.localdate() + timedelta(days=90)
        first = UpdateVersion(**{"kind": "news", "review_on": review_on, **SAID, **version})
        update = model_class()
        update.write(first, by=owner)
        if waiting or published or changed or withdrawn:
            update.send(by=owner)
        if published or changed or withdrawn:
            update.publish(by=by, seen="1")
        if changed:
            update.change(by=owner)
            UpdateVersion.objects.filter(pk=update.newest_id).update(**WHY)
            update.send(by=owner)
            update.publish(by=by, seen="1")
        if withdrawn:
            update.withdraw(why_en="It was called off", why_es="Fue cancelado", by=by)
        return model_class.objects.whole().get(pk=update.pk)


class PostFactory(factory.django.DjangoModelFactory):
    """A draft with a text in both languages that fits everywhere, by an officer; `by` is who approves it.

    `waiting`, `approved` and `posted` (by hand, in no channel) say where it stands.
    """

    class Meta:
        model = Post

    owner = factory.SubFactory(UserFactory, officer=True)
    by = factory.SubFactory(UserFactory, supervisor=True)
    waiting = approved = posted = False
    title = "Office hours"
    long_en = "We are here on Tuesdays."
    long_es = "Estamos aquí los martes."

    @classmethod
    def _create(cls, model_class, *args, owner, by, waiting, approved, posted, **fields):
        post = model_class(**fields)
        post.write(by=owner)
        if waiting or approved or posted:
            post.send(by=owner)
        if approved or posted:
            post.approve(by=by, seen="1")
        if posted:
            post.note_by_hand(place="Notice board", language="en", length="long", link="", by=owner)
        return model_class.objects.get(pk=post.pk)


class PostingFactory(factory.django.DjangoModelFactory):
    """A text that waits for the worker. `failed=True` is one that a channel did not say it has."""

    class Meta:
        model = Posting

    class Params:
        failed = factory.Trait(
            state=Posting.State.FAILED,
            tries=1,
            started_at=factory.LazyFunction(timezone.now),
            ended_at=factory.LazyFunction(timezone.now),
        )

    post = factory.SubFactory(PostFactory, posted=True)
    channel = "mastodon"
    language = "en"
    text = "We are here on Tuesdays."
