"""What somebody typed is shown under the names of the fields they typed it into."""

import pytest
from django.urls import reverse
from django.utils import translation

from core import drafts, labels
from core.models import Draft
from tests.factories.accounts import UserFactory


@pytest.mark.parametrize(
    ("url", "name", "label"),
    [
        ("cases:case_create", "title", "short name"),
        ("cases:case_create", "contact-may_sms", "text, without details"),
        ("cases:case_create", "received_on_month", "Date received"),
        ("core:request_create", "proof", "proof of identity"),
        ("core:request_create", "received_on", "Received on"),
        ("areas:venue_create", "name", "name"),
        ("cases:case_create", "something_else", "Something else"),
    ],
)
def test_names_of_fields_become_words(client, url, name, label):
    found = labels.of_fields(f"{reverse(url)}?x=1", {name, "idempotency_key"})

    assert str(found[name]).lower() == label.lower()


def test_they_are_told_in_the_language_of_the_reader():
    with translation.override("es"):
        spanish = str(labels.of_fields(reverse("cases:case_create"), {"place"})["place"])

    assert spanish
    assert spanish != str(labels.of_fields(reverse("cases:case_create"), {"place"})["place"])


def test_a_path_that_leads_nowhere_any_more_still_has_words():
    assert labels.of_fields("/gone/away/", {"rules_note"})["rules_note"]


def test_page_of_what_was_not_sent_shows_labels(sign_in):
    user = UserFactory(officer=True)
    fields = {"values": {"source_detail": ["Incident 7"], "contact-rules_note": ["after 17:00"]}, "files": 0}
    Draft.objects.create(user=user, form="unsent", path=reverse("cases:case_create"), fields=fields)
    page = sign_in(user).get(reverse("accounts:unsent")).content.decode()

    assert "<dt>Incident or referral number</dt><dd>Incident 7</dd>" in page
    assert "<dt>In their words</dt><dd>after 17:00</dd>" in page
    # Sent again, the fields keep the names that the form knows.
    assert 'name="source_detail" value="Incident 7"' in page


def test_page_of_what_came_too_late_shows_labels(sign_in, rf):
    user = UserFactory(coordinator=True)
    request = rf.post(reverse("areas:venue_create"), {"address": "1 Test Street", "version": "1"})
    client = sign_in(user)
    request.user, request.resolver_match = user, client.get(reverse("areas:venue_create")).resolver_match
    draft = drafts.keep_conflict(request)
    page = client.get(draft.path).content.decode()

    assert "<dt>Address</dt><dd>1 Test Street</dd>" in page
    assert "<dt>Version" not in page
