"""What the unit owes a case: the tasks of its officer and supervisors, each with a key, a due time and an end.

Every text names the case by its reference alone: a task may escalate to somebody who may not open the case. It is
stored in English and read in the language of whoever opens it (`Task.words`), so texts are only marked here.
"""

from datetime import timedelta

from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import Role
from cases.models import Case
from notices.models import Task
from notices.models.task import storable
from notices.walltime import due_in_working_days, morning_of

# Working days until the first contact; two households in danger cannot wait as long as a fence.
FIRST_CONTACT_DAYS, FIRST_CONTACT_DAYS_HIGH = 3, 1
ANSWER_DAYS = (10, 14)
SILENT_OFFICER, SILENT_SUPERVISOR = 14, 30
# Whether an agreement held is asked after the case was closed as well.
AFTER_THE_CLOSE = ("cases.follow_up:", "cases.talk_again:")
# After so many days a supervisor is told of a follow-up that nobody made.
FOLLOW_UP_LATE = timedelta(days=7)
# Working days until somebody has read what an erasure left, and how long after them a supervisor is told.
WORDS_DAYS, WORDS_LATE = 5, timedelta(days=7)
# How long before the end of its part an officer is asked whether an agency goes on.
AGENCY_ENDS = timedelta(days=7)
# Tasks of the officer of a case; they follow it to the next officer.
OFFICERS = (
    "cases.first_contact:", "cases.answer:", "cases.result:", "cases.date:", "cases.silent:14:", "cases.tell:",
    "cases.gate:", "cases.facilitator:", "cases.term:", "cases.follow_up:", "cases.talk_again:",
    "cases.help:", "cases.post_circle:", "cases.agency:", "cases.staff:",
)  # fmt: skip


def responsible(case):
    """Who owes what a case needs: its officer, or the supervisors of its area while it has none at work."""
    officer = case.assigned_to
    if officer is not None and officer.is_active:
        return {"owner": officer, "area": case.area}
    return {"role": Role.SUPERVISOR, "area": case.area}


def owe(case, key, text, due_at, *, who=None, link="", escalate_after=None, **values):
    """One task of a case, once per key."""
    return Task.objects.owe(
        key,
        text=text,
        values=values,
        due_at=due_at,
        ref=case.reference,
        link=link or case.get_absolute_url(),
        escalate_at=due_at + escalate_after if escalate_after else None,
        **(who or responsible(case)),
    )


def supervisors(case):
    return {"role": Role.SUPERVISOR, "area": case.area}


def officer(case):
    """The case is nobody's: its supervisors have one working day to assign it."""
    link = reverse("cases:case_assign", args=[case.reference])
    due_at = due_in_working_days(1, start=timezone.localdate(case.opened_at))
    owe(
        case,
        f"cases.assign:{case.reference}:{case.reopened_count}",
        _("Assign an officer"),
        due_at,
        who=supervisors(case),
        link=link,
    )


def _first_contact_due(case):
    days = FIRST_CONTACT_DAYS_HIGH if case.risk == Case.Risk.HIGH else FIRST_CONTACT_DAYS
    return due_in_working_days(days, start=timezone.localdate(case.reopened_at or case.received_at))


def first_contact(case):
    """Reach whoever asked us: 3 working days, 1 where the risk is high; the supervisor a day later."""
    due_at, day = _first_contact_due(case), timedelta(days=1)
    link = reverse("cases:contact_create", args=[case.reference])
    key = f"cases.first_contact:{case.reference}:{case.reopened_count}"
    owe(case, key, _("First contact with whoever asked us"), due_at, link=link, escalate_after=day)
    # The risk may have been judged anew since the task was written.
    Task.objects.open().filter(key=key).exclude(due_at=due_at).update(due_at=due_at, escalate_at=due_at + day)


def answer(party, at):
    """Whoever is asked to come was written to and has not answered: ask again after 10 days, decide after 14."""
    case = party.case
    link = f"{reverse('cases:contact_create', args=[case.reference])}?party={party.handle}"
    for days in ANSWER_DAYS:
        owe(
            case,
            f"cases.answer:{case.reference}:{party.handle}:{days}",
            _("No answer for %(days)s days from whoever was asked to come"),
            at + timedelta(days=days),
            link=link,
            days=days,
        )


def offer_help(case):
    """A sign of violence: whoever may be in danger is offered a service for survivors, by a person and alone."""
    owe(
        case,
        f"cases.help:{case.reference}:{case.reopened_count}",
        _("Offer whoever may be in danger a service for survivors: alone, by a safe way"),
        due_in_working_days(1),
        link=reverse("cases:contact_create", args=[case.reference]),
        escalate_after=timedelta(days=1),
    )


