"""Retention: every model is declared, what is past its time goes with its history, and a legal hold keeps it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Event

from cases.models import Case
from core import history, privacy, retention
from core.models import AuditEntry, Draft, Finding, Heartbeat, IdempotencyKey, Job, LegalHold, PersonRequest, StoredFile
from core.privacy import Keep
from desk.tasks import remind_of_disposal
from notices.models import Consent, Contact, Task
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, PartyFactory

PURGE = pytest.mark.django_db(transaction=True, databases=["default", "disposal"])
LATER = timedelta(days=365 * 40)


def undeclared():
    return {
        model._meta.label
        for model in apps.get_models()
        if model not in privacy.declarations
        and not (issubclass(model, Event) and model.pgh_tracked_model in privacy.declarations)
        and model._meta.managed
        and not model._meta.proxy
    }


def test_every_model_says_what_it_keeps():
    assert undeclared() == set()
    assert len(privacy.declarations) > 25


def test_model_that_says_nothing_is_found(monkeypatch):
    before = undeclared()
    monkeypatch.delitem(privacy.declarations, Contact)

    assert undeclared() - before == {"notices.Contact", "notices.ContactEvent"}


TELLING = re.compile(r"(^|_)(name|email|phone|address|ip|username|proof)(_|$)")
# Names of things, not of people.
OF_THINGS = {
    "areas.Area.name", "areas.Venue.name", "areas.Venue.address", "auth.Group.name", "auth.Permission.name",
    "core.Heartbeat.name", "core.SavedView.name", "accounts.User.public_name", "partners.Organization.name",
    "accounts.Invitation.email_sent_at", "events.Program.name",
}  # fmt: skip


def forgotten():
    """Columns that look like they tell about a person and are not declared personal."""
    return {
        f"{model._meta.label}.{column.name}"
        for model, declaration in privacy.declarations.items()
        for column in model._meta.local_concrete_fields
        if TELLING.search(column.name) and column.name not in declaration.personal and not column.is_relation
        if column.get_internal_type() not in ("BooleanField", "DateTimeField")
    } - OF_THINGS


def test_columns_that_tell_about_people_are_declared():
    assert forgotten() == set()


def test_forgotten_column_is_found(monkeypatch):
    declaration = privacy.declarations[Contact]
    bare = privacy.Declaration(Contact, ("language",), declaration.keep)
    monkeypatch.setitem(privacy.declarations, Contact, bare)

    assert forgotten() == {f"notices.Contact.{name}" for name in ("name", "phone", "phone_e164", "email")}


@pytest.mark.parametrize(
    "rule", [{}, {"days": 3}, {"after": "at"}, {"with_": "case", "forever": "so"}, {"while_used": True, "with_": "x"}]
)
def test_keeping_time_that_says_nothing_or_two_things_is_refused(rule):
    with pytest.raises(ValueError, match="keeping time|Days are counted"):
        Keep(**rule)


def test_model_declared_twice_or_with_unknown_fields_is_refused():
    with pytest.raises(ValueError, match="twice"):
        privacy.declare(Contact, keep=Keep(while_used=True))
    declaration = privacy.declarations.pop(Contact)
    try:
        with pytest.raises(ValueError, match="no field shoe_size"):
            privacy.declare(Contact, personal=("shoe_size",), keep=Keep(while_used=True))
    finally:
        privacy.declarations[Contact] = declaration


def test_personal_fields_can_all_be_emptied():
    emptied = [privacy.emptied(model) for model, d in privacy.declarations.items() if d.personal]

    assert all(emptied)
    assert len(emptied) > 10


def test_rules_are_said_in_words(settings):
    assert privacy.rule_in_words(privacy.declarations[Draft]) == "14 days after it was last saved"
    settings.RETENTION = {"core.draft": 730}
    assert privacy.rule_in_words(privacy.declarations[Draft]) == "2 years after it was last saved"
    assert "Draft" in [line.kind for line in privacy.kept()]
    assert "Heartbeat" not in [line.kind for line in privacy.kept()]


def old_rows(user):
    """One row of each kind of rule, made today."""
    unused = Contact.objects.create(name="Nobody's", email="nobody@example.org")
    unused.email = "still-nobody@example.org"
    unused.save()
    Consent.objects.create(contact=unused, purpose="case", channel="email")
    Draft.objects.create(user=user, form="cases:case_create", path="/cases/new/", fields={"title": ["Noise"]})
    IdempotencyKey.objects.create(key="6f2a3f1e-0000-4000-8000-000000000001", owner="1", location="/")
    file = StoredFile.keep("list.csv", "text/csv", b"a,b", by=user, delete_after=timezone.now())
    Job.objects.create(kind="x", title="x", owner=user, state="done", ended_at=timezone.now(), result=file)
    request = PersonRequest(kind="copy", name="Ana Example", proof="Identity card seen")
    request.receive(by=user)
    request.keep_findings(
        [
            {
                "source": "x",
                "key": "1",
                "kind": "Party",
                "object_type": "cases.case",
                "reference": "M-26-00001",
                "rows": 2,
                "by": "name",
            }
        ],
        by=user,
    )
    request.refuse("Withdrawn", by=user)
    return unused, file, request


@PURGE
def test_time_travel_leaves_nothing_past_its_time_but_what_is_held(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory(records_officer=True)
    unused, file, request = old_rows(user)
    other = PersonRequest(kind="copy", name="Ben Example", proof="Identity card seen")
    other.receive(by=user)
    other.refuse("Withdrawn", by=user)
    LegalHold(object_type="core.personrequest", reference=request.reference, reason="Order 12").place(by=user)
    path = tmp_path / file.file.name
    assert path.exists()
    before = AuditEntry.objects.count()

    with time_machine.travel(timezone.now() + LATER, tick=True):
        report = {line.model: (line.due, line.held) for line in retention.report()}
        assert report[PersonRequest] == (2, 1)
        assert report[StoredFile] == (1, 0)
        call_command("purge", "--commit", verbosity=0)

        assert [line for line in retention.report() if line.due > line.held] == []
    assert list(PersonRequest.objects.all()) == [request]
    assert Finding.objects.count() == 1
    assert not path.exists()
    assert not Contact.objects.filter(pk=unused.pk).exists()
    assert not Consent.objects.exists()
    assert events(Contact, unused.pk) == 0
    assert Contact.objects.filter(pk=user.contact_id).exists()
    assert events(Contact, user.contact_id) > 0
    assert not IdempotencyKey.objects.exists()
    assert not Draft.objects.exists()
    assert not Job.objects.exists()
    gone = AuditEntry.objects.filter(act="retention.purge")
    assert AuditEntry.objects.count() == before + gone.count()
    assert {entry.reference: entry.facts for entry in gone}["notices.contact"] == {"rows": 1}
    assert {entry.kind for entry in gone} == {"erasure"}
    assert "still-nobody" not in str(list(AuditEntry.objects.values()))


def events(model, pk):
    return sum(event.objects.filter(pgh_obj_id=pk).count() for event in history.events_of(model))


@PURGE
def test_dry_purge_changes_nothing(capsys, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    old_rows(UserFactory())

    with time_machine.travel(timezone.now() + LATER, tick=True):
        call_command("purge")

        assert re.search(r"core.draft +due +1 +on hold +0 +14 days after", capsys.readouterr().out)
    assert Draft.objects.count() == 1
    assert Contact.objects.filter(email="still-nobody@example.org").exists()


@pytest.fixture
def closed_case():
    """A case closed long ago with a party, its contact and all their history."""
    case = CaseFactory(closed=True)
    party = PartyFactory(case=case, contact__name="Canary Person", contact__email="canary@example.org")
    Case.objects.filter(pk=case.pk).update(title="Canary title")
    return case, party


def everywhere(text):
    with connections["default"].cursor() as cursor:
        tables = connections["default"].introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{text}%"])
            found += [table] if cursor.fetchone() else []
    return found


@PURGE
def test_closed_case_goes_with_its_parties_contacts_and_history(closed_case):
    case, party = closed_case
    assert len(everywhere("canary")) >= 4

    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 - 1), tick=True):
        retention.purge()
        assert Case.objects.filter(pk=case.pk).exists()
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 + 1), tick=True):
        retention.purge()

    assert everywhere("canary") == []
    assert not Case.objects.exists()
    assert not Contact.objects.filter(pk=party.contact_id).exists()


@PURGE
def test_case_on_hold_stays_whole(closed_case):
    case, party = closed_case
    LegalHold(object_type="cases.case", reference=case.reference, reason="Order 12").place(by=case.opened_by)
    before = everywhere("canary")

    with time_machine.travel(timezone.now() + LATER, tick=True):
        assert retention.coming(timedelta(days=30)) == 0
        retention.purge()

    assert everywhere("canary") == before
    assert Case.objects.get().parties.get() == party


@PURGE
def test_records_officers_are_told_once_a_month_what_will_go(closed_case):
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 - 10), tick=True):
        remind_of_disposal()
        remind_of_disposal()

        owed = Task.objects.get(role="records_officer")
        assert owed.words == "Records that are disposed of within 30 days: 1. Place a hold on what must stay."
        assert owed.link == reverse("core:retention_list")


@PURGE
def test_lifted_hold_keeps_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory()
    *_rest, request = old_rows(user)
    hold = LegalHold(object_type="core.personrequest", reference=request.reference, reason="Order 12")
    hold.place(by=user)
    hold.lift(by=user)

    with time_machine.travel(timezone.now() + LATER, tick=True):
        retention.purge()

    assert not PersonRequest.objects.exists()
    assert not LegalHold.objects.exists()


@PURGE
def test_row_that_takes_a_held_row_along_stays(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    user = UserFactory()
    *_rest, request = old_rows(user)
    # A find of a request as a record of its own: a hold names its reference, and not the request's.
    monkeypatch.setitem(
        privacy.declarations, Finding, privacy.Declaration(Finding, (), Keep(with_="request", hold="reference"))
    )
    LegalHold(object_type="core.finding", reference="M-26-00001", reason="Order 12").place(by=user)

    with time_machine.travel(timezone.now() + LATER, tick=True):
        retention.purge()

    assert list(PersonRequest.objects.all()) == [request]
    assert Finding.objects.count() == 1


@PURGE
def test_agency_may_set_other_times(settings):
    Draft.objects.create(user=UserFactory(), form="x", path="/")
    settings.RETENTION = {"core.draft": 3}

    with time_machine.travel(timezone.now() + timedelta(days=4), tick=True):
        retention.purge()

    assert not Draft.objects.exists()


def test_times_for_what_is_not_counted_in_days_are_refused(settings, db):
    settings.RETENTION = {"core.auditentry": 3, "core.darft": 4}

    with pytest.raises(CommandError, match="core.auditentry, core.darft"):
        call_command("purge")


@PURGE
def test_purge_runs_once_a_night():
    midnight = timezone.localtime().replace(hour=0, minute=30) + timedelta(days=1)

    assert retention.purge_tonight(midnight) is None
    with time_machine.travel(midnight + timedelta(hours=2), tick=False):
        assert retention.purge_tonight() == ({}, True)
        assert retention.purge_tonight() is None
    with time_machine.travel(midnight + timedelta(hours=26), tick=False):
        assert retention.purge_tonight() == ({}, True)


@PURGE
def test_purge_that_ran_out_of_time_goes_on_at_the_next_tick():
    Draft.objects.create(user=UserFactory(), form="x", path="/")

    with time_machine.travel(timezone.now() + LATER, tick=True):
        assert retention.purge(budget=timedelta(seconds=-1)) == ({}, False)
        assert not Heartbeat.objects.filter(name=retention.HEARTBEAT).exists()
        assert retention.purge() == ({Draft: 1}, True)


@PURGE
def test_purge_goes_in_batches(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 10)
    keys = [IdempotencyKey(key=f"6f2a3f1e-0000-4000-8000-{n:012}", owner="1") for n in range(35)]
    IdempotencyKey.objects.bulk_create(keys)

    with time_machine.travel(timezone.now() + LATER, tick=True):
        assert retention.purge() == ({IdempotencyKey: 35}, True)

    assert AuditEntry.objects.filter(act="retention.purge").count() == 4


@PURGE
def test_no_hold_can_be_placed_while_a_batch_goes():
    with transaction.atomic(using="disposal"), connections["disposal"].cursor() as cursor:
        cursor.execute("LOCK TABLE core_legalhold IN SHARE MODE")
        with connections["default"].cursor() as other:
            other.execute(
                "SELECT mode FROM pg_locks WHERE relation = 'core_legalhold'::regclass AND mode = 'ShareLock'"
            )

            assert other.fetchall() == [("ShareLock",)]


@PURGE
def test_application_may_not_forget_history():
    contact = Contact.objects.create(name="Nobody's")

    with pytest.raises(DatabaseError), transaction.atomic():
        history.forget({Contact: [contact.pk]}, "default")

    assert events(Contact, contact.pk) == 1
