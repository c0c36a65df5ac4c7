"""Where a party stands: what they reached and on which day, from the rows that say so. Nothing of what was said."""

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Consent, ContactAttempt, Party, Session
from core.gathering import together
from core.history import events_of

Stage = Party.Stage
FAILED = (ContactAttempt.Result.NO_ANSWER, ContactAttempt.Result.WRONG_ADDRESS)


def steps_of(party):
    """[(words, moment)] by day, those of one day in the order of the stages; read in one statement."""
    steps = [(Stage.IDENTIFIED.label, party.added_at), *_steps(party, _read(party))]
    # History knows when a transaction began, so a moment may lie before the one that led to it.
    return sorted(steps, key=lambda step: timezone.localdate(step[1]))


def _read(party):
    [history] = events_of(Party)
    missed = Session.absent.through.objects.filter(session=OuterRef("pk"), party=party.pk)
    tries, result = party.contact_log.order_by("at", "id"), ContactAttempt.Result
    return together(
        invited=tries.filter(result__in=(result.LEFT_MESSAGE, result.SENT)).values("at")[:1],
        failed=tries.filter(result__in=FAILED).reverse().values("at")[:1],
        informed=party.notices_given.order_by("at").values("at"),
        screened=party.screenings.order_by("at").values("at"),
        consents=party.consents.order_by("at", "id").values("at", "answer", "guardian_id", "withdrawn_at"),
        ready=history.objects.filter(pgh_obj_id=party.pk, stage=Stage.READY).order_by("pgh_id")
        .values("pgh_created_at")[:1],
        sessions=party.sessions.filter(state__in=Session.RESULTS).annotate(missed=Exists(missed))
        .values("kind", "state", "starts_at", "missed"),
        followed_up=party.follow_up_answers.values("at"),
    )  # fmt: skip


def _steps(party, found):
    for row in found["invited"]:
        yield Stage.INVITED.label, row["at"]
    if party.reached_at:
        yield Stage.REACHED.label, party.reached_at
    else:
        yield from ((Stage.NOT_REACHED.label, row["at"]) for row in found["failed"])
    for stage in (Stage.INFORMED, Stage.SCREENED):
        yield from ((stage.label, row["at"]) for row in found[stage])
    for row in found["consents"]:
        yield from _answered(row)
    for row in found["ready"]:
        yield Stage.READY.label, row["pgh_created_at"]
    for row in found["sessions"]:
        came = Stage.NO_SHOW if row["missed"] else Stage.ATTENDED
        # Who came to what could not take place neither attended nor stayed away.
        if row["missed"] or row["state"] in Session.MET:
            yield f"{came.label}: {Session.Kind(row['kind']).label}", row["starts_at"]
    yield from ((Stage.FOLLOWED_UP.label, row["at"]) for row in found["followed_up"])


def _answered(row):
    """A consent, by them or by the parent or guardian of a minor, and that it was taken back."""
    stage = Stage.CONSENTED if row["answer"] == Consent.Answer.CONSENTED else Stage.DECLINED
    whose = f": {Party.Role.GUARDIAN.label}" if row["guardian_id"] else ""
    yield f"{stage.label}{whose}", row["at"]
    if row["withdrawn_at"]:
        yield _("Withdrew consent") + whose, row["withdrawn_at"]
