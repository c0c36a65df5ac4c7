"""Lost edits: two people edit one record; the second sees both texts, and what they typed is kept."""

import re
import threading
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from cases.models import Case
from core import drafts
from core.versions import EditConflict, VersionedModelForm
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory


def edited(page, **changed):
    """The fields of a form as a browser would send them."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**values, **changed}.items() if value is not False}


@pytest.fixture
def case(db):
    return CaseFactory()


def test_second_editor_sees_both_texts_and_loses_nothing(client, case):
    url = reverse("cases:case_edit", args=[case.reference])
    client.force_login(case.opened_by)
    opened = client.get(url)
    assert client.post(url, edited(opened, title="First text")).status_code == 302

    answer = client.post(url, edited(opened, title="Second text"))

    assert answer.status_code == 409
    body = answer.content.decode()
    assert "First text" in body
    assert "Second text" in body
    case.refresh_from_db()
    assert (case.title, case.version) == ("First text", 2)
    kept = drafts.initial(case.opened_by, "cases:case_edit", case.reference)
    assert kept["title"] == "Second text"


def hidden(answer):
    """The hidden fields of a page, as a browser would send them back."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode())
    return {name: unescape(value) for name, value in pairs}


def test_what_was_typed_is_sent_again_from_the_conflict_and_its_draft_goes(client, case):
    url = reverse("cases:case_edit", args=[case.reference])
    client.force_login(case.opened_by)
    opened = client.get(url)
    client.post(url, edited(opened, title="First text"))
    conflict = client.post(url, edited(opened, title='Second "text"'))
    draft = drafts.of(case.opened_by).get()
    page = client.get(draft.path)
    assert "Second &quot;text&quot;" in page.content.decode()
    assert client.post(url, hidden(page)).status_code == 409

    assert client.post(url, hidden(conflict)).status_code == 302

    case.refresh_from_db()
    assert (case.title, case.version) == ('Second "text"', 3)
    assert not drafts.of(case.opened_by).exists()
    assert client.get(draft.path).status_code == 404


def test_kept_text_is_its_writers_alone_and_stays_on_this_site(client, case):
    url = reverse("cases:case_edit", args=[case.reference])
    client.force_login(case.opened_by)
    opened = client.get(url)
    client.post(url, edited(opened, title="First text"))
    client.post(url, edited(opened, title="Second text"))
    path = drafts.of(case.opened_by).get().path

    assert client.get(path.replace("at=%2F", "at=%2F%2Fexample.org%2F")).status_code == 400
    client.force_login(UserFactory(supervisor=True))
    assert client.get(path).status_code == 404


def test_edit_on_the_newest_text_is_saved(client, case):
    url = reverse("cases:case_edit", args=[case.reference])
    client.force_login(case.opened_by)
    client.post(url, edited(client.get(url), title="First text"))

    assert client.post(url, edited(client.get(url), title="Second text")).status_code == 302

    case.refresh_from_db()
    assert (case.title, case.version) == ("Second text", 3)


class TitleForm(VersionedModelForm):
    class Meta:
        model = Case
        fields = ["title"]


@pytest.mark.django_db(transaction=True)
def test_of_racing_saves_one_wins_and_all_others_are_told():
    case, saved, told = CaseFactory(), [], []

    def save(number):
        form = TitleForm({"title": f"Text {number}", "version": 1}, instance=Case.objects.get(pk=case.pk))
        assert form.is_valid(), form.errors
        try:
            form.save_version()
            saved.append(number)
        except EditConflict as conflict:
            told.append(conflict.differences())
        connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    case.refresh_from_db()
    assert (len(saved), len(told), case.version) == (1, 5, 2)
    assert case.title == f"Text {saved[0]}"


def test_form_that_carries_no_version_overwrites_nothing(case):
    form = TitleForm({"title": "Text"}, instance=case)
    assert form.is_valid()

    with pytest.raises(EditConflict):
        form.save_version()
