"""Acts on accounts that owe somebody a message."""

from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts import mails
from accounts.models import Invitation, Role, User
from notices.models import Task

# Who holds one of these opens cases or judges acts, so a second person learns of every invitation to them.
WATCHED = {Role.SUPERVISOR, Role.RECORDS_OFFICER, Role.COORDINATOR}


@transaction.atomic
def invite(*, email, name, roles, areas, language, by):
    """Invite somebody and send the link once that is committed; the page tells whether the mail went out."""
    invitation, token = Invitation.objects.invite(email, name=name, roles=roles, areas=areas, language=language, by=by)
    if WATCHED & set(invitation.roles):
        tell_others(invitation, by=by)
    transaction.on_commit(partial(mails.send_invitation, invitation, token))
    return invitation


def tell_others(invitation, *, by):
    """Let the other coordinators look at it, or the records officers where there is no other.

    Nobody changes their own access, but a coordinator could invite a second mailbox of their own.
    """
    others = User.objects.active().exclude(pk=getattr(by, "pk", None))
    coordinators = others.with_role(Role.COORDINATOR)
    for person in coordinators if coordinators.exists() else others.with_role(Role.RECORDS_OFFICER):
        Task.objects.owe(
            f"accounts.invited:{invitation.reference}:{person.reference}",
            text=gettext_noop("A colleague invited somebody with wide access: check that it is right"),
            owner=person,
            ref=invitation.reference,
            link=reverse("accounts:staff_list"),
        )


@transaction.atomic
def invite_again(invitation, *, by):
    """Send a fresh link; the earlier one stops working."""
    token = invitation.renew(by=by)
    transaction.on_commit(partial(mails.send_invitation, invitation, token))


@transaction.atomic
def reset_second_factor(person, *, reason, by):
    """Take the lost second factor away, and let the person know in case it was not they who asked."""
    entry = person.reset_second_factor(reason=reason, by=by)
    mails.second_factor_was_reset(person, entry, by=by)
