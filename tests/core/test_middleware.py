"""What surrounds a request: its id in the answer, the audit and the history; nothing private in caches or logs."""

import json
import logging

import pytest
from django.urls import reverse

from core.logs import JsonLines
from core.models import AuditEntry
from tests.factories.accounts import UserFactory


@pytest.fixture
def officer(client, db):
    user = UserFactory(records_officer=True)
    client.force_login(user)
    return user


def test_one_id_runs_through_answer_audit_and_log(client, officer, caplog):
    with caplog.at_level(logging.INFO, "liaison.request"):
        answer = client.get(
            reverse("core:audit_list"), {"who": "canary@example.org"}, headers={"X-Request-ID": "abc-12345"}
        )

    assert answer.headers["X-Request-ID"] == "abc-12345"
    assert AuditEntry.objects.get(act="audit.list").request_id == "abc-12345"
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["route"], line["status"], line["user"]) == ("core:audit_list", 200, officer.pk)
    assert "canary" not in json.dumps(line)


@pytest.mark.parametrize("offered", ["short", "x" * 37, "a b c d e f g h", "<script>alert(1)</script>"])
def test_strange_ids_are_replaced(client, officer, offered):
    answer = client.get(reverse("core:audit_list"), headers={"X-Request-ID": offered})

    assert answer.headers["X-Request-ID"] != offered
    assert len(answer.headers["X-Request-ID"]) == 36


def test_private_pages_are_kept_nowhere(client, officer):
    assert client.get(reverse("core:audit_list")).headers["Cache-Control"] == "no-store, private"
