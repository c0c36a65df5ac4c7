"""What staff set for themselves, and what they typed when their session ended."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import unsent as kept
from accounts.forms import DisplayForm, OwnContactForm


@require_safe
def my_settings(request):
    context = {
        "display": DisplayForm(instance=request.user),
        "contact": OwnContactForm(instance=request.user.contact),
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


@require_safe
def unsent(request):
    """What was typed when the session ended; the person looks at it and sends it, or drops it."""
    return render(request, "accounts/unsent.html", {"drafts": [kept.shown(draft) for draft in kept.of(request.user)]})


@require_POST
def unsent_drop(request, pk):
    get_object_or_404(kept.of(request.user), pk=pk).delete()
    messages.success(request, _("Dropped."))
    return redirect("accounts:unsent")
