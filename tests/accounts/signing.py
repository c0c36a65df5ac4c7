"""How tests sign in: through the pages, as people do."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from tests.factories.accounts import PASSWORD, TOTP_SECRET

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# A page that every member of staff may open.
HOME = "/my/settings/"


def code_of(moment=None, secret=TOTP_SECRET):
    """What the authenticator app shows at a moment."""
    return format_hotp_value(hotp_value(secret, int(moment or time.time()) // 30))


def post_password(client, user_or_email, password=PASSWORD, then=HOME):
    email = getattr(user_or_email, "email", user_or_email)
    return client.post(f"{reverse('account_login')}?next={then}", {"login": email, "password": password})


def post_code(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_signed_in(client):
    return client.get(HOME).status_code == 200
