"""Two cases are one: who and what belongs to the duplicate moves to the one that is kept, and back after a mistake.

Nothing that was said in confidence ever moves, because it is for the facilitators of its own case alone: a duplicate
with sealed notes, screening or agreements is not merged, and a merge stands once there is any with those who moved.
"""

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from cases import actions, mails, owed, rules
from cases.models import (
    Case,
    CirclePlan,
    CircleSeat,
    Communication,
    Consent,
    ContactAttempt,
    FollowUpAnswer,
    FollowUpLink,
    Merge,
    Party,
    PreCircle,
    Screening,
    Session,
    Signature,
    Term,
)
from core.models import LegalHold
from core.states import MoveNotAllowed
from notices.models import Notice, Task

# What moves, by its name on a case. Facilitators, declarations, overrides and seals belong to their own case.
MOVING = ("parties", "contact_log", "sessions")


def obstacles(duplicate, kept, by):
    """Why the one is not merged into the other now, each in a sentence; none where it may be."""
    if duplicate.pk == kept.pk:
        yield _("These are not two cases but one. Enter the reference of the other.")
        return
    for case in (duplicate, kept):
        if case.is_closed:
            yield _("%(case)s is closed. Only open cases are merged.") % {"case": case}
        if case.is_sealed and not (rules.is_assigned(by, case) or rules.facilitates(by, case)):
            yield _("%(case)s is sealed. Only its officer or a facilitator merges it.") % {"case": case}
    if kept.state == Case.State.REFERRED_OUT:
        yield _("%(case)s lies with another service, so nothing moves into it.") % {"case": kept}
    yield from _open_to_others(duplicate, kept)
    yield from _sealed_for_others(duplicate, kept)
    yield from _kept_by_law(duplicate)
    yield from _asked_for_another_process(duplicate, kept)
    if holds_confidences(duplicate):
        yield _(
            "%(case)s has sealed notes, screening, a circle, an agreement or another agency, and those never move."
        ) % {"case": duplicate}
    if duplicate.merges_into.fresh().exists():
        yield _("Another case was merged into %(case)s a short time ago. Keep it, or undo that first.") % {
            "case": duplicate
        }
    for person in strangers(duplicate, kept):
        yield _("%(person)s is needed at an appointment and may not open %(case)s. Let them facilitate it first.") % {
            "person": person,
            "case": kept,
        }


def _open_to_others(one, other):
    """Nobody comes to read what was closed to them because it moved."""
    if one.access != other.access:
        yield _("The two are not open to the same people. Change who may open one of them first.")


def _sealed_for_others(duplicate, kept):
    """A sealed case is open to those named in it alone: nobody of the one that is kept may be new to what moves."""
    if duplicate.is_sealed and kept.is_sealed and not _named_in(kept) <= _named_in(duplicate):
        yield _("Both are sealed, and different people may open them. They cannot be merged.")


def _named_in(case):
    """Its officer and whoever facilitates it, by key."""
    helpers = set(case.facilitators.serving().exclude(user=None).values_list("user", flat=True))
    return helpers | ({case.assigned_to_id} if case.assigned_to_id else set())


def _kept_by_law(case):
    """Nothing leaves a case under a legal hold, which is placed on its reference. Who asks learns no more than that."""
    holds = LegalHold.objects.standing().filter(object_type=Case._meta.label_lower, reference=case.reference)
    if holds.exists():
        yield _("%(case)s has to stay as it is for now. Ask a records officer.") % {"case": case}


def _asked_for_another_process(duplicate, kept):
    """What somebody answered for one process must not count for another because they moved."""
    answers = Consent.objects.filter(party__case=duplicate)
    if duplicate.process == kept.process:
        answers = answers.filter(party__case__process_since__isnull=False, at__lte=F("party__case__process_since"))
    if answers.exists():
        yield _("In %(case)s somebody was asked to take part in another process, and that counts for no other.") % {
            "case": duplicate
        }


