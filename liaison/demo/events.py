"""The events of Alder Bay: some that were, many that come, a series, one that is canceled and one postponed."""

from datetime import time, timedelta

from django.utils import timezone

from areas.models import AlreadyBooked, Booking, Venue
from events import delivered, owed
from events.models import CheckItem, CloseOut, Event, EventType, Part, Promise, Registration, Series, TypeCheck
from liaison.demo import city, staff
from notices.models import Contact
from notices.walltime import local_to_utc

COUNT, EVERY_DAYS, FIRST_DAY = 36, 2, -14
TIMES = 6
CANCELED, POSTPONED, DRAFT, INVITED = 11, 17, 23, 29
# So many days after it, it is written down who came: new, returning and not asked, of adults and of young people; what
# it cost; and what was promised, of which every second promise is kept already.
CLOSED_AFTER, PROMISED_FOR = 3, 21
CAME = ((14, 9, 5, 3, 2, 0), (31, 12, 8, 0, 0, 6), (6, 11, 0, 1, 0, 0), (18, 4, 9, 7, 5, 2))
COSTS = ("45.00", "310.00", None, "86.50")
PROMISES = (
    "A list of who mends street lamps",
    "An officer at the next meeting of the tenants",
    "A map of safe ways home",
)
# For workshops people register, and more want to come than there is room for: adults, children, language of each.
PLACES = 12
PARTIES = (
    (1, 0, "en"),
    (2, 0, "es"),
    (2, 2, "en"),
    (1, 0, "en"),
    (1, 1, "vi"),
    (2, 0, "en"),
    (1, 0, "es"),
    (2, 1, "so"),
)
HOURS = (time(10), time(18), time(14), time(18, 30), time(9, 30))

# type, title and words in English, title and words in Spanish, purpose, languages, interpreters
KINDS = (
    (
        "coffee", "Coffee with an officer", "Sit down with us. There is no agenda: ask, tell, or just have a coffee.",
        "Café con un oficial", "Siéntese con nosotros. No hay agenda: pregunte, cuente o solo tome un café.",
        "social", ["en", "es"], [],
    ),
    (
        "town_hall", "Town hall on safe evenings",
        "What worries you after dark, and what we can do about it together. Ten minutes from us, the rest is yours.",
        "Asamblea sobre noches seguras",
        "Qué le preocupa de noche y qué podemos hacer juntos. Diez minutos nuestros; el resto es suyo.",
        "consult", ["en"], ["es", "so"],
    ),
    (
        "workshop", "Settling a conflict next door",
        "Two hours of practice: how to begin a hard talk, and how to end it well. With a mediator of the city.",
        "Resolver un conflicto entre vecinos",
        "Dos horas de práctica: cómo empezar una conversación difícil y cómo terminarla bien. Con una mediadora.",
        "train", ["en", "es"], ["sgn"],
    ),
    (
        "clean_up", "Clean-up on the path", "Gloves and bags are there. Bring children and a hat.",
        "Limpieza del sendero", "Habrá guantes y bolsas. Traiga a los niños y un sombrero.",
        "involve", ["en", "es"], [],
    ),
    (
        "health_fair", "Health and help fair",
        "Blood pressure, food, housing, legal help: services of the city in one place. Nobody asks for papers.",
        "Feria de salud y ayuda",
        "Presión arterial, comida, vivienda, ayuda legal: servicios de la ciudad en un lugar. Nadie pide papeles.",
        "inform", ["en", "es"], ["vi"],
    ),
    (
        "sport", "Open court", "Basketball for everybody from 12 to 20. Officers play too, and lose.",
        "Cancha abierta", "Baloncesto para todos de 12 a 20 años. Los oficiales también juegan, y pierden.",
        "social", ["en"], [],
    ),
)  # fmt: skip


def make_events(today, users, areas, organizations):
    """Write each event once, however often the city is loaded."""
    types = _types()
    venues = list(Venue.objects.order_by("id"))
    leads = [users[officer.key] for officer in staff.OFFICERS]
    for number in range(COUNT):
        reference = f"E-26-{city.mark('event', str(number))}"
        if not Event.objects.filter(reference=reference).exists():
            event = _event(number, reference, today, types, venues, leads)
            _parts(event, organizations[number % len(organizations)])
    _series(today, types, areas, leads)


def _types():
    """The delivered types, which tests that empty the tables take away."""
    if not EventType.objects.exists():
        for fields, checks in delivered.rows():
            type = EventType.objects.create(**fields)
            TypeCheck.objects.bulk_create(TypeCheck(type=type, text=text, days=days) for text, days in checks)
    return {type.code: type for type in EventType.objects.all()}


