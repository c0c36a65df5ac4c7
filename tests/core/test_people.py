"""Requests by people: one match, two persons, one download; what is erased is nowhere, and what is held stays."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from cases.models import Case
from core import erasure, jobs, people, privacy
from core.answers import Gone
from core.models import AuditEntry, Draft, Erasure, Finding, Job, LegalHold, PersonRequest, StoredFile
from core.states import MoveNotAllowed
from notices.models import Contact, Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, PartyFactory
from tests.racing import just_before

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "disposal"])
NAME, PHONE, EMAIL = "Ximena Canaria-Quill", "+15550143", "ximena.canary@example.org"


@pytest.fixture
def source(monkeypatch, settings, tmp_path):
    """A feature that knows people as contacts: each is a record of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.LIAISON_HOME = tmp_path
    monkeypatch.setattr(privacy, "sources", {})
    corrections = []

    def find(sought):
        rows = Contact.objects.filter(staff_user=None)
        for contact in rows:
            by_address = sought.email and contact.email == sought.email
            if by_address or (sought.phone and contact.phone_e164 == sought.phone):
                yield privacy.Found(str(contact.pk), "Contact", "core.personrequest", f"C-{contact.pk}", 1, "address")
            elif sought.name and contact.name.lower() == sought.name:
                yield privacy.Found(str(contact.pk), "Contact", "core.personrequest", f"C-{contact.pk}", 1, "name")

    def bundle(keys):
        for contact in Contact.objects.filter(pk__in=keys):
            facts = [("Name", contact.name), ("E-mail", contact.email)]
            yield privacy.Section(f"Contact C-{contact.pk}", facts, [("2026-11-01", "Call", 'She said "no" #set')])

    def erase(keys, *, by):
        if Contact.objects.filter(pk__in=keys, rules_note="still needed").exists():
            raise privacy.StillNeeded
        Contact.objects.filter(pk__in=keys).update(**privacy.emptied(Contact))
        return {Contact: [int(key) for key in keys]}

    privacy.register_source(
        "contacts", find=find, bundle=bundle, erase=erase, correct=lambda *a, **k: corrections.append((a, k))
    )
    return corrections


@pytest.fixture
def asker():
    return UserFactory(records_officer=True)


@pytest.fixture
def second():
    return UserFactory(supervisor=True)


@pytest.fixture
def contact():
    contact = Contact.objects.create(name="Somebody before", email="before@example.org")
    contact.name, contact.email, contact.phone, contact.phone_e164 = NAME, EMAIL, "555-0143", PHONE
    contact.save()
    return contact


def received(asker, kind, **fields):
    request = PersonRequest(kind=kind, proof="Identity card seen", **{"name": NAME, "address": EMAIL, **fields})
    request.receive(by=asker)
    people.match(request, by=asker)
    return request


def approved(asker, second, kind, **fields):
    request = received(asker, kind, **fields)
    people.approve(request, by=second, seen=request.choice)
    request.refresh_from_db()
    return request


def work():
    """The worker's part, in this process."""
    while (job := jobs.claim()) is not None:
        jobs.run(job)


