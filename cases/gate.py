"""The readiness gate: what must be done before the sides of a case may sit in one room.

Consent, screening, violence and serious conflicts nobody goes round. Formalities that lapse with time a supervisor may
let pass, with a reason (`GateOverride`).
"""

from contextlib import contextmanager
from functools import partial

from django.utils.translation import gettext as _

from cases import checks, circle_checks, processes
from cases.checks import Check, Gate
from cases.evidence import evidence_of, tells_of_violence
from cases.models import Party, Session
from core import audit
from core.states import MoveNotAllowed

# Where a party stands once a step is done; a party that left, declined or was not reached has done none of them.
STEPS = (
    Party.Stage.IDENTIFIED,
    Party.Stage.REACHED,
    Party.Stage.INFORMED,
    Party.Stage.SCREENED,
    Party.Stage.CONSENTED,
    Party.Stage.READY,
    Party.Stage.NO_SHOW,
    Party.Stage.ATTENDED,
    Party.Stage.EVALUATED,
    Party.Stage.FOLLOWED_UP,
)


class GateClosed(MoveNotAllowed):
    """A joint session was asked for, and checks are missing. `missing` names each of them."""

    def __init__(self, missing):
        super().__init__(" ".join(f"{check.title}. {check.why}" for check in missing))
        self.missing = missing


def has_reached(party, stage):
    """Whether a party has come as far as a step on the way to a joint session."""
    return party.stage in STEPS and STEPS.index(party.stage) >= STEPS.index(stage)


def joint_gate(case, parties, facilitators, evidence, kind=""):
    """Every check of a joint session, in the order they are worked through.

    `parties` are those present in the case, `facilitators` those serving it, `evidence` what was read of it, `kind` the
    appointment it is asked for: a circle needs what a circle needs, whatever the case is called by now.
    """
    helpers = frozenset(one.user_id for one in facilitators if one.user_id)
    found = [
        Check(
            _("No sign of violence between partners or in the family"),
            not case.violence_indicated,
            _(
                "Nobody can override this. Only one side and who is entered as standing beside it may share a room. "
                "Offer a referral to victim support instead."
            ),
            grave=True,
        ),
        Check(
            _("Somebody facilitates"),
            bool(facilitators),
            _("Screening and sealed notes are for the facilitators alone, so there must be one."),
            page="facilitators/new/",
            action=_("Add a facilitator"),
            grave=True,
        ),
    ]
    for role in Party.SIDES:
        present = [party for party in parties if evidence.side_of(party) == role]
        known = any(party.role == role for party in present)
        if not known and role in processes.sides_of(case.process):
            title = _("%(role)s is known") % {"role": role.label}
            found.append(Check(title, False, _("Add them under Parties."), "parties/new/", _("Add a party")))
        for party in present:
            found += checks.of_side(party, parties, helpers, evidence)
            found += [checks.neutrality(one, party, evidence) for one in facilitators]
    if case.is_restorative or kind in Session.OF_A_CIRCLE:
        found += circle_checks.of_circle(parties, helpers, evidence)
    return Gate(tuple(found))


def brings_together(session, parties, evidence):
    """Whether people of two sides are asked into one room, whatever the appointment is called.

    Whoever stood on a side once still counts as one of it. With a sign of violence people beside a side count too, and
    whoever stands beside nobody belongs to no side but their own.
    """
    if session.is_together:
        return True
    if session.kind in Session.APART:
        return False
    of_side = evidence.side_of
    if session.case.violence_indicated:
        of_side = partial(_belongs_to, evidence=evidence)
    return len({side for party in parties if (side := of_side(party))}) > 1


def _belongs_to(party, evidence):
    """The side of somebody, or of whom they stand beside; else they themselves."""
    passed, one = set(), party
    while one is not None and one.pk not in passed:
        if side := evidence.side_of(one):
            return side
        passed.add(one.pk)
        one = one.beside
    return party.pk


def why_the_sign_stays(case):
    """Why a sign of violence cannot be taken back by an edit, in words; empty where it can.

    What somebody told a facilitator alone is taken back by what they tell one alone. The words do not say who did.
    """
    return _("A facilitator must ask again before this can be taken back") if tells_of_violence(case) else ""


@contextmanager
def on_record(case, *, by):
    """Keep in the audit that a joint session was refused to somebody: which checks were missing is told to them alone.

    It stands around the transaction of the act, which the refusal undoes.
    """
    try:
        yield
    except GateClosed as refusal:
        audit.refused(by, "session.refuse", case, missing=len(refusal.missing))
        raise


def gate_of(case, evidence=None, kind=""):
    """The gate as it stands now, for whoever decides inside the transaction that holds the case."""
    parties = list(case.parties.present().select_related("contact"))
    serving = list(case.facilitators.serving().select_related("user", "organization"))
    return joint_gate(case, parties, serving, evidence or evidence_of(case), kind)


def must_be_open(session, evidence):
    """Refuse what brings the sides together with the name of each missing check."""
    gate = gate_of(session.case, evidence, session.kind)
    if gate.missing:
        raise GateClosed(gate.missing)
