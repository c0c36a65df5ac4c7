"""A calendar full of cases, what our database says of it, and what the programs of others read."""

import json
import subprocess
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.test import Client, override_settings

from events import actions
from events.models import Event
from liaison import install
from tests.factories.accounts import UserFactory
from tests.factories.areas import VenueFactory
from tests.factories.events import EventFactory

ZONE = "America/New_York"
# The clocks go back on 1 November 2026 and forward on 14 March 2027.
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
BEGIN, END = NOW - timedelta(days=1), NOW + timedelta(days=200)
FIRST, TIMES = date(2026, 10, 21), 24
HOSTILE = "</script><script>alert(1)</script>\r\nATTENDEE:mailto:x@example.org\x07 ]]> & \"so\", 'this'; \\n é"


def publish(events):
    """As the verb does, for many at once and for days that have passed."""
    for event in events:
        Event.objects.filter(pk=event.pk).update(
            state=Event.State.PUBLISHED, published_at=NOW - timedelta(days=30), published_by=event.made_by
        )


def make_calendar():
    """A weekly series over both changes of the clock with everything that can befall one of its times, and others."""
    lead = UserFactory(officer=True)
    first = EventFactory(
        lead=lead, day=FIRST, clock=time(18, 30), planned=True, title_en="Coffee", title_es="Café", place="Test Park"
    )
    actions.repeat(event=first, every="week", times=TIMES, by=lead)
    times = list(Event.objects.order_by("starts_at"))
    publish([event for number, event in enumerate(times) if number != 6])
    times = list(Event.objects.order_by("starts_at"))
    moved = {"day": times[2].day + timedelta(days=1), "clock": time(19), "minutes": 45, "seen": 0, "place": "Test Hall"}
    actions.reschedule(event=times[2], changes=moved, by=lead)
    actions.cancel(event=times[4], by=lead, told_en="Rain.", told_es="Lluvia.")
    actions.postpone(event=times[10], by=lead)
    Event.objects.filter(pk=times[8].pk).update(title_en=HOSTILE.replace("\x07", "\x0b"), about_es=HOSTILE)
    alone = {"lead": lead, "published": True, "published_at": NOW}
    room = VenueFactory(name="Library; upper, room", address="1 Test Street", step_free=True)
    EventFactory(**alone, day=date(2026, 11, 1), clock=time(9), title_en="On the day the clocks go back", venue=room)
    EventFactory(**alone, day=date(2027, 3, 14), clock=time(10), title_en="Forward", online="https://meet.example/r")
    EventFactory(lead=lead, title_en="A draft", day=date(2026, 12, 1))
    EventFactory(**alone, title_en="Invited", access="invited", day=date(2026, 12, 2))
    EventFactory(**alone, title_en="Long ago", day=date(2026, 8, 1), about_en="Over.", state="held")


def told():
    """[when in UTC, as whose title, under which state] of all that residents may read, from our own rows."""
    prefixes = {"canceled": ("Canceled: ", "CANCELLED"), "postponed": ("Postponed: ", "TENTATIVE")}
    rows = []
    for event in Event.objects.shown().filter(starts_at__gt=BEGIN):
        prefix, state = prefixes.get(event.state, ("", "CONFIRMED"))
        title = " ".join(event.title_en.replace("\x0b", " ").split())
        rows.append([event.starts_at.astimezone(UTC).isoformat(), prefix + title, state])
    return sorted(rows)


@pytest.fixture(scope="session")
def foreign_python():
    """`make test` makes the environment of the programs of others."""
    if not install.installed("foreign"):
        pytest.skip("make install-foreign has not been run")
    return install.python("foreign")


def with_a_page():
    """Every kind of event that residents may read, and not each time of the series that is like the others."""
    alike = Q(title_en="Coffee", sequence=0, starts_at__gt=NOW + timedelta(days=20))
    return Event.objects.shown().exclude(alike).select_related("venue", "area", "type").order_by("starts_at")


def published():
    """{name of a file: its content} of all that we publish of these events."""
    client = Client()
    asked = {
        "feed.ics": "/events/feed.ics?language=en",
        "expanded.ics": "/events/feed.ics?language=en&expand=1",
        "news-en.rss": "/events/feed.rss?language=en",
        "news-es.rss": "/events/feed.rss?language=es",
        "news-en.atom": "/events/feed.atom?language=en",
        "news-es.atom": "/events/feed.atom?language=es",
    }
    answers = {name: client.get(address).content for name, address in asked.items()}
    for language in ("en", "es"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for event in with_a_page():
            answers[f"{event.reference}-{language}.html"] = client.get(event.public_url).content
    return answers


@pytest.fixture(scope="module")
def read(django_db_setup, django_db_blocker, foreign_python, tmp_path_factory):
    """What each of the programs read, what we have, and our answers."""
    folder, script = tmp_path_factory.mktemp("foreign"), install.ROOT / "tests" / "foreign" / "clients.py"
    with (
        django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(NOW, tick=False),
        override_settings(TIME_ZONE=ZONE),
    ):  # fmt: skip
        make_calendar()
        answers, expected = published(), told()
        events = list(with_a_page())
        transaction.set_rollback(True)
    for name, content in answers.items():
        (folder / name).write_bytes(content)
    asked = {
        "files": {name: str(folder / name) for name in answers}, "folder": str(folder), "zone": ZONE,
        "base": settings.PUBLIC_URL, "begin": BEGIN.isoformat(), "end": END.isoformat(),
    }  # fmt: skip
    command = [foreign_python, script]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return {"told": expected, "events": events, "answers": answers, **json.loads(done.stdout)}
