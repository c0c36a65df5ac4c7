"""The code at the foot of a paper, by which whoever gets it back finds the page where it is entered.

It is the reference of the case, a letter for the kind of paper and a short mark of whose it is: M-26-7K4QF/C/3F7K.
All of it follows from what is there, so no table keeps it. It is a name and no key: it leads those who may open the
case to a page that asks for the rest, and for others there is nothing under it.
"""

import re
from enum import StrEnum

from django.urls import reverse

from cases.models import Case, FollowUp
from core.keyed import secret
from core.references import CROCKFORD, bare

MARK = 4


class Paper(StrEnum):
    """Every kind of paper, by a letter that cannot be read as another."""

    INVITATION = "V"
    NOTICE = "N"
    CONSENT = "C"
    CLOSING = "E"
    SCREENING = "S"
    REACH = "R"
    AGREEMENT = "A"
    FOLLOW_UP = "F"


WRITTEN = re.compile(rf"([A-Z])(\d\d)([{CROCKFORD}]{{5}})([{''.join(Paper)}])([{CROCKFORD}]{{{MARK}}})")
# Where the paper of a party is entered. What has no page of its own is a contact with them.
OF_A_SIDE = {Paper.NOTICE: "notice_give", Paper.CONSENT: "consent_record", Paper.SCREENING: "screening_record"}


def code_of(paper, case, *things):
    """The code of a paper about these: a party; an agreement; a follow-up and a side."""
    return f"{case.reference}/{paper}/{_mark(paper, things)}"


def _mark(paper, things):
    return secret(" ".join(["paper", paper, *(str(thing.handle) for thing in things)]), MARK)


def page_of(user, text):
    """Where the paper with this code is entered, for those who may open its case; "" for others and for other words."""
    typed = WRITTEN.fullmatch(bare(text))
    if typed is None:
        return ""
    letter, year, number, paper, mark = typed.groups()
    case = Case.objects.visible_to(user).filter(reference=f"{letter}-{year}-{number}").first()
    meant = [things for things in _things(paper, case) if _mark(paper, things) == mark] if case else []
    # Of two with one mark nobody knows which is meant; a wrong guess would write to the wrong person.
    return _address(paper, case, *meant[0]) if len(meant) == 1 else ""


def _things(paper, case):
    """All that a paper of this kind may be about."""
    if paper == Paper.AGREEMENT:
        return [(agreement,) for agreement in case.agreements.all()]
    if paper == Paper.FOLLOW_UP:
        found = FollowUp.objects.filter(agreement__case=case).prefetch_related("agreement__between")
        return [(one, side) for one in found for side in one.agreement.between.all() if side.left_at is None]
    return [(party,) for party in case.parties.present()]


def _address(paper, case, thing, side=None):
    if paper == Paper.AGREEMENT:
        return reverse("cases:agreement_sign", args=[case.reference, thing.handle])
    if paper == Paper.FOLLOW_UP:
        return reverse("cases:follow_up_hear", args=[case.reference, thing.handle, side.handle])
    if paper == Paper.REACH:
        return reverse("cases:party_edit", args=[case.reference, thing.handle])
    asked = thing.counts_as_side if paper == Paper.SCREENING else thing.answers_for_themselves
    if paper in OF_A_SIDE and asked:
        return reverse(f"cases:{OF_A_SIDE[paper]}", args=[case.reference, thing.handle])
    return reverse("cases:contact_create", args=[case.reference]) + f"?party={thing.handle}"
