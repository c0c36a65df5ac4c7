"""The readiness gate: what must be done before the sides of a case may sit in one room.

Consent, screening, violence and serious conflicts nobody goes round. Formalities that lapse with time a supervisor may
let pass, with a reason (`GateOverride`).
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.evidence import evidence_of
from cases.models import ConflictDeclaration, Consent, GateOverride, Party, Screening
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


NOT_YET = (Party.Stage.IDENTIFIED, Party.Stage.INVITED, Party.Stage.NOT_REACHED)


class GateClosed(MoveNotAllowed):
    """A joint session was asked for, and checks are missing. `missing` names each of them."""

    def __init__(self, missing):
        super().__init__(" ".join(f"{check.title}. {check.why}" for check in missing))
        self.missing = missing


@dataclass(frozen=True)
class Check:
    """One thing that must be true, why it matters, and where it is done: `page` lies below the address of the case.

    `step` is the stage of `party` that it proves. `doers` are the only people who can do it, where it is not the team.
    `lapsed` is set where a supervisor may let it pass.
    """

    title: str
    done: bool
    why: str = ""
    page: str = ""
    action: str = ""
    party: int | None = None
    step: str = ""
    doers: frozenset | None = None
    lapsed: tuple[str, str] | None = None

    @property
    def override_page(self):
        return "overrides/{}/{}/".format(*self.lapsed) if self.lapsed and not self.done else ""


@dataclass(frozen=True)
class Gate:
    checks: tuple[Check, ...]

    @property
    def missing(self):
        return [check for check in self.checks if not check.done]

    @property
    def done(self):
        return [check for check in self.checks if check.done]

    @property
    def total(self):
        return len(self.checks)

    @property
    def heading(self):
        return _("Not ready for a joint session") if self.missing else _("Ready for a joint session")

    def offered_to(self, user, *, works):
        """The same gate, with the way to a check only for those who can do it."""
        return Gate(
            tuple(
                check if works and (check.doers is None or user.pk in check.doers) else replace(check, page="")
                for check in self.checks
            )
        )

    def lapsed(self, kind, row):
        """The missing check that a supervisor may let pass, by what lapsed; None where there is none."""
        return next((check for check in self.missing if check.lapsed == (kind, row)), None)

    def proves(self, party, step):
        return any(check.done for check in self.checks if (check.party, check.step) == (party.pk, step))


def has_reached(party, stage):
    """Whether a party has come as far as a step on the way to a joint session."""
    return party.stage in STEPS and STEPS.index(party.stage) >= STEPS.index(stage)


def joint_gate(case, parties, facilitators, evidence):
    """Every check of a joint session, in the order they are worked through.

    `parties` are those present in the case, `facilitators` those serving it, `evidence` what was read of it.
    """
    sides = [party for party in parties if party.is_side]
    helpers = frozenset(one.user_id for one in facilitators if one.user_id)
    checks = [
        Check(
            _("No sign of violence between partners or in the family"),
            not case.violence_indicated,
            _("Nobody can override this. Offer a referral to victim support instead."),
        ),
        Check(
            _("Somebody facilitates"),
            bool(facilitators),
            _("Screening and sealed notes are for the facilitators alone, so there must be one."),
            page="facilitators/new/",
            action=_("Add a facilitator"),
        ),
    ]
    for role in Party.SIDES:
        present = [party for party in sides if party.role == role]
        if not present:
            title = _("%(role)s is known") % {"role": role.label}
            checks.append(Check(title, False, _("Add them under Parties."), "parties/new/", _("Add a party")))
        for party in present:
            checks += _checks_of(party, parties, helpers, evidence)
            checks += [_neutrality(one, party, evidence) for one in facilitators]
    return Gate(tuple(checks))


def _checks_of(party, parties, helpers, evidence):
    who = {"party": party, "role": party.get_role_display()}
    here = f"parties/{party.handle}/"
    yield Check(
        _("%(party)s (%(role)s) was reached") % who,
        party.reached_at is not None or party.stage not in NOT_YET,
        _("Log a contact in which somebody answered."),
        page=f"contacts/new/?party={party.handle}",
        action=_("Log contact"),
        party=party.pk,
        step=Party.Stage.REACHED,
    )
    if party.contact.reconfirm_on is not None:
        yield _reconfirmed(party, who, evidence)
    yield _informed(party, who, here, evidence)
    yield _screened(party, who, here, helpers, evidence)
    yield _consented(party, None, who, here, evidence)
    if party.is_minor:
        guardians = [one for one in parties if one.role == Party.Role.GUARDIAN and one.beside_id == party.pk]
        yield from _guarded(party, guardians, who, here, evidence)
    if party.needs_interpreter:
        yield Check(
            _("An interpreter is found for %(party)s (%(role)s)") % who,
            any(one.role == Party.Role.INTERPRETER and one.beside_id == party.pk for one in parties),
            _("Add the interpreter as a party beside them: never a child and never the other side."),
            page="parties/new/",
            action=_("Add a party"),
        )


def _passes(check_kind, row, evidence):
    return (check_kind, str(row)) in evidence.overrides


def _reconfirmed(party, who, evidence):
    row = f"{party.handle}-{party.contact.reconfirm_on:%Y%m%d}"
    in_time = party.contact.reconfirm_on > timezone.localdate()
    return Check(
        _("%(party)s (%(role)s): safe-contact rules are confirmed") % who,
        in_time or _passes(GateOverride.Kind.CONTACT, row, evidence),
        _("Ask them again how they may be reached, and set the next date."),
        page=f"parties/{party.handle}/",
        action=_("Confirm"),
        lapsed=None if in_time else (GateOverride.Kind.CONTACT, row),
    )


def _informed(party, who, here, evidence):
    row = evidence.notices.get(party.pk)
    older = row is not None and row["older"]
    return Check(
        _("%(party)s (%(role)s) was given the confidentiality notice") % who,
        row is not None and (not older or _passes(GateOverride.Kind.NOTICE, row["id"], evidence)),
        _("It was an older version: give the one in force.")
        if older
        else _("They must know what cannot stay confidential before they agree."),
        page=f"{here}notice/",
        action=_("Record the notice"),
        party=party.pk,
        step=Party.Stage.INFORMED,
        lapsed=(GateOverride.Kind.NOTICE, str(row["id"])) if older else None,
    )


def _screened(party, who, here, helpers, evidence):
    row = evidence.screenings.get(party.pk)
    stale = row is not None and evidence.met_at is not None and row["at"] <= evidence.met_at
    unsuitable = row is not None and row["result"] == Screening.Result.NOT_SUITABLE
    if unsuitable:
        why = _("Not suitable for a joint session. Nobody can override this; meet apart, or refer.")
    elif stale:
        why = _("The sides have met since. Ask again, alone: what was safe then may not be safe now.")
    else:
        why = _("A facilitator talks with each side alone, in private. Nobody can override this.")
    return Check(
        _("%(party)s (%(role)s) was screened, alone") % who,
        row is not None and not stale and not unsuitable,
        why,
        page=f"{here}screening/",
        action=_("Screen"),
        party=party.pk,
        step=Party.Stage.SCREENED,
        doers=helpers,
    )


def _consented(party, guardian, who, here, evidence):
    row = evidence.consents.get((party.pk, guardian.pk if guardian else None))
    given = row is not None and row["answer"] == Consent.Answer.CONSENTED and row["withdrawn_at"] is None
    informed = given and party.pk in evidence.informed_at and evidence.informed_at[party.pk] <= row["at"]
    older = given and row["older"]
    if row is not None and not given:
        why = _("They declined or withdrew. Nobody can override this.")
    elif given and not informed:
        why = _("The notice comes before the consent: ask again now that they know it.")
    elif older:
        why = _("It was an older version of the form: ask with the one in force.")
    else:
        why = _("Taking part is voluntary. Nobody can override this.")
    title = (
        _("%(guardian)s consented for %(party)s (%(role)s)") % {**who, "guardian": guardian}
        if guardian
        else _("%(party)s (%(role)s) consented to meet") % who
    )
    return Check(
        title,
        informed and (not older or _passes(GateOverride.Kind.CONSENT, row["id"], evidence)),
        why,
        page=f"{here}consent/" + (f"?guardian={guardian.handle}" if guardian else ""),
        action=_("Record the consent"),
        party=party.pk,
        step=Party.Stage.CONSENTED if guardian is None else "",
        lapsed=(GateOverride.Kind.CONSENT, str(row["id"])) if informed and older else None,
    )


def _guarded(party, guardians, who, here, evidence):
    """A minor takes part where they agree themselves and a guardian consents."""
    if not guardians:
        yield Check(
            _("A parent or guardian of %(party)s (%(role)s) is known") % who,
            False,
            _("Add them as a party beside the minor."),
            page="parties/new/",
            action=_("Add a party"),
        )
    for guardian in guardians:
        yield _consented(party, guardian, who, here, evidence)


def _neutrality(facilitator, party, evidence):
    row = evidence.declarations.get((facilitator.pk, party.pk))
    old = row is not None and row["at"] < timezone.now() - ConflictDeclaration.STANDS
    recused = row is not None and row["result"] == ConflictDeclaration.Result.RECUSED
    if recused:
        why = _("They stepped back. Choose another facilitator.")
    elif old:
        why = _("The declaration is older than 30 days: ask again.")
    else:
        why = _("Each facilitator says for each side whether there is a conflict of interest.")
    return Check(
        _("%(facilitator)s declared on conflicts with %(party)s") % {"facilitator": facilitator, "party": party},
        row is not None and not recused and (not old or _passes(GateOverride.Kind.CONFLICT, row["id"], evidence)),
        why,
        page=f"facilitators/{facilitator.handle}/conflicts/",
        action=_("Declare"),
        doers=frozenset([facilitator.user_id]) if facilitator.user_id else None,
        lapsed=(GateOverride.Kind.CONFLICT, str(row["id"])) if old and not recused else None,
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


def gate_of(case, evidence=None):
    """The gate as it stands now, for whoever decides inside the transaction that holds the case."""
    parties = list(case.parties.present().select_related("contact"))
    serving = list(case.facilitators.serving().select_related("user", "organization"))
    return joint_gate(case, parties, serving, evidence or evidence_of(case))


def must_be_open(case):
    """Refuse a joint session or circle with the name of each missing check."""
    gate = gate_of(case)
    if gate.missing:
        raise GateClosed(gate.missing)
