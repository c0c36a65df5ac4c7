"""The three roles of the database: what PostgreSQL says each may do, and the denials tried for real."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections, transaction
from pghistory.models import Event

from core.models import AuditEntry, AuditSeal
from liaison import rights

pytestmark = pytest.mark.django_db
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
EVERY_ALIAS = pytest.mark.django_db(databases=["default", "owner", "disposal"])
REMEMBERED = sorted(
    {model._meta.db_table for model in apps.get_models() if issubclass(model, Event)}
    | {AuditEntry._meta.db_table, AuditSeal._meta.db_table}
)


def held(role):
    """{table: what the role may do to it}, as the server says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, r FROM pg_class c, unnest(%s::text[]) r WHERE c.relkind IN ('r', 'p') "
            "AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(%s, c.oid, r)",
            [list(RIGHTS), role],
        )
        found = {}
        for table, right in cursor.fetchall():
            found.setdefault(table, set()).add(right)
    return found


def tables():
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def denied(statement, using="default"):
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(statement)


def test_tests_run_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")

        assert cursor.fetchone() == ("liaison_app",)


def test_application_may_do_exactly_this():
    # Transactional tests need TRUNCATE; no command of the product grants it.
    may = {table: kinds - {"TRUNCATE"} for table, kinds in held("liaison_app").items()}
    expected = {table: {"SELECT", "INSERT", "UPDATE", "DELETE"} for table in tables()}
    expected |= {table: {"SELECT", "INSERT"} for table in REMEMBERED}
    expected["django_migrations"] = {"SELECT"}

    assert may == expected
    assert len(REMEMBERED) > 2


def test_disposal_may_touch_no_audit_and_no_migration():
    may = held("liaison_disposal")

    assert may.keys() == tables()
    assert may["core_auditentry"] == may["core_auditseal"] == {"SELECT", "INSERT"}
    assert may["django_migrations"] == {"SELECT"}
    for table in rights.histories() | rights.disposable():
        assert may[table] == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


@EVERY_ALIAS
def test_grants_take_back_what_was_given_by_mistake():
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("GRANT DELETE, TRUNCATE ON core_auditentry TO liaison_disposal")
        call_command("grants", verbosity=0)
        cursor.execute("SELECT has_table_privilege('liaison_disposal', 'core_auditentry', 'DELETE, TRUNCATE')")

        assert cursor.fetchone() == (False,)
        transaction.set_rollback(True, using="owner")


@pytest.mark.parametrize("table", REMEMBERED)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "SELECT 1 FROM {} FOR UPDATE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {}",
    ],
)
def test_application_cannot_rewrite_what_is_remembered(table, statement):
    if statement.startswith("UPDATE"):
        column = "pgh_id" if table not in ("core_auditentry", "core_auditseal") else "id"
        statement = statement.replace("id = id", f"{column} = {column}")

    with pytest.raises(ProgrammingError, match="permission denied|must be owner"):
        denied(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('core', 'x', now())",
        "DELETE FROM django_migrations",
        "CREATE TABLE stolen (id int)",
    ],
)
def test_application_cannot_change_the_rules(statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        denied(statement)


@EVERY_ALIAS
@pytest.mark.parametrize("statement", ["UPDATE core_auditentry SET act = ''", "DELETE FROM core_auditentry"])
def test_disposal_cannot_rewrite_audit(statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        denied(statement, using="disposal")
