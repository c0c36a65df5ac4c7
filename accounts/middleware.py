"""The limits of a session and the second factor, judged on the server at every request."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import limits, sessions, unsent
from core import audit

# What somebody without a second factor may open: the pages that set one up, and the way out.
SET_UP_PAGES = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "account_logout",
}
# htmx understands this status of an answer to a poll as "stop asking".
STOP_POLLING = 286


def is_public(view):
    return not getattr(view, "login_required", True)


class SessionLimits:
    """End sessions that were idle too long or lasted a whole shift; keep what was typed when one ended.

    A request that no person made says so with the header X-Background (htmx polls): it keeps no session alive. It
    does not end one either, so that a form being filled in on the same page can still be kept when it is sent.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        accepted = request.method == "POST" and 300 <= response.status_code < 400
        if accepted and unsent.FIELD in request.POST and request.user.is_authenticated:
            unsent.sent(request)
        return response

    def process_view(self, request, view, args, kwargs):
        """Run after the check against forged posts, so that nobody else can leave a draft in a person's name."""
        if not request.user.is_authenticated:
            return None
        if limits.BEGAN not in request.session:
            limits.begin(request.session)
        why = limits.ended(request.session)
        background = "X-Background" in request.headers
        if why is None:
            if not background:
                limits.keep_alive(request.session)
            return None
        return HttpResponse(status=STOP_POLLING) if background else self.end(request, view, why)

    def end(self, request, view, why):
        keeps = request.method == "POST" and not is_public(view) and getattr(view, "is_kept", True)
        kept = keeps and unsent.keep(request) is not None
        audit.record(request.user, "sign-in.end", request.user, kind=audit.Kind.SIGN_IN, why=why, kept=kept)
        key = request.session.session_key
        logout(request)
        sessions.forget(key)
        messages.info(request, self.explain(why, kept))
        if is_public(view):
            return None
        return self.to_sign_in(request, reverse("accounts:unsent") if kept else None)

    def explain(self, why, kept):
        if why is limits.Ended.IDLE:
            minutes = int(settings.SESSION_IDLE.total_seconds() // 60)
            text = _("You were signed out after %(minutes)s minutes without activity.") % {"minutes": minutes}
        else:
            text = _("You were signed out, because a session lasts 12 hours at most.")
        return f"{text} {_('What you typed is kept: sign in to send it.')}" if kept else text

    def to_sign_in(self, request, then):
        """Go to the sign-in page, and after it back here, or for a post to the page of what was kept."""
        is_htmx = "HX-Request" in request.headers
        if then is None and is_htmx:
            url = urlsplit(request.headers.get("HX-Current-URL", ""))
            then = f"{url.path}?{url.query}" if url.query else url.path
        if then is None and request.method in ("GET", "HEAD"):
            then = request.get_full_path()
        response = redirect_to_login(then) if then else redirect(settings.LOGIN_URL)
        if not is_htmx:
            return response
        return HttpResponse(headers={"HX-Redirect": response.url})


class SecondFactorRequired:
    """Staff without a second factor reach the pages that set one up, the public pages and sign-out, nothing else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not settings.MFA_REQUIRED or not request.user.is_authenticated or request.user.has_second_factor:
            return None
        # The shell shows nothing of the unit's work to somebody who is only half signed in.
        request.half_signed_in = True
        if is_public(view) or request.resolver_match.view_name in SET_UP_PAGES:
            return None
        messages.warning(request, _("Set up a second factor first. Then everything else opens."))
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")
