"""What a restorative circle needs beside the checks of its sides: that it fits, and that everybody in it is ready."""

from django.utils.translation import gettext as _

from cases import checks
from cases.checks import Check


def of_circle(parties, helpers, evidence):
    """The checks, with every participant: supporters and community members sit in the circle too."""
    seated = [party for party in parties if party.sits_in_circle]
    yield _fits(evidence)
    for party in seated:
        who = {"party": party, "role": party.get_role_display()}
        if not evidence.side_of(party):
            yield from _of_a_minor(party, parties, who, evidence)
        yield _met_before(party, who, helpers, evidence)
    yield _ordered(seated, evidence)


def _of_a_minor(party, parties, who, evidence):
    """What a minor beside a side is asked, and whoever was asked as one."""
    here = f"parties/{party.handle}/"
    if party.is_minor or (party.pk, None) in evidence.consents:
        yield checks.informed(party, who, here, evidence)
        yield checks.consented(party, None, who, here, evidence)
    yield from checks.guarded(party, parties, who, here, evidence)


def _fits(evidence):
    decided = evidence.eligibility
    refused = decided is not None and not decided["fits"]
    return Check(
        _("A circle fits"),
        decided is not None and not refused,
        _("It was decided that a circle does not fit. Choose another process, or decide again when something changed.")
        if refused
        else _("The person responsible accepts responsibility, at least in part, and everybody comes freely."),
        page="circle/fits/",
        action=_("Decide"),
        grave=refused,
    )


def _met_before(party, who, helpers, evidence):
    row = evidence.pre_circles.get(party.pk)
    return Check(
        _("%(party)s (%(role)s) was met before the circle and is ready") % who,
        row is not None and row["goes"],
        _("They were met, and are not ready yet. Nobody can override this.")
        if row is not None
        else _("Everybody who sits in the circle is met alone before it, supporters too. Nobody can override this."),
        page=f"parties/{party.handle}/pre-circle/",
        action=_("Record the meeting"),
        party=party.pk,
        doers=helpers,
        grave=row is not None,
    )


def _ordered(seated, evidence):
    return Check(
        _("It is settled who speaks after whom"),
        evidence.with_harmed and {party.pk for party in seated} <= evidence.seats,
        _("Choose the order together with the person harmed, with a place for everybody who sits in the circle."),
        page="circle/plan/",
        action=_("Plan the circle"),
    )
