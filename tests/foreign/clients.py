"""Programs of others read what we publish, and say what they read: one process for all, because each is slow to load.

It runs in `.venv-foreign`, which has these programs and nothing of ours. What to read comes as JSON on the input; what
each read goes as JSON to the output.
"""

import functools
import http.server
import json
import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

ASKED = json.load(sys.stdin)
HOME = Path(ASKED["folder"])
# Before they are loaded: these programs look for their settings at home.
os.environ |= {"HOME": str(HOME), "TZ": ASKED["zone"], "LC_ALL": "C.UTF-8"}
os.environ |= {f"XDG_{name}_HOME": str(HOME / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}

import extruct  # noqa: E402
import feedparser  # noqa: E402
import icalendar  # noqa: E402
import khal.cli  # noqa: E402
import recurring_ical_events  # noqa: E402
import vdirsyncer.cli  # noqa: E402
import vobject  # noqa: E402
from click.testing import CliRunner  # noqa: E402

BEGIN, END = (datetime.fromisoformat(ASKED[name]) for name in ("begin", "end"))
KHAL = """
[calendars]
[[events]]
path = {home}/khal-calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[default]
default_calendar = events
"""
VDIRSYNCER = """
[general]
status_path = "{home}/status/"
[pair events]
a = "theirs"
b = "ours"
collections = null
[storage theirs]
type = "http"
url = "http://127.0.0.1:{port}/feed.ics"
[storage ours]
type = "filesystem"
path = "{home}/synced/"
fileext = ".ics"
"""


def moment(at):
    return at.astimezone(UTC).isoformat()


def content(name):
    return Path(ASKED["files"][name]).read_bytes()


def run(command, *words):
    """A program of the command line, in this process."""
    done = CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)
    if done.exit_code:
        raise SystemExit(f"{words}: {done.output}")
    return done.output


def by_icalendar():
    """The properties of the calendar, its zones, and each entry as it stands there."""
    calendar = icalendar.Calendar.from_ical(content("feed.ics"))
    entries = [{str(name): str(entry[name]) for name in entry} for entry in calendar.walk("VEVENT")]
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    properties = {str(name): str(calendar[name]) for name in calendar}
    return {"properties": properties, "zones": zones, "entries": entries, "errors": errors(calendar)}


def errors(calendar):
    return [str(error) for part in calendar.walk() for error in part.errors]


def by_recurring_ical_events(name):
    calendar = icalendar.Calendar.from_ical(content(name))
    found = recurring_ical_events.of(calendar).between(BEGIN, END)
    return sorted([moment(one["DTSTART"].dt), str(one["SUMMARY"]), str(one["STATUS"])] for one in found)


def by_vobject(name):
    """Each entry by itself: vobject knows rules and no entries that differ from them."""
    calendar = vobject.readOne(content(name).decode())
    return sorted(
        [moment(at if at.tzinfo else at.replace(tzinfo=entry.dtstart.value.tzinfo)), entry.summary.value]
        for entry in calendar.vevent_list
        for at in (entry.rruleset if hasattr(entry, "rrule") else [entry.dtstart.value])
    )


def by_khal():
    (HOME / "khal-calendar").mkdir()
    settings = HOME / "khal.conf"
    settings.write_text(KHAL.format(home=HOME, zone=ASKED["zone"]))
    run(khal.cli.main_khal, "-c", settings, "import", "--batch", ASKED["files"]["feed.ics"])
    shown = "{start-date} {start-time}|{title}|{status}"
    days = BEGIN.strftime("%Y-%m-%d"), f"{(END - BEGIN).days}d"
    output = run(khal.cli.main_khal, "-c", settings, "list", "--day-format", "", "--format", shown, *days)
    return sorted(line.strip().split("|") for line in output.splitlines() if line.strip())


def by_vdirsyncer():
    """What lies in the folder after a sync from a server: one file for each name of an entry."""
    folder = Path(ASKED["files"]["feed.ics"]).parent
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = HOME / "vdirsyncer.conf"
    settings.write_text(VDIRSYNCER.format(home=HOME, port=server.server_port))
    (HOME / "synced").mkdir()
    for command in ("discover", "sync"):
        run(vdirsyncer.cli.app, "-c", settings, command)
    server.shutdown()
    calendars = [icalendar.Calendar.from_ical(path.read_bytes()) for path in (HOME / "synced").glob("*.ics")]
    return sorted([str(entry["UID"]), moment(entry["DTSTART"].dt)] for one in calendars for entry in one.walk("VEVENT"))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """A server of one minute keeps no log."""


def by_extruct(name):
    return extruct.extract(content(name).decode(), base_url=ASKED["base"], syntaxes=["json-ld"])["json-ld"]


def by_feedparser(name):
    read = feedparser.parse(content(name))
    kept = ("id", "title", "link", "published", "updated", "summary", "guidislink")
    entries = [{key: entry.get(key) for key in kept} for entry in read.entries]
    links = [link for link in read.feed.get("links", []) if link.get("rel") == "self"]
    told = {"title": read.feed.get("title"), "language": read.feed.get("language"), "self": links}
    return {"bozo": bool(read.bozo), "version": read.version, "feed": told, "entries": entries}


def main():
    files = ASKED["files"]
    feeds = [name for name in files if name.endswith((".rss", ".atom"))]
    print(
        json.dumps(
            {
                "icalendar": by_icalendar(),
                "recurring": {name: by_recurring_ical_events(name) for name in ("feed.ics", "expanded.ics")},
                "vobject": {name: by_vobject(name) for name in ("feed.ics", "expanded.ics")},
                "khal": by_khal(),
                "vdirsyncer": by_vdirsyncer(),
                "extruct": {name: by_extruct(name) for name in files if name.endswith(".html")},
                "feedparser": {name: by_feedparser(name) for name in feeds},
            }
        )
    )


if __name__ == "__main__":
    main()
