"""What staff are told about their account.

Invitations go out directly and never through the outbox: their link opens an account, so it is stored nowhere.
"""

import logging
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import INVITATION_LASTS, User
from notices import kinds, outbox
from notices.models import Channel, Purpose
from notices.reach import Allowed, may_reach

log = logging.getLogger("liaison.accounts")
FACTOR_RESET = "accounts.factor_reset"


def send_invitation(invitation, token):
    """Send the link now; returns whether it went out, which the row remembers by `mailed_at`."""
    if not isinstance(may_reach(invitation.contact, Channel.EMAIL, purpose=Purpose.WORK), Allowed):
        return False
    context = {
        "agency": settings.AGENCY,
        "invitation": invitation,
        "link": settings.PUBLIC_URL + reverse("accounts:invitation_accept", args=[token]),
        "days": INVITATION_LASTS.days,
    }
    with translation.override(kinds.language_of(invitation.contact)):
        subject = _("Your account at %(agency)s") % {"agency": settings.AGENCY["name"]}
        body = render_to_string("accounts/mail/invitation.txt", context)
    try:
        EmailMessage(subject, body, to=[invitation.email]).send()
    except (OSError, SMTPException):
        log.exception("An invitation could not be sent.", extra={"invitation": invitation.reference})
        return False
    invitation.mailed_at = timezone.now()
    invitation.save(update_fields=["mailed_at"])
    return True


def send_new_password_link(user):
    """The link by which somebody sets a new password. It opens an account, so it is stored nowhere either."""
    parts = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    context = {
        "user": user,
        "email": user.email,
        "password_reset_url": settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=parts),
        "current_site": {"name": settings.AGENCY["name"], "domain": settings.PUBLIC_URL},
    }
    with translation.override(kinds.language_of(user.contact)):
        mail = get_adapter().render_mail("account/email/password_reset_key", user.email, context)
    try:
        mail.send()
    except (OSError, SMTPException):
        log.exception("A link for a new password could not be sent.", extra={"user": user.pk})


def second_factor_was_reset(person, entry, *, by):
    outbox.post(
        f"{FACTOR_RESET}:{person.reference}:{entry.pk}",
        contact=person.contact, kind=FACTOR_RESET, ref=person.reference, owner=by,
    )  # fmt: skip


def about_account(ref):
    return kinds.About(record=ref, link=reverse("accounts:user_detail", args=[ref]))


@kinds.kind(FACTOR_RESET, purpose=Purpose.WORK, late=kinds.Late.SEND, about=about_account)
def factor_reset(refs, language):
    """A coordinator took their second factor away."""
    known = set(User.objects.active().filter(reference__in=refs).values_list("reference", flat=True))
    message = kinds.Message(
        subject=_("Your second factor was reset"),
        body=_(
            "A coordinator took the second factor of your account away. Sign in with your password and set up a new "
            "one. If you did not ask for this, call your coordinator at once."
        ),
    )
    return {ref: message if ref in known else None for ref in refs}
