"""What allauth may do here, and where it tells the audit: its own hooks, since there are no signal receivers."""

import logging
import time
from smtplib import SMTPException

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils import translation

from accounts import limits, locks, sessions
from accounts.models import User
from core import audit, locked

log = logging.getLogger("liaison.accounts")

# What allauth tells a person by e-mail, and what the audit calls it.
CHANGES = {
    "account/email/password_changed": "user.password_change",
    "account/email/password_set": "user.password_change",
    "account/email/password_reset": "user.password_reset",
    "mfa/email/totp_activated": "user.codes_on",
    "mfa/email/totp_deactivated": "user.codes_off",
    "mfa/email/webauthn_added": "user.passkey_add",
    "mfa/email/webauthn_removed": "user.passkey_remove",
    "mfa/email/recovery_codes_generated": "user.recovery_codes",
}


class Adapter(DefaultAccountAdapter):
    """Sign-up is closed; sign-ins, failures and changes are recorded; mails go out in the reader's language."""

    def is_open_for_signup(self, request):
        return False

    def is_reauthentication_required(self, *, app, **kwargs):
        """Somebody who signed in a moment ago is not asked again, so that setting up a second factor flows."""
        began = self.request.session.get(limits.BEGAN, 0)
        return time.time() - began >= account_settings.REAUTHENTICATION_TIMEOUT

    def authentication_failed(self, request, **credentials):
        """A wrong password, or any password while the account is locked; the address typed is kept nowhere."""
        known = User.objects.filter(email=locks.attempted_address(request, credentials)).first()
        locked = getattr(request, "axes_locked_out", False)
        audit.record(known or "unknown", "sign-in.fail", known, kind=audit.Kind.SIGN_IN, locked=locked)
        if locked and getattr(request, "axes_failures_since_start", None) == settings.AXES_FAILURE_LIMIT:
            audit.record(known or "unknown", "sign-in.lock", known, kind=audit.Kind.SIGN_IN)

    def post_login(self, request, user, **kwargs):
        limits.begin(request.session)
        used = get_authentication_records(request, user)
        factors = sorted({record.get("type") or record["method"] for record in used})
        audit.record(user, locks.SIGNED_IN, user, kind=audit.Kind.SIGN_IN, factors=factors)
        return super().post_login(request, user, **kwargs)

    def logout(self, request):
        audit.record(request.user, "sign-out", request.user, kind=audit.Kind.SIGN_IN)
        key = request.session.session_key
        super().logout(request)
        sessions.forget(key)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Something about signing in changed: record it, end the person's other sessions, tell them."""
        audit.record(user, CHANGES.get(template_prefix, "user.change"), user, kind=audit.Kind.SIGN_IN)
        sessions.end_all(user, keep=self.request.session.session_key)
        if template_prefix == "account/email/password_reset" and not settings.CJIS_PROFILE:
            locks.forget_passwords(user)
        super().send_notification_mail(template_prefix, user, context, email)

    def send_mail(self, template_prefix, email, context):
        """Send in the language of the person; a mail server that is down must not undo what was done."""
        user = context.get("user") or User.objects.filter(email=email).select_related("contact").first()
        language = user.contact.language if user is not None else settings.LANGUAGE_CODE
        try:
            with translation.override(language):
                super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("A mail about signing in could not be sent.", extra={"mail": template_prefix})


class FactorAdapter(DefaultMFAAdapter):
    """The secret behind one-time codes, and that behind recovery codes, lie locked in the database."""

    PURPOSE = "second factor"

    def encrypt(self, text):
        return locked.lock(self.PURPOSE, text)

    def decrypt(self, encrypted_text):
        return locked.unlock(self.PURPOSE, encrypted_text)
