"""Addresses of allauth at which nothing answers here, under its names so that its own code can still build them.

Sign-up is by invitation; a sign-in address is the coordinators' to change; nobody signs in by a mailed code.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.urls import path
from django.views.generic import RedirectView


@login_not_required
def closed(request, **kwargs):
    raise Http404


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="accounts:my_settings"), name="account_home"),
    path("signup/", closed, name="account_signup"),
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", closed, name="account_confirm_email"),
    path("login/code/confirm/", closed, name="account_confirm_login_code"),
    path("password/set/", closed, name="account_set_password"),
]
