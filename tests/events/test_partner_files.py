"""Calendar files of partners as they really are: every entry gets an answer, and no file is ever an error of ours."""

import json
import re
import time as clock
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import partner_entries, partner_file
from events.plain_words import plain
from tests.figures import FULL

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
REAL = (
    "issue_156_RDATE_with_PERIOD_TZID_khal", "issue_313_globally_unique_tzid", "issue_348_exception_parsing_value",
    "issue_350", "issue_53_description_outlook", "issue_722_missing_timezones", "rfc_7986_image",
)  # fmt: skip


def vevent(*lines, uid="one@example.org", title="Story hour", start="DTSTART;TZID=America/New_York:20261201T180000"):
    head = [f"UID:{uid}"] * bool(uid) + [f"SUMMARY:{title}"] * bool(title) + [start] * bool(start)
    return ["BEGIN:VEVENT", *head, *lines, "END:VEVENT"]


def calendar(*entries, head=()):
    return ["BEGIN:VCALENDAR", "VERSION:2.0", *head, *(line for entry in entries for line in entry), "END:VCALENDAR"]


def read(lines, now=NOW, ending="\r\n"):
    return partner_entries.entries(ending.join(lines).encode(), now)


def one(*lines, head=(), **entry):
    """The only answer about a file of one entry."""
    [found] = read(calendar(vevent(*lines, **entry), head=head))[0]
    return found


def begins(found):
    """When it begins on our clock; nothing of what is refused."""
    return [answer["begins"][:16] for answer in found if not answer["why"]]


# Real files ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("year", [2012, 2014, 2018, 2019, 2020, 2022, 2026])
def test_every_entry_of_a_real_file_is_answered(real_data, name, year):
    content = real_data(f"ical/{name}.ics").read_bytes()
    found, _notes = partner_entries.entries(content, NOW.replace(year=year, month=1))
    assert {answer["number"] for answer in found} == set(range(1, content.count(b"BEGIN:VEVENT") + 1))
    assert all(answer["why"] in partner_entries.WHY or answer["begins"] for answer in found)
    json.dumps(found)


def test_no_real_file_is_left_out(real_data):
    """Whatever else lies in the folder is read as well, as it would be in the year of its first entry."""
    paths = sorted(real_data("ical").glob("*.ics"))
    assert {path.stem for path in paths} >= set(REAL)
    for path in paths:
        content = path.read_bytes()
        years = {int(year) for year in re.findall(rb"DTSTART[^\r\n]*:(19\d\d|20\d\d)", content)} or {NOW.year}
        for year in sorted(years)[:3]:
            found, _notes = partner_entries.entries(content, NOW.replace(year=year, month=1, day=1))
            assert found
            json.dumps(found)


def test_what_real_files_say(real_data):
    def of(name, year):
        content = real_data(f"ical/{name}.ics").read_bytes()
        return partner_entries.entries(content, NOW.replace(year=year, month=1))

    # Zones under the names of vendors.
    found, _notes = of("issue_313_globally_unique_tzid", 2020)
    assert begins(found) == ["2020-04-26T08:00", "2020-04-26T13:00", "2020-04-26T14:00"]
    # No frame around the entry.
    [meetup], notes = of("issue_53_description_outlook", 2012)
    assert (meetup["title"], meetup["minutes"], notes) == ("DevOps DC Meetup", 180, ["bare"])
    # Words after the end of the calendar, and folded lines that begin with a tab.
    [found], _notes = of("issue_350", 2022)
    assert found["begins"].startswith("2022-02-22T13:30")
    assert found["about"].startswith('Toller Termin fürmal zu"gucken"')
    # Unquoted names with blanks in an entry of another kind.
    [found], _notes = of("issue_348_exception_parsing_value", 2019)
    assert found["title"].startswith("Sixt")
    assert [answer["why"] for answer in of("issue_722_missing_timezones", 2026)[0]] == ["no_uid"] * 3
    assert [answer["why"] for answer in of("rfc_7986_image", 2026)[0]] == ["no_start"] * 2
    assert [answer["why"] for answer in of("issue_156_RDATE_with_PERIOD_TZID_khal", 2018)[0]] == ["no_uid"]


