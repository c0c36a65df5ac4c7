"""Whether an agreement held, asked of each side apart: planned, moved, answered, and what the answers come to."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cases import mails, owed
from cases.models import Case, FollowUp, FollowUpAnswer, FollowUpLink, Party, TermAnswer
from notices.models import Task

Holding, Result = FollowUpAnswer.Holding, TermAnswer.Result


class Outcome(models.TextChoices):
    """What the answers of all sides come to. Nobody's word stands above the other's."""

    WAITING = "waiting", _("Waiting for answers")
    HELD = "held", _("Held, say all sides")
    PARTLY = "partly", _("Partly held")
    BROKEN = "broken", _("Broken, say all sides")
    DISPUTED = "disputed", _("The sides disagree")


def outcome(said, sides):
    """`said` holds one answer (`Holding`) of each side that answered, `sides` is how many were to be asked.

    Held and broken take every side to say so. One that says held and one that says broken disagree, whoever else is
    still to be asked, and a disagreement counts as not held.
    """
    told = set(said)
    if {Holding.HELD, Holding.BROKEN} <= told:
        return Outcome.DISPUTED
    if len(said) < sides or not said:
        return Outcome.WAITING
    if told == {Holding.HELD}:
        return Outcome.HELD
    return Outcome.BROKEN if told == {Holding.BROKEN} else Outcome.PARTLY


def outcome_of_term(said):
    """What the sides said of one term comes to the same words; a side for whom it is not due yet says nothing of it."""
    as_whole = {Result.KEPT: Holding.HELD, Result.PARTLY: Holding.PARTLY, Result.NOT_KEPT: Holding.BROKEN}
    meant = [as_whole[result] for result in said if result in as_whole]
    return outcome(meant, len(meant))


def offers_to_talk(result):
    """Whether the sides are offered a new session: what is broken is talked about again, never enforced."""
    return result in (Outcome.PARTLY, Outcome.BROKEN, Outcome.DISPUTED)


@transaction.atomic
def plan(agreement, *, by):
    """The follow-ups of a new agreement: what the officer owes, and a link for each side that may be written to."""
    for days in settings.FOLLOW_UP_DAYS:
        due_on = agreement.agreed_on + timedelta(days=days)
        follow_up = FollowUp.objects.create(agreement=agreement, days=days, due_on=due_on)
        owed.follow_up(follow_up)
        for party in follow_up.sides():
            link_for(follow_up, party, by=by)


@transaction.atomic
def link_for(follow_up, party, *, by):
    """The link of one side, and the message that carries it on the day."""
    link = FollowUpLink(follow_up=follow_up, party=party)
    link.issue_first()
    mails.ask_whether_it_held(link, owner=follow_up.case.assigned_to or by)
    return link


@transaction.atomic
def move(follow_up, day, *, by):
    """Ask on another day: tasks and messages that are still to come move with it."""
    follow_up.ask_on(day, by=by)
    Task.objects.void_for(follow_up.case.reference, f"cases.follow_up:{follow_up.handle}")
    owed.follow_up(follow_up)
    for link in follow_up.links.select_related("party__contact"):
        link.follow_up = follow_up
        mails.stop_asking(link)
        if not follow_up.answers.filter(party=link.party).exists():
            mails.ask_whether_it_held(link, owner=follow_up.case.assigned_to or by)


@transaction.atomic
def answer(given, of_terms, *, by=None):
    """Keep what one side answered; `by` is who wrote it down for them, nobody where they used their link."""
    given.give(of_terms, by=by)
    follow_up, case = given.follow_up, given.follow_up.case
    Party.objects.filter(pk=given.party_id).update(stage=Party.Stage.FOLLOWED_UP)
    for link in follow_up.links.filter(party=given.party):
        mails.stop_asking(link)
    if case.state in Case.OUTCOMES:
        case.begin_follow_up(by=by or "resident")
    if given.call_me or given.holding != Holding.HELD:
        owed.talk_again(given)
    if not sides_to_ask(follow_up).exists():
        Task.objects.finish_for(case.reference, f"cases.follow_up:{follow_up.handle}", by=by)


def side_by_side(follow_up):
    """What its page shows: each side with its answer, each term with what each side said, and what it comes to."""
    answers = {given.party_id: given for given in follow_up.answers.select_related("by").prefetch_related("of_terms")}
    left = follow_up.case.parties.filter(pk__in=answers).exclude(left_at=None).select_related("contact")
    sides = [*follow_up.sides(), *left]
    said = {key: {one.term_id: one for one in given.of_terms.all()} for key, given in answers.items()}
    terms = []
    for term in follow_up.agreement.terms.select_related("who__contact"):
        told = [(side, said.get(side.pk, {}).get(term.pk)) for side in sides]
        terms.append((term, told, outcome_of_term([one.result for _side, one in told if one])))
    result = outcome([given.holding for given in answers.values()], len(sides))
    return {
        "sides": [(side, answers.get(side.pk)) for side in sides],
        "terms": terms,
        "result": result,
        "open": len(answers) < len(sides),
        "talk": offers_to_talk(result),
    }


def sides_to_ask(follow_up):
    """The sides who have not answered yet."""
    return follow_up.sides().exclude(follow_up_answers__follow_up=follow_up)
