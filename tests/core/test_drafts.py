"""Drafts: kept for their writer alone, without secrets, given back to the form, and gone once it is saved."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from core import drafts
from core.models import Draft
from tests.factories.accounts import UserFactory

WHERE = "?form=cases:case_create&subject=&path=/cases/new/"


@pytest.fixture
def user(client, db):
    user = UserFactory(officer=True)
    client.force_login(user)
    return user


def save(client, where=WHERE, script=True, **fields):
    headers = {"X-Requested-With": "draft"} if script else {}
    return client.post(f"{reverse('core:draft_save')}{where}", fields, headers=headers)


def test_script_gets_a_few_words(client, user):
    answer = save(client, title="Noise", process=["a", "b"], csrfmiddlewaretoken="x", idempotency_key="y", password="z")

    assert answer.content.decode().startswith("Draft saved at ")
    draft = Draft.objects.get()
    assert (draft.user, draft.form, draft.path) == (user, "cases:case_create", "/cases/new/")
    assert draft.fields == {"title": ["Noise"], "process": ["a", "b"]}
    assert drafts.initial(user, "cases:case_create") == {"title": "Noise", "process": ["a", "b"]}


def test_a_byte_that_the_database_does_not_keep_is_left_out(client, user):
    assert save(client, **{"title": "No\x00ise", "na\x00me": "\x00"}).status_code == 200
    assert Draft.objects.get().fields == {"title": ["Noise"], "name": [""]}


def test_button_leads_back_to_the_form(client, user):
    answer = save(client, script=False, title="Noise")

    assert (answer.status_code, answer.url) == (302, "/cases/new/")


def test_second_save_replaces_the_first(client, user):
    save(client, title="Noise")
    save(client, title="Noise at night")

    assert Draft.objects.get().fields == {"title": ["Noise at night"]}


def test_nothing_typed_keeps_nothing(client, user):
    assert save(client, title=" ").content.decode() == "Nothing to save."
    assert save(client, title="x" * (drafts.LONGEST + 1)).status_code == 200
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "where", ["", "?form=x", "?form=x&path=https://example.org/", "?form=x&path=//example.org/", "?form=&path=/"]
)
def test_form_that_says_not_where_it_stands_is_refused(client, user, where):
    assert save(client, where, title="Noise").status_code == 400
    assert not Draft.objects.exists()


def test_drafts_are_their_writers_alone(client, user):
    save(client, title="Noise")
    other = UserFactory(supervisor=True)

    assert not drafts.of(other).exists()
    assert drafts.initial(other, "cases:case_create") == {}
    client.force_login(other)
    client.post(reverse("core:draft_discard"), {"form": "cases:case_create"})
    assert Draft.objects.count() == 1


def test_draft_is_thrown_away_by_its_writer(client, user):
    save(client, title="Noise")

    answer = client.post(reverse("core:draft_discard"), {"form": "cases:case_create", "next": "//example.org/"})

    assert answer.url == reverse("portal:home")
    assert not Draft.objects.exists()


def test_saved_form_forgets_its_draft(user):
    drafts.keep(user, "cases:case_create", "", "/cases/new/", QueryDict("title=Noise"))
    drafts.keep(user, "cases:case_edit", "M-26-00001", "/cases/M-26-00001/edit/", QueryDict("title=Noise"))

    drafts.forget(user, "cases:case_create")

    assert [draft.form for draft in drafts.of(user)] == ["cases:case_edit"]
