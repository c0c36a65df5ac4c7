"""Invented cases: pure functions of a number. Case 17 is the same case on every machine and at every scale.

Days are counted from the day the demo was loaded: -3 is three days before it.
"""

import random
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate

from liaison.demo import city, staff, words
from liaison.demo.scenes import SCENES, Scene

ONE_YEAR, LONGER = 365, 1_000
# Cases beyond this number are spread over a longer time than the last year.
IN_ONE_YEAR = 2_000
# (age in days up to, share of cases of that age that are closed)
CLOSED_BY_AGE = ((14, 0.02), (30, 0.12), (60, 0.35), (90, 0.6), (180, 0.86), (365, 0.96), (10_000, 0.995))
STATES_BY_AGE = (
    (3, ("intake",)),
    (14, ("intake", "contacting", "contacting", "contacting")),
    (40, ("contacting", "contacting", "screening", "ready", "on_hold")),
    (90, ("screening", "ready", "in_process", "in_process", "contacting", "on_hold")),
    (10_000, ("in_process", "follow_up", "follow_up", "agreement", "on_hold", "referred_out")),
)
CLOSINGS = {
    "agreement": 30,
    "partial": 7,
    "improved": 12,
    "conciliated": 11,
    "coaching": 4,
    "no_agreement": 8,
    "responding_declined": 12,
    "initiating_withdrew": 5,
    "not_reached": 4,
    "no_show": 2,
    "referred_service": 3,
    "information": 2,
}
MET = ("agreement", "partial", "no_agreement")
# How far a party has come when the case is at a stage.
PARTY_STAGES = {
    "intake": ("identified",),
    "contacting": ("invited", "reached", "not_reached"),
    "screening": ("reached", "informed"),
    "ready": ("ready",),
    "in_process": ("ready", "attended"),
    "conflict_check": ("identified", "invited"),
    "agreement": ("attended",),
    "partial": ("attended",),
    "no_agreement": ("attended",),
    "follow_up": ("attended",),
    "on_hold": ("reached", "informed"),
    "referred_out": ("informed",),
    "closed": ("attended",),
}
WAYS = (("sms", "email"), ("sms",), ("email",), ("call", "sms"), ("call",), ("letter",), ("call", "email"))
ANSWERED = (("call", "spoke"), ("call", "spoke"), ("visit", "spoke"), ("sms", "they_wrote"), ("email", "they_wrote"))
REACHED = ("spoke", "they_wrote")
NOT_YET = ("identified", "invited", "not_reached")
UNANSWERED = (("call", "no_answer"), ("call", "left_message"), ("letter", "sent"), ("visit", "no_answer"))
SPEAKING = {"es": (words.SPANISH_FIRST, words.SPANISH_FAMILY)}


@dataclass
class Person:
    """A party, and how they may be reached."""

    role: str
    name: str
    language: str
    stage: str
    ways: tuple
    number: int
    neutral: bool = False
    evenings: bool = False
    note: str = ""
    minor: bool = False
    # The day and minute at which they first answered, if they have.
    reached: tuple | None = None


@dataclass
class Attempt:
    """One line of the contact log."""

    day: int
    minute: int
    person: int
    way: str
    result: str
    note: str


@dataclass
class Meeting:
    """One appointment; `venue` is a place in the list of the city, None is by telephone."""

    day: int
    clock: str
    kind: str
    state: str
    venue: int | None
    people: tuple


@dataclass
class Story:
    """One case with everything that hangs on it."""

    number: int
    scene: Scene
    dispute: str
    title: str
    summary: str
    process: str
    source: str
    source_detail: str
    area: str
    street: str
    age: int
    state: str
    officer: str | None
    opened_by: str
    access: str
    risk: str
    mediator: str | None
    quiet: int
    closing: str = ""
    closed: int | None = None
    people: list = field(default_factory=list)
    attempts: list = field(default_factory=list)
    meetings: list = field(default_factory=list)
    tasks: list = field(default_factory=list)

    @property
    def is_open(self):
        return self.state != "closed"


class Draw:
    """Weighted choices with the sums made once, because a hundred thousand cases draw them."""

    def __init__(self, weights):
        self.names, self.sums = tuple(weights), tuple(accumulate(weights.values()))

    def __call__(self, rng):
        return self.names[bisect(self.sums, rng.random() * self.sums[-1])]


