"""How events answer requests by people: somebody who registered for one."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.privacy import Found, Section
from events import registering
from events.models import Event, Registration
from notices.models import Task
from notices.people import same_person


def find(sought):
    """Registrations with the same phone or e-mail, or under exactly this name."""
    for place, by in same_person(Registration.objects.select_related("event"), sought):
        yield Found(
            key=str(place.handle),
            kind=_("Registration for an event"),
            object_type=Event._meta.label_lower,
            reference=place.event.reference,
            rows=1,
            by=by,
        )


def _places(keys):
    found = Registration.objects.filter(handle__in=keys).exclude(contact=None)
    return found.select_related("event__area", "event__lead", "contact").order_by("id")


def bundle(keys):
    """What they told us, and what became of it."""
    for place in _places(keys):
        contact, event = place.contact, place.event
        yield Section(
            title=_("Event %(event)s") % {"event": event.reference},
            facts=[
                (_("Event"), event.title),
                (_("When"), date_format(event.wall_time.replace(tzinfo=None), "Y-m-d H:i")),
                (_("Name"), contact.name),
                (_("Phone"), contact.phone),
                (_("E-mail"), contact.email),
                (_("Language"), contact.language),
                (_("Safe-contact rules"), "; ".join(str(rule.words) for rule in contact.safe_rules)),
                (_("Adults"), place.adults),
                (_("Children"), place.children),
                (_("What helps to take part"), "; ".join(place.needs_named)),
                (_("State"), place.get_state_display()),
                *([(_("Came"), place.came)] if place.came else []),
                (_("Registered"), date_format(timezone.localtime(place.made_at), "Y-m-d H:i")),
            ],
        )


def erase(keys, *, by):
    """They come no more, if they were to; that so many registered stays, for the figures."""
    touched = {}
    for place in _places(keys):
        for model, rows in registering.erase(place, by=by).items():
            touched.setdefault(model, []).extend(rows)
    return touched


def correct(keys, *, request):
    """Owe the correction to whoever leads the event."""
    for place in _places(keys):
        Task.objects.owe(
            f"events.correct:{request.reference}:{place.handle}",
            text=gettext_noop("Correct a registration for an event: request %(request)s"),
            values={"request": request.reference},
            owner=place.event.lead,
            area=place.event.area,
            ref=place.event.reference,
            link=reverse("events:registration_list", args=[place.event.reference]),
            due_at=timezone.now(),
        )
