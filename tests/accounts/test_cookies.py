"""Cookies under HTTPS, in a process of their own: the names are settled when settings load."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.accounts import UserFactory

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SIGN_IN = """
import json
import django
django.setup()
from django.test import Client
from accounts.models import User
user = User.objects.get()
user.set_password("a plain sentence nobody guesses")
user.save()
client = Client()
sent = {"login": user.email, "password": "a plain sentence nobody guesses"}
answer = client.get("/accounts/login/", secure=True)
cookies = [cookie.OutputString() for cookie in answer.cookies.values()]
answer = client.post("/accounts/login/?next=/my/settings/", sent, secure=True)
cookies += [cookie.OutputString() for cookie in answer.cookies.values()]
print(json.dumps({
    "cookies": cookies,
    "hsts": answer.headers.get("Strict-Transport-Security"),
    "status": answer.status_code,
    "plain": client.get("/accounts/login/").status_code,
}))
"""


@pytest.fixture
def under_https(process_environment):
    """What a browser is told at sign-in under HTTPS, where the second factor is required too."""
    UserFactory()
    environment = process_environment | {
        "HTTPS": "1",
        "ALLOWED_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-W", "ignore", "-c", SIGN_IN]
    done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_cookies_are_bound_to_the_host_and_to_https(under_https):
    assert under_https["status"] == 302
    assert {cookie.split("=")[0] for cookie in under_https["cookies"]} == {"__Host-csrf", "__Host-session"}
    for cookie in under_https["cookies"]:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie
    # The session ends with the browser: its cookie has no age.
    assert all("Max-Age" not in cookie for cookie in under_https["cookies"] if cookie.startswith("__Host-session"))
    assert int(under_https["hsts"].split(";")[0].removeprefix("max-age=")) >= 31_536_000
    assert under_https["plain"] == 301
