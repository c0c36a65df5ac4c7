"""The nightly rounds of accounts, and the mail that no page waits for."""

from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts import mails
from accounts.models import UNUSED_AFTER, Role, User
from core.tasks import task
from notices.models import Task

NOBODY = 0


@task
def ask_about_unused_accounts():
    """Beat, every hour. One task for the coordinators about each account nobody used for 90 days.

    The key names the last sign-in, so running again changes nothing, and a later silence is asked about anew.
    """
    unused = User.objects.unused_since(timezone.now() - UNUSED_AFTER)
    for person in unused:
        last = person.last_login or person.joined_at
        Task.objects.owe(
            f"accounts.unused:{person.reference}:{last:%Y-%m-%d}",
            text=gettext_noop("No sign-in for 90 days: disable %(reference)s or ask them"),
            values={"reference": person.reference},
            role=Role.COORDINATOR,
            ref=person.reference,
            link=reverse("accounts:user_detail", args=[person.reference]),
        )


@task
def clear_ended_sessions():
    """Beat, every hour. Sessions that ran out are deleted; running again finds nothing."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@task(expires=3600)
def send_new_password_link(pk):
    """Asked for on the page "Forgotten password". The id of nobody does nothing: it stands for an address that no
    account has, so that the page has the same to do for every address. Run again, it sends another link as good.
    """
    for user in User.objects.active().filter(pk=pk).select_related("contact"):
        mails.send_new_password_link(user)
