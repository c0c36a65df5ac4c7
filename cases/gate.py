"""The readiness gate: what must be done before the sides of a case may sit in one room. Nobody can go round it."""

from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Party
from core import audit
from core.states import MoveNotAllowed

# Where a party stands once a check is done; a party that left, declined or did not come has done none of them.
STEPS = (
    Party.Stage.IDENTIFIED,
    Party.Stage.REACHED,
    Party.Stage.INFORMED,
    Party.Stage.SCREENED,
    Party.Stage.CONSENTED,
    Party.Stage.READY,
)
NOT_YET_BUILT = gettext_lazy("It cannot be recorded in this version of Liaison yet, so no joint session can be booked.")


class GateClosed(MoveNotAllowed):
    """A joint session was asked for, and checks are missing. `missing` names each of them."""

    def __init__(self, missing):
        super().__init__(" ".join(f"{check.title}. {check.why}" for check in missing))
        self.missing = missing


@dataclass(frozen=True)
class Check:
    """One thing that must be true, and why it matters."""

    title: str
    done: bool
    why: str = ""


@dataclass(frozen=True)
class Gate:
    checks: tuple[Check, ...]

    @property
    def missing(self):
        return [check for check in self.checks if not check.done]

    @property
    def to_do(self):
        """The missing checks that somebody can work on now."""
        return [check for check in self.missing if check.why != NOT_YET_BUILT]

    @property
    def not_yet(self):
        """The missing checks that this version cannot record."""
        return [check for check in self.missing if check.why == NOT_YET_BUILT]

    @property
    def done(self):
        return [check for check in self.checks if check.done]

    @property
    def total(self):
        return len(self.checks)

    @property
    def heading(self):
        return _("Not ready for a joint session") if self.missing else _("Ready for a joint session")


def has_reached(party, stage):
    """Whether a party has come as far as a step on the way to a joint session."""
    return party.stage in STEPS and STEPS.index(party.stage) >= STEPS.index(stage)


def joint_gate(case, parties):
    """Every check of a joint session for a case and the parties present in it, in the order they are worked through."""
    sides = [party for party in parties if party.is_side]
    checks = [
        Check(
            _("No sign of violence between partners or in the family"),
            not case.violence_indicated,
            _("Nobody can override this. Offer a referral to victim support instead."),
        )
    ]
    for role in Party.SIDES:
        present = [party for party in sides if party.role == role]
        if not present:
            checks.append(Check(_("%(role)s is known") % {"role": role.label}, False, _("Add them under Parties.")))
        for party in present:
            checks += _checks_of(party)
    return Gate(tuple(checks))


def _checks_of(party):
    who = {"party": party, "role": party.get_role_display()}
    return (
        Check(
            _("%(party)s (%(role)s) was reached") % who,
            has_reached(party, Party.Stage.REACHED),
            _("Log a contact in which somebody answered."),
        ),
        Check(
            _("%(party)s (%(role)s) was screened, alone") % who, has_reached(party, Party.Stage.SCREENED), NOT_YET_BUILT
        ),
        Check(
            _("%(party)s (%(role)s) consented to meet") % who, has_reached(party, Party.Stage.CONSENTED), NOT_YET_BUILT
        ),
        Check(_("%(party)s (%(role)s) is ready") % who, has_reached(party, Party.Stage.READY), NOT_YET_BUILT),
    )


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


def must_be_open(case, parties):
    """Refuse a joint session or circle with the name of each missing check."""
    gate = joint_gate(case, parties)
    if gate.missing:
        raise GateClosed(gate.missing)
