"""What every test stands on: the database in the role of the application and an empty cache."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.utils import translation

from cases import controlled
from liaison.supervisor.addresses import DATABASE_URLS

pytest_plugins = ["tests.browsing", "tests.figures", "tests.skips"]
# What waits longest for processes of its own. Begun first, it leaves no worker of a run alone with it at the end.
LONG_WAITS = ("faults", "benchmarks", "liaison/test_supervisor.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    long = tuple(str(Path(__file__).parent / name) for name in LONG_WAITS)
    items.sort(key=lambda item: not str(item.path).startswith(long))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The owner made the database; from here on the tests are the application, so that what it is denied is denied."""
    with django_db_blocker.unblock():
        call_command("grants", verbosity=0)
        with connections["owner"].cursor() as cursor:
            # Transactional tests end by TRUNCATE, which the application may not.
            cursor.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO liaison_app")
        connections.close_all()
        for alias, options in settings.ROLES.items():
            connections[alias].settings_dict["OPTIONS"]["options"] = options
        yield
        connections.close_all()
        connection.settings_dict["OPTIONS"].pop("options")
        end_other_sessions()


def end_other_sessions():
    """A thread of the live server may still hold a connection, and a database in use cannot be dropped."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    connections.close_all()


@pytest.fixture(autouse=True)
def empty_cache(request):
    """Rate limits, lock-outs and words of lists of one test must not reach the next."""
    controlled.forget()
    if "django_db_setup" in request.fixturenames or "live_server" in request.fixturenames:
        cache.clear()


@pytest.fixture(autouse=True)
def plain_language():
    """The language of the last page that a test asked for must not reach the next test."""
    yield
    translation.deactivate()


@pytest.fixture
def sign_in(db):
    """`sign_in(user)` is a client in which this member of staff is signed in."""

    def make(user):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def process_environment(transactional_db):
    """The environment under which a real worker, beat or web process joins the database and Redis of this test."""
    path = f"/{connection.settings_dict['NAME']}"
    urls = {name: urlsplit(os.environ[name])._replace(path=path).geturl() for name in DATABASE_URLS}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    return kept | urls
