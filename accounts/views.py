"""Coordinators administer staff: who is here, what they may do, and what ends when they leave."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy_
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, locks, rules
from accounts.forms import AccessForm, InvitationForm, ResetFactorForm
from accounts.models import AreaServed, Invitation, Role, User
from areas.models import Area
from core.answers import require
from core.numbers import whole
from core.once import once

PAGE_SIZE = 25
SERVED = Prefetch("areas_served", AreaServed.objects.select_related("area"))
FACTORS = {
    Authenticator.Type.WEBAUTHN: lazy_("Passkey"),
    Authenticator.Type.TOTP: lazy_("Authenticator app"),
    Authenticator.Type.RECOVERY_CODES: lazy_("Recovery codes"),
}
STATES = {"active": Q(is_active=True), "disabled": Q(is_active=False)}


def get_person(request, reference, rule=rules.can_change_access):
    """The person whose account this is about: not theirs to know is 404, not theirs to do 403."""
    person = get_object_or_404(User.objects.visible_to(request.user), reference=reference)
    require(rule(request.user, person), _("Another coordinator changes your own account."))
    return person


def get_invitation(request, reference):
    return get_object_or_404(Invitation.objects.visible_to(request.user).open(), reference=reference)


def filtered(people, query):
    """The people that a filter row asks for; what it does not know it ignores."""
    for word in query.get("q", "").replace("\x00", "").split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if query.get("role") in Role.values:
        people = people.with_role(query["role"])
    if query.get("area", "").isdecimal():
        area = Area.objects.filter(pk=whole(query["area"])).first()
        people = people.serving(area) if area else people.none()
    return people.filter(STATES.get(query.get("state", "active"), Q()))


@require_safe
def staff_list(request):
    require(rules.can_administer_staff(request.user))
    people = filtered(User.objects.visible_to(request.user), request.GET)
    rows = people.prefetch_related("role_grants", SERVED).order_by("name", "id")
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "invitations": Invitation.objects.visible_to(request.user).open(),
        "roles": Role.choices,
        "areas": Area.objects.current().filter(served_by__isnull=False).distinct().only("name"),
        "prefix": reverse("accounts:staff_list"),
        "is_filtered": any(request.GET.get(name) for name in ("q", "role", "area", "state")),
    }
    return render(request, "accounts/staff_list.html", context)


@require_safe
def user_detail(request, reference):
    person = get_person(request, reference, lambda user, person: rules.can_administer_staff(user))
    context = {
        "person": person,
        "grants": person.role_grants.all(),
        "served": person.areas_served.select_related("area"),
        "factors": [FACTORS[row.type] for row in Authenticator.objects.filter(user=person).order_by("-type", "id")],
        "sessions": UserSession.objects.purge_and_list(person),
        "is_locked": locks.is_locked(person),
        "may_change": rules.can_change_access(request.user, person),
    }
    return render(request, "accounts/user_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def user_access(request, reference):
    person = get_person(request, reference)
    form = AccessForm(request.POST or None, person=person, cancel=detail_url(person))
    if request.method == "POST" and form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("Saved. It applies from their next click on."))
        return redirect(detail_url(person))
    return render(request, "accounts/user_access.html", {"person": person, "form": form})


def detail_url(person):
    return reverse("accounts:user_detail", args=[person.reference])


@require_POST
def user_enable(request, reference):
    person = get_person(request, reference)
    person.enable(by=request.user)
    messages.success(request, _("They may sign in again. First they set a new password and a new second factor."))
    return redirect(detail_url(person))


@require_POST
def user_end_sessions(request, reference):
    person = get_person(request, reference)
    ended = person.end_sessions(by=request.user)
    messages.success(request, _("Sessions ended: %(count)s.") % {"count": ended})
    return redirect(detail_url(person))


@require_POST
def user_release(request, reference):
    """Unlock an account that wrong passwords or codes locked."""
    person = get_person(request, reference)
    locks.release(person, by=request.user)
    messages.success(request, _("%(name)s may try to sign in again.") % {"name": person})
    return redirect(detail_url(person))


@require_http_methods(["GET", "HEAD", "POST"])
def user_reset_factor(request, reference):
    person = get_person(request, reference)
    form = ResetFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.reset_second_factor(person, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("Their second factor is gone; they set up a new one when they next sign in."))
        return redirect(detail_url(person))
    context = {"person": person, "form": form, "cancel_url": detail_url(person)}
    return render(request, "accounts/user_reset_factor.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def invitation_create(request):
    require(rules.can_administer_staff(request.user))
    form = InvitationForm(request.POST or None, cancel=reverse("accounts:staff_list"))
    if request.method == "POST" and form.is_valid():
        actions.invite(**form.cleaned_data, by=request.user)
        return redirect("accounts:staff_list")
    return render(request, "accounts/invitation_create.html", {"form": form})


@require_POST
def invitation_renew(request, reference):
    actions.invite_again(get_invitation(request, reference), by=request.user)
    return redirect("accounts:staff_list")


@require_POST
def invitation_withdraw(request, reference):
    invitation = get_invitation(request, reference)
    invitation.withdraw(by=request.user)
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation})
    return redirect("accounts:staff_list")
