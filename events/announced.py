"""What is told of a public event beside its page: in calendars, in feeds of news, to search engines, on its flyer."""

from django.conf import settings
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.plain import lines, one_line
from events.models import Event


def address(event):
    """Its page, for those who are elsewhere."""
    return f"{settings.PUBLIC_URL}{event.public_url}"


def title(event):
    """Its title, with what everybody must see at once: some calendars show a canceled entry as if it stood."""
    name = one_line(event.title)
    if event.is_canceled:
        return pgettext("event", "Canceled: %(title)s") % {"title": name}
    return pgettext("event", "Postponed: %(title)s") % {"title": name} if event.is_postponed else name


def when(event):
    """Its day and its hours, as the clock on the wall there shows them."""
    begins, ends = event.wall_time, event.wall_end
    day = f"{date_format(begins, 'l')} {date_format(begins, 'DATE_FORMAT')}"
    return f"{day}, {time_format(begins, 'TIME_FORMAT')} – {time_format(ends, 'TIME_FORMAT')}"


def where(event):
    """The place with its street, in one line."""
    street = event.venue.address if event.venue else ""
    return ", ".join(one_line(part) for part in (event.where, street) if part)


def access(event):
    """Whether people come in without steps, and whether they come to the police."""
    steps = _("Step-free") if event.is_step_free else _("There are steps. Call us and we find a way.")
    neutral = [_("Not a police building")] if event.venue and event.venue.neutral else []
    return ". ".join([steps.rstrip("."), *neutral])


def facts(event):
    """(term, what is so) of all that people need to know before they come, in the order of the page."""
    yield _("When"), when(event)
    if place := where(event):
        yield _("Where"), place
    yield from beside(event)


def beside(event):
    """The same without when and where."""
    if event.venue and event.venue.transport:
        yield _("How to get there"), one_line(event.venue.transport)
    if event.online and not event.is_canceled:
        yield _("Online"), event.online
    yield _("Access"), access(event)
    yield _("Languages"), event.languages_named
    if event.interpreters:
        yield _("Interpreters"), event.interpreters_named
    yield _("Children"), event.get_children_display()
    yield _("Cost"), _("Free")


def news(event):
    """What is new about it: why it is not held, or that it is full."""
    if event.is_canceled or event.is_postponed:
        return lines(event.told)
    return _("All places are taken.") if event.state == Event.State.FULL else ""


def about(event):
    return lines(event.about)