# What is not taken, and why ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"uid": ""}, "no_uid"),
        ({"uid": "x" * 256}, "long_uid"),
        ({"title": ""}, "no_title"),
        ({"start": ""}, "no_start"),
        ({"start": "DTSTART:nonsense"}, "no_start"),
        ({"start": "DTSTART:20261301T990000"}, "no_start"),
        ({"start": "DTSTART;TZID=Customized Time Zone:20261201T180000"}, "zone"),
        ({"start": "DTSTART:20261001T180000Z"}, "past"),
        ({"start": "DTSTART:20280101T180000Z"}, "far"),
        ({"start": "DTSTART:00010101T000000Z"}, "unreadable"),
    ],
)
def test_an_entry_that_cannot_be_taken_says_why(entry, why):
    assert one(**entry)["why"] == why


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("DTEND;TZID=America/New_York:20261201T170000", "ends_first"),
        ("DURATION:-PT1H", "ends_first"),
        ("DURATION:P3D", "too_long"),
        ("DURATION:P9999W", "too_long"),
        ("RRULE:FREQ=NEVER", "rule"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=0", "rule"),
        ("RRULE:FREQ=WEEKLY;BYDAY=XX", "rule"),
        ("RRULE:FREQ=SECONDLY", "often"),
        ("RRULE:FREQ=HOURLY;INTERVAL=6", "often"),
        ("RRULE:FREQ=DAILY;BYHOUR=8,12", "often"),
        ("RECURRENCE-ID:nonsense", "no_such_time"),
    ],
)
def test_a_time_that_makes_no_sense_is_told(line, why):
    assert one(line)["why"] == why


@pytest.mark.parametrize("word", ["PRIVATE", "confidential", "X-OURS"])
def test_of_what_is_private_there_nothing_is_kept(word):
    marked = vevent(f"CLASS:{word}", "DESCRIPTION:canary", "LOCATION:canary", uid="canary", title="Advice for canary")
    found, _notes = read(calendar(marked, vevent("CLASS:PUBLIC")))
    assert [answer["why"] for answer in found] == ["", "private"]
    assert "canary" not in json.dumps(found)


def test_of_what_is_private_there_nothing_is_kept_where_rules_take_too_long(monkeypatch):
    monkeypatch.setattr(partner_entries, "MOST_SECONDS", -1)
    found, _notes = read(calendar(vevent("CLASS:PRIVATE", title="Advice for canary")))
    assert "canary" not in json.dumps(found)


def test_the_zone_that_nobody_knows_is_named():
    found = one(start="DTSTART;TZID=Customized Time Zone:20261201T180000")
    assert found["value"] == "Customized Time Zone"
    assert "Customized Time Zone" in partner_entries.WHY["zone"] % found


def test_of_two_entries_with_one_name_the_newer_counts():
    old, new = vevent("SEQUENCE:1", title="Old"), vevent("SEQUENCE:2", title="New")
    for pair in ((old, new), (new, old)):
        found, _notes = read(calendar(*pair))
        assert sorted((answer["title"], answer["why"]) for answer in found) == [("New", ""), ("Old", "twice")]


def test_what_is_canceled_there_says_so():
    assert one("STATUS:CANCELLED")["is_canceled"]


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x00\xff", b"Subject: BEGIN:VCALENDAR", b"/etc/passwd"])
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(partner_file.NotACalendar):
        partner_entries.entries(content, NOW)


# What is forgiven ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "ours"),
    [
        ("DTSTART:20261201T230000Z", "2026-12-01T18:00"),
        ("DTSTART:20261201T180000", "2026-12-01T18:00"),
        ("DTSTART;TZID=Europe/Berlin:20261202T000000", "2026-12-01T18:00"),
        ('DTSTART;TZID="Central Standard Time":20261201T170000', "2026-12-01T18:00"),
        ("DTSTART;TZID=GMT Standard Time:20261201T230000", "2026-12-01T18:00"),
        ("DTSTART;TZID=/mozilla.org/20070129_1/America/Chicago:20261201T170000", "2026-12-01T18:00"),
        ("dtstart;tzid=America/Chicago:20261201T170000", "2026-12-01T18:00"),
        ("DTSTART;VALUE=DATE:20261201", "2026-12-01T00:00"),
    ],
)
def test_times_are_told_on_our_clock(start, ours):
    assert one(start=start)["begins"][:16] == ours


