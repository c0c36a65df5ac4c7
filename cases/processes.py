"""What belongs to each process: its sides and stages, the appointments it is made of, and how it can end."""

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Party, Session

Process, State, Kind, Reason, Role = Case.Process, Case.State, Session.Kind, Case.ClosingReason, Party.Role

# Before any process proper begins.
TALKS = (Kind.PRE_MEETING, Kind.CALL)
KINDS = {
    Process.MEDIATION: (*TALKS, Kind.CAUCUS, Kind.JOINT, Kind.SHUTTLE, Kind.COACHING),
    Process.CONCILIATION: (*TALKS, Kind.CAUCUS, Kind.SHUTTLE, Kind.COACHING),
    Process.COACHING: (*TALKS, Kind.COACHING),
    Process.FACILITATION: (*TALKS, Kind.CAUCUS, Kind.JOINT),
    Process.RESTORATIVE: (*TALKS, Kind.CAUCUS, Kind.CIRCLE, Kind.POST_CIRCLE),
    Process.INFORMATION: TALKS,
}
# Stages that a process does not pass.
WITHOUT = {
    Process.CONCILIATION: {State.READY},
    Process.COACHING: {State.READY, *Case.OUTCOMES, State.FOLLOW_UP},
    Process.INFORMATION: {
        State.CONFLICT_CHECK, State.SCREENING, State.READY, State.IN_PROCESS, *Case.OUTCOMES, State.FOLLOW_UP,
    },
}  # fmt: skip
# How a process calls a stage where it has a name of its own.
NAMES = {
    Process.RESTORATIVE: {
        State.CONTACTING: _("Eligibility"), State.SCREENING: _("Pre-circles"), State.IN_PROCESS: _("Circle"),
        State.AGREEMENT: _("Plan"), State.FOLLOW_UP: _("Plan at work"),
    },
}  # fmt: skip
# Whatever was begun may end so.
ANY_END = (
    Reason.INITIATING_WITHDREW, Reason.NOT_REACHED, Reason.NO_SHOW, Reason.UNSAFE, Reason.UNSUITABLE,
    Reason.REFERRED_LEGAL, Reason.REFERRED_SERVICE, Reason.ENFORCEMENT, Reason.INFORMATION, Reason.DUPLICATE,
)  # fmt: skip
ENDS = {
    Process.COACHING: (Reason.COACHING, Reason.IMPROVED, *ANY_END),
    Process.INFORMATION: ANY_END,
}


def sides_of(process):
    """The parts between which a process works: somebody must have each before they meet."""
    restorative = process == Process.RESTORATIVE
    return tuple(role for role in Party.SIDES if (role in Party.RESTORATIVE) == restorative)


def roles_of(process, now=""):
    """The parts that somebody can have, and the one that they have now, as choices of a form."""
    wrong = {*Party.SIDES, Role.COMMUNITY} - {*sides_of(process), now}
    if process == Process.RESTORATIVE:
        wrong.discard(Role.COMMUNITY)
    return [(role.value, role.label) for role in Role if role not in wrong]


def why_no_recast(process, party, role):
    """Why the part of somebody cannot become this one, in words; empty where it can.

    Between parts that are no side everybody may change. What was asked of a side, or answered by one, belongs to that
    side; only a side that the process no longer has takes it along to one that it has.
    """
    before, sides = party.role, sides_of(process)
    same = before == role or before not in Party.SIDES and role not in Party.SIDES
    recast = before in Party.SIDES and before not in sides and role in sides
    if same or recast or not party.is_on_record:
        return ""
    told = now_("%(party)s was told, asked or invited in the part that they have. Take them out and add them again.")
    return told % {"party": party}


def name_of(process, states, usual):
    """What a step that stands for these states is called."""
    named = NAMES.get(process, {})
    return next((named[state] for state in states if state in named), usual)


def kinds_of(process):
    """The kinds of appointment that can be booked, as choices of a form."""
    return [(kind.value, kind.label) for kind in Kind if kind in KINDS[process]]


def ends_of(process):
    """The closing reasons that fit, as choices of a form."""
    ends = ENDS.get(process, tuple(Reason))
    return [(reason.value, reason.label) for reason in Reason if reason in ends]


def passes(process, states):
    """Whether a process passes any of these stages."""
    return not set(states) <= WITHOUT.get(process, set())
