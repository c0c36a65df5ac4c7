"""Clocks on the wall: three zones, both changes of 2027, and hours that pass against hours that show."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notices import walltime

# Zone, the day on which the clocks go forward, the day on which they go back, the length of the gap.
SWITCHES = [
    ("America/New_York", date(2027, 3, 14), date(2027, 11, 7)),
    ("Europe/Madrid", date(2027, 3, 28), date(2027, 10, 31)),
    ("Australia/Sydney", date(2027, 10, 3), date(2027, 4, 4)),
]
OFFSETS = (1, 2, 3, 7)
CASES = [(zone, day, days) for zone, *days_of_zone in SWITCHES for day in days_of_zone for days in OFFSETS]


def test_cases_cover_three_zones_both_switches_and_four_offsets():
    assert len(set(CASES)) == 3 * 2 * 4


@pytest.mark.parametrize(("zone", "switch", "days"), CASES)
def test_days_before_keeps_the_clock_on_the_wall(zone, switch, days):
    for after in (0, 1):
        day = switch + timedelta(days=after)
        moment = walltime.days_before(day, time(9, 0), zone, days)

        shown = moment.astimezone(ZoneInfo(zone))
        assert (shown.date(), shown.time()) == (day - timedelta(days=days), time(9, 0))


@pytest.mark.parametrize(("zone", "forward", "back"), SWITCHES)
def test_hours_before_counts_hours_that_pass(zone, forward, back):
    for day, shown_on_the_wall in ((forward, time(8, 0)), (back, time(10, 0))):
        moment = walltime.local_to_utc(day, time(9, 0), zone)
        before = walltime.hours_before(moment, 24)

        assert moment - before == timedelta(hours=24)
        assert before.astimezone(ZoneInfo(zone)).time() == shown_on_the_wall


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        ("America/New_York", date(2027, 3, 14), time(2, 30), datetime(2027, 3, 14, 7, 30, tzinfo=UTC)),
        ("America/New_York", date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
        ("Europe/Madrid", date(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("Europe/Madrid", date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("Australia/Sydney", date(2027, 10, 3), time(2, 30), datetime(2027, 10, 2, 16, 30, tzinfo=UTC)),
        ("Australia/Sydney", date(2027, 4, 4), time(2, 30), datetime(2027, 4, 3, 15, 30, tzinfo=UTC)),
    ],
)
def test_times_that_are_skipped_or_shown_twice(zone, day, clock, utc):
    assert walltime.local_to_utc(day, clock, zone) == utc


def test_naive_subtraction_would_be_caught():
    """The planted failure: arithmetic in UTC moves a nine o'clock reminder to ten across the autumn switch."""
    moment = walltime.local_to_utc(date(2027, 11, 8), time(9, 0), "America/New_York")
    wrong = (moment - timedelta(days=1)).astimezone(ZoneInfo("America/New_York"))

    assert wrong.time() == time(9, 0)
    assert (moment - timedelta(days=2)).astimezone(ZoneInfo("America/New_York")).time() == time(10, 0)
    assert walltime.days_before(date(2027, 11, 8), time(9, 0), "America/New_York", 2) != moment - timedelta(days=2)


def test_working_days_skip_weekends_and_holidays(settings):
    settings.HOLIDAYS = ["2026-11-26"]

    assert walltime.working_days_after(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert walltime.working_days_after(date(2026, 11, 21), 0) == date(2026, 11, 23)
    assert walltime.working_days_after(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert walltime.due_in_working_days(3, start=date(2026, 11, 20)).astimezone(UTC) == datetime(
        2026, 11, 25, 22, 0, tzinfo=UTC
    )


def test_hours_over_midnight_and_the_next_opening():
    evening = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)  # 21:30 in New York

    assert walltime.is_within(evening, time(20, 0), time(2, 0), "America/New_York")
    assert not walltime.is_within(evening, time(8, 0), time(21, 0), "America/New_York")
    opening = walltime.next_opening(evening, time(8, 0), "America/New_York")
    assert opening == datetime(2026, 11, 21, 13, 0, tzinfo=UTC)


def test_hours_that_open_twice_do_not_wait_for_the_next_day():
    between = datetime(2027, 11, 7, 6, 15, tzinfo=UTC)  # 01:15 in New York, for the second time

    assert walltime.next_opening(between, time(1, 45), "America/New_York") == between + timedelta(minutes=30)
    skipped = datetime(2027, 3, 14, 6, 0, tzinfo=UTC)  # 01:00; the clocks never show 02:15 on this day
    opening = walltime.next_opening(skipped, time(2, 15), "America/New_York")
    assert opening == datetime(2027, 3, 14, 7, 15, tzinfo=UTC)


def test_zone_that_does_not_exist_is_that_of_the_installation():
    assert walltime.zone_named("Mars/Olympus").key == "America/New_York"
    assert walltime.zone_named("../etc/passwd").key == "America/New_York"