draw_dispute, draw_source = Draw(words.DISPUTE_WEIGHTS), Draw(words.SOURCES)
draw_process, draw_language, draw_closing = Draw(words.PROCESSES), Draw(words.LANGUAGES), Draw(CLOSINGS)
OFFICERS_OF = {code: tuple(person.key for person in staff.OFFICERS if code in person.areas) for code in city.CODES}


def up_to(steps, value):
    """What belongs to the first step that is not below the value."""
    return next(found for limit, found in steps if value < limit)


def story(number):
    """Case `number`, whole."""
    rng = random.Random(f"{city.SEED} {number}")
    made = _begin(rng, number, SCENES[number] if number < len(SCENES) else Scene())
    _close(rng, made)
    made.people = _people(rng, made)
    made.attempts = _attempts(rng, made)
    _tell_who_was_reached(made)
    made.meetings = _meetings(rng, made)
    made.tasks = _tasks(rng, made)
    return made


def _begin(rng, number, scene):
    """The case itself. What the scene leaves open is drawn."""
    age = scene.age if scene.age is not None else rng.randrange(3, ONE_YEAR if number < IN_ONE_YEAR else LONGER)
    dispute, code = scene.dispute or draw_dispute(rng), scene.area or rng.choice(city.CODES)
    street, (what, first, second) = rng.choice(city.NEIGHBORHOODS[code][3]), rng.choice(words.DISPUTES[dispute])
    source, officer = draw_source(rng), scene.officer or _officer(rng, number, code)
    return Story(
        number=number,
        scene=scene,
        dispute=dispute,
        title=f"{what}, {street}",
        summary=f"{first} {second}",
        process=draw_process(rng),
        source=source,
        source_detail=f"I-{rng.randrange(10_000, 99_999)}" if source == "patrol" else "",
        area=code,
        street=street,
        age=age,
        state=scene.state or _state(rng, age),
        officer=None if scene.unassigned else officer,
        opened_by=officer,
        access=scene.access or ("unit" if rng.random() < 0.3 else "team"),
        risk=scene.risk or rng.choice(("unknown", "low", "low", "low", "medium")),
        mediator=scene.mediator or (rng.choice(staff.MEDIATORS).key if rng.random() < 0.15 and age > 20 else None),
        quiet=scene.quiet if scene.quiet is not None else _quiet(rng, age),
    )


def _state(rng, age):
    if rng.random() < up_to(CLOSED_BY_AGE, age):
        return "closed"
    return rng.choice(up_to(STATES_BY_AGE, age))


def _officer(rng, number, code):
    """One of the neighborhood's officers; from a certain size on each block of cases has an officer of its own."""
    if number >= staff.CASES_EACH:
        return f"officer{number // staff.CASES_EACH:03}"
    return rng.choice(OFFICERS_OF[code])


def _quiet(rng, age):
    """Days since somebody of the case last answered."""
    days = rng.choice((*range(1, 13), *range(1, 13), *range(1, 13), 15, 17, 20, 26, 31, 44))
    return min(days, max(age - 1, 1))


def _close(rng, made):
    if not made.is_open:
        made.closing = draw_closing(rng)
        made.closed = -rng.randrange(1, max(2, made.age - 2))


def _people(rng, made):
    roles = ["initiating", "responding"]
    extra = rng.random()
    if extra < 0.08:
        roles.append("responding")
    elif extra < 0.14:
        roles.append("supporter")
    elif extra < 0.18:
        roles.append("affected")
    return [_person(rng, made, role, place) for place, role in enumerate(roles)]


def _person(rng, made, role, place):
    language = made.scene.language if made.scene.language and place == 0 else draw_language(rng)
    firsts, families = SPEAKING.get(language, (words.FIRST, words.FAMILY))
    stage = rng.choice(PARTY_STAGES[made.state])
    if made.closing in ("responding_declined", "initiating_withdrew") and place == 1:
        stage = "declined"
    elif made.closing == "not_reached" and place == 1:
        stage = "not_reached"
    ways = rng.choice(WAYS) if made.number >= staff.CASES_EACH or rng.random() < 0.3 else ("email",)
    return Person(
        role=role,
        name=f"{rng.choice(firsts)} {rng.choice(families)}",
        language=language,
        stage=stage,
        ways=("sms",) if made.scene.text_only and place == 0 else ways,
        number=100 + rng.randrange(100),
        neutral=rng.random() < 0.1,
        evenings=rng.random() < 0.15,
        note="Not before the shift ends" if rng.random() < 0.05 else "",
        minor=made.dispute == "youth" and place > 0,
    )


