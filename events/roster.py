"""What pages show of those who registered: the list of staff, the paper at the door, the file, and the page of one."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import telling
from events.models import Need, Registration, Tap
from events.models.registration import PEOPLE
from events.place_forms import WAYS, told_by, way_of
from notices.models import Notice
from notices.models.contact import LANGUAGE_NAMES
from notices.reach import look_up_stops

State = Registration.State
PAGE = 50
# In the order in which the list shows them, those first for whom something is to be done: kind and icon of each.
CHIPS = {
    State.OFFERED: ("wait", "clock-history"),
    State.WAITING: ("wait", "hourglass"),
    State.PENDING: ("quiet", "question-circle"),
    State.CONFIRMED: ("good", "check-circle"),
    State.ATTENDED: ("good", "person-check"),
    State.NO_SHOW: ("quiet", "person-dash"),
    State.CANCELED: ("quiet", "x-lg"),
}
HEADER = (
    gettext_lazy("State"), gettext_lazy("Name"), gettext_lazy("Adults"), gettext_lazy("Children"),
    gettext_lazy("Language"), gettext_lazy("What helps to take part"), gettext_lazy("How they are told"),
    gettext_lazy("E-mail"), gettext_lazy("Phone"), gettext_lazy("Registered"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What the list shows of one registration, and what may be done with it now."""

    called: str
    code: str
    chip: tuple
    note: str
    people: str
    needs: str
    language: str
    way: str
    url: str
    is_open: bool
    may_offer: bool
    may_accept: bool


def address(event):
    return reverse("events:registration_list", args=[event.reference])


def listed(event):
    """Everybody of whom we still know who they are."""
    order = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(CHIPS)), output_field=IntegerField())
    known = event.registrations.exclude(contact=None).select_related("contact")
    return known.order_by(order, "waits_since", "id")


def summary(event):
    """How many have a place, wait and so on, for a list of facts. It names nobody, and stays when names are deleted."""
    people = Sum(Coalesce("came", PEOPLE))
    found = event.registrations.order_by().values_list("state").annotate(rows=Count("pk"), people=people)
    counted = {state: (rows, people) for state, rows, people in found}
    facts = []
    for state in (state for state in CHIPS if state in counted):
        rows, people = counted[state]
        who = ngettext("%(people)d person", "%(people)d people", people) % {"people": people}
        of = ngettext("%(rows)d registration", "%(rows)d registrations", rows) % {"rows": rows}
        facts.append((state.label, f"{who}, {of}"))
    return facts


def page(event, room, number):
    """The list, with how many come and what they need together."""
    places = list(listed(event))
    pages = Paginator(places, PAGE).get_page(number)
    return {
        "page_obj": pages,
        "rows": _rows(event, pages.object_list, room),
        "counted": summary(event),
        "left": room.left if room is not None else None,
        "on": room is not None,
        "needs": _needs(places),
        "url": address(event),
    }


def paper(event):
    """The list as it lies at the door: who has a place, by name."""
    places = sorted(listed(event).filter(state__in=Registration.HOLDING), key=lambda place: place.called.casefold())
    return {
        "rows": _rows(event, places, None),
        "counted": summary(event),
        "needs": _needs(places),
        "ages": Tap.Age.labels,
        "visits": Tap.Visit.labels,
    }


def _rows(event, places, room):
    prefix, zone = address(event), event.wall_time.tzinfo
    names = {state: str(state.label) for state in State}
    return [_row(place, room, prefix, zone, names) for place in places]


def _row(place, room, prefix, zone, names):
    state, contact = State(place.state), place.contact
    fits = room is not None and room.fits(place.people)
    return Row(
        called=place.called,
        code=place.door_code,
        chip=(*CHIPS[state], names[state]),
        note=_note(place, zone),
        people=party(place),
        needs=", ".join(place.needs_named),
        language=str(LANGUAGE_NAMES.get(contact.language, contact.language)),
        way=_way(contact),
        url=f"{prefix}{place.handle}/",
        is_open=place.is_open,
        may_offer=fits and state == State.WAITING,
        may_accept=room is not None and (state in (State.OFFERED, State.PENDING) or fits and state == State.WAITING),
    )


def _way(contact, stopped=False):
    """How they are told. Whoever writes to them by hand keeps to the same rules as a message of ours."""
    words = [told_by(contact)]
    words += [_("Neutral sender and subject")] * contact.plainly_neutral
    words += [Notice.Reason.STOPPED.label] * stopped
    return "; ".join(map(str, words))


def _note(place, zone):
    """Until when a place is kept for them, or how many of them came."""
    if place.offer_until:
        moment = place.offer_until.astimezone(zone).replace(tzinfo=None)
        return _("until %(moment)s") % {"moment": date_format(moment, "j M H:i")}
    if place.came:
        return ngettext("%(people)d came", "%(people)d came", place.came) % {"people": place.came}
    return ""


def party(place):
    """How many they are, and how many of them are children."""
    if not place.children:
        return str(place.adults)
    told = ngettext("%(people)d, with %(children)d child", "%(people)d, with %(children)d children", place.children)
    return told % {"people": place.people, "children": place.children}


def _needs(places):
    """What would help those who come, and which languages they speak: (words, how many registrations) of each."""
    coming = [place for place in places if place.is_open]
    needs = Counter(one for place in coming for one in place.needs)
    notes = sum(bool(place.needs_note) for place in coming)
    languages = Counter(place.contact.language for place in coming)
    return [
        *((Need(one).label, count) for one, count in needs.most_common()),
        *([(_("Something else, in their own words"), notes)] if notes else []),
        *((LANGUAGE_NAMES.get(one, one), count) for one, count in languages.most_common()),
    ]


def exported(places):
    """The rows of the file, in the order of HEADER."""
    places = list(places)
    look_up_stops([place.contact for place in places])
    names = {state: str(state.label) for state in State}
    for place in places:
        contact = place.contact
        yield [
            names[place.state], place.called, place.adults, place.children,
            LANGUAGE_NAMES.get(contact.language, contact.language), "; ".join(place.needs_named),
            _way(contact, contact.stopped), contact.email, contact.phone,
            date_format(timezone.localtime(place.made_at), "Y-m-d H:i"),
        ]  # fmt: skip


def of_one(place, room):
    """The page of one registration, as whoever made it reads it."""
    event, state = place.event, State(place.state)
    free = room is not None and room.fits(place.people)
    waits = state == State.WAITING
    before = event.registrations.in_line().filter(waits_since__lt=place.waits_since).count() if waits else 0
    return {
        "place": place,
        "event": event,
        "on": room is not None,
        "number": before + 1,
        "until": place.offer_until and place.offer_until.astimezone(event.wall_time.tzinfo),
        "may_take": room is not None and (state == State.OFFERED or waits and free),
        "may_wait": room is not None and waits and not free and place.lapsed_at is not None,
        "may_answer": room is not None and state == State.PENDING,
        "told": telling.is_told(place.contact),
        "way": WAYS[way_of(place.contact)],
        "may_change": place.is_open and not event.has_begun,
        "url": reverse("place:place_detail", args=[place.token]),
    }
