"""Fixtures of the browser tests: the system's Chromium, contexts of a width and theme, and a watch on the console."""

import os
import shutil
import threading
import time

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "no Chromium was found: install it with `apt-get install chromium`"
HEIGHT = 900
# How long a browser waits for what must come, in milliseconds: a busy machine is slow, and no fault of a page.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Use the Chromium on the PATH; without one browser tests are skipped, or fail where BROWSER=required."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        (pytest.fail if os.environ.get("BROWSER") == "required" else pytest.skip)(INSTALL)
    # Playwright's sync interface runs an event loop in this thread, where Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Chromium's own sandbox does not work for root or in most containers; it only meets pages of ours here.
    args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    return {**browser_type_launch_args, "executable_path": path, "args": args}


@pytest.fixture
def console():
    """What the browser complained about. Tests that provoke an error remove it from here after looking at it."""
    return []


def complains(said):
    """Whether the browser names a fault. That it has no connection is said where a test has cut it off."""
    return said.type == "error" and "ERR_INTERNET_DISCONNECTED" not in said.text


@pytest.fixture
def open_context(browser, live_server, console):
    """`open_context(width=1280, theme="light", js=True)` is a fresh browser whose complaints fail the test."""
    contexts = []

    def make(*, width=1280, theme="light", js=True, **options):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHT},
            color_scheme=theme,
            java_script_enabled=js,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda said: console.append(said.text) if complains(said) else None)
        context.on("weberror", lambda error: console.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    let_the_server_finish()
    assert console == []


def let_the_server_finish(limit=10.0):
    """Wait for requests that a closed page left behind: their locks would stand in the way of emptying the tables."""
    until = time.monotonic() + limit
    while time.monotonic() < until and any("process_request_thread" in t.name for t in threading.enumerate()):
        time.sleep(0.02)


@pytest.fixture
def staff_context(open_context, live_server):
    """`staff_context(user, width=..., theme=..., js=...)` is a browser in which this member of staff is signed in."""

    def make(user, **options):
        context = open_context(**options)
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return context

    return make


@pytest.fixture
def page(open_context):
    """A page of a visitor who is not signed in."""
    return open_context().new_page()