def holds_confidences(case):
    """Whether something in it is for its own facilitators, or its own sides, alone."""
    held = (
        case.communications.all(), case.agreements.all(), case.agencies.all(), case.eligibilities.all(),
        Screening.objects.filter(party__case=case), PreCircle.objects.filter(party__case=case),
        CirclePlan.objects.filter(case=case),
    )  # fmt: skip
    return any(rows.exists() for rows in held)


def strangers(duplicate, kept):
    """Those of us whom an appointment ahead would follow into a case that is closed to them."""
    people = {person.pk: person for session in duplicate.sessions.planned() for person in session.staff.all()}
    return [person for person in people.values() if not Case.objects.visible_to(person).filter(pk=kept.pk).exists()]


@transaction.atomic
def merge(*, duplicate, kept, reason, by):
    """Make them one: the duplicate is closed, and nobody is written to about it."""
    duplicate, kept = _held(duplicate, kept)
    _must_be_free(obstacles(duplicate, kept, by))
    row = Merge(
        kept=kept, duplicate=duplicate, reason=reason, state=duplicate.state, held_until=duplicate.held_until,
        held_from=duplicate.held_from, hold_reason=duplicate.hold_reason, kept_received_at=kept.received_at,
        kept_first_contact_at=kept.first_contact_at, kept_last_contact_at=kept.last_contact_at,
    )  # fmt: skip
    row.moved = {name: list(getattr(duplicate, name).values_list("pk", flat=True)) for name in MOVING}
    row.moved["joined"] = {str(party.pk): party.added_at.isoformat() for party in duplicate.parties.all()}
    for name in MOVING:
        getattr(duplicate, name).update(case=kept)
    # What the sides of this case agreed on before is not theirs, so they are in it from now on.
    Party.objects.filter(pk__in=row.moved["parties"]).update(added_at=row.at)
    _hand_on(row, duplicate, kept)
    row.moved["tasks"] = _drop_tasks(duplicate)
    row.record(by=by)
    _take_over(kept, duplicate, by)
    actions.recheck(kept, by)
    duplicate.close(Case.ClosingReason.DUPLICATE, by=by)
    return row


def _held(*cases):
    """These rows, held in the order of their keys, so that of two who merge the same cases the second waits."""
    rows = Case.objects.locked().filter(pk__in=[case.pk for case in cases]).select_related("area", "assigned_to")
    found = {case.pk: case for case in rows.order_by("pk")}
    return [found[case.pk] for case in cases]


def _must_be_free(sentences):
    """Refuse with the first of these."""
    for sentence in sentences:
        raise MoveNotAllowed(sentence)


def _hand_on(row, source, target):
    """What is owed about those who moved, and the reminders of their appointments, go to the officer of the case."""
    handles = Party.objects.filter(pk__in=row.moved["parties"]).values_list("handle", flat=True)
    references = list(Session.objects.filter(pk__in=row.moved["sessions"]).values_list("reference", flat=True))
    owed.move(source, target, [*map(str, handles), *references])
    waiting = Notice.objects.waiting().filter(ref__in=references, kind=mails.SESSION, owner=source.assigned_to)
    if target.assigned_to_id:
        waiting.update(owner=target.assigned_to)


def _drop_tasks(duplicate):
    """What the case itself owed is dropped: the one that is kept owes its own. Returns which, to be owed again."""
    open_before = list(Task.objects.open().filter(ref=duplicate.reference).values_list("pk", flat=True))
    owed.drop_what_the_work_needed(duplicate)
    return list(Task.objects.filter(pk__in=open_before, state=Task.State.VOID).values_list("pk", flat=True))


def _take_over(kept, duplicate, by):
    """What the duplicate told stands for the case that is kept; with a sign of violence in either nobody meets."""
    kept.take_over(duplicate)
    if duplicate.violence_indicated and not kept.violence_indicated:
        kept.note_violence(by=by)
    if kept.violence_indicated:
        actions.keep_apart(kept, by)
    actions.judge_first_contact(kept)


