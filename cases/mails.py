"""The messages of cases. They say when and nothing else: no name, no place, no word of what the case is about."""

from datetime import time, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cases.models import BreakGlass, Case, FollowUpLink, Party, Session
from notices import outbox
from notices.calendars import Entry
from notices.kinds import About, Crash, Late, Message, kind
from notices.models import Notice, Purpose
from notices.reach import choose_channel
from notices.walltime import days_before, local_to_utc

SESSION, SESSION_STAFF, CHANGED, GLASS, FOLLOW_UP = (
    "cases.session",
    "cases.session_staff",
    "cases.session_changed",
    "cases.glass_broken",
    "cases.follow_up",
)
# People are asked at a quiet hour of the day.
ASK_AT = time(10, 0)
# Days before an appointment at which a reminder goes out, at the time of day of the appointment.
OFFSETS = (2, 1)
TOO_LATE = timedelta(hours=1)


def about_session(ref):
    """Where the officer looks when a message about an appointment could not go out."""
    reference = Session.objects.filter(reference=ref).values_list("case__reference", flat=True).first()
    return About(reference or ref, reverse("cases:contact_create", args=[reference]) if reference else "")


def about_glass(ref):
    return About(ref.partition(":")[0], reverse("cases:glass_list"))


def about_follow_up(ref):
    link = FollowUpLink.objects.filter(handle=ref).select_related("follow_up__agreement__case").first()
    return About(link.follow_up.case.reference, link.follow_up.get_absolute_url()) if link else About(ref)


def _sessions(refs):
    rows = Session.objects.filter(reference__in=refs).select_related("case").defer("case__summary")
    return {session.reference: session for session in rows}


def _is_safe(session):
    """With a sign of violence nothing is sent about a case, whatever was owed before."""
    return not session.case.violence_indicated


def _written_to(owed):
    """Of these (ref, contact) the ones to whom a message goes: a child, and whoever left, hear of it from a person."""
    people = Party.objects.filter(contact__in={contact for _ref, contact in owed})
    others = set(people.filter(Q(is_minor=True) | ~Q(left_at=None)).values_list("contact", flat=True))
    return {(ref, contact) for ref, contact in owed if contact not in others}


def _may_open(owed):
    """Of these (ref, contact) those of us who are at work and may open the case now: whoever was disabled, moved to
    another area, gave the case away or was let in for a day has no use for its reference, day and address.
    """
    contacts, refs = {contact for _ref, contact in owed}, {ref for ref, _contact in owed}
    cases = dict(Session.objects.filter(reference__in=refs).values_list("reference", "case"))
    open_to = {}
    for person in get_user_model().objects.active().filter(contact__in=contacts):
        seen = Case.objects.visible_to(person).filter(pk__in=set(cases.values()))
        open_to[person.contact_id] = set(seen.values_list("pk", flat=True))
    return {(ref, contact) for ref, contact in owed if cases.get(ref) in open_to.get(contact, ())}


def _words(template, session, **more):
    context = {
        "session": session,
        # Without its zone: a template would turn it into the time of the installation.
        "when": session.wall_time.replace(tzinfo=None),
        "by_phone": session.kind == Session.Kind.CALL,
        "other_zone": session.zone if session.zone != settings.TIME_ZONE else "",
        "phone": settings.AGENCY["phone"],
        "neutral_phone": settings.AGENCY["neutral_phone"],
        **more,
    }
    texts = {
        part: render_to_string(f"messages/cases/{template}_{part}.txt", context).strip()
        for part in ("subject", "body", "neutral_body")
    }
    return Message(
        subject=texts["subject"],
        body=texts["body"],
        neutral_subject=texts["subject"],
        neutral_body=texts["neutral_body"],
        good_until=session.starts_at,
        entry=entry_of(session),
    )


def entry_of(session, place=""):
    """An appointment for calendars. People are told the place by hand, so only staff read it here."""
    canceled = session.state == Session.State.CANCELED
    return Entry(
        key=session.reference,
        starts_at=session.wall_time,
        minutes=session.minutes,
        sequence=session.moved + canceled,
        changed_at=session.canceled_at or session.booked_at,
        canceled=canceled,
        place=place,
    )