def _attempts(rng, made):
    """A first try in the first days, then now and again; the last answer lies `quiet` days back."""
    end = made.closed if made.closed is not None else -made.quiet
    first = -made.age + rng.randrange(0, 4)
    if made.state == "intake" or first > min(end, -1):
        return []
    days = sorted({first, *(rng.randrange(first, end + 1) for _ in range(rng.randrange(3))), end})
    return [_attempt(rng, made, day, reached=day == end or rng.random() < 0.55) for day in days if day < 0]


def _attempt(rng, made, day, *, reached):
    person = rng.randrange(min(2, len(made.people)))
    minute = 8 * 60 + 5 * rng.randrange(0, 130)
    if reached:
        way, result = rng.choice(ANSWERED)
        return Attempt(day, minute, person, way, result, rng.choice(words.REACHED))
    way, result = rng.choice(UNANSWERED)
    return Attempt(day, minute, person, way, result, rng.choice(words.NOT_REACHED))


def _tell_who_was_reached(made):
    """Whoever answered counts as reached, and whoever came further than that answered once: the log shows it."""
    first = min((attempt.day for attempt in made.attempts), default=-max(made.quiet, 1))
    for place, person in enumerate(made.people):
        answers = [(a.day, a.minute) for a in made.attempts if a.person == place and a.result in REACHED]
        if answers and person.stage in NOT_YET:
            person.stage = "reached"
        elif not answers and person.stage not in NOT_YET:
            note = words.REACHED[made.number % len(words.REACHED)]
            answers = [(first, 17 * 60 + 20 * place)]
            made.attempts.append(Attempt(*answers[0], place, "call", "spoke", note))
        person.reached = min(answers, default=None)
    made.attempts.sort(key=lambda attempt: (attempt.day, attempt.minute))


def _meetings(rng, made):
    """The scene's own appointments, else those that a case of this stage would have had or has before it."""
    if made.scene.sessions:
        return [_staged(made, *session) for session in made.scene.sessions]
    everybody = tuple(range(len(made.people)))
    met = made.closing in MET or made.state in (*MET, "in_process", "follow_up")
    found = []
    if met and made.age > 20:
        latest = made.closed if made.closed is not None else -2
        day = rng.randrange(min(-made.age + 10, latest - 1), latest)
        kind = "joint" if made.process in ("mediation", "facilitation") else "shuttle"
        found.append(Meeting(day - 1, _clock(rng), "pre_meeting", "held", None, (0,)))
        found.append(Meeting(day, _clock(rng), kind, "held", rng.randrange(len(city.VENUES) - 1), everybody))
    if made.state in ("screening", "ready", "in_process") and rng.random() < 0.5:
        kind = {"screening": "pre_meeting", "ready": "joint", "in_process": "shuttle"}[made.state]
        venue = None if kind == "pre_meeting" else rng.randrange(len(city.VENUES) - 1)
        people = (rng.randrange(2),) if kind == "pre_meeting" else everybody
        found.append(Meeting(rng.randrange(1, 15), _clock(rng), kind, "planned", venue, people))
    return found


def _staged(made, day, clock, kind, venue):
    people = tuple(range(len(made.people))) if kind in ("joint", "circle", "shuttle") else (0,)
    return Meeting(day, clock, kind, "held" if day < 0 else "planned", venue, people)


def _clock(rng):
    return f"{rng.randrange(9, 19):02}:{rng.choice(('00', '30'))}"


def _tasks(rng, made):
    """(due in so many days, what). Only open cases owe anything."""
    if made.scene.tasks or made.number < len(SCENES):
        return list(made.scene.tasks)
    if not made.is_open or made.state == "on_hold" or rng.random() < 0.45:
        return []
    return [(rng.choice((-5, -2, -1, 0, 1, 2, 3, 4, 6, 9, 13)), rng.choice(words.TASKS))]
