"""The pages of records officers: who may open them, what they show, and that reading is written down as well."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import audit, jobs, people, retention
from core.models import AuditEntry, Job, LegalHold, PersonRequest, StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory

ROLES = ("records_officer", "supervisor", "coordinator", "officer", "analyst", "mediator", "victim_advocate")
AUDIT, RETENTION, REQUESTS = "core:audit_list", "core:retention_list", "core:request_list"
PAGES = {
    AUDIT: {"records_officer"},
    "core:audit_export": {"records_officer"},
    RETENTION: {"records_officer"},
    "core:hold_create": {"records_officer"},
    REQUESTS: {"records_officer", "supervisor"},
    "core:request_create": {"records_officer"},
}


@pytest.fixture
def officer(client, db):
    user = UserFactory(records_officer=True)
    client.force_login(user)
    return user


def request_by(asker, **fields):
    row = PersonRequest(**{"kind": "copy", "name": "Ana Example", "proof": "Identity card seen", **fields})
    row.receive(by=asker)
    return row


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_those_roles_alone(client, db, page, role):
    client.force_login(UserFactory(**{role: True}))

    assert client.get(reverse(page)).status_code == (200 if role in PAGES[page] else 403)


def test_pages_need_a_sign_in(client, db):
    assert {client.get(reverse(page)).status_code for page in PAGES} == {302}


@pytest.mark.parametrize("verb", ["match", "choose", "approve", "refuse", "begin", "download"])
@pytest.mark.parametrize(
    ("who", "status"), [("coordinator", 404), ("officer", 404), ("analyst", 404), ("asker", None), ("supervisor", None)]
)
def test_verbs_of_requests(client, db, verb, who, status):
    asker = UserFactory(records_officer=True)
    row = request_by(asker)
    client.force_login(asker if who == "asker" else UserFactory(**{who: True}))

    answer = client.post(reverse(f"core:request_{verb}", args=[row.reference]))

    allowed = {
        ("asker", "match"): 302, ("asker", "choose"): 302, ("asker", "approve"): 403, ("asker", "refuse"): 200,
        ("asker", "begin"): 409, ("asker", "download"): 409,
        ("supervisor", "match"): 403, ("supervisor", "choose"): 403, ("supervisor", "approve"): 409,
        ("supervisor", "refuse"): 200, ("supervisor", "begin"): 403, ("supervisor", "download"): 403,
    }  # fmt: skip
    assert answer.status_code == (status or allowed[who, verb])


def test_reading_the_audit_is_written_down_once(client, officer):
    audit.record("worker", "case.open", reference="M-26-00001")
    before = AuditEntry.objects.count()

    client.get(reverse(AUDIT), {"kind": "alteration", "reference": "m-26-oooo1"})

    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.get(act="audit.list")
    assert (entry.actor, entry.kind) == (officer.email, "consultation")
    assert entry.facts == {"filter": {"kind": "alteration", "reference": "m-26-oooo1"}, "found": 1}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"who": "A@example.org"}, ["case.open"]),
        ({"kind": "refusal"}, ["case.refused"]),
        ({"act": "case.close"}, ["case.close"]),
        ({"reference": "m-26-o0002"}, ["case.close"]),
        ({"sealed": "on"}, ["case.refused"]),
        ({"start": "2020-01-01", "end": "2020-01-02"}, []),
        ({"start": "nonsense"}, []),
        ({"kind": "nonsense"}, []),
        ({"before": "nonsense", "act": "case.open"}, ["case.open"]),
        ({"before": "2020-01-01T00:00~3", "act": "case.open"}, ["case.open"]),
    ],
)
def test_audit_is_filtered(client, officer, asked, shown):
    audit.record("a@example.org", "case.open", reference="M-26-00001", kind=audit.Kind.CONSULTATION)
    audit.record("b@example.org", "case.close", reference="M-26-00002")
    audit.refused("c@example.org", "case.refused", sealed=True)

    answer = client.get(reverse(AUDIT), asked)

    body = answer.content.decode()
    assert [act for act in ("case.refused", "case.close", "case.open") if f"{act}<div" in body] == shown


def test_acts_on_a_sealed_record_are_marked(db):
    case = CaseFactory(sealed=True)

    audit.opened(case.opened_by, case)
    audit.opened(case.opened_by, CaseFactory())

    assert sorted(AuditEntry.objects.filter(act="case.open").values_list("facts", flat=True), key=len) == [
        {}, {"sealed": True}
    ]  # fmt: skip


def test_audit_pages_show_each_entry_once(client, officer):
    moment = timezone.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(at=moment - timedelta(seconds=n // 3), kind="alteration", act="x", actor="y", reference=f"R{n}")
        for n in range(120)
    )

    seen, before = [], ""
    while True:
        answer = client.get(reverse(AUDIT), {"act": "x", "before": before})
        body = answer.content.decode()
        seen += [n for n in range(120) if f">R{n}<" in body]
        before = answer.context["older"]
        if not before:
            break

    assert sorted(seen) == list(range(120))
    assert answer.context["found"] == 120


def test_audit_list_asks_as_much_for_one_entry_as_for_fifty(client, officer):
    client.get(reverse(AUDIT))
    counts = []
    for more in (1, 49):
        for _ in range(more):
            audit.record("worker", "case.open", officer)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(AUDIT))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 14


def test_export_wants_a_reason_and_is_on_record(client, officer):
    audit.record("=HYPERLINK(1)", "case.open", reference="M-26-00001", was="open")
    page = f"{reverse('core:audit_export')}?act=case.open"

    assert client.post(page, {"reason": ""}).status_code == 200
    assert not AuditEntry.objects.filter(act="audit.export").exists()
    answer = client.post(page, {"reason": "Weekly review"})

    rows = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert rows[0][:4] == ["at", "who", "kind", "act"]
    assert [row[1:7] for row in rows[1:]] == [
        ["'=HYPERLINK(1)", "alteration", "case.open", "", "M-26-00001", "was: open"]
    ]
    entry = AuditEntry.objects.get(act="audit.export")
    assert (entry.kind, entry.facts) == (
        "disclosure", {"reason": "Weekly review", "filter": {"act": "case.open"}, "rows": 1}
    )  # fmt: skip


def test_history_of_a_record_shows_fields_and_no_values(client, officer):
    person = UserFactory(name="Ofc. Before")
    person.name = "Ofc. After"
    person.save()

    answer = client.get(reverse("core:history_detail", args=["accounts.user", person.reference]))

    body = answer.content.decode()
    assert "name as they sign" in body
    assert "Before" not in body
    assert "After" not in body
    assert AuditEntry.objects.filter(act="history.open", reference=person.reference).count() == 1


@pytest.mark.parametrize(
    "place", [["accounts.user", "U-26-00000"], ["accounts.nothing", "1"], ["core.draft", "1"], ["core.auditentry", "1"]]
)
def test_history_of_what_has_none_is_not_found(client, officer, place):
    assert client.get(reverse("core:history_detail", args=place)).status_code == 404


def test_hold_is_placed_shown_and_lifted(client, officer):
    row = request_by(officer)
    fields = {"object_type": "core.personrequest", "reference": row.reference.lower(), "reason": "Order 12"}

    client.post(reverse("core:hold_create"), fields)

    hold = LegalHold.objects.get()
    assert (hold.reference, hold.placed_by) == (row.reference, officer)
    assert row.reference in client.get(reverse(RETENTION)).content.decode()
    again = client.post(reverse("core:hold_create"), fields)
    assert "A hold stands on this record already." in again.content.decode()
    lift = reverse("core:hold_lift", args=["core.personrequest", row.reference])
    assert client.get(lift).status_code == 200
    client.post(lift)
    hold.refresh_from_db()
    assert hold.lifted_by == officer
    assert client.post(lift).status_code == 404
    assert list(AuditEntry.objects.filter(act__startswith="legalhold").values_list("act", flat=True)) == [
        "legalhold.lift", "legalhold.place"
    ]  # fmt: skip


def test_hold_on_a_record_that_does_not_exist_is_refused(client, officer):
    fields = {"object_type": "core.personrequest", "reference": "Q-26-00000", "reason": "Order 12"}

    assert "We hold no such record." in client.post(reverse("core:hold_create"), fields).content.decode()
    assert not LegalHold.objects.exists()


def test_request_is_recorded_once(client, officer):
    fields = {
        "kind": "copy", "proof": "Identity card seen", "name": "Ana Example", "address": "",
        "received_on_day": "20", "received_on_month": "11", "received_on_year": "2026",
        "idempotency_key": "6f2a3f1e-0000-4000-8000-000000000001",
    }  # fmt: skip

    first = client.post(reverse("core:request_create"), fields)
    second = client.post(reverse("core:request_create"), fields)

    row = PersonRequest.objects.get()
    assert first.url == second.url == row.get_absolute_url()
    assert client.get(first.url).status_code == 200


def test_request_without_anything_to_find_by_is_refused(client, officer):
    received = {"received_on_day": "20", "received_on_month": "11", "received_on_year": "2026"}
    fields = {"kind": "copy", "proof": "x", **received}

    assert "without one nothing can be found" in client.post(reverse("core:request_create"), fields).content.decode()


def test_list_of_requests_names_nobody(client, officer):
    request_by(officer)

    assert "Ana Example" not in client.get(reverse(REQUESTS)).content.decode()


def test_opening_a_request_is_on_record_once(client, officer):
    row = request_by(officer)

    client.get(row.get_absolute_url())

    assert AuditEntry.objects.filter(act="personrequest.open", reference=row.reference).count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "disposal"])
def test_whole_request_through_the_pages(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    asker, second = UserFactory(records_officer=True), UserFactory(supervisor=True)
    row = request_by(asker)
    page = row.get_absolute_url()

    def press(user, verb, **fields):
        client.force_login(user)
        return client.post(f"{page}{verb}/", fields)

    press(asker, "match")
    press(asker, "choose")
    seen = row.choice
    assert press(asker, "approve", seen=seen).status_code == 403
    answer = press(second, "approve", seen="of another day")
    assert answer.status_code == 409
    assert "Other records were ticked in the meantime" in answer.content.decode()
    assert f'name="seen" value="{seen}"' in answer.content.decode()
    assert press(second, "approve", seen=seen).status_code == 302
    jobs.run_jobs()
    client.force_login(asker)
    assert "Download, once" in client.get(page).content.decode()
    answer = press(asker, "download")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row}.zip"'
    assert answer.content[:2] == b"PK"
    again = press(asker, "download")
    assert again.status_code == 410
    assert "downloaded before, and deleted then" in again.content.decode()
    assert "Ana Example" not in client.get(page).content.decode()


def test_job_is_its_owners_alone(client, officer):
    job = Job.objects.create(kind="x", title="A list", owner=UserFactory(), state="running", done=3, total=9)
    url = reverse("core:job_detail", args=[job.key])
    assert client.get(url).status_code == 404

    client.force_login(job.owner)

    body = client.get(url).content.decode()
    assert "3 of 9" in body
    assert 'hx-trigger="every 2s"' in body
    assert '<meta http-equiv="refresh"' in body


def test_result_of_a_job_is_downloaded_by_its_owner_and_on_record(client, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = StoredFile.keep("list.csv", "text/csv", b"a,b", by=officer)
    job = Job.objects.create(
        kind="x", title="A list", owner=officer, state="done", ended_at=timezone.now(), result=file
    )
    url = reverse("core:job_download", args=[job.key])

    assert b"".join(client.post(url).streaming_content) == b"a,b"
    assert AuditEntry.objects.get(kind="disclosure").reference == str(job.key)
    client.force_login(UserFactory(records_officer=True))
    assert client.post(url).status_code == 404


def test_result_whose_time_has_run_out_is_gone(client, officer):
    job = Job.objects.create(kind="x", title="A list", owner=officer, state="done", ended_at=timezone.now())
    answer = client.post(reverse("core:job_download", args=[job.key]))

    assert answer.status_code == 410
    assert "This is no longer here" in answer.content.decode()
    job.state, job.ended_at = "running", None
    job.save()
    assert client.post(reverse("core:job_download", args=[job.key])).status_code == 302


def test_copy_of_a_person_has_no_second_door(client, officer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = request_by(officer)
    file = StoredFile.keep("copy.zip", "application/zip", b"PK", by=officer)
    job = Job.objects.create(
        kind=people.COPY, title="x", owner=officer, state="done", ended_at=timezone.now(), result=file, link="/x/"
    )

    assert client.post(reverse("core:job_download", args=[job.key])).url == "/x/"
    assert row.job is None


def test_retention_page_says_what_is_due(client, officer):
    body = client.get(reverse(RETENTION)).content.decode()

    assert "3 years after the request" in body
    assert "No disposal has run yet" in body
    assert len(retention.report()) > 10
