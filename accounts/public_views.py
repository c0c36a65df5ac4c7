"""The page behind the link of an invitation."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import NewPasswordForm
from accounts.models import Invitation


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def invitation_accept(request, token):
    """Opening the link uses nothing up: mail scanners open links too. Setting the password does."""
    invitation = Invitation.objects.with_token(token).first()
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_signed_in.html", {"invitation": invitation}, status=409)
    form = NewPasswordForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        user = invitation.accept(password=form.cleaned_data["password"])
        return perform_login(request, user, redirect_url=reverse("mfa_index"))
    return render(request, "accounts/invitation_accept.html", {"invitation": invitation, "form": form})
