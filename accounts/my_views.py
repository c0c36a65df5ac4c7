"""What staff set for themselves, and what they typed when their session ended."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import unsent as kept
from accounts.forms import DisplayForm, OwnContactForm
from accounts.models import CalendarFeed


@require_safe
def my_settings(request):
    feed = CalendarFeed.objects.filter(user=request.user).first()
    context = {
        "display": DisplayForm(instance=request.user),
        "contact": OwnContactForm(instance=request.user.contact),
        "feed": feed,
        "feed_url": settings.PUBLIC_URL + reverse("links:calendar", args=[feed.token]) if feed else "",
        "has_second_factor": request.user.has_second_factor,
    }
    return render(request, "accounts/my_settings.html", context)


@require_POST
def my_display(request):
    form = DisplayForm(request.POST, instance=request.user)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("accounts:my_settings")


@require_POST
def my_contact(request):
    """How Liaison reaches this person about their own work."""
    form = OwnContactForm(request.POST, instance=request.user.contact)
    if form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("Saved."))
        return redirect("accounts:my_settings")
    return render(request, "accounts/my_contact.html", {"form": form})


@require_POST
def my_calendar(request):
    """Make an address for a calendar of one's own, or end it. A fresh one ends the one before."""
    if "end" in request.POST:
        CalendarFeed.objects.end(request.user)
        messages.success(request, _("The address shows nothing any more."))
    else:
        CalendarFeed.objects.make(request.user)
        messages.success(request, _("The address is made. Whoever has it sees when you have appointments."))
    return redirect("accounts:my_settings")


@require_safe
def unsent(request):
    """What was typed when the session ended; the person looks at it and sends it, or drops it."""
    return render(request, "accounts/unsent.html", {"drafts": [kept.shown(draft) for draft in kept.of(request.user)]})


@require_POST
def unsent_drop(request, pk):
    get_object_or_404(kept.of(request.user), pk=pk).delete()
    messages.success(request, _("Dropped."))
    return redirect("accounts:unsent")
