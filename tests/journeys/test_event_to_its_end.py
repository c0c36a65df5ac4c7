"""An event from its plan to the promise that was kept, and a series that is called off: the whole installation, with
real mail to residents who have no account and whose phones run no script.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from events import actions, registering
from events.models import Event, Registration, Tap
from notices.models import Notice
from tests.browser.test_events import (
    cancel_from,
    city,  # noqa: F401 -- an area, a room and an officer
    close_out,
    draft,
    keep_the_promise,
    publish,
)
from tests.browser.test_registering import phone, wait_like_a_person  # noqa: F401
from tests.factories.events import EventFactory, RegistrationFactory
from tests.journeys.test_whole_day import letters, whole

pytestmark = pytest.mark.django_db(transaction=True)
ANA, BEN = "ana@example.org", "ben@example.org"


# From the plan to the promise ----------------------------------------------------------------------------------------
def register_in_spanish(page):
    """Two people, who want to be told by e-mail."""
    page.goto("/events/")
    page.get_by_role("link", name="Noches seguras").click()
    page.get_by_role("link", name="Inscribirse").click()
    wait_like_a_person(page)
    page.get_by_label("Adultos").fill("2")
    page.get_by_label("Por correo electrónico").check()
    page.get_by_role("textbox", name="Correo electrónico").fill(ANA)
    page.get_by_role("button", name="Inscribirse").click()
    expect(page.get_by_role("heading", name="Usted tiene lugar")).to_be_visible()


def register_in_english(page, event):
    page.goto(event.public_url)
    page.get_by_role("link", name="Register", exact=True).click()
    wait_like_a_person(page)
    page.get_by_label("By e-mail").check()
    page.get_by_role("textbox", name="E-mail").fill(BEN)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="You have a place")).to_be_visible()


def come_near(event):
    """Two days before it: the reminder of everybody who has a place is due."""
    due = Notice.objects.waiting().filter(kind="events.reminder", contact__registration__event=event)
    assert due.update(due_at=timezone.now() - timedelta(minutes=1)) == 1


def begin(event):
    """The evening has come."""
    begins = timezone.localtime() - timedelta(hours=1)
    Event.objects.filter(pk=event.pk).update(
        day=begins.date(), clock=begins.time(), starts_at=begins, ends_at=begins + timedelta(minutes=90)
    )


def test_an_event_is_planned_filled_reminded_of_held_and_what_was_promised_is_kept(
    city, staff_context, phone, engine, smtp, wait_until  # noqa: F811
):  # fmt: skip
    engine.start()
    _area, officer = city
    desk, hers, his = staff_context(officer).new_page(), phone("es-US"), phone()
    event = draft(desk, timezone.localdate() + timedelta(days=20), places=3)
    publish(desk)
    register_in_spanish(hers)
    wait_until(lambda: len(letters(smtp, ANA)) == 1)
    [confirmed] = letters(smtp, ANA)
    assert confirmed["Subject"] == "Usted tiene lugar: Noches seguras"
    # Whoever closed the page opens it again by the mail.
    hers.goto(re.search(r"https?://[^/\s]+(/place/\S+)", whole(confirmed))[1])
    expect(hers.get_by_text("Les esperamos: 2 personas.")).to_be_visible()

    # The next who registers wakes the worker, which finds what is due as well.
    come_near(event)
    register_in_english(his, event)
    wait_until(lambda: len(letters(smtp, ANA)) == 2 and len(letters(smtp, BEN)) == 1)
    reminder = letters(smtp, ANA)[1]
    assert re.fullmatch(r"El .+ usted tiene lugar: Noches seguras", reminder["Subject"].strip())
    assert "18:30" in reminder.get_body().get_content()
    assert set(smtp.by_id.values()) == {1}
    his.goto(event.public_url)
    expect(his.get_by_text("All places are taken.", exact=True)).to_be_visible()

    begin(event)
    desk.goto(event.get_absolute_url())
    desk.get_by_role("link", name="At the door").click()
    for _person in range(3):
        desk.locator("[data-count]").first.click()
    expect(desk.locator("#tally-total")).to_contain_text("3")
    wait_until(lambda: Tap.objects.count() == 3)
    close_out(desk, event, came=3)
    event.refresh_from_db()
    assert event.state == Event.State.CLOSED_OUT

    desk.goto("/reminders/")
    desk.get_by_role("link", name="Promised at the event: A lamp on Test Street").click()
    keep_the_promise(desk)
    desk.goto("/reminders/")
    expect(desk.get_by_role("link", name="Promised at the event")).to_have_count(0)
    assert [len(letters(smtp, address)) for address in (ANA, BEN)] == [2, 1]


# A series that is called off -----------------------------------------------------------------------------------------
@pytest.fixture
def series(city):  # noqa: F811
    """Four weeks of an event that residents read about and register for."""
    area, officer = city
    names = {"title_en": "Coffee with us", "title_es": "Café con nosotros"}
    first = EventFactory(area=area, lead=officer, published=True, registers=True, **names)
    actions.repeat(event=first, every="week", times=4, by=officer)
    for one in Event.objects.order_by("starts_at")[1:]:
        actions.plan(event=one, by=officer)
        actions.publish(event=one, by=officer)
    return list(Event.objects.order_by("starts_at"))


def register(event, name, **traits):
    return RegistrationFactory(event=event, contact__email=f"{name}@example.org", **traits)


def entries(page):
    """The feed as a calendar reads it: the entry with the rule, and {reference: entry} of what differs from it."""
    found = Calendar.from_ical(page.request.get("/events/feed.ics").body()).walk("VEVENT")
    [rule] = [entry for entry in found if "RRULE" in entry]
    return rule, {str(entry["URL"]).split("/")[-2]: entry for entry in found if entry is not rule}


def test_of_a_series_that_is_called_off_everybody_hears_and_every_page_and_calendar_says_so(
    city, series, staff_context, phone, engine, smtp, wait_until  # noqa: F811
):  # fmt: skip
    engine.start()
    _area, officer = city
    first, *rest = series
    stays, gone = register(first, "stays"), register(rest[0], "gone")
    registering.cancel(gone, by=officer)
    told = {
        "place": register(rest[0], "place"),
        "waits": register(rest[0], "waits", waiting=True, contact__language="es"),
        "offered": register(rest[1], "offered", offered=True),
        "asked": register(rest[2], "asked", pending=True),
    }
    RegistrationFactory(event=rest[2], unreached=True)
    cancel_from(staff_context(officer, js=False).new_page(), rest[0], count=3)

    wait_until(lambda: all(letters(smtp, f"{name}@example.org") for name in told))
    found = {name: letters(smtp, f"{name}@example.org") for name in (*told, "stays", "gone")}
    assert {name: len(mails) for name, mails in found.items()} == dict.fromkeys(told, 1) | {"stays": 0, "gone": 0}
    assert set(smtp.by_id.values()) == {1}
    [english], [spanish] = found["place"], found["waits"]
    assert (english["Subject"], spanish["Subject"]) == (
        "The event is canceled: Coffee with us", "El evento está cancelado: Café con nosotros",
    )  # fmt: skip
    assert "The hall is flooded." in english.get_body().get_content()
    assert "La sala está inundada." in spanish.get_body().get_content()
    # What stood in the calendar of whoever had a place is taken out of it.
    assert "STATUS:CANCELLED" in whole(english)
    assert not Notice.objects.waiting().exists()

    page = phone()
    for one in rest:
        page.goto(one.public_url)
        expect(page.get_by_text("This event is canceled.", exact=True)).to_be_visible()
        expect(page.get_by_text("The hall is flooded.")).to_be_visible()
        expect(page.get_by_role("link", name="Register", exact=True)).to_have_count(0)
    page.goto(f"/place/{told['waits'].token}/")
    expect(page.get_by_role("heading", name="The event is canceled")).to_be_visible()
    page.goto(first.public_url)
    expect(page.get_by_text("This event is canceled.", exact=True)).to_have_count(0)
    expect(page.locator(".chip.is-stop")).to_have_count(3)
    assert Registration.objects.get(pk=stays.pk).state == Registration.State.CONFIRMED

    rule, differing = entries(page)
    assert (str(rule["STATUS"]), str(rule["SUMMARY"])) == ("CONFIRMED", "Coffee with us")
    assert set(differing) == {one.reference for one in rest}
    for one in rest:
        entry = differing[one.reference]
        assert (str(entry["STATUS"]), entry["RECURRENCE-ID"].dt) == ("CANCELLED", one.wall_time)
        assert str(entry["SUMMARY"]) == "Canceled: Coffee with us"
