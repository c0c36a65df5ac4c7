"""The supervisor's numbers. Each says what it counts and opens the list of what it counted."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from areas.models import Area
from cases import figures
from cases.models import Case
from measures.spread import median, percentile
from measures.withholding import Withheld, publish_count


@dataclass(frozen=True)
class Measure:
    """One number with its unit, the list behind it and what exactly is counted. `part` is a number within it."""

    name: str
    value: int
    unit: str
    url: str
    definition: str
    words: str = ""
    part: str = ""
    part_url: str = ""


def page(user, chosen):
    """What the page shows of one area this person serves, named by its reference, or of all they may open."""
    area, choices, ids = narrowed(user, chosen)
    found, links = figures.supervisor_figures(user, ids), Links(area)
    return {
        "area": area,
        "choices": choices,
        "found": found,
        "measures": measures(found, links),
        "stages": stages(found, links),
        "officers": officers(found, links),
        "areas": areas(found, links),
    }


def narrowed(user, chosen):
    """The area chosen, if this person serves it, those to choose from, and the areas to count: it with all below it."""
    choices = Area.objects.filter(pk__in=user.area_ids)
    area = choices.filter(reference=chosen).first() if chosen else None
    ids = Area.objects.ids_covered_by([area.pk]) if area is not None else Area.objects.order_by().values("pk")
    return area, choices, ids


def totals():
    """The unit in three numbers for analysts. None stands for a number that is withheld; no total has parts here, so
    nothing withheld can be computed from the rest.
    """
    found = {name: publish_count(count) for name, count in figures.unit_totals().items()}
    labels = {
        "open": _("Open cases"),
        "received": _("Received in the last 12 months"),
        "closed": _("Closed in the last 12 months"),
    }
    return [(label, None if isinstance(found[name], Withheld) else found[name]) for name, label in labels.items()]


class Links:
    """Addresses of the list of cases, narrowed to the area that the page shows."""

    def __init__(self, area):
        self.prefix = reverse("cases:case_list")
        self.area = {"area": area.reference} if area is not None else {}

    def __call__(self, **asked):
        return f"{self.prefix}?{urlencode({'state': 'open', **self.area, **asked})}"


def measures(found, links):
    """The caseload in five numbers."""
    cases = _("open cases")
    unassigned = _("Open cases without an assigned officer.")
    overdue = _("Open cases with at least one reminder past its time, whoever owes it.")
    return [
        _open(found, links),
        Measure(_("Unassigned"), found.unassigned, cases, links(assigned="nobody"), unassigned),
        _silent(found, links),
        Measure(_("Something overdue"), found.overdue, cases, links(overdue=1), overdue),
        _overridden(found),
    ]


def _open(found, links):
    words = ""
    if found.ages:
        ages = {"median": median(found.ages), "long": percentile(found.ages, 90)}
        words = _("Half are older than %(median)d days, one in ten is older than %(long)d.") % ages
    definition = _(
        "Cases that are not closed, those on hold and referred out included. Age is counted in whole days from the day "
        "a case was received. The two ages are the median and the 90th percentile."
    )
    return Measure(_("Open caseload"), found.open, _("cases"), links(), definition, words=words)


def _silent(found, links):
    definition = _(
        "Cases in our hands in which nobody of the case was reached for so long, counted from the last successful "
        "contact, else from receipt or reopening. Messages left and letters sent do not count. Cases on hold or "
        "referred out are left out."
    )
    return Measure(
        _("No contact for 14 days"),
        found.silent_14,
        _("of %(total)d open") % {"total": found.open},
        links(silent=14),
        definition,
        part=_("%(count)d for 30 days or more") % {"count": found.silent_30},
        part_url=links(silent=30) if found.silent_30 else "",
    )


def _overridden(found):
    definition = _(
        "How often a supervisor let a lapsed check of the readiness gate pass in the last 90 days: an older notice or "
        "consent form, a declaration older than 30 days, safe-contact rules not confirmed in time."
    )
    return Measure(_("Checks overridden"), found.overrides, _("in 90 days"), reverse("cases:override_list"), definition)


def stages(found, links):
    """Where the open cases are: a bar for each stage that has any, in the order of the stages."""
    counts = dict(found.by_state)
    longest = max(counts.values(), default=1)
    return [
        {
            "label": label,
            "count": counts[state],
            "width": round(100 * counts[state] / longest, 1),
            "url": links(state=state),
        }
        for state, label in Case.State.choices
        if state in counts
    ]


def officers(found, links):
    """Open and silent cases of each officer, by name. There is no score and no order by number."""
    prefix = reverse("desk:hand_over", args=["REFERENCE"])
    return [
        {
            "share": share,
            "url": links(assigned=share.key),
            "silent_url": links(assigned=share.key, silent=14),
            "hand_over_url": prefix.replace("REFERENCE", share.key),
        }
        for share in found.by_officer
    ]


def areas(found, links):
    """The same by area. The list behind an area holds the areas below it too, so its numbers do as well."""
    keys = {share.key for share in found.by_area}
    parents = dict(Area.objects.filter(reference__in=keys).values_list("reference", "parent__reference"))
    rows = {share.key: {"name": share.name, "open": 0, "silent": 0, "silent_30": 0} for share in found.by_area}
    for share in found.by_area:
        key = share.key
        while key in rows:
            rows[key]["open"] += share.open
            rows[key]["silent"] += share.silent_14
            rows[key]["silent_30"] += share.silent_30
            key = parents[key]
    return [
        row
        | {
            "url": links(area=key),
            "silent_url": links(area=key, silent=14),
            "silent_30_url": links(area=key, silent=30),
        }
        for key, row in rows.items()
    ]