@kind(
    SESSION, purpose=Purpose.CASE, late=Late.NEWEST, crash=Crash.DOUBLE, tell_if_late=True, about=about_session,
    still=_written_to,
)  # fmt: skip
def session(refs, language):
    """Your appointment is near."""
    found = _sessions(refs)
    return {
        ref: _words("session", found[ref])
        if ref in found and found[ref].state == Session.State.PLANNED and _is_safe(found[ref])
        else None
        for ref in refs
    }


@kind(
    CHANGED, purpose=Purpose.CASE, late=Late.WHILE_AHEAD, crash=Crash.DOUBLE, tell_if_late=True, about=about_session,
    still=_written_to,
)  # fmt: skip
def session_changed(refs, language):
    """An appointment of which we reminded you has another time, or will not take place."""
    found = _sessions(refs)
    told = (Session.State.PLANNED, Session.State.CANCELED)
    return {
        ref: _words("changed", found[ref], canceled=found[ref].state == Session.State.CANCELED)
        if ref in found and found[ref].state in told and _is_safe(found[ref])
        else None
        for ref in refs
    }


@kind(SESSION_STAFF, purpose=Purpose.WORK, late=Late.NEWEST, crash=Crash.DOUBLE, about=about_session, still=_may_open)
def session_staff(refs, language):
    """An appointment at which you are needed is near."""
    found = _sessions(refs)
    return {
        ref: _words("staff", found[ref], case=found[ref].case.reference, link=_address(found[ref].case))
        if ref in found and found[ref].state == Session.State.PLANNED
        else None
        for ref in refs
    }


def _address(case):
    return f"{settings.PUBLIC_URL}{case.get_absolute_url()}"


@kind(GLASS, purpose=Purpose.WORK, late=Late.SEND, crash=Crash.DOUBLE, about=about_glass)
def glass_broken(refs, language):
    """A supervisor opened a sealed case; you are told so that somebody looks at why."""
    keys = {ref.partition(":")[2]: ref for ref in refs}
    found = BreakGlass.objects.filter(pk__in=[key for key in keys if key.isdigit()]).select_related("case", "user")
    messages = dict.fromkeys(refs)
    for glass in found:
        context = {"glass": glass, "link": f"{settings.PUBLIC_URL}{reverse('cases:glass_list')}"}
        messages[keys[str(glass.pk)]] = Message(
            subject=render_to_string("messages/cases/glass_subject.txt", context).strip(),
            body=render_to_string("messages/cases/glass_body.txt", context).strip(),
        )
    return messages


@kind(
    FOLLOW_UP, purpose=Purpose.CASE, late=Late.WHILE_AHEAD, crash=Crash.DOUBLE, tell_if_late=True, about=about_follow_up
)
def follow_up(refs, language):
    """You can answer a few questions, apart from everybody else."""
    links = FollowUpLink.objects.filter(
        handle__in=refs, party__left_at=None, party__is_minor=False, follow_up__agreement__between=F("party"),
        follow_up__agreement__case__violence_indicated=False,
    )  # fmt: skip
    messages = dict.fromkeys(refs)
    for link in links.exclude(party__follow_up_answers__follow_up=F("follow_up")).select_related("follow_up"):
        texts = {
            part: render_to_string(f"messages/cases/follow_up_{part}.txt", _facts(link)).strip()
            for part in ("subject", "body", "neutral_subject", "neutral_body")
        }
        messages[str(link.handle)] = Message(**texts, good_until=local_to_utc(link.ends_on, ASK_AT))
    return messages


def _facts(link):
    agency = settings.AGENCY
    return {"link": link.address, "code": link.code, "phone": agency["phone"], "neutral_phone": agency["neutral_phone"]}


def ask_whether_it_held(link, *, owner):
    """Owe one side the message with its link on the day.

    With a sign of violence, of a child, and of whoever may not be written to only people ask: the officer has a task
    for the follow-up as it is, and needs no second one about a message.
    """
    by_hand = link.follow_up.case.violence_indicated or link.party.is_minor
    if by_hand or not choose_channel(link.party.contact, Purpose.CASE):
        return
    due_on = link.follow_up.due_on
    outbox.post(
        f"{FOLLOW_UP}:{link.handle}:{due_on}", contact=link.party.contact, kind=FOLLOW_UP, ref=str(link.handle),
        owner=owner, due_at=local_to_utc(due_on, ASK_AT),
    )  # fmt: skip


