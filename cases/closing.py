"""What belongs to a case before it is closed. What cannot be made up for afterwards is required; the rest is said."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import circling
from cases.models import ContactAttempt, Session
from core.states import MoveNotAllowed

# A party that was reached so lately has heard how it ends.
TOLD = timedelta(days=14)


@dataclass(frozen=True)
class Point:
    """One line of the checklist, and the page below the case where it is done."""

    title: str
    done: bool
    why: str = ""
    page: str = ""


def unrecorded(case):
    """Appointments that have passed and whose result nobody wrote down."""
    return case.sessions.planned().filter(starts_at__lt=timezone.now())


def checklist(case):
    """The points in the order in which they are worked through."""
    return [*_sessions(case), *_told(case), *_after_the_circle(case), *_court(case)]


def _sessions(case):
    missing = list(unrecorded(case))
    if not missing:
        yield Point(_("Every appointment that has passed has its result"), True)
    for session in missing:
        said = {"kind": session.get_kind_display(), "day": date_format(session.wall_time, "DATE_FORMAT")}
        yield Point(
            _("Result of the appointment: %(kind)s, %(day)s") % said,
            False,
            _("It cannot be recorded once the case is closed."),
            page=f"appointments/{session.reference}/record/",
        )


def _told(case):
    lately = case.contact_log.filter(result__in=ContactAttempt.SUCCESSFUL, at__gte=timezone.now() - TOLD)
    heard = set(lately.values_list("party", flat=True))
    for party in case.parties.sides():
        yield Point(
            _("%(party)s (%(role)s) was told how it ends") % {"party": party, "role": party.get_role_display()},
            party.pk in heard,
            _("Nobody reached them in the last 14 days."),
            page=f"contacts/new/?party={party.handle}",
        )


def _after_the_circle(case):
    """Whoever sat in a circle is met once more."""
    circles = case.sessions.filter(kind=Session.Kind.CIRCLE, state__in=Session.MET)
    if not case.is_restorative or not circles.exists():
        return
    met = circling.met_after(case)
    for party in circling.participants(case):
        yield Point(
            _("%(party)s (%(role)s) was met after the circle") % {"party": party, "role": party.get_role_display()},
            party.pk in met,
            _("Ask how they are, and whether the plan works."),
            page="appointments/new/",
        )


def _court(case):
    if case.court_on is not None:
        yield Point(
            _("The court date has passed: %(day)s") % {"day": date_format(case.court_on, "DATE_FORMAT")},
            case.court_on < timezone.localdate(),
            _("The sides may come back before it. Put the case on hold until then instead."),
            page="hold/",
        )


def must_be_recorded(case):
    """Refuse to close over appointments without a result: nobody could say afterwards whether they took place."""
    missing = unrecorded(case).count()
    if missing:
        told = ngettext(
            "Record first how %(n)s appointment went: it cannot be recorded once the case is closed.",
            "Record first how %(n)s appointments went: they cannot be recorded once the case is closed.",
            missing,
        )
        raise MoveNotAllowed(told % {"n": missing})
