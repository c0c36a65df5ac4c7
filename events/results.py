"""What the events of a month came to, as it is read: each number with its whole and what is counted.

Everything that took place is counted here and nothing is a sample, so a share has no range around it; of few things no
percentage is said.
"""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from areas.models import Area
from events import figures
from events.models import EventType
from measures.proportions import percent


@dataclass(frozen=True)
class Result:
    """One measure: what stands large, what of, a sentence beside it, and how it is counted."""

    name: str
    value: str
    unit: str
    words: str
    definition: str


def page(first, today):
    """What the page shows of the month that begins on this day."""
    found = figures.figures_for(first, today=today)
    names = _area_names({*found.by_area, *found.silent_areas})
    return {
        "found": found,
        "is_running": first == today.replace(day=1),
        "groups": groups(found),
        "types": rows(found.by_type, _type_names(found.by_type), found.held),
        "areas": rows(found.by_area, names, found.held),
        "silent": [names[reference] for reference in found.silent_areas],
        "days": figures.SILENCE.days,
    }


def _type_names(codes):
    return {kind.code: str(kind) for kind in EventType.objects.filter(code__in=codes)}


def _area_names(references):
    return dict(Area.objects.filter(reference__in=references).values_list("reference", "name"))


def rows(counts, names, whole):
    """What took place, by name: [(name, how many, which share of all)]."""
    named = sorted((names[key], count) for key, count in counts.items())
    return [(name, count, part_of(count, whole)) for name, count in named]


def part_of(part, whole):
    """“40% of 20”, and of few things the whole alone."""
    said, hundred = {"whole": number_format(whole)}, percent(part, whole)
    if hundred is None:
        return _("of %(whole)s") % said
    return _("%(percent)d%% of %(whole)s") % {**said, "percent": round(hundred)}


def groups(found):
    """The measures under their headings."""
    return [
        (_("Events"), [_held(found), _canceled(found), _closed_out(found)]),
        (_("Who came"), [_attendance(found), _new(found)]),
        (_("What it took"), [_cost(found.cost)]),
        (_("What was promised"), [_kept(found.promises), _late(found.promises)]),
    ]


def share(part, whole):
    """“12 of 40” in the three parts of a measure."""
    unit = _("of %(whole)s") % {"whole": number_format(whole)}
    if not whole:
        return "–", unit, _("There was none.")
    hundred = percent(part, whole)
    words = _("Too few for a percentage.") if hundred is None else _("%(percent)d%%.") % {"percent": round(hundred)}
    return number_format(part), unit, words


def _held(found):
    definition = _("Events that began in this month and took place, whether they are closed out or not.")
    return Result(_("Took place"), number_format(found.held), _("events"), "", definition)


def _canceled(found):
    definition = _(
        "Events that were to begin in this month and were canceled, out of these and those that took place. One that "
        "was moved counts in the month it was moved to; one that is postponed counts in none."
    )
    return Result(_("Called off"), *share(found.canceled, found.canceled + found.held), definition)


def _closed_out(found):
    definition = _(
        "Events that took place of which it is written down who came. Attendance and cost are known of these alone."
    )
    return Result(_("Closed out so far"), *share(found.held - found.not_closed_out, found.held), definition)


def _attendance(found):
    closed = found.held - found.not_closed_out
    words = ngettext("At %(count)d event that is closed out.", "At %(count)d events that are closed out.", closed)
    definition = _(
        "Everybody who came, adults and young people, as counted at the door or written down afterwards. Whoever came "
        "to two events counts twice: nobody is known by name."
    )
    said = number_format(found.attendance.total)
    return Result(_("Attendance"), said, _("people"), words % {"count": closed}, definition)


def _new(found):
    came = found.attendance
    value, unit, words = share(came.new, came.asked)
    returning = _("%(returning)s had come before, %(unknown)s were not asked.")
    told = returning % {"returning": number_format(came.returning), "unknown": number_format(came.unknown)}
    definition = _("People who came for the first time, out of those who were asked whether they had come before.")
    return Result(_("First time"), value, unit, f"{words} {told}", definition)


def _cost(cost):
    definition = _(
        "What the closed-out events of this month cost by all who came to them. Events of which the cost or the "
        "attendance is not known are left out of both."
    )
    name, unit = _("Cost per person"), _("a person")
    if cost.per_attendee is None:
        return Result(name, "–", unit, _("No cost is known."), definition)
    words = ngettext(
        "%(money)s for %(people)s people at %(count)d event.", "%(money)s for %(people)s people at %(count)d events.",
        cost.events,
    )  # fmt: skip
    said = {"money": number_format(cost.money, 2), "people": number_format(cost.people), "count": cost.events}
    return Result(name, number_format(cost.per_attendee, 2), unit, words % said, definition)


def _kept(promises):
    definition = _(
        "Promises made at events that were to be kept by a day of this month, and were, be it later. A promise that "
        "was given up with a reason was not kept."
    )
    value, unit, words = share(promises.kept, promises.due)
    broken = _("%(broken)s could not be kept.") % {"broken": number_format(promises.broken)}
    return Result(_("Promises kept"), value, unit, f"{words} {broken}", definition)


def _late(promises):
    definition = _("Promises whose day in this month has passed and of which nobody has said what came of it.")
    return Result(_("Past their day"), *share(promises.late, promises.due), definition)