@pytest.mark.parametrize(
    ("head", "start", "ours"),
    [
        ("X-WR-TIMEZONE:America/Chicago", "DTSTART:20261201T170000", "2026-12-01T18:00"),
        ("X-WR-TIMEZONE:Central Standard Time", "DTSTART:20261201T170000", "2026-12-01T18:00"),
        ("X-WR-TIMEZONE:Nowhere/Else", "DTSTART:20261201T180000", "2026-12-01T18:00"),
        ("X-WR-TIMEZONE:Europe/Berlin", "DTSTART:20261201T230000Z", "2026-12-01T18:00"),
    ],
)
def test_the_zone_of_a_calendar_counts_for_times_without_one(head, start, ours):
    assert one(head=[head], start=start)["begins"][:16] == ours


def test_a_rule_in_utc_keeps_its_hour_on_the_clock_of_its_calendar():
    lines = vevent("RRULE:FREQ=WEEKLY;COUNT=3", start="DTSTART:20270302T230000Z")
    found, _notes = read(calendar(lines, head=["X-WR-TIMEZONE:America/New_York"]))
    assert begins(found) == ["2027-03-02T18:00", "2027-03-09T18:00", "2027-03-16T18:00"]


@pytest.mark.parametrize(
    ("lines", "minutes", "notes"),
    [
        (["DURATION:PT90M"], 90, []),
        (["DTEND;TZID=America/New_York:20261201T193000"], 90, []),
        (["DTEND:20261202T003000Z"], 90, []),
        ([], 60, ["no_end"]),
        (["DTEND;TZID=America/New_York:20261201T180000"], 60, ["no_end"]),
        (["DTEND:nonsense"], 60, ["no_end"]),
        (["DURATION:P99999999999D"], 60, ["no_end"]),
        (["DURATION:PT5M"], 15, ["short"]),
    ],
)
def test_how_long_it_lasts(lines, minutes, notes):
    found = one(*lines)
    assert (found["minutes"], found["notes"]) == (minutes, notes)


def test_a_whole_day_says_that_its_hours_are_missing():
    found = one(start="DTSTART;VALUE=DATE:20261201")
    assert (found["minutes"], found["notes"]) == (1440, ["whole_day"])


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_lines_may_end_and_be_folded_in_any_way(ending):
    entry = vevent("DESCRIPTION:One" + ending + "  and two" + ending + "\t and three")
    [found] = read(calendar(entry), ending=ending)[0]
    assert found["about"] == "One and two and three"


def test_several_calendars_in_one_file_are_all_read():
    lines = calendar(vevent(uid="one"), head=["X-WR-TIMEZONE:Europe/Berlin"]) + calendar(
        vevent(uid="two", start="DTSTART:20261201T180000")
    )
    found, notes = read(lines)
    assert [(answer["uid"], answer["why"]) for answer in found] == [("one", ""), ("two", "")]
    # The zone of the first calendar is not that of the second.
    assert (begins(found)[1], notes) == ("2026-12-01T18:00", ["calendars"])


def test_an_entry_that_is_broken_off_spoils_no_other():
    broken = ["BEGIN:VEVENT", "UID:broken", "BEGIN:VALARM"]
    found, _notes = read(calendar(broken, vevent(), ["END:VEVENT", "END:VTODO", "BEGIN:VEVENT", "UID:last"]))
    assert [answer["why"] for answer in found] == ["", "unreadable", "unreadable"]
    assert [answer["number"] for answer in found] == [2, 1, 3]


def test_what_lies_inside_an_entry_is_not_its_own():
    alarm = ["BEGIN:VALARM", "SUMMARY:Alarm", "DESCRIPTION:Wake up", "TRIGGER:-PT30M", "END:VALARM"]
    found = one(*alarm, "DESCRIPTION:Stories.")
    assert (found["title"], found["about"]) == ("Story hour", "Stories.")


def test_guests_and_hosts_are_not_kept():
    found = one(
        "ORGANIZER;CN=Ana Host:mailto:host@example.org", "ATTENDEE;CN=Bo Guest:mailto:guest@example.org",
        "CONTACT:Cy\\, 555-0199", "COMMENT:secret", "X-ALT-DESC;FMTTYPE=text/html:<p>secret</p>",
    )  # fmt: skip
    assert not [word for word in ("Host", "host", "Guest", "guest", "0199", "secret") if word in json.dumps(found)]


def test_a_file_in_an_old_encoding_is_read_and_told():
    content = "\r\n".join(calendar(vevent(title="Café"))).encode("cp1252")
    [found], notes = partner_entries.entries(content, NOW)
    assert (found["title"], notes) == ("Café", ["decoded"])
    with_mark = b"\xef\xbb\xbf" + "\r\n".join(calendar(vevent(title="Café"))).encode()
    assert partner_entries.entries(with_mark, NOW)[0][0]["title"] == "Café"