def ties(row):
    """Why a merge can no longer be undone, each in a sentence; none where it can."""
    if row.undone_at is not None:
        yield _("This merge was undone already.")
        return
    if not Merge.objects.fresh().filter(pk=row.pk).exists():
        yield _("A merge can be undone for %(days)s days, and they are over.") % {"days": Merge.UNDONE_WITHIN.days}
    yield from _open_to_others(row.kept, row.duplicate)
    yield from _kept_by_law(row.kept)
    parties, sessions = row.moved["parties"], row.moved["sessions"]
    if _confided(parties, sessions, row.at):
        yield _("With somebody who moved there is a screening, consent, sealed note or agreement since.")
    if Session.objects.filter(pk__in=sessions, recorded_at__gt=row.at).exists():
        yield _("An appointment that moved was recorded since.")
    if Session.objects.exclude(pk__in=sessions).filter(parties__in=parties).exists():
        yield _("An appointment was booked since with somebody who moved.")
    moved = Q(pk__in=parties)
    if Party.objects.filter(moved & ~Q(beside=None) & ~Q(beside__in=parties) | ~moved & Q(beside__in=parties)).exists():
        yield _("Somebody who moved stands beside a party of the other case since, or the other way round.")


def _confided(parties, sessions, since):
    """Whether the case that was kept holds something on these that must not get to another one's facilitators."""
    of_parties, later = Q(party__in=parties), Q(at__gt=since)
    rows = (
        Screening.objects.filter(of_parties, later),
        PreCircle.objects.filter(of_parties),
        CircleSeat.objects.filter(of_parties),
        Consent.objects.filter(of_parties | Q(guardian__in=parties), later),
        Communication.objects.filter(of_parties | Q(session__in=sessions)),
        Term.objects.filter(who__in=parties),
        Signature.objects.filter(of_parties),
        FollowUpLink.objects.filter(of_parties),
        FollowUpAnswer.objects.filter(of_parties),
    )
    return any(found.exists() for found in rows)


@transaction.atomic
def undo(*, row, by):
    """Make them two again: what moved goes back, with the contacts that were logged with those people since.

    The higher risk and a sign of violence stay with the case that was kept, and the sign goes along with those who go
    back, whenever it was noted: that errs on the safe side.
    """
    duplicate, kept = _held(row.duplicate, row.kept)
    row = Merge.objects.get(pk=row.pk)
    row.duplicate, row.kept = duplicate, kept
    _must_be_free(ties(row))
    row.undo(by=by)
    for name in MOVING:
        getattr(kept, name).filter(pk__in=row.moved[name]).update(case=duplicate)
    kept.contact_log.filter(party__in=row.moved["parties"]).update(case=duplicate)
    for party, joined in row.moved["joined"].items():
        duplicate.parties.filter(pk=party).update(added_at=joined)
    _hand_on(row, kept, duplicate)
    Task.objects.filter(pk__in=row.moved["tasks"]).take_up()
    held = {name: getattr(row, name) for name in Case.NOT_HELD}
    duplicate.come_back(by=by, state=row.state, **held)
    if kept.violence_indicated:
        if not duplicate.violence_indicated:
            duplicate.note_violence(by=by)
        actions.keep_apart(duplicate, by)
    _count_anew(row)
    actions.recheck(duplicate, by)


def _count_anew(row):
    """When the kept case was received and its people reached, as if there had been no merge; of the other, since."""
    kept, duplicate = row.kept, row.duplicate
    untouched = kept.received_at == min(row.kept_received_at, duplicate.received_at)
    reached = [*filter(None, [row.kept_first_contact_at, row.kept_last_contact_at]), *_contacts_of(kept)]
    Case.objects.filter(pk=kept.pk).update(
        received_at=row.kept_received_at if untouched else kept.received_at,
        first_contact_at=min(reached, default=None),
        last_contact_at=max(reached, default=None),
        version=F("version") + 1,
    )
    kept.refresh_from_db()
    actions.judge_first_contact(kept)
    for at in _contacts_of(duplicate):
        duplicate.note_contact(at)


def _contacts_of(case):
    """Each moment at which somebody of it was reached or met."""
    log = case.contact_log.filter(result__in=ContactAttempt.SUCCESSFUL).values_list("at", flat=True)
    return [*log, *case.sessions.filter(state__in=Session.MET).values_list("starts_at", flat=True)]
