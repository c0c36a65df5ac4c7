"""Files for calendars (RFC 5545): what those about appointments and those about events have in common."""

from datetime import date, timedelta
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, vCalAddress, vDuration, vText

from core.plain import one_line

KIND = "text/calendar"
REFRESH = timedelta(hours=1)
# For how many years beyond the last entry the rules of a zone are told: the longest series has 60 months.
YEARS = 6


def unit_address():
    """The mailbox under which the unit writes."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def uid(name):
    """The name under which calendars know an entry for ever: ours, at our domain."""
    return f"{name}@{unit_address().rpartition('@')[2] or 'localhost'}"


def begin(product, **properties):
    """A file without entries."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Liaison//{product}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name, value in properties.items():
        calendar.add(name.replace("_", "-"), value)
    return calendar


def begin_feed(product, name):
    """A file without entries that calendars look at again every hour."""
    name = vText(one_line(name))
    calendar = begin(product, method="PUBLISH", name=name, x_wr_calname=name)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    # As text: the library would write a length of time of a property that it does not know with colons.
    calendar.add("x-published-ttl", vDuration(REFRESH).to_ical().decode())
    return calendar


def mailbox(address, name=""):
    """An address of mail with the name of whose it is."""
    value = vCalAddress(f"mailto:{address}")
    if name:
        value.params["CN"] = vText(one_line(name).replace('"', ""))
    return value


def written(calendar):
    """The file with the rules of each zone that it names, because a calendar need not know them.

    Told are the years that the entries lie in; the same entries make the same file, in whatever process.
    """
    years = [entry["dtstart"].dt.year for entry in calendar.walk("VEVENT")]
    if years:
        calendar.add_missing_timezones(date(min(years), 1, 1), date(max(years) + YEARS, 12, 31))
    calendar.subcomponents.sort(key=lambda part: str(part["tzid"]) if part.name == "VTIMEZONE" else "~")
    return calendar.to_ical().decode()