def another_facilitator(case):
    """Whoever facilitated stepped back: somebody else is needed before the sides can meet."""
    owe(
        case,
        f"cases.facilitator:{case.reference}:{timezone.now().timestamp():.6f}",
        _("A facilitator stepped back: choose another"),
        due_in_working_days(1),
        link=reverse("cases:facilitator_add", args=[case.reference]),
    )


def term(row):
    """A promise with a day: asked about before, on the day and after it, until somebody says how it stands."""
    case = row.agreement.case
    link = reverse("cases:term_settle", args=[case.reference, row.handle])
    texts = {
        -3: _("A term of an agreement is due in 3 days"),
        0: _("A term of an agreement is due today: ask whether it was kept"),
        3: _("A term of an agreement is 3 days past its day: ask each side"),
    }
    for days, text in texts.items() if row.by_when else ():
        due_at = morning_of(row.by_when + timedelta(days=days))
        owe(case, f"cases.term:{row.handle}:{days:+d}", text, due_at, link=link)


def follow_up(row):
    """Ask each side whether the agreement holds: told three days before and on the day; the supervisor a week later."""
    near, today = (
        _("A follow-up of an agreement is due in 3 days"),
        _("Ask each side, apart, whether an agreement holds"),
    )
    key, link = f"cases.follow_up:{row.handle}:{row.due_on}", row.get_absolute_url()
    owe(row.case, f"{key}:near", near, morning_of(row.due_on - timedelta(days=3)), link=link)
    owe(row.case, f"{key}:due", today, morning_of(row.due_on), link=link, escalate_after=FOLLOW_UP_LATE)


def talk_again(given):
    """A side asks for a call, or says that the agreement does not hold: nobody enforces it, we offer to talk again."""
    owe(
        given.follow_up.case,
        f"cases.talk_again:{given.follow_up.handle}:{given.party.handle}",
        _("A side asks to be called after an agreement: offer to talk again"),
        due_in_working_days(2),
        link=given.follow_up.get_absolute_url(),
        escalate_after=timedelta(days=3),
    )


def end_of_agency(agency):
    """A joined agency sees nothing after its last day: a week before, somebody decides whether it goes on."""
    case = agency.case
    owe(
        case,
        f"cases.agency:{agency.handle}:end:{agency.changed}:{case.reopened_count}",
        _("The part of an agency in this case ends on %(day)s: prolong or end it"),
        max(morning_of(agency.ends_on - AGENCY_ENDS), timezone.now()),
        link=agency.get_absolute_url(),
        day=agency.ends_on,
    )


def agency_update(update):
    """A joined agency wrote to us; what it wrote stands in the case alone."""
    owe(
        update.agency.case,
        f"cases.agency:{update.agency.handle}:update:{update.pk}",
        _("A joined agency wrote an update: read it"),
        due_in_working_days(1),
        link=update.agency.get_absolute_url(),
    )


def drop_what_the_work_needed(case):
    """The work on a case ended: what it owed is dropped, but for what is asked of the sides afterwards."""
    after = Q(pk__in=[])
    for prefix in AFTER_THE_CLOSE:
        after |= Q(key__startswith=prefix)
    Task.objects.exclude(after).void_for(case.reference, "cases.")


def last_look_at_notes(case, purge_on):
    """Sealed notes are destroyed on a day: the lead facilitator looks before, the records officers know."""
    lead = case.facilitators.serving().exclude(user=None).select_related("user").first()
    who = {"owner": lead.user, "area": case.area} if lead else supervisors(case)
    records = {"role": Role.RECORDS_OFFICER, "area": case.area}
    for days, whose in ((30, who), (7, who), (7, records)):
        side = "records" if whose is records else "facilitator"
        owe(
            case,
            f"cases.notes:{case.reference}:{purge_on}:{days}:{side}",
            _("Sealed notes are destroyed in %(days)s days: an agreement is all that stays"),
            morning_of(purge_on - timedelta(days=days)),
            who=whose,
            days=days,
        )


def hold_end(case):
    """The day until which the case rests."""
    Task.objects.void_for(case.reference, f"cases.date:{case.reference}:hold")
    if case.held_until:
        owe(
            case,
            f"cases.date:{case.reference}:hold:{case.held_until}:{timezone.now().timestamp():.6f}",
            _("The hold ends: resume or hold longer"),
            morning_of(case.held_until),
            link=reverse("cases:case_resume", args=[case.reference]),
        )