def test_words_that_are_too_long_are_cut_and_told():
    found = one("DESCRIPTION:" + "x" * 5_000, "LOCATION:" + "y" * 300, title="z" * 300)
    assert [len(found[name]) for name in ("title", "about", "place")] == [120, 3_000, 160]
    assert "cut" in found["notes"]


@pytest.mark.parametrize(
    ("location", "place", "online"),
    [
        ("Library\\, room 2", "Library, room 2", ""),
        ("https://meet.example/r", "", "https://meet.example/r"),
        ("http://meet.example/r", "http://meet.example/r", ""),
        ("https://meet example", "https://meet example", ""),
        ("javascript:alert(1)", "javascript:alert(1)", ""),
    ],
)
def test_a_place_that_is_a_link_is_a_link(location, place, online):
    found = one(f"LOCATION:{location}")
    assert (found["place"], found["online"]) == (place, online)


@pytest.mark.parametrize(
    ("address", "about"),
    [
        ("https://library.example/1", "Stories.\n\nhttps://library.example/1"),
        ("javascript:alert(1)", "Stories."),
        ("file:///etc/passwd", "Stories."),
    ],
)
def test_the_page_of_the_partner_stands_under_the_words(address, about):
    assert one("DESCRIPTION:Stories.", f"URL:{address}")["about"] == about


# HTML ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<b>bold</b><script>alert(1)</script><style>p{}</style>", "bold"),
        ("<p>open <a href='https://x.example'>link", "open link"),
        ("<html><head><title>no</title></head><body>yes</body></html>", "yes"),
    ],
)
def test_html_becomes_what_people_would_have_read(html, text):
    assert plain(html) == (text, True)


@pytest.mark.parametrize("text", ["1 < 2 and 3 > 2", "Tom & Jerry", "a <b", "<name@example.org>"])
def test_what_is_no_html_stays_as_it_is(text):
    assert plain(text) == (text, False)


def test_a_description_in_html_is_told():
    found = one("DESCRIPTION:<p>One</p>\\n<p>Two</p>")
    assert (found["about"], "html" in found["notes"]) == ("One\n\nTwo", True)


# Rules ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "ours"),
    [
        (["RRULE:FREQ=WEEKLY;COUNT=3"], ["2026-12-01T18:00", "2026-12-08T18:00", "2026-12-15T18:00"]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20261208T230000Z"], ["2026-12-01T18:00", "2026-12-08T18:00"]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20261208"], ["2026-12-01T18:00", "2026-12-08T18:00"]),
        (["RRULE:FREQ=MONTHLY;BYDAY=1TU;COUNT=2"], ["2026-12-01T18:00", "2027-01-05T18:00"]),
        (
            ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=America/New_York:20261208T180000"],
            ["2026-12-01T18:00", "2026-12-15T18:00"],
        ),
        (["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20261208T230000Z"], ["2026-12-01T18:00", "2026-12-15T18:00"]),
        (["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;VALUE=DATE:20261208"], ["2026-12-01T18:00", "2026-12-15T18:00"]),
        (
            ["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20261201T230000Z", "EXDATE:20261208T230000Z"],
            ["2026-12-15T18:00"],
        ),
        (["RDATE:20261203T230000Z"], ["2026-12-01T18:00", "2026-12-03T18:00"]),
    ],
)  # fmt: skip
def test_a_rule_is_written_out(lines, ours):
    assert begins(read(calendar(vevent(*lines)))[0]) == ours


def test_a_rule_keeps_its_hour_over_the_change_of_the_clock():
    entry = vevent("RRULE:FREQ=WEEKLY;COUNT=3", start="DTSTART;TZID=America/New_York:20270306T180000")
    found, _notes = read(calendar(entry))
    assert begins(found) == ["2027-03-06T18:00", "2027-03-13T18:00", "2027-03-20T18:00"]
    assert [answer["recurrence"] for answer in found] == ["20270306T230000Z", "20270313T230000Z", "20270320T220000Z"]


def test_of_a_rule_from_long_ago_only_what_comes_is_taken():
    entry = vevent("RRULE:FREQ=WEEKLY", start="DTSTART;TZID=America/New_York:19900102T180000")
    found, _notes = read(calendar(entry))
    assert begins(found)[0] == "2026-11-10T18:00"
    assert 50 < len(found) < 55
    assert one("RRULE:FREQ=WEEKLY;COUNT=3", start="DTSTART:20200101T180000Z")["why"] == "past"


