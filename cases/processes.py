"""What belongs to each process: the stages it passes, the appointments it is made of, and how it can end."""

from cases.models import Case, Session

Process, State, Kind, Reason = Case.Process, Case.State, Session.Kind, Case.ClosingReason

# Before any process proper begins.
TALKS = (Kind.PRE_MEETING, Kind.CALL)
KINDS = {
    Process.MEDIATION: (*TALKS, Kind.CAUCUS, Kind.JOINT, Kind.SHUTTLE, Kind.COACHING),
    Process.CONCILIATION: (*TALKS, Kind.CAUCUS, Kind.SHUTTLE, Kind.COACHING),
    Process.COACHING: (*TALKS, Kind.COACHING),
    Process.FACILITATION: (*TALKS, Kind.CAUCUS, Kind.JOINT),
    Process.RESTORATIVE: (*TALKS, Kind.CAUCUS, Kind.CIRCLE),
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
# Whatever was begun may end so.
ANY_END = (
    Reason.INITIATING_WITHDREW, Reason.NOT_REACHED, Reason.NO_SHOW, Reason.UNSAFE, Reason.UNSUITABLE,
    Reason.REFERRED_LEGAL, Reason.REFERRED_SERVICE, Reason.ENFORCEMENT, Reason.INFORMATION, Reason.DUPLICATE,
)  # fmt: skip
ENDS = {
    Process.COACHING: (Reason.COACHING, Reason.IMPROVED, *ANY_END),
    Process.INFORMATION: ANY_END,
}


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
