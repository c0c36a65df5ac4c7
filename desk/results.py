"""What became of cases, as a supervisor reads it: each number with its whole, its uncertainty and what is counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import figures
from desk.dashboard import narrowed
from measures.proportions import percent, wilson
from measures.spread import median, percentile

SPANS = {
    "year": gettext_lazy("The last 12 months"),
    "quarter": gettext_lazy("The last 90 days"),
    "this": gettext_lazy("This calendar year"),
    "before": gettext_lazy("The calendar year before"),
}


@dataclass(frozen=True)
class Result:
    """One measure: what stands large, what of, a sentence beside it, and how it is counted."""

    name: str
    value: str
    unit: str
    words: str
    definition: str


def page(user, span, chosen):
    """What the page shows of a span of time and one area that this person serves, or all of them."""
    span = span if span in SPANS else "year"
    area, choices, ids = narrowed(user, chosen)
    first, after = days_of(span, timezone.localdate())
    found = figures.outcomes_for(user, ids, first, after)
    return {
        "area": area,
        "choices": choices,
        "span": span,
        "spans": SPANS,
        "first": first,
        "last": after - timedelta(days=1),
        "groups": groups(found),
        "reasons": found.reasons,
        "closed": found.closed,
    }


def days_of(span, today):
    """The first day of a span and the day after its last."""
    tomorrow = today + timedelta(days=1)
    return {
        "year": (tomorrow - timedelta(days=365), tomorrow),
        "quarter": (tomorrow - timedelta(days=90), tomorrow),
        "this": (date(today.year, 1, 1), tomorrow),
        "before": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }[span]


def groups(found):
    """The measures under their headings."""
    return [
        (_("Settled"), [_resolved(found), _agreed(found)]),
        (_("Does it hold?"), _durability(found)),
        (_("How soon"), [_contact(found), _session(found)]),
        (_("Fair to both sides"), [_gap(found)]),
        (_("Safety and second tries"), [_screened_out(found), _overrides(found), _repeats(found)]),
    ]


def share(part, whole):
    """“12 of 40” with how far the true share may lie from it; of few cases no percentage is said."""
    unit = _("of %(whole)s") % {"whole": number_format(whole)}
    if not whole:
        return "–", unit, _("There was none.")
    hundred = percent(part, whole)
    if hundred is None:
        return number_format(part), unit, _("Too few for a percentage.")
    low, high = wilson(part, whole)
    said = {"percent": round(hundred), "low": round(100 * low), "high": round(100 * high)}
    words = _("%(percent)d%%. With so few cases the true share may lie anywhere from %(low)d%% to %(high)d%%.") % said
    return number_format(part), unit, words


def _resolved(found):
    definition = _(
        "Cases closed in this time with an agreement, a partial agreement, an improvement without one, settled before "
        "a session, or by coaching, out of all that were closed. Those that only asked for information and duplicates "
        "are left out of both."
    )
    return Result(_("Resolved, of those referred to us"), *share(found.resolved, found.referred), definition)


def _agreed(found):
    definition = _(
        "Cases closed in this time with a full or partial agreement, out of those in which the sides sat together at "
        "least once. It is no measure of people: a good mediator also lets sides part without an agreement."
    )
    return Result(_("Agreed, of those who met"), *share(found.agreed, found.mediated), definition)


def _durability(found):
    definition = _(
        "Follow-ups that were due in this time and that every side answered; held are those of which every side says "
        "so. If the sides disagree, it counts as not held."
    )
    rows = []
    for days, held in sorted(found.durability.items()):
        value, unit, words = share(held.held, held.followed_up)
        asked = _("%(done)d of %(due)d follow-ups were answered by all sides.")
        words = f"{words} {asked % {'done': held.followed_up, 'due': held.due}}"
        rows.append(
            Result(_("Held after %(days)d days, say all sides") % {"days": days}, value, unit, words, definition)
        )
    nothing = Result(
        _("Held, say all sides"), "–", _("of %(whole)s") % {"whole": 0}, _("No follow-up was due."), definition
    )
    return rows or [nothing]


def _spread(name, days, unit, definition, more=""):
    if not days:
        return Result(name, "–", unit, _("There was none."), definition)
    long = _("One in ten took longer than %(days)d, of %(n)d cases.") % {"days": percentile(days, 90), "n": len(days)}
    return Result(name, number_format(median(days), 0), unit, f"{long} {more}".strip(), definition)


def _contact(found):
    definition = _(
        "Working days from receipt until somebody of the case was reached for the first time, of cases first reached "
        "in this time: the median. The target is 3 working days, 1 where the risk is high."
    )
    more = ""
    if found.contact_days:
        said = {"part": found.contact_in_time, "whole": len(found.contact_days)}
        more = _("%(part)d of %(whole)d in time.") % said
    return _spread(_("Until the first contact"), found.contact_days, _("working days"), definition, more)


def _session(found):
    definition = _(
        "Days from receipt until the first appointment that took place, of cases that had it in this time: the median. "
        "Cases without an appointment are not in it."
    )
    return _spread(_("Until the first appointment"), found.session_days, _("days"), definition)


def _gap(found):
    fair = found.fairness
    definition = _(
        "The mean of the answers to “I was treated fairly” (1 to 5) of initiating parties minus that of responding "
        "parties, from follow-ups answered in this time. It is said only where each side gave at least 10 answers."
    )
    asked = _("%(initiating)d answers of initiating and %(responding)d of responding parties.")
    words = asked % {"initiating": fair.initiating, "responding": fair.responding}
    if fair.gap is None:
        return Result(_("Fair-treatment gap"), "–", _("of 4"), f"{_('Too few answers.')} {words}", definition)
    value = number_format(abs(round(fair.gap, 1)), 1)
    side = (
        _("initiating parties felt treated more fairly")
        if fair.gap > 0
        else _("responding parties felt treated more fairly")
    )
    return Result(
        _("Fair-treatment gap"), value, _("of 4"), f"{side}. {words}" if value.strip("0.,") else words, definition
    )


def _count(name, number, definition):
    return Result(name, number_format(number), _("cases"), "", definition)


def _screened_out(found):
    definition = _("Cases closed in this time because sitting together would not have been safe.")
    return _count(_("Screened out for safety"), found.screened_out, definition)


def _overrides(found):
    definition = _("How often a supervisor let a lapsed check of the readiness gate pass in this time.")
    return Result(_("Checks overridden"), number_format(found.overrides), _("times"), "", definition)


def _repeats(found):
    definition = _("Cases reopened in this time after they had been closed.")
    return _count(_("Came back"), found.repeats, definition)
