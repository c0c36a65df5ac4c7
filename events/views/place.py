"""What residents do about a place at an event: register without an account, and look after it by their link."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guessing import or_gone
from core.once import once
from events import registering, roster
from events.fetch import event_to_register
from events.place_forms import ChangeForm, CodeForm, RegisterForm

FORM = require_http_methods(["GET", "HEAD", "POST"])
RESIDENT = "resident"


def _place_of(token):
    """The registration that a link or a code opens; what opens nothing and what is over get the same answer."""
    return or_gone(registering.opened_by(token))


@login_not_required
@FORM
@once
def event_register(request, reference):
    """Register for a public event. Where it led is a secret address, which whoever registered has from then on."""
    event = event_to_register(reference, hold=request.method == "POST")
    form = RegisterForm(request.POST if request.method == "POST" else None, cancel=event.public_url)
    if request.method == "POST" and form.is_valid():
        place = registering.register(event=event, place=form.place(), given=form.given(), by=RESIDENT)
        return redirect("place:place_detail", place.token)
    context = {"form": form, "event": event, "room": registering.look(event)}
    return render(request, "events/event_register.html", context)


@login_not_required
@FORM
def place_find(request):
    """The way in for those who kept the code and not the link."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("place:place_detail", form.link.token)
    return render(request, "events/place_find.html", {"form": form})


@login_not_required
@require_safe
def place_detail(request, token):
    """Where they stand, what happens next, and what they can do."""
    place = _place_of(token)
    room = registering.look(place.event)
    place.refresh_from_db(fields=["state", "offer_until", "lapsed_at", "version"])
    return render(request, "events/place_detail.html", roster.of_one(place, room))


@login_not_required
@FORM
def place_change(request, token):
    """Others come, with other needs, or are told in another way."""
    place = _place_of(token)
    back = reverse("place:place_detail", args=[token])
    form = ChangeForm(request.POST if request.method == "POST" else None, place=place, cancel=back)
    if request.method == "POST" and form.is_valid() and form.change(place, by=RESIDENT):
        return redirect(back)
    return render(request, "events/place_change.html", {"form": form, "place": place})


@login_not_required
@FORM
def place_cancel(request, token):
    """They do not come, or do not want what is offered."""
    place = _place_of(token)
    if request.method == "POST":
        registering.cancel(place, by=RESIDENT)
        return redirect("place:place_detail", token)
    return render(request, "events/place_cancel.html", {"place": place, "token": token})


@login_not_required
@require_POST
def place_accept(request, token):
    """They take the place that is offered or free."""
    registering.accept(_place_of(token), by=RESIDENT)
    return redirect("place:place_detail", token)


@login_not_required
@require_POST
def place_wait(request, token):
    """They let an offer pass, and want the next one."""
    registering.wait_again(_place_of(token), by=RESIDENT)
    return redirect("place:place_detail", token)