def _event(number, reference, today, types, venues, leads):
    kind = KINDS[number % len(KINDS)]
    venue = venues[number % len(venues)]
    event = _written(
        kind, reference, types, day=today + timedelta(days=FIRST_DAY + EVERY_DAYS * number),
        clock=HOURS[number % len(HOURS)], venue=venue, area=venue.area,
        lead=leads[number % len(leads)],
    )  # fmt: skip
    _stand(event, number)
    event.save()
    owed.copy_checks(event)
    if event.state in Event.OPEN:
        _take(event)
        owed.checklist(event)
    if event.state == Event.State.FULL:
        _register(event)
    if event.state == Event.State.CLOSED_OUT:
        _close_out(event, number)
    return event


def _close_out(event, number):
    """Who came, what it cost, and what is owed since."""
    came = dict(zip(CloseOut.COUNTS, CAME[number % len(CAME)], strict=True))
    CloseOut.objects.create(event=event, cost=COSTS[number % len(COSTS)], by=event.lead, **came)
    due_on = event.day + timedelta(days=PROMISED_FOR)
    promise = Promise(event=event, what=PROMISES[number % len(PROMISES)], who=event.lead, due_on=due_on)
    if number % 2:
        promise.state, promise.said = Promise.State.KEPT, "Done the week after"
        promise.ended_at, promise.ended_by = timezone.now(), event.lead
    promise.save()
    if promise.state == Promise.State.OPEN:
        owed.promise(promise)


def _register(event):
    """The first who fit have a place. Nobody of them gave a name or a way to be reached."""
    left = event.capacity
    for adults, children, language in PARTIES:
        state = "confirmed" if adults + children <= left else "waiting"
        left -= (adults + children) * (state == "confirmed")
        contact = Contact.objects.create(language=language)
        Registration(event=event, contact=contact, adults=adults, children=children, state=state).issue_first()


def _written(kind, reference, types, **fields):
    code, title_en, about_en, title_es, about_es, purpose, languages, interpreters = kind
    return Event(
        reference=reference, type=types[code], title_en=title_en, about_en=about_en, title_es=title_es,
        about_es=about_es, purpose=purpose, languages=languages, interpreters=interpreters, minutes=120,
        children=Event.Children.YOUTH if code == "sport" else Event.Children.WELCOME, risk=Event.Risk.LOW,
        risk_note="Two of us stay at the door.", outreach=["flyer", "school"], made_by=fields["lead"],
        registers=code == "workshop", capacity=PLACES if code == "workshop" else None, **fields,
    )  # fmt: skip


def _stand(event, number):
    """Where it stands: what is past was held or is closed out, what comes is published, and four are something else."""
    if local_to_utc(event.day, event.clock) <= timezone.now():
        over = event.day <= timezone.localdate() - timedelta(days=CLOSED_AFTER)
        event.state = Event.State.CLOSED_OUT if over else Event.State.HELD
    else:
        event.state = Event.State.FULL if event.registers else Event.State.PUBLISHED
    if number == DRAFT:
        event.state = Event.State.DRAFT
        return
    event.published_at, event.published_by = timezone.now() - timedelta(days=30), event.lead
    if number == INVITED:
        event.access = Event.Access.INVITED
    if number == CANCELED:
        event.state, event.sequence = Event.State.CANCELED, 1
        event.canceled_at, event.canceled_by = timezone.now(), event.lead
        event.told_en, event.told_es = "The hall is being repaired.", "La sala está en reparación."
    if number == POSTPONED:
        event.state, event.sequence = Event.State.POSTPONED, 1
        event.told_en, event.told_es = "We look for a larger room.", "Buscamos una sala más grande."


def _take(event):
    """The room, where the appointments of cases leave it free."""
    try:
        Booking.objects.book(ref=event.reference, starts_at=event.starts_at, ends_at=event.ends_at, venue=event.venue)
    except AlreadyBooked:
        Event.objects.filter(pk=event.pk).update(venue=None, place=event.area.name)


def _parts(event, organization):
    Part.objects.get_or_create(event=event, organization=organization, defaults={"what": "Helps to set up"})


def _series(today, types, areas, leads):
    """Coffee in Harbor every week; the third time is canceled."""
    references = [f"E-26-{city.mark('series', str(number))}" for number in range(TIMES)]
    if Event.objects.filter(reference__in=references).exists():
        return
    begins, clock = today + timedelta(days=5), time(8, 30)
    series = Series(every="week", times=TIMES, day=begins, clock=clock, starts_at=local_to_utc(begins, clock))
    series.save()
    for number, (reference, day) in enumerate(zip(references, series.days(), strict=True)):
        event = _written(
            KINDS[0], reference, types, day=day, clock=clock, area=areas["AB-H3"], lead=leads[0], series=series,
            stands_for=day, place="Quayside, the kiosk", step_free=True,
        )  # fmt: skip
        _stand(event, CANCELED if number == 2 else 0)
        event.save()
        CheckItem.objects.create(event=event, text="The kiosk knows that we come", days=2)
