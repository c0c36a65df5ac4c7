"""The site as under HTTPS with a second factor required, and one world for a whole module, rolled back after it."""

import importlib.util
import os
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from liaison.supervisor.home import REPOSITORY
from tests.matrix.gate import Browsers
from tests.matrix.world import World

# Everybody signed in when the module began, and a slow machine needs longer than the minutes after which the pages of
# passkeys and codes ask again.
ALL_DAY = 86_400


def settings_as(https):
    """The settings of Liaison as the environment would make them, read anew from their file."""
    before = os.environ["HTTPS"]
    os.environ["HTTPS"] = https
    try:
        spec = importlib.util.spec_from_file_location("settings_read_anew", REPOSITORY / "liaison" / "settings.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        os.environ["HTTPS"] = before
    return {name: value for name, value in vars(module).items() if name.isupper()}


def settings_under_https():
    """What HTTPS=1 changes; and a second factor is required, as it is unless this is the demo."""
    plain, secure = settings_as("0"), settings_as("1")
    changed = {name: value for name, value in secure.items() if value != plain[name]}
    return changed | {"MFA_REQUIRED": secure["MFA_REQUIRED"]}


@pytest.fixture(scope="module")
def under_https(tmp_path_factory):
    more = {"MEDIA_ROOT": tmp_path_factory.mktemp("files"), "ACCOUNT_REAUTHENTICATION_TIMEOUT": ALL_DAY}
    with override_settings(**settings_under_https() | more):
        yield


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, under_https):
    """`site.ask(actor, method, path)`; whatever a request changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        browsers = Browsers(world)

        def ask(*asked):
            cache.clear()
            with transaction.atomic():
                response = browsers.ask(*asked)
                transaction.set_rollback(True)
            return response

        yield SimpleNamespace(world=world, ask=ask)
        transaction.set_rollback(True)