def everywhere(text):
    """Where a text still stands, over every column of every table, history included."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{text}%"])
            if cursor.fetchone():
                found.append(table)
    return found


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (" Ximena.Canary@Example.org ", {"email": EMAIL, "phone": ""}),
        ("(202) 555-0143", {"email": "", "phone": "+12025550143"}),
        ("nonsense", {"email": "", "phone": ""}),
        ("", {"email": "", "phone": ""}),
    ],
)
def test_address_is_read_as_what_it_is(address, fields):
    who = people.sought(PersonRequest(name="  Ximena   Canaria-Quill ", address=address))

    assert who == privacy.Sought(name="ximena canaria-quill", **fields)


def test_match_answers_kinds_references_and_counts(source, asker, contact):
    same_name = Contact.objects.create(name=NAME)
    request = received(asker, "copy")

    found = list(request.findings.values_list("reference", "kind", "rows", "by", "chosen"))
    assert found == [
        (f"C-{contact.pk}", "Contact", 1, "address", True),
        (f"C-{same_name.pk}", "Contact", 1, "name", False),
    ]
    entry = AuditEntry.objects.get(act="personrequest.search")
    assert (entry.kind, entry.facts, entry.actor) == ("combination", {"found": 2}, asker.email)


def test_match_is_run_once(source, asker, contact):
    request = received(asker, "copy")

    with pytest.raises(MoveNotAllowed):
        people.match(request, by=asker)

    assert Finding.objects.count() == 1


def test_nobody_approves_what_was_not_matched(source, asker, second):
    request = PersonRequest(kind="copy", proof="x")
    request.receive(by=asker)

    with pytest.raises(MoveNotAllowed):
        people.approve(request, by=second, seen=request.choice)


def test_database_refuses_the_same_person_twice(source, asker, contact):
    request = received(asker, "copy")

    with pytest.raises(Exception, match="core_request_approved_pair"):
        people.approve(request, by=asker, seen=request.choice)

    request.refresh_from_db()
    assert request.state == "open"


def test_copy_is_made_downloaded_once_and_gone(source, asker, second, contact, tmp_path):
    request = approved(asker, second, "copy")
    assert (request.job.owner, request.job.state) == (asker, "waiting")

    work()
    request.refresh_from_db()
    path = tmp_path / "files" / request.job.result.file.name
    assert path.exists()
    name, content = people.hand_over(request, by=asker)

    assert name == f"{request.reference}.zip"
    assert not path.exists()
    assert not StoredFile.objects.exists()
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        values = json.loads(file.read(f"{request}.json"))
        document = file.read(f"{request}.pdf")
    assert values["sections"] == [
        {
            "title": f"Contact C-{contact.pk}",
            "facts": [["Name", NAME], ["E-mail", EMAIL]],
            "entries": [{"when": "2026-11-01", "what": "Call", "text": 'She said "no" #set'}],
        }
    ]
    assert document.startswith(b"%PDF-")
    assert b"StructTreeRoot" in document
    assert b"pdfuaid" in document
    request.refresh_from_db()
    assert (request.state, request.name, request.address, request.done_by) == ("done", "", "", asker)
    disclosure = AuditEntry.objects.get(kind="disclosure")
    assert (disclosure.act, disclosure.reference) == ("personrequest.hand_over", request.reference)
    with pytest.raises(Gone):
        people.hand_over(request, by=asker)
    assert everywhere(NAME) == ["notices_contact", "notices_contactevent"]


def test_two_downloads_at_once_give_one_copy(source, asker, second, contact):
    request = approved(asker, second, "copy")
    work()
    stale = PersonRequest.objects.get(pk=request.pk)

    people.hand_over(request, by=asker)

    with pytest.raises(Gone):
        people.hand_over(stale, by=asker)
    assert AuditEntry.objects.filter(kind="disclosure").count() == 1


def test_copy_that_nobody_fetched_is_made_again(source, asker, second, contact):
    request = approved(asker, second, "copy")
    work()
    request.refresh_from_db()
    assert people.begin(request) == request.job
    StoredFile.objects.get().destroy()

    people.begin(request)
    work()

    request.refresh_from_db()
    assert Job.objects.count() == 2
    assert people.hand_over(request, by=asker)


def test_copy_without_finds_says_so(source, asker, second):
    request = approved(asker, second, "copy", address="nobody@example.org", name="Nobody At All")
    work()

    _name, content = people.hand_over(request, by=asker)

    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert json.loads(file.read(f"{request}.json"))["sections"] == []


def test_letters_of_other_scripts_are_set(source, asker, second, contact):
    contact.name = "张伟 Żółć"
    contact.save()
    request = approved(asker, second, "copy")

    work()

    request.refresh_from_db()
    assert request.job.state == "done"


def test_only_chosen_finds_are_copied(source, asker, second, contact):
    Contact.objects.create(name=NAME)
    request = received(asker, "copy")
    request.choose([], by=asker)
    people.approve(request, by=second, seen=request.choice)
    work()

    assert not Finding.objects.filter(outcome="copied").exists()
    with pytest.raises(MoveNotAllowed):
        request.choose(list(request.findings.all()), by=asker)


def test_erased_values_are_nowhere_and_history_keeps_who_and_when(source, asker, second, contact, tmp_path):
    Draft.objects.create(user=asker, form="x", path="/", fields={"name": [f"Call {NAME}"]})
    Draft.objects.create(user=asker, form="other", path="/", fields={"name": ["Somebody else"]})
    assert "notices_contactevent" in everywhere("canary")
    request = approved(asker, second, "erasure")

    work()

    assert [everywhere(text) for text in (NAME, "canary", "555-0143", PHONE, "Somebody before")] == [[]] * 5
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(pgh_created_at) FROM notices_contactevent WHERE pgh_obj_id = %s", [contact.pk]
        )
        assert cursor.fetchone() == (3, 3)
    request.refresh_from_db()
    assert (request.state, request.name, request.address) == ("done", "", "")
    assert request.findings.get().outcome == "erased"
    assert Draft.objects.get().form == "other"
    line = Erasure.objects.get()
    assert line.touched == {"notices.contact": [contact.pk]}
    assert line.redacted_at is not None
    entry = AuditEntry.objects.get(act="personrequest.erase")
    assert (entry.kind, entry.facts["rows"]) == ("erasure", 1)
    assert json.loads((tmp_path / "erasures").read_text()) == {
        "request": request.reference, "source": "contacts", "key": str(contact.pk)
    }  # fmt: skip


def test_held_and_needed_records_are_kept_and_said(source, asker, second, contact):
    needed = Contact.objects.create(name="Other", email=EMAIL, rules_note="still needed")
    hold = LegalHold(object_type="core.personrequest", reference=f"C-{contact.pk}", reason="Order 12")
    hold.place(by=asker)
    approved(asker, second, "erasure")

    work()

    assert dict(Finding.objects.values_list("reference", "outcome")) == {
        f"C-{contact.pk}": "held", f"C-{needed.pk}": "blocked"
    }  # fmt: skip
    contact.refresh_from_db()
    assert contact.name == NAME
    assert not Erasure.objects.exists()


def test_erasure_goes_on_after_a_crash_between_its_two_parts(source, asker, second, contact, monkeypatch):
    approved(asker, second, "erasure")
    redact = erasure.redact

    def crash(line):
        raise SystemExit

    monkeypatch.setattr(erasure, "redact", crash)
    with pytest.raises(SystemExit):
        work()
    assert everywhere("canary") != []
    monkeypatch.setattr(erasure, "redact", redact)

    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        work()

    assert everywhere("canary") == []
    assert Erasure.objects.get().redacted_at is not None


def test_restored_backup_is_erased_again(source, asker, second, contact):
    approved(asker, second, "erasure")
    work()
    # The backup is older than the erasure.
    Contact.objects.filter(pk=contact.pk).update(name=NAME, email=EMAIL)
    Erasure.objects.all().delete()
    assert everywhere("canary") != []

    assert erasure.replay(by="command") == 1
    assert erasure.replay(by="command") == 1

    assert everywhere("canary") == []
    assert Erasure.objects.get().redacted_at is not None


def test_correction_is_passed_on_to_who_keeps_the_record(source, asker, second, contact):
    request = approved(asker, second, "correction")

    assert source == [(([str(contact.pk)],), {"request": request})]
    assert (request.state, request.name) == ("done", "")
    assert request.findings.get().outcome == "passed_on"


def test_refused_request_forgets_who_asked(source, asker, contact):
    request = received(asker, "erasure")

    people.refuse(request, "No proof", by=asker)

    request.refresh_from_db()
    assert (request.state, request.name, request.address, request.refusal) == ("refused", "", "", "No proof")


def test_source_registered_twice_is_refused(source):
    with pytest.raises(ValueError, match="twice"):
        privacy.register_source("contacts", find=None, bundle=None, erase=None, correct=None)


def test_disposal_role_is_the_one_that_redacts():
    with connections["disposal"].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("liaison_disposal",)


def test_party_of_a_closed_case_is_copied_and_erased_everywhere(settings, tmp_path, asker, second):
    """The sources that the features really registered."""
    settings.MEDIA_ROOT, settings.LIAISON_HOME = tmp_path / "files", tmp_path
    party = PartyFactory(case=CaseFactory(closed=True), contact__name=NAME, contact__email=EMAIL, access_needs="canary")
    open_party = PartyFactory(contact__name="Somebody Else", contact__email="else@example.org")
    copy = approved(asker, second, "copy")
    work()
    _name, content = people.hand_over(PersonRequest.objects.get(pk=copy.pk), by=asker)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert NAME in file.read(f"{copy}.json").decode()

    request = approved(asker, second, "erasure")
    work()

    assert [everywhere(text) for text in (NAME, "canary")] == [[], []]
    assert [finding.outcome for finding in request.findings.all()] == ["erased"]
    assert Case.objects.filter(pk=party.case_id).exists()
    blocked = approved(asker, second, "erasure", name="", address=open_party.contact.email)
    work()
    assert [finding.outcome for finding in blocked.findings.all()] == ["blocked"]


def test_second_person_agrees_to_what_they_saw_and_nothing_else(source, asker, second, contact):
    same_name = Contact.objects.create(name=NAME)
    request = received(asker, "erasure")
    seen = request.choice
    request.choose(list(request.findings.all()), by=asker)

    with pytest.raises(people.ChoiceChanged):
        people.approve(request, by=second, seen=seen)
    work()
    request.refresh_from_db()
    same_name.refresh_from_db()
    assert (request.state, same_name.name) == ("open", NAME)
    request.choose([], by=asker)
    request.choose(list(request.findings.filter(by="address")), by=asker)
    # The same choice again is the same, however it came about.
    people.approve(request, by=second, seen=seen)


def test_who_chooses_while_another_agrees_waits_for_them(source, asker, second, contact):
    request = received(asker, "copy")
    seen, stale = request.choice, PersonRequest.objects.get(pk=request.pk)

    with just_before(lambda: request.choose([], by=asker)), pytest.raises(people.ChoiceChanged):
        people.approve(stale, by=second, seen=seen)


def test_those_who_may_decide_are_reminded_until_one_has(source, asker, second, contact):
    other = UserFactory(records_officer=True)
    UserFactory(records_officer=True, disabled=True)
    UserFactory(coordinator=True)
    request = PersonRequest(kind="copy", proof="Seen", name=NAME, address=EMAIL)
    request.receive(by=asker)
    owed = Task.objects.filter(ref=request.reference).order_by("pk")
    assert not owed.exists()

    people.match(request, by=asker)
    assert [(task.owner, task.role, task.area, task.link) for task in owed] == [
        (other, "", None, request.get_absolute_url()), (None, "supervisor", None, request.get_absolute_url())
    ]  # fmt: skip
    assert not owed.filter(owner=asker).exists()
    assert all(NAME not in task.text and EMAIL not in task.text for task in owed)
    people.approve(request, by=second, seen=request.choice)
    assert {(task.state, task.ended_by) for task in owed.all()} == {("done", second)}


def test_a_refused_request_reminds_nobody(source, asker, second, contact):
    request = received(asker, "copy")
    people.refuse(request, "They took it back", by=asker)

    assert set(Task.objects.filter(ref=request.reference).values_list("state", "ended_by")) == {("done", asker.pk)}
