"""One check of the readiness gate, and those of one party: reached, informed, screened, consented, nobody partial."""

from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.evidence import says_yes
from cases.models import ConflictDeclaration, GateOverride, Party, Screening

NOT_YET = (Party.Stage.IDENTIFIED, Party.Stage.INVITED, Party.Stage.NOT_REACHED)


@dataclass(frozen=True)
class Check:
    """One thing that must be true, why it matters, and where it is done: `page` lies below the address of the case.

    `step` is the stage of `party` that it proves. `doers` are the only people who can do it, where it is not the team.
    `lapsed` is set where a supervisor may let it pass. `grave` is what nobody may go round and what holds for every
    joint session already planned; the rest has time until then.
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
    grave: bool = False

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


def of_side(party, parties, helpers, evidence):
    """What must be true of a side before it meets another."""
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
    yield informed(party, who, here, evidence)
    yield _screened(party, who, here, helpers, evidence)
    yield consented(party, None, who, here, evidence)
    yield from guarded(party, parties, who, here, evidence)
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


def informed(party, who, here, evidence):
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
    elif row is None and party.pk in evidence.screened_before:
        why = _("The process is another one since. Ask again, alone: what is safe in one may not be safe in another.")
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
        # After a meeting everybody is asked once more, before the next one.
        grave=row is None or unsuitable,
    )


def consented(party, guardian, who, here, evidence):
    asked = (party.pk, guardian.pk if guardian else None)
    row = evidence.consents.get(asked)
    given = row is not None and says_yes(row)
    informed = given and party.pk in evidence.informed_at and evidence.informed_at[party.pk] <= row["at"]
    older = given and row["older"]
    if row is not None and not given:
        why = _("They declined or withdrew. Nobody can override this.")
    elif given and not informed:
        why = _("The notice comes before the consent: ask again now that they know it.")
    elif older:
        why = _("It was an older version of the form: ask with the one in force.")
    elif row is None and asked in evidence.asked_before:
        why = _("They were asked for another process: ask again for this one.")
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
        grave=not informed,
    )


def guarded(party, parties, who, here, evidence):
    """A minor takes part where they agree themselves and a guardian consents.

    Whoever said no as a guardian is asked again themselves: neither another part of theirs, nor the end of it, nor
    another age of the child makes a yes of it.
    """
    beside = [one for one in parties if one.role == Party.Role.GUARDIAN and one.beside_id == party.pk]
    guardians = beside if party.is_minor else []
    if party.is_minor and not guardians:
        yield Check(
            _("A parent or guardian of %(party)s (%(role)s) is known") % who,
            False,
            _("Add them as a party beside the minor."),
            page="parties/new/",
            action=_("Add a party"),
            grave=True,
        )
    for guardian in guardians:
        yield consented(party, guardian, who, here, evidence)
    asked = {guardian.pk for guardian in guardians}
    for row in evidence.refusals.get(party.pk, ()):
        if row["guardian_id"] not in asked:
            yield _refused(row, party, who, here)


def _refused(row, party, who, here):
    return Check(
        _("%(guardian)s consented for %(party)s (%(role)s)") % {**who, "guardian": row["guardian__contact__name"]},
        False,
        _("They declined or withdrew as a parent or guardian. Nobody else can take that back: ask them again."),
        page=f"{here}consent/?guardian={row['guardian__handle']}",
        action=_("Record the consent"),
        party=party.pk,
        grave=True,
    )


def neutrality(facilitator, party, evidence):
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
        grave=recused,
    )