def test_a_rule_without_end_is_cut_and_told():
    found, _notes = read(calendar(vevent("RRULE:FREQ=DAILY")))
    assert len(found) == 60
    assert found[-1]["notes"] == ["no_end", "capped"]


def test_periods_bring_their_own_length():
    line = "RDATE;VALUE=PERIOD:20261203T230000Z/20261204T010000Z,20261205T230000Z/PT30M"
    found, _notes = read(calendar(vevent("DURATION:PT1H", line)))
    assert [answer["minutes"] for answer in found] == [60, 120, 30]


def test_a_rule_that_never_comes_ends():
    began = clock.monotonic()
    assert one("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")["why"] == "past"
    assert clock.monotonic() - began < 10


def test_slow_rules_are_not_reckoned_for_ever(monkeypatch):
    monkeypatch.setattr(partner_entries, "MOST_SECONDS", -1)
    assert one()["why"] == "too_slow"


def test_zones_that_a_file_defines_itself_are_not_reckoned():
    zone = [
        "BEGIN:VTIMEZONE", "TZID:Mine", "BEGIN:STANDARD", "DTSTART:16010101T000000", "RRULE:FREQ=SECONDLY",
        "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
    ]  # fmt: skip
    began = clock.monotonic()
    [found], _notes = read(calendar(zone, vevent(start="DTSTART;TZID=Mine:20261201T180000")))
    assert (found["why"], found["value"]) == ("zone", "Mine")
    assert clock.monotonic() - began < 5


# What was changed about single times ---------------------------------------------------------------------------------
WEEKLY = vevent("RRULE:FREQ=WEEKLY;COUNT=4", "DURATION:PT1H")


def change(planned, start, *lines, more="", title="Story hour"):
    given = f"DTSTART;TZID=America/New_York:{start}" if start else ""
    return vevent(f"RECURRENCE-ID{more};TZID=America/New_York:{planned}", *lines, start=given, title=title)


def test_a_changed_time_takes_the_place_of_the_planned_one():
    changed = change("20261208T180000", "20261209T170000", "DURATION:PT2H", title="Moved")
    found, _notes = read(calendar(WEEKLY, changed))
    assert [(answer["begins"][:16], answer["title"], answer["minutes"]) for answer in found] == [
        ("2026-12-01T18:00", "Story hour", 60), ("2026-12-09T17:00", "Moved", 120),
        ("2026-12-15T18:00", "Story hour", 60), ("2026-12-22T18:00", "Story hour", 60),
    ]  # fmt: skip
    # It is known by when it was planned.
    assert found[1]["recurrence"] == "20261208T230000Z"


def test_a_change_for_all_that_follow_moves_them_all():
    later = change("20261208T180000", "20261208T190000", "DURATION:PT2H", more=";RANGE=THISANDFUTURE", title="Later")
    single = change("20261222T180000", "20261222T100000", title="Last")
    found, _notes = read(calendar(WEEKLY, single, later))
    assert [(answer["begins"][:16], answer["title"]) for answer in found] == [
        ("2026-12-01T18:00", "Story hour"), ("2026-12-08T19:00", "Later"), ("2026-12-15T19:00", "Later"),
        ("2026-12-22T10:00", "Last"),
    ]  # fmt: skip


def test_a_change_for_all_that_follow_may_leave_the_time():
    renamed = change("20261215T180000", "", more=";RANGE=THISANDFUTURE", title="Renamed")
    found, _notes = read(calendar(WEEKLY, renamed))
    assert [answer["title"] for answer in found] == ["Story hour", "Story hour", "Renamed", "Renamed"]


def test_a_canceled_time_of_a_series_is_told():
    canceled = change("20261208T180000", "20261208T180000", "STATUS:CANCELLED")
    found, _notes = read(calendar(WEEKLY, canceled))
    assert [answer["is_canceled"] for answer in found] == [False, True, False, False]


def test_a_change_whose_series_lies_elsewhere_is_an_event_by_itself():
    found, _notes = read(calendar(change("20261208T180000", "20261209T170000")))
    assert [(answer["begins"][:16], answer["recurrence"]) for answer in found] == [
        ("2026-12-09T17:00", "20261208T230000Z")
    ]


def test_a_change_that_says_nothing_of_use_spoils_no_series():
    found, _notes = read(calendar(WEEKLY, change("20261208T180000", "")))
    assert sorted(answer["why"] for answer in found) == ["", "", "", "", "no_start"]