def court_date(case):
    """The day after a court date: ask what was decided."""
    current = f"cases.date:{case.reference}:court:{case.court_on}"
    stale = Task.objects.open().filter(ref=case.reference, key__startswith=f"cases.date:{case.reference}:court:")
    Task.objects.filter(pk__in=stale.exclude(key=current).values("pk")).void_for(case.reference)
    if case.court_on and not case.is_closed:
        owe(
            case,
            current,
            _("The court date has passed: ask what was decided"),
            morning_of(case.court_on + timedelta(days=1)),
        )


def contact_again(case, days):
    """Nobody was reached for so many days, counted from the last contact: one task for each silence."""
    who = supervisors(case) if days >= SILENT_SUPERVISOR else responsible(case)
    owe(
        case,
        f"cases.silent:{days}:{case.reference}:{case.quiet_since:%Y%m%d}",
        _("No contact for %(days)s days"),
        timezone.now(),
        who=who,
        link=reverse("cases:contact_create", args=[case.reference]),
        days=days,
    )


def review(case):
    """A case of high risk is looked at by a supervisor each week while it is in our hands: one task for each week."""
    year, week, _day = timezone.localdate().isocalendar()
    owe(
        case,
        f"cases.review:{case.reference}:{year}-{week:02}",
        _("High risk: review the case this week"),
        due_in_working_days(2),
        who=supervisors(case),
    )


def safe_contact_check(party):
    """The day by which a party's safe-contact rules are to be confirmed has come: nothing is sent until then."""
    due_on = party.contact.reconfirm_on
    owe(
        party.case,
        f"cases.reconfirm:{party.handle}:{due_on}",
        _("Confirm how a party may be reached safely"),
        morning_of(due_on),
        link=party.get_absolute_url(),
    )


def correction(party, request):
    """Somebody asks that what we hold on them be corrected: whoever works on the case does it."""
    owe(
        party.case,
        f"cases.correct:{request.reference}:{party.handle}",
        _("Correct what we hold on a party: request %(request)s"),
        timezone.now(),
        link=party.get_absolute_url(),
        request=request.reference,
    )


def words_about_somebody(party, kinds):
    """A person was erased from a closed case, and texts about the whole case may still speak of them."""
    if not kinds:
        return
    owe(
        party.case,
        f"cases.words:{party.handle}",
        _("A person was erased from this case: read what is left, tell the records officer what must go: %(kinds)s"),
        due_in_working_days(WORDS_DAYS),
        escalate_after=WORDS_LATE,
        kinds={
            "text": ", ".join(f"%(kind{place})s" for place in range(len(kinds))),
            "values": {f"kind{place}": storable(kind) for place, kind in enumerate(kinds)},
        },
    )


def glass_review(glass, person):
    """Another supervisor opened a sealed case: read why."""
    owe(
        glass.case,
        f"cases.glass:{glass.pk}:{person.pk}",
        _("A sealed case was opened: look at why, and talk to who opened it if in doubt"),
        timezone.now(),
        who={"owner": person, "area": glass.case.area},
        link=reverse("cases:glass_list"),
    )


def seal_decision(case, lift):
    """Somebody asks to lift a seal: another person decides."""
    link = reverse("cases:seal_lift_decide", args=[case.reference])
    for who in (supervisors(case), responsible(case)):
        side = "officer" if "owner" in who else "supervisor"
        owe(
            case,
            f"cases.seal:{case.reference}:{lift.pk}:{side}",
            _("Decide whether a seal is lifted"),
            timezone.now() + timedelta(days=1),
            who=who,
            link=link,
        )


def hand_on(case, before):
    """The officer changed: what the one before owed this case, and what nobody owed, is now theirs."""
    by_kind = Q(pk__in=[])
    for prefix in OFFICERS:
        by_kind |= Q(key__startswith=prefix, owner=None)
    theirs = Q(owner=before) if before is not None else by_kind
    Task.objects.open().filter(theirs | by_kind, ref=case.reference).update(
        owner=case.assigned_to, role="", escalated_at=None
    )


def move(source, target, names):
    """What is owed about people and appointments that moved to another case is owed there, by its officer.

    `names` are the handles and references that stand in the keys. Ended tasks go along, because their keys keep the
    same thing from being owed twice.
    """
    keys = Task.objects.filter(ref=source.reference).values_list("pk", "key")
    rows = Task.objects.filter(pk__in=[pk for pk, key in keys if any(name in key for name in names)])
    of_officer = Q(owner=source.assigned_to, owner__isnull=False)
    for prefix in OFFICERS:
        of_officer |= Q(key__startswith=prefix)
    rows.open().filter(of_officer).update(**{"owner": None, "role": "", "escalated_at": None} | responsible(target))
    renamed = {name: Replace(name, Value(source.reference), Value(target.reference)) for name in ("key", "link")}
    rows.update(ref=target.reference, **renamed)
