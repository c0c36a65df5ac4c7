"""What each role of the database may do to each table. `manage.py grants` applies it; tests try the denials."""

from django.apps import apps
from django.utils.module_loading import autodiscover_modules
from pghistory.models import Event

from core import privacy
from core.models import AuditEntry, AuditSeal

READ, ADD, ROWS = ("SELECT",), ("SELECT", "INSERT"), ("SELECT", "INSERT", "UPDATE", "DELETE")


def histories():
    """The tables in which triggers keep old and new values."""
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, Event)}


def audit():
    """The tables that hold who did what. No role but the owner can change or delete a row of them."""
    return {model._meta.db_table for model in (AuditEntry, AuditSeal)}


def disposable():
    """The tables that retention may empty: those of declared models that are not kept for ever, and their pairs."""
    autodiscover_modules("privacy")
    tables = set()
    for model, declaration in privacy.declarations.items():
        if not declaration.keep.forever:
            tables.add(model._meta.db_table)
            tables |= {
                field.remote_field.through._meta.db_table
                for field in model._meta.local_many_to_many
                if field.remote_field.through._meta.auto_created
            }
    return tables - audit()


def of_application(table):
    """Rows are read and written; what is remembered is only added to, and only the owner marks migrations."""
    if table == "django_migrations":
        return READ
    return ADD if table in histories() | audit() else ROWS


def of_disposal(table):
    """Everything is read; what retention says must go is emptied or deleted; the audit of it is added to."""
    if table in audit():
        return ADD
    return ROWS if table in histories() | disposable() else READ