# Large files ---------------------------------------------------------------------------------------------------------
def test_at_most_five_hundred_entries_are_looked_at():
    found, notes = read(calendar(*(vevent(uid=f"{number}") for number in range(510))))
    assert (len(found), notes) == (500, ["cut"])


def test_at_most_three_hundred_events_are_made_of_a_file():
    found, _notes = read(calendar(*(vevent("RRULE:FREQ=WEEKLY;COUNT=40", uid=f"{number}") for number in range(9))))
    assert sum(not answer["why"] for answer in found) == 300
    assert {answer["why"] for answer in found} == {"", "too_many"}


def test_a_megabyte_of_dates_takes_no_minute():
    dates = ",".join(f"{(NOW + timedelta(minutes=minute)):%Y%m%dT%H%M%SZ}" for minute in range(25_000))
    began = clock.monotonic()
    read(calendar(vevent(f"RDATE:{dates}", f"EXDATE:{dates}")))
    assert clock.monotonic() - began < 30


MANY = 60_000


@pytest.mark.parametrize(
    "lines",
    [
        # What lies ever deeper in one another, and ends that end none of it.
        [*["BEGIN:A"] * MANY, *["END:B"] * MANY],
        # The name of a zone of very many parts, and very many names of zones.
        vevent(f"X-A;TZID={'/a' * 4 * MANY}:1"),
        vevent(*(f"X-A;TZID=/a/b{number}:1" for number in range(MANY // 2))),
        # A rule that looks for what never comes among very many values.
        vevent(f"RRULE:FREQ=DAILY;BYYEARDAY={','.join(str(400 + number) for number in range(MANY))}"),
        # Very many times, each changed by very many changes.
        [
            *vevent("RDATE:" + ",".join(f"{NOW + timedelta(minutes=n):%Y%m%dT%H%M%SZ}" for n in range(MANY // 3))),
            *(
                line
                for number in range(400)
                for line in vevent(f"RECURRENCE-ID;RANGE=THISANDFUTURE:20261110T12{number % 60:02}00Z")
            ),
        ],
    ],
    ids=["deep", "long name", "many names", "many values", "many changes"],
)
def test_no_file_of_a_megabyte_keeps_us_reckoning(lines):
    content = calendar(lines)
    assert sum(map(len, content)) < partner_file.MOST_BYTES
    began = clock.monotonic()
    read(content)
    assert clock.monotonic() - began < 15


def test_a_zone_of_three_names_is_known_by_the_name_of_a_vendor():
    zone = "/vendor.example/20260101_1/America/Argentina/Buenos_Aires"
    assert one(start=f"DTSTART;TZID={zone}:20261201T180000")["begins"][:16] == "2026-12-01T16:00"


LINES = st.sampled_from([
    "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "BEGIN:VTIMEZONE",
    "UID:a", "UID:b", "UID:", "SUMMARY:x", "DTSTART:20261201T180000Z", "DTSTART;VALUE=DATE:20261201", "DTSTART:",
    "DTEND:20261201T190000Z", "DTEND;VALUE=DATE:20261130", "DURATION:PT1H", "DURATION:-P9999W", "DURATION:x",
    "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY;UNTIL=00010101T000000Z", "RRULE:", "SEQUENCE:x", "no colon", ";:",
    "RRULE:FREQ=YEARLY;BYYEARDAY=366;BYSETPOS=-400", "RECURRENCE-ID:20261202T180000Z", "STATUS:CANCELLED",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261202T180000Z", "EXDATE:99991231T235959Z", "EXDATE:x", "RDATE:20261203",
    "RDATE;VALUE=PERIOD:20261203T180000Z/PT1H", "RDATE;VALUE=PERIOD:20261203T180000Z/20261202T180000Z",
    "DESCRIPTION;LANGUAGE=de:<b>fett</b>", "X-WR-TIMEZONE:Europe/Berlin", "DTSTART;TZID=Nowhere:20261201T180000",
    "DTSTART;TZID=Europe/Berlin:99991231T235959", "URL:https://x.example/", "LOCATION:https://meet.example/r",
])  # fmt: skip


@settings(max_examples=2_000 if FULL else 100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=40))
def test_whatever_lines_a_file_has_it_is_answered(lines):
    found, _notes = read(["BEGIN:VCALENDAR", *lines])
    assert all(answer["why"] in partner_entries.WHY or answer["begins"] for answer in found)
    json.dumps(found)
