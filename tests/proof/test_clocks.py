"""Reminders and quiet hours right across both changes of the clocks, leap days and ends of months.

What is right is worked out here a second time and in another way: by trying the moments of UTC and looking at what the
clocks on the wall then show. Nothing of `notices.walltime` is used for it.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from cases import actions, mails, owed, scheduling
from cases.models import Session
from notices import kinds, reach, walltime
from notices.models import Channel, Contact, Notice, Purpose, Task
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory
from tests.factories.cases import CaseFactory, PartyFactory

# Zone: the day on which its clocks go forward, and the day on which they go back. Lord Howe moves by half an hour.
SWITCHES = {
    "America/New_York": (date(2027, 3, 14), date(2027, 11, 7)),
    "Europe/Madrid": (date(2027, 3, 28), date(2027, 10, 31)),
    "Australia/Lord_Howe": (date(2027, 10, 3), date(2027, 4, 4)),
}
OFFSETS = (1, 2, 3, 7)
# Within the hour that is skipped or comes twice, beside it, and in the middle of the day.
CLOCKS = (time(2, 15), time(1, 45), time(9, 0), time(2, 0), time(1, 30), time(3, 0), time(0, 30), time(23, 45))
LEAPS_AND_ENDS = (
    *(date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 2), date(2028, 3, 7)),
    *(date(2027, 3, 1), date(2027, 1, 31), date(2027, 5, 1), date(2028, 1, 1)),
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def moment_of(day, clock, zone):
    """The first moment at which the wall shows this; a time that is skipped, as far behind the gap as it is in it."""
    wall, zone = datetime.combine(day, clock), ZoneInfo(zone)
    noon = wall.replace(tzinfo=UTC)
    offsets = [(noon + shift).astimezone(zone).utcoffset() for shift in (-DAY, DAY)]
    showing = [noon - offset for offset in offsets if shown(noon - offset, zone) == wall]
    return min(showing) if showing else noon - offsets[0]


def shown(moment, zone):
    """What the wall of a zone shows at a moment, as a plain time."""
    zone = ZoneInfo(zone) if isinstance(zone, str) else zone
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


@pytest.fixture
def city(db):
    area = AreaFactory()
    officer = UserFactory(supervisor=True, areas=[area])
    case = CaseFactory(area=area, opened_by=officer, assigned_to=officer, contacting=True)
    return SimpleNamespace(case=case, officer=officer, party=PartyFactory(case=case))


def book(city, day, clock, zone):
    session = Session(case=city.case, kind="call", day=day, clock=clock, time_zone=zone, minutes=5)
    return scheduling.book_session(session=session, parties=[city.party], staff=[city.officer], by=city.officer)


def wrong_reminders(session):
    """How many reminders of an appointment were looked at, and which of them are not where they belong."""
    looked_at, wrong = 0, []
    expected = {days: moment_of(session.day - timedelta(days=days), session.clock, session.zone) for days in OFFSETS}
    for kind in (mails.SESSION, mails.SESSION_STAFF):
        due = sorted(Notice.objects.filter(ref=session.reference, kind=kind).values_list("due_at", flat=True))
        looked_at += len(due)
        wrong += [(session.day, session.clock, session.zone, due)] * (due != sorted(expected.values()))
    return looked_at, wrong


def says_when(session):
    """Whether the message names the day and the time that the wall there shows."""
    wall = shown(moment_of(session.day, session.clock, session.zone), session.zone)
    body = kinds.render(mails.SESSION, [session.reference], "en")[session.reference].body
    return f"{wall:%A, %B} {wall.day} at {wall:%H:%M}" in body


def test_reminders_across_both_changes(city, monkeypatch, size, figure):
    monkeypatch.setattr(mails, "OFFSETS", OFFSETS)
    clocks, days = CLOCKS[: size(ci=3, full=8)], range(size(ci=2, full=9))
    looked_at, wrong, starts = 0, [], 0
    for (zone, switches), clock, after in product(SWITCHES.items(), clocks, days):
        for switch in switches:
            session = book(city, switch + timedelta(days=after), clock, zone)
            starts += session.starts_at != moment_of(session.day, session.clock, zone)
            number, bad = wrong_reminders(session)
            looked_at, wrong = looked_at + number, wrong + bad + ([] if says_when(session) else ["its words"])
            scheduling.cancel_session(session=session, reason="Next", by=city.officer)
    figure("reminders across changes of the clocks", looked_at, f"== {3 * 2 * len(clocks) * len(days) * 8}")
    figure("appointments at a wrong moment", starts, "== 0")
    assert not wrong[:3]
    figure("wrong reminders across changes of the clocks", len(wrong), "== 0")


@pytest.mark.parametrize("zone", SWITCHES)
def test_reminders_on_leap_days_and_at_ends_of_months(city, monkeypatch, figure, zone):
    monkeypatch.setattr(mails, "OFFSETS", OFFSETS)
    looked_at, wrong = 0, []
    for day in LEAPS_AND_ENDS:
        number, bad = wrong_reminders(session := book(city, day, time(9, 0), zone))
        looked_at, wrong = looked_at + number, wrong + bad
        scheduling.cancel_session(session=session, reason="Next", by=city.officer)
    figure(f"reminders at leap days and ends of months, {zone}", looked_at, f"== {len(LEAPS_AND_ENDS) * 8}")
    figure(f"wrong reminders at leap days and ends of months, {zone}", len(wrong), "== 0")


@pytest.mark.parametrize("zone", SWITCHES)
def test_tasks_of_days_come_in_the_morning_of_the_installation(city, settings, zone):
    """The end of a hold on its day, what a court decided on the day after, both at nine by the wall."""
    settings.TIME_ZONE = zone
    for day in (*SWITCHES[zone], *LEAPS_AND_ENDS):
        actions.hold_case(case=city.case, until=day, reason="Until then", by=city.officer)
        city.case.court_on = day
        owed.court_date(city.case)
        due = dict(Task.objects.open().filter(key__startswith="cases.date:").values_list("text", "due_at"))
        actions.resume_case(case=city.case, by=city.officer)

        assert sorted(due.values()) == [moment_of(day, time(9, 0), zone), moment_of(day + DAY, time(9, 0), zone)]


# Hours ----------------------------------------------------------------------------------------------------------------
HOURS = [
    (time(8, 0), time(21, 0)),
    (time(20, 0), time(2, 30)),
    (time(2, 15), time(9, 0)),
    (time(1, 45), time(2, 15)),
    (time(22, 0), time(1, 50)),
]


def is_open(moment, opens, closes, zone):
    clock = shown(moment, zone).time()
    return opens <= clock < closes if opens <= closes else clock >= opens or clock < closes


def first_open(moment, opens, closes, zone):
    """The first minute from a moment on at which the hours begin.

    Hours that were over are over, although the clocks are put back into them.
    """
    minute = timedelta(minutes=1)
    for at in (moment + n * minute for n in range(3 * 24 * 60)):
        goes_on = shown(at, zone) > shown(at - minute, zone)
        if goes_on and is_open(at, opens, closes, zone) and not is_open(at - minute, opens, closes, zone):
            return at
    raise AssertionError("they never open")


def wrong_answers(rules, contact, switch, zone, step):
    """Ask through three days around a change whether this person may be written to: (asked, wrong)."""
    asked, wrong, hours = 0, [], (contact.hours_from, contact.hours_to)
    begin = moment_of(switch - DAY, time(0, 0), zone)
    for number in range(0, 3 * 24 * 60, step):
        at = begin + timedelta(minutes=number)
        answer = rules.may_reach(contact, Channel.EMAIL, purpose=Purpose.CASE, at=at)
        right = at if is_open(at, *hours, zone) else first_open(at, *hours, zone)
        given = at if isinstance(answer, reach.Allowed) else answer.at
        asked += 1
        # Hours that begin within a skipped hour may begin as far behind it, but never in the night.
        late = given - right
        if not (timedelta(0) <= late < HOUR and is_open(given, *hours, zone)):
            wrong.append((zone, hours, at, given, right))
    return asked, wrong


def somebody(zone, opens, closes):
    contact = Contact(name="Marta", email="marta@example.org", may_email=True, time_zone=zone)
    contact.hours_from, contact.hours_to = opens, closes
    contact.save()
    contact.set_consent(Purpose.CASE, [Channel.EMAIL], by="test")
    return contact


def test_quiet_hours_are_kept_in_the_zone_of_the_person(db, size, figure):
    asked, wrong, step = 0, [], size(ci=95, full=5)
    for (zone, switches), hours in product(SWITCHES.items(), HOURS):
        contact = somebody(zone, *hours)
        rules = reach.Rules([contact])
        for switch in switches:
            number, bad = wrong_answers(rules, contact, switch, zone, step)
            asked, wrong = asked + number, wrong + bad
    figure("moments asked about quiet hours", asked, f"== {3 * 2 * len(HOURS) * -(-3 * 24 * 60 // step)}")
    assert not wrong[:3]
    figure("answers against quiet hours", len(wrong), "== 0")


# The planted failures ------------------------------------------------------------------------
def test_arithmetic_in_utc_would_be_seen(city, monkeypatch):
    def in_utc(day, clock, zone=None, days=1):
        return walltime.local_to_utc(day, clock, zone) - timedelta(days=days)

    monkeypatch.setattr(mails, "OFFSETS", OFFSETS)
    monkeypatch.setattr(mails, "days_before", in_utc)
    _zone, (forward, back) = next(iter(SWITCHES.items()))
    for day in (forward, back):
        assert wrong_reminders(book(city, day + DAY, time(9, 0), "America/New_York"))[1]


def test_hours_of_another_zone_would_be_seen(db):
    contact = somebody("Europe/Madrid", time(8, 0), time(21, 0))
    rules = reach.Rules([contact])
    contact.time_zone = "America/New_York"

    assert wrong_answers(rules, contact, SWITCHES["Europe/Madrid"][0], "Europe/Madrid", 60)[1]


def test_the_oracle_knows_what_is_skipped_and_what_comes_twice():
    assert moment_of(date(2027, 3, 14), time(2, 30), "America/New_York") == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert moment_of(date(2027, 11, 7), time(1, 30), "America/New_York") == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    assert moment_of(date(2027, 10, 3), time(2, 15), "Australia/Lord_Howe") == datetime(2027, 10, 2, 15, 45, tzinfo=UTC)
    assert moment_of(date(2027, 4, 4), time(1, 45), "Australia/Lord_Howe") == datetime(2027, 4, 3, 14, 45, tzinfo=UTC)
