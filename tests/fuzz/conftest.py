"""The city of the fuzz tests: built once for a module, in a transaction that is undone at its end."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import override_settings

from tests.fuzz import watch
from tests.fuzz import world as city


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    mail = "django.core.mail.backends.locmem.EmailBackend"
    with (
        django_db_blocker.unblock(),
        override_settings(
            INBOUND_KEYS={"texts": watch.INBOUND_KEY},
            # Nothing listens there, and no worker runs that would send.
            SOCIAL_URLS={"notes": "json://127.0.0.1:9/"},
            EMAIL_BACKEND=mail,
            # In full a module takes longer than the minutes after which sessions end and pages of passkeys ask again.
            SESSION_IDLE=timedelta(days=1),
            ACCOUNT_REAUTHENTICATION_TIMEOUT=86_400,
        ),
        transaction.atomic(),
    ):
        made = city.build()
        connection.check_constraints()
        names = watch.tables()
        made.before, made.foreign_before = watch.contents(names), watch.bound_to(made.foreign, names)
        made.foreign_values = sorted({str(value) for thing in made.foreign for value in meant_by(thing)})
        yield made
        transaction.set_rollback(True)


def meant_by(thing):
    """Everything by which a post could mean a thing."""
    return [thing.pk, *(getattr(thing, name) for name in ("reference", "handle") if hasattr(thing, name))]
