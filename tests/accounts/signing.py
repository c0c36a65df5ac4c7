"""How tests sign in: through the pages, as people do."""

import time
from queue import Empty

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from accounts import tasks
from liaison.celery import app
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


def asked_of_the_worker():
    """The ids for which pages asked the worker to send a link, oldest first; they are taken off the real queue."""
    asked = []
    with app.connection_for_read() as connection, connection.SimpleQueue(app.conf.task_default_queue) as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return asked
            message.ack()
            if message.headers["task"] == tasks.send_new_password_link.name:
                asked.append(message.payload[0][0])


def ask_for_new_password(client, email):
    """Ask on the page, and let the worker do its part."""
    answer = client.post(reverse("account_reset_password"), {"email": email})
    for pk in asked_of_the_worker():
        tasks.send_new_password_link(pk)
    return answer
