"""What was asked, told, declared and agreed in a case, as the gate weighs it: of everything the newest row stands."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, Subquery

from cases.models import (
    CircleSeat,
    ConflictDeclaration,
    Consent,
    Eligibility,
    GateOverride,
    NoticeGiven,
    Party,
    PreCircle,
    Screening,
    Session,
    Wording,
)
from core.gathering import together
from core.history import events_of


def _is_older(wording):
    """Whether a newer version of the text has been published since in that language."""
    newer = Wording.objects.filter(
        kind=OuterRef(f"{wording}__kind"), language=OuterRef(f"{wording}__language"),
        version__gt=OuterRef(f"{wording}__version"),
    )  # fmt: skip
    return Exists(newer)


def _from_before(path):
    """Whether a row is from before the case changed its process: what was asked for one counts for no other."""
    since = f"{path}__process_since"
    return ExpressionWrapper(Q(**{f"{since}__isnull": False}, at__lte=F(since)), output_field=BooleanField())


def notices(case):
    rows = NoticeGiven.objects.filter(party__case_id=case).annotate(older=_is_older("wording")).order_by("at", "id")
    return rows.values("id", "party_id", "at", "older", "by__name")


def screenings(case):
    """When and with which result, never which answers."""
    rows = Screening.objects.filter(party__case_id=case).annotate(past=_from_before("party__case"))
    return rows.order_by("at", "id").values("id", "party_id", "at", "result", "past", "by__name")


def consents(case):
    rows = Consent.objects.filter(party__case_id=case)
    rows = rows.annotate(older=_is_older("wording"), past=_from_before("party__case")).order_by("at", "id")
    return rows.values(
        "id", "handle", "party_id", "guardian_id", "guardian__handle", "guardian__contact__name", "at", "answer",
        "withdrawn_at", "older", "past", "by__name",
    )  # fmt: skip


def declarations(case):
    own = {"party__case_id": case, "facilitator__case_id": case}
    rows = ConflictDeclaration.objects.filter(facilitator__ended_at=None, **own).order_by("at", "id")
    return rows.values("id", "party_id", "facilitator_id", "at", "result", "by__name")


def overrides(case):
    return GateOverride.objects.filter(case_id=case).order_by("at", "id").values("kind", "lapsed")


def last_meetings(case):
    """When the sides last sat in one room: whoever was screened before is asked again."""
    met = Session.objects.filter(case_id=case, kind__in=Session.TOGETHER, state__in=Session.MET).order_by()
    return met.values("case_id").annotate(at=Max("starts_at")).values("at")


def eligibilities(case):
    rows = Eligibility.objects.filter(case_id=case).annotate(past=_from_before("case")).order_by("at", "id")
    return rows.values("at", "fits", "past", "by__name")


def pre_circles(case):
    """Who was met before a circle and may come to it, never what is missing."""
    goes = ExpressionWrapper(Q(**dict.fromkeys(PreCircle.NEEDED, True)), output_field=BooleanField())
    rows = PreCircle.objects.filter(party__case_id=case).annotate(goes=goes, past=_from_before("party__case"))
    return rows.order_by("at", "id").values("party_id", "at", "goes", "past", "by__name")


def seats(case):
    return CircleSeat.objects.filter(plan__case_id=case).order_by("place").values("party_id", "plan__with_harmed")


def sides_stood_on(case):
    """On which sides people of this case ever stood, by the history of their part; the last one comes last."""
    [history] = events_of(Party)
    rows = history.objects.filter(pgh_obj__case_id=case, role__in=Party.SIDES).order_by()
    return rows.values("pgh_obj_id", "role").annotate(last=Max("pgh_id")).order_by("last")


READINGS = (
    notices, screenings, consents, declarations, overrides, last_meetings, eligibilities, pre_circles, seats,
    sides_stood_on,
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """The rows that stand: by party, by party and guardian, by facilitator and party."""

    notices: dict = field(default_factory=dict)
    # {party: when they were first told}: a consent given before that was not informed.
    informed_at: dict = field(default_factory=dict)
    screenings: dict = field(default_factory=dict)
    consents: dict = field(default_factory=dict)
    declarations: dict = field(default_factory=dict)
    overrides: frozenset = frozenset()
    met_at: datetime | None = None
    # Of a circle: whether it fits, who was met before it, who has a place in it, and whether the harmed person chose.
    eligibility: dict | None = None
    pre_circles: dict = field(default_factory=dict)
    seats: frozenset = frozenset()
    with_harmed: bool = False
    # {party: the side on which they stood last}, and {party: the newest answer of each guardian who said no}.
    stood: dict = field(default_factory=dict)
    refusals: dict = field(default_factory=dict)
    # Who was asked for another process alone: the parties that were screened, and the pairs that answered.
    screened_before: frozenset = frozenset()
    asked_before: frozenset = frozenset()

    def side_of(self, party):
        """On which side somebody stands, or stood last: nobody leaves a side by an edit. Empty for all others."""
        return party.role if party.is_side else self.stood.get(party.pk, "")


def weigh(found):
    """The evidence in what was read: {name of a reading: its rows, oldest first}."""
    met = found["last_meetings"]
    consents, screenings = _of_today(found["consents"]), _of_today(found["screenings"])
    decided = _of_today(found["eligibilities"])
    return Evidence(
        notices={row["party_id"]: row for row in found["notices"]},
        informed_at={row["party_id"]: row["at"] for row in reversed(found["notices"])},
        screenings={row["party_id"]: row for row in screenings},
        consents=_newest(consents),
        declarations={(row["facilitator_id"], row["party_id"]): row for row in found["declarations"]},
        overrides=frozenset((row["kind"], row["lapsed"]) for row in found["overrides"]),
        met_at=met[0]["at"] if met else None,
        eligibility=decided[-1] if decided else None,
        pre_circles={row["party_id"]: row for row in _of_today(found["pre_circles"])},
        seats=frozenset(row["party_id"] for row in found["seats"]),
        with_harmed=any(row["plan__with_harmed"] for row in found["seats"]),
        stood={row["pgh_obj_id"]: row["role"] for row in found["sides_stood_on"]},
        refusals=_refusals(_newest(found["consents"])),
        screened_before=frozenset(row["party_id"] for row in found["screenings"] if row["past"]),
        asked_before=frozenset(_newest(row for row in found["consents"] if row["past"])),
    )


def _of_today(rows):
    """Those that were asked, answered or decided for the process that the case has now."""
    return [row for row in rows if not row["past"]]


def _newest(consents):
    """{(party, guardian): what was answered last}"""
    return {(row["party_id"], row["guardian_id"]): row for row in consents}


def _refusals(consents):
    """{party: the answers of guardians who said no}. They stand until the same guardian says otherwise, also where the
    process is another one now.
    """
    found = {}
    for (party, guardian), row in consents.items():
        if guardian is not None and not says_yes(row):
            found.setdefault(party, []).append(row)
    return found


def says_yes(row):
    """Whether a consent was given and not taken back."""
    return row["answer"] == Consent.Answer.CONSENTED and row["withdrawn_at"] is None


def tells_of_violence(case):
    """Whether the newest screening of somebody who is still in the case has a sign of violence; never of whom."""
    newest = Screening.objects.filter(party=OuterRef("pk")).order_by("-at", "-id").values("partner_violence")[:1]
    return case.parties.present().alias(told=Subquery(newest)).filter(told=True).exists()


def evidence_of(case):
    """All of it, read now in one statement: for whoever decides, inside the transaction that holds the case."""
    return weigh(together(**{reading.__name__: reading(case.pk) for reading in READINGS}))
