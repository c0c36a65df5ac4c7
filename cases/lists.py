"""The rows of the list of cases: few columns, one query, everything that a row says worked out once."""

from dataclasses import dataclass
from functools import cache
from operator import itemgetter

from django.db.models import Case as Choose
from django.db.models import F, IntegerField, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import controlled
from cases.models import Case, ListEntry
from core.kept import kept_in_each_language
from core.numbers import whole
from core.templatetags.liaison import chip, word

SIZES = (25, 50, 100)
COUNTED = 1_000
RANK = Choose(
    When(risk=Case.Risk.HIGH, then=Value(0)),
    When(risk=Case.Risk.MEDIUM, then=Value(1)),
    When(risk=Case.Risk.UNKNOWN, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)
SORTS = {
    "case": (F("title"),),
    "risk": (RANK,),
    "area": (F("area__name"),),
    "officer": (F("assigned_to__name"),),
    "contact": (F("quiet_since"),),
    "received": (F("received_at"),),
}
DEFAULT_SORT = "contact"
COLUMNS = {
    "case": gettext_lazy("Case"),
    "stage": gettext_lazy("Stage"),
    "risk": gettext_lazy("Risk"),
    "area": gettext_lazy("Area"),
    "officer": gettext_lazy("Officer"),
    "contact": gettext_lazy("Last contact"),
    "received": gettext_lazy("Received"),
}
FIELDS = (
    "reference", "title", "state", "risk", "access", "area__name", "assigned_to__name", "last_contact_at", "received_at"
)  # fmt: skip

STATE_KINDS = {
    Case.State.ON_HOLD: "quiet",
    Case.State.REFERRED_OUT: "quiet",
    Case.State.CLOSED: "quiet",
    Case.State.READY: "good",
    Case.State.AGREEMENT: "good",
    Case.State.PARTIAL: "good",
}
STATE_ICONS = {
    Case.State.INTAKE: "inbox",
    Case.State.CONFLICT_CHECK: "shield-check",
    Case.State.CONTACTING: "telephone",
    Case.State.SCREENING: "clipboard-check",
    Case.State.READY: "check-circle",
    Case.State.IN_PROCESS: "arrow-right-circle",
    Case.State.AGREEMENT: "check-circle",
    Case.State.PARTIAL: "check-circle",
    Case.State.NO_AGREEMENT: "slash-circle",
    Case.State.FOLLOW_UP: "calendar-check",
    Case.State.ON_HOLD: "hourglass",
    Case.State.REFERRED_OUT: "box-arrow-right",
    Case.State.CLOSED: "check-square",
}
RISK_KINDS = {Case.Risk.HIGH: "stop", Case.Risk.MEDIUM: "wait", Case.Risk.LOW: "quiet", Case.Risk.UNKNOWN: "quiet"}
RISK_ICONS = {
    Case.Risk.HIGH: "exclamation-circle",
    Case.Risk.MEDIUM: "exclamation-triangle",
    Case.Risk.LOW: "check-circle",
    Case.Risk.UNKNOWN: "question-circle",
}
VIOLENCE_ICON, REPEAT_ICON = "exclamation-octagon", "arrow-repeat"
ACCESS_KINDS = {Case.Access.TEAM: "quiet", Case.Access.UNIT: "quiet", Case.Access.SEALED: "seal"}
ACCESS_ICONS = {Case.Access.TEAM: "people-fill", Case.Access.UNIT: "people", Case.Access.SEALED: "lock-fill"}


@kept_in_each_language()
def state_chip(state):
    return chip(STATE_KINDS.get(state, "info"), STATE_ICONS[state], Case.State(state).label)


@kept_in_each_language()
def risk_word(risk):
    return word(RISK_KINDS[risk], RISK_ICONS[risk], Case.Risk(risk).label)


@kept_in_each_language()
def risk_chip(risk):
    return chip(RISK_KINDS[risk], RISK_ICONS[risk], Case.Risk(risk).label)


@kept_in_each_language()
def access_chip(access):
    return chip(ACCESS_KINDS[access], ACCESS_ICONS[access], Case.Access(access).label)


def violence_chip():
    return chip("stop", VIOLENCE_ICON, _("Sign of violence: no joint session, no messages"))


def repeat_chip():
    return chip("quiet", REPEAT_ICON, _("Reopened"))


def day(moment, today):
    """A day as a table shows it: the year only where it is not this one."""
    return _written(timezone.localtime(moment).date(), today.year)


@kept_in_each_language(maxsize=4_000)
def _written(local, this_year):
    """A table shows the same days again and again, and writing one takes as long as a cell."""
    return date_format(local, "j M" if local.year == this_year else "j M Y")


def sort_in_force(asked):
    """The sort key, with "-" before it for descending; the default where the asked one is unknown."""
    return asked if asked.removeprefix("-") in SORTS else DEFAULT_SORT


def ordered(cases, sort):
    """In the order asked for; the id settles ties, so that no row stands on two pages."""
    down = sort.startswith("-")
    keys = SORTS[sort.removeprefix("-")]
    return cases.order_by(*(key.desc() if down else key.asc() for key in keys), "-id" if down else "id")


class CountOf(Subquery):
    """How many rows another query has, as one value beside each row: the list and its total are read together."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Page:
    """Some rows of a list and where they stand in it.

    It counts to 1,000 and no further: nobody leafs beyond, and counting 100,000 rows costs more than showing 25.
    """

    rows: list
    number: int
    size: int
    counted: int

    @property
    def count(self):
        return min(self.counted, COUNTED)

    @property
    def count_text(self):
        return _("more than 1,000") if self.counted > COUNTED else self.count

    @property
    def first(self):
        return (self.number - 1) * self.size + 1

    @property
    def last(self):
        return self.first + len(self.rows) - 1

    @property
    def previous(self):
        return self.number - 1

    @property
    def next(self):
        """The number of the next page, or 0 on the last one."""
        return self.number + 1 if self.last < self.count else 0


def page_of(cases, asked_number, asked_size):
    """The page asked for, or the first where there is no such page."""
    size = int(asked_size) if asked_size in map(str, SIZES) else SIZES[0]
    number = whole(str(asked_number or ""), COUNTED // size) or 1
    rows = _read(cases, number, size)
    if not rows and number > 1:
        number, rows = 1, _read(cases, 1, size)
    return Page(rows, number, size, rows[0]["counted"] if rows else 0)


def _read(cases, number, size):
    start = (number - 1) * size
    counted = CountOf(cases.order_by().values("pk")[: COUNTED + 1])
    return list(cases.values(*FIELDS, counted=counted)[start : start + size])


# One row for all: a template would need longer for the cells than the database for the rows.
HEAD = (
    '<tr role="row"><th scope="row" role="rowheader">'
    '<a href="{}">{}</a> <span class="muted small num">{}</span> {}</th>'
)
CELLS = ("stage", "risk", "area", "officer", "contact", "received")
CELL = '<td role="cell" data-label="{}">{{}}</td>'


@kept_in_each_language()
def _row():
    """The form of a row, with the words that each cell shows on a phone."""
    return HEAD + format_html_join("", CELL, ((COLUMNS[name],) for name in CELLS)) + "</tr>\n"


def drawn(rows):
    """The body of the table."""
    values = itemgetter("url", "title", "reference", "seal", *CELLS)
    return format_html_join("", _row(), map(values, rows))


def rows_of(page):
    """What each row says, in words."""
    sealed, nobody, none = access_chip(Case.Access.SEALED), _("Nobody yet"), _("None yet")
    prefix, zone, this_year = reverse("cases:case_list"), timezone.get_current_timezone(), timezone.localdate().year
    # A page shows few stages, risks and days, again and again.
    stage, risk, written = cache(state_chip), cache(risk_word), cache(lambda local: _written(local, this_year))
    return [
        {
            "reference": row["reference"],
            "url": f"{prefix}{row['reference']}/",
            "title": row["title"],
            "stage": stage(row["state"]),
            "risk": risk(row["risk"]),
            "area": row["area__name"],
            "officer": row["assigned_to__name"] or nobody,
            "contact": written(row["last_contact_at"].astimezone(zone).date()) if row["last_contact_at"] else none,
            "received": written(row["received_at"].astimezone(zone).date()),
            "seal": sealed if row["access"] == Case.Access.SEALED else "",
        }
        for row in page.rows
    ]


EXPORTED = {
    "reference": gettext_lazy("Case"),
    "title": gettext_lazy("Short name"),
    "state": gettext_lazy("Stage"),
    "process": gettext_lazy("Process sought"),
    "dispute": gettext_lazy("Dispute"),
    "source": gettext_lazy("Referred by"),
    "area__name": gettext_lazy("Area"),
    "risk": gettext_lazy("Risk"),
    "access": gettext_lazy("Who may open it"),
    "assigned_to__name": gettext_lazy("Officer"),
    "received_at": gettext_lazy("Received"),
    "first_contact_at": gettext_lazy("First contact"),
    "last_contact_at": gettext_lazy("Last contact"),
    "closing_reason": gettext_lazy("Closing reason"),
    "closed_at": gettext_lazy("Closed"),
}
CHOICES = {
    "state": Case.State, "process": Case.Process, "risk": Case.Risk, "access": Case.Access,
    "closing_reason": Case.ClosingReason,
}  # fmt: skip


def exported_rows(cases):
    """The rows of an export, read in blocks; words for choices, ISO days for moments."""
    words = {name: {value: str(label) for value, label in choices.choices} for name, choices in CHOICES.items()}
    words |= {kind: controlled.words(kind) for kind in ListEntry.Kind.values}
    for row in cases.values(*EXPORTED).iterator(chunk_size=1_000):
        yield [_cell(name, value, words) for name, value in row.items()]


def _cell(name, value, words):
    if name in words:
        return words[name].get(value, value)
    return timezone.localtime(value).date().isoformat() if hasattr(value, "date") else value