def stop_asking(link):
    """They answered, or are asked on another day."""
    outbox.void(str(link.handle), kind=FOLLOW_UP)


def remind(session):
    """Owe the reminders of an appointment: 2 days and 1 day before, by the clock on the wall.

    Of an appointment that is nearer than that, only the last reminder goes out, and at once. A child gets none: the
    officer has a task to tell them (`session_owed.telling_minors`).
    """
    for party in session.parties.present().select_related("contact"):
        remind_of(session, party)
    for user in session.staff.filter(is_active=True).select_related("contact"):
        for days, due_at in _dues(session):
            _post(session, SESSION_STAFF, days, user.contact, user, due_at)


def remind_of(session, party):
    """Owe the reminders of an appointment to one party, where messages are for them at all."""
    case = session.case
    if case.violence_indicated or party.is_minor:
        return
    for days, due_at in _dues(session):
        _post(session, SESSION, days, party.contact, case.assigned_to or session.booked_by, due_at)


def _dues(session):
    now = timezone.now()
    dues = {days: days_before(session.day, session.clock, session.zone, days) for days in OFFSETS}
    ahead = {days: due for days, due in dues.items() if due > now}
    if not ahead and session.starts_at - now > TOO_LATE:
        ahead = {min(OFFSETS): now}
    return ahead.items()


def _post(session, kind_name, days, contact, owner, due_at, again=""):
    """One reminder, once per key: the appointment and how often it was moved, the offset, the person, the channel."""
    purpose = Purpose.WORK if kind_name == SESSION_STAFF else Purpose.CASE
    channel = choose_channel(contact, purpose)
    key = f"{kind_name}:{session.reference}:v{session.moved}:{days}d:{contact.pk}:{channel or 'none'}{again}"
    outbox.post(
        key, contact=contact, kind=kind_name, ref=session.reference, owner=owner, due_at=due_at, channel=channel
    )


def redirect(party):
    """Their safe ways changed: reminders still waiting for a way that they no longer choose go by the new one."""
    channel = choose_channel(party.contact, Purpose.CASE)
    for session in party.sessions.planned().select_related("case"):
        waiting = Notice.objects.waiting().filter(ref=session.reference, kind=SESSION, contact=party.contact)
        stale = list(waiting.exclude(channel=channel or "").order_by("due_at"))
        if not stale:
            continue
        outbox.void(session.reference, kind=SESSION, contact=party.contact)
        for notice in stale:
            days = max(1, round((session.starts_at - notice.due_at) / timedelta(days=1)))
            _post(session, SESSION, days, party.contact, notice.owner, notice.due_at, again=f":r{party.version}")


def reminded(session):
    """Whether a party was already told of this appointment by a message."""
    sent = Notice.objects.filter(ref=session.reference, state=Notice.State.SENT, kind__in=[SESSION, CHANGED])
    return sent.exists()


def correct(session):
    """What we said by message we correct by message, at once. Whoever was told nothing hears nothing."""
    told = Notice.objects.filter(
        ref=session.reference, state=Notice.State.SENT, kind__in=[SESSION, CHANGED]
    ).values_list("contact", flat=True)
    owner = session.case.assigned_to or session.booked_by
    people = session.parties.present().filter(contact__in=list(told), is_minor=False)
    for party in people.select_related("contact"):
        key = f"{CHANGED}:{session.reference}:v{session.moved}:{session.state}:{party.contact_id}"
        outbox.post(key, contact=party.contact, kind=CHANGED, ref=session.reference, owner=owner)


def alert(glass, people):
    """Tell other supervisors that a sealed case was opened."""
    ref = f"{glass.case.reference}:{glass.pk}"
    for person in people:
        outbox.post(f"{GLASS}:{ref}:{person.pk}", contact=person.contact, kind=GLASS, ref=ref, owner=person)
