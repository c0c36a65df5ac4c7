"""The first cases are set by hand, so that every page of the demo has something to show on the day it is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scene:
    """What is fixed about one case; what is None or empty here is invented like that of any other case."""

    dispute: str | None = None
    area: str | None = None
    officer: str | None = None
    age: int | None = None
    state: str | None = None
    access: str | None = None
    risk: str | None = None
    language: str | None = None
    quiet: int | None = None
    unassigned: bool = False
    violence: bool = False
    # The initiating party may only be sent text messages, which the demo cannot send: a message is blocked.
    text_only: bool = False
    mediator: str | None = None
    # Appointments: (days from today, clock, kind, venue or None)
    sessions: tuple = ()
    # Tasks: (days from today, what)
    tasks: tuple = ()


SCENES = (
    # The officer whose sign-in is printed first finds a whole day.
    Scene(
        dispute="parking",
        area="AB-H4",
        officer="imani",
        age=21,
        state="contacting",
        quiet=12,
        tasks=((-2, "Call back the responding party: third try, text only"),),
    ),
    Scene(
        dispute="boundary",
        area="AB-H2",
        officer="imani",
        age=64,
        state="in_process",
        quiet=3,
        mediator="farrowby",
        sessions=((0, "08:30", "caucus", 0), (-3, "18:00", "shuttle", 1), (5, "17:30", "shuttle", 1)),
        tasks=((-1, "Record what was arranged in the shuttle session"),),
    ),
    Scene(
        dispute="noise",
        area="AB-H2",
        officer="imani",
        age=33,
        state="screening",
        quiet=3,
        language="es",
        sessions=((0, "11:00", "pre_meeting", None), (2, "16:00", "pre_meeting", 0)),
        tasks=((0, "Confirm safe contact with the initiating party"),),
    ),
    Scene(
        dispute="pets",
        area="AB-H4",
        officer="imani",
        age=47,
        state="ready",
        quiet=2,
        sessions=((0, "14:00", "joint", 1),),
        tasks=((0, "Send both sides the way to the side door"),),
    ),
    Scene(
        dispute="deposit",
        area="AB-H2",
        officer="imani",
        age=118,
        state="follow_up",
        quiet=1,
        sessions=((0, "18:30", "call", None),),
        tasks=((3, "30-day follow-up with both parties"),),
    ),
    Scene(
        dispute="harassment",
        area="AB-H4",
        officer="imani",
        age=9,
        state="contacting",
        risk="high",
        violence=True,
        quiet=1,
        tasks=((0, "Review the safety plan with the advocate"),),
    ),
    Scene(
        dispute="repairs",
        area="AB-H2",
        officer="imani",
        age=28,
        state="contacting",
        language="es",
        quiet=8,
        text_only=True,
        sessions=((3, "13:30", "pre_meeting", 0),),
    ),
    Scene(dispute="children", area="AB-H4", officer="imani", age=2, state="intake"),
    # A supervisor finds what nobody has taken, what is silent and what is sealed.
    Scene(dispute="noise", area="AB-H2", age=4, state="intake", unassigned=True),
    Scene(dispute="parking", area="AB-H1", age=2, state="intake", unassigned=True),
    Scene(dispute="rent", area="AB-F2", age=6, state="intake", unassigned=True),
    Scene(
        dispute="family",
        area="AB-H3",
        officer="castellow",
        age=75,
        state="screening",
        access="sealed",
        quiet=4,
        mediator="farrowby",
    ),
    Scene(dispute="boundary", area="AB-H3", officer="velarde", age=52, state="on_hold", quiet=16),
    Scene(dispute="noise", area="AB-H1", officer="castellow", age=58, state="contacting", quiet=33),
    Scene(dispute="lease", area="AB-H3", officer="velarde", age=44, state="contacting", quiet=19),
    Scene(
        dispute="eviction",
        area="AB-H1",
        officer="oyelami",
        age=17,
        state="contacting",
        quiet=3,
        access="unit",
        tasks=((-4, "Ask the court for the date of the hearing"),),
    ),
    Scene(
        dispute="noise",
        area="AB-H3",
        officer="castellow",
        age=40,
        state="ready",
        quiet=2,
        mediator="farrowby",
        sessions=((0, "10:00", "joint", 2), (1, "09:30", "call", None)),
    ),
    Scene(
        dispute="repairs",
        area="AB-F3",
        officer="nakadai",
        age=36,
        state="screening",
        language="es",
        quiet=5,
        sessions=((0, "15:30", "pre_meeting", 4),),
        tasks=((-6, "Book the interpreter for the pre-meeting"),),
    ),
    Scene(
        dispute="youth",
        area="AB-F1",
        officer="brackwell",
        age=55,
        state="in_process",
        quiet=6,
        access="unit",
        mediator="sandovar",
        sessions=((-7, "17:00", "circle", 3), (3, "17:00", "circle", 3)),
    ),
    Scene(
        dispute="community_police", area="AB-F2", officer="hesselby", age=30, state="screening", quiet=15, access="unit"
    ),
    # The stages that few cases are in on any one day.
    Scene(dispute="noise", area="AB-F4", officer="quillon", age=12, state="conflict_check", quiet=4),
    Scene(dispute="boundary", area="AB-F3", officer="nakadai", age=61, state="agreement", quiet=2),
    Scene(dispute="repairs", area="AB-H3", officer="velarde", age=70, state="partial", quiet=5),
    Scene(dispute="parking", area="AB-F1", officer="quillon", age=49, state="no_agreement", quiet=3),
)
