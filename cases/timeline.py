"""What happened in a case, newest first, from its own rows and their history. Communications have no place here."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, ContactAttempt, Session

SHOWN = 15
TABS = {
    "all": gettext_lazy("All"),
    "contacts": gettext_lazy("Contacts"),
    "appointments": gettext_lazy("Appointments"),
    "changes": gettext_lazy("Changes"),
}
REACHED_ICONS = {
    ContactAttempt.Way.CALL: "telephone-fill",
    ContactAttempt.Way.SMS: "chat-dots-fill",
    ContactAttempt.Way.EMAIL: "envelope-fill",
    ContactAttempt.Way.LETTER: "envelope-paper-fill",
    ContactAttempt.Way.VISIT: "house-door-fill",
    ContactAttempt.Way.MEETING: "people-fill",
    ContactAttempt.Way.VIDEO: "camera-video-fill",
}
TRIED_ICONS = {
    ContactAttempt.Result.LEFT_MESSAGE: "voicemail",
    ContactAttempt.Result.SENT: "send",
    ContactAttempt.Result.NO_ANSWER: "telephone-x-fill",
    ContactAttempt.Result.WRONG_ADDRESS: "slash-circle",
}
ENDED_ICONS = {
    Session.State.HELD: "calendar-check-fill",
    Session.State.PARTLY: "calendar-check",
    Session.State.NO_SHOW: "calendar-x",
    Session.State.ENDED_FOR_SAFETY: "exclamation-octagon-fill",
}
ENDED_KINDS = {Session.State.NO_SHOW: "wait", Session.State.ENDED_FOR_SAFETY: "stop"}
ENDED_KINDS = {
    Session.State.HELD: "good",
    Session.State.PARTLY: "good",
    Session.State.NO_SHOW: "wait",
    Session.State.ENDED_FOR_SAFETY: "stop",
    Session.State.CANCELED: "quiet",
}
# Columns whose change says more than that something was edited.
TOLD = ("state", "assigned_to", "access", "risk", "violence_indicated")
# Columns that follow from something which has an entry of its own.
QUIET = {
    "version", "first_contact_at", "last_contact_at", "held_from", "held_until", "hold_reason", "closing_reason",
    "closed_at", "closed_by", "referred_to", "reopened_count", "reopened_at",
}  # fmt: skip
OURS = [field.attname for field in Case._meta.local_concrete_fields if not field.generated]


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, as its template shows it."""

    at: datetime
    icon: str
    kind: str
    title: str
    by: str = ""
    text: str = ""
    url: str = ""

    @property
    def when(self):
        local = timezone.localtime(self.at)
        return date_format(local, "j M H:i" if local.year == timezone.localdate().year else "j M Y H:i")


def timeline(case, tab="all", *, sessions=None, parties=None):
    """The entries of one tab. `sessions` and `parties` save reading what the page has already."""
    sources = {
        "contacts": lambda: _contacts(case),
        "appointments": lambda: _appointments(case, sessions),
        "changes": lambda: [*_parties(case, parties), *_facilitators(case), *_changes(case)],
    }
    entries = [entry for name, read in sources.items() if tab in ("all", name) for entry in read()]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _contacts(case):
    for attempt in case.contact_log.select_related("party__contact", "by"):
        party = attempt.party.contact.name if attempt.party else ""
        title = f"{attempt.get_way_display()}, {party}: {attempt.get_result_display()}" if party else str(attempt)
        broken = _("This way was against their safe-contact rules.") if attempt.against_rules else ""
        reached = attempt.reached
        yield Entry(
            at=attempt.at,
            icon=REACHED_ICONS[attempt.way] if reached else TRIED_ICONS[attempt.result],
            kind="good" if reached else "wait",
            title=title,
            by=attempt.by.name,
            text="\n".join(filter(None, [attempt.note, broken])),
        )


def _appointments(case, sessions):
    rows = case.sessions.select_related("booked_by", "canceled_by", "recorded_by") if sessions is None else sessions
    for session in rows:
        start = date_format(session.wall_time.replace(tzinfo=None), "j M H:i")
        what = {"kind": session.get_kind_display(), "start": start, "result": session.get_state_display().lower()}
        booked = _("%(kind)s booked for %(start)s") % what
        yield Entry(session.booked_at, icon="calendar-plus", kind="info", title=booked, by=session.booked_by.name)
        if session.state == Session.State.CANCELED:
            title, by = _("%(kind)s of %(start)s canceled") % what, session.canceled_by.name
            reason = session.cancel_reason
            yield Entry(session.canceled_at, icon="calendar-x-fill", kind="quiet", title=title, by=by, text=reason)
        elif session.recorded_at:
            title, by = _("%(kind)s of %(start)s: %(result)s") % what, session.recorded_by.name
            icon, kind = ENDED_ICONS[session.state], ENDED_KINDS.get(session.state, "good")
            yield Entry(session.recorded_at, icon=icon, kind=kind, title=title, by=by)


def _parties(case, parties):
    for party in case.parties.select_related("contact") if parties is None else parties:
        who = {"party": party.contact.name, "role": party.get_role_display().lower()}
        title = _("%(party)s added as %(role)s") % who
        yield Entry(party.added_at, icon="person-plus-fill", kind="info", title=title)
        if party.left_at:
            title = _("%(party)s left the case") % who
            yield Entry(party.left_at, icon="person-dash-fill", kind="quiet", title=title)


def _facilitators(case):
    for one in case.facilitators.all():
        who = {"facilitator": one, "part": one.get_part_display().lower()}
        title = _("%(facilitator)s facilitates (%(part)s)") % who
        yield Entry(one.since, icon="person-check-fill", kind="info", title=title)
        if one.ended_at:
            title = _("%(facilitator)s no longer facilitates") % who
            yield Entry(one.ended_at, icon="person-dash", kind="quiet", title=title)


def _changes(case):
    """What was changed in the row of the case, from its history; without one at least who logged it."""
    logged = Entry(case.opened_at, icon="inbox-fill", kind="info", title=_("Case logged"), by=case.opened_by.name)
    events = list(case.events.order_by("pgh_id").values("pgh_created_at", "pgh_context", *OURS))
    names = _names(events)
    pairs = zip(events, events[1:], strict=False)
    return [logged, *(entry for before, after in pairs for entry in _change(before, after, names))]


def _names(events):
    """The names of everybody who changed the case or was given it, in one query."""
    acted = {(event["pgh_context"] or {}).get("user") for event in events}
    keys = acted | {event["assigned_to_id"] for event in events}
    keys.discard(None)
    return dict(get_user_model().objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _change(before, after, names):
    """What two successive states of the row tell: one entry for each change that means something by itself."""
    at, by = after["pgh_created_at"], names.get((after["pgh_context"] or {}).get("user"), "")
    if before["state"] != after["state"]:
        title = _("Stage: %(state)s") % {"state": Case.State(after["state"]).label}
        why = after["hold_reason"] or after["referred_to"] or _closing(after)
        yield Entry(at, icon="arrow-right-circle", kind="info", title=title, by=by, text=why)
    if before["assigned_to_id"] != after["assigned_to_id"]:
        title = _("Assigned to %(officer)s") % {"officer": names.get(after["assigned_to_id"], _("nobody"))}
        yield Entry(at, icon="person-badge", kind="info", title=title, by=by)
    if before["access"] != after["access"]:
        title = _("Who may open it: %(access)s") % {"access": Case.Access(after["access"]).label.lower()}
        yield Entry(at, icon="lock-fill", kind="seal", title=title, by=by)
    if before["risk"] != after["risk"]:
        yield Entry(at, icon="exclamation-triangle", kind="wait", title=Case.Risk(after["risk"]).label, by=by)
    if before["violence_indicated"] != after["violence_indicated"]:
        title = _violence(after["violence_indicated"])
        yield Entry(at, icon="exclamation-octagon", kind="stop", title=title, by=by)
    edited = [name for name in OURS if before[name] != after[name] and name.removesuffix("_id") not in {*TOLD, *QUIET}]
    if edited:
        labels = (str(Case._meta.get_field(name.removesuffix("_id")).verbose_name) for name in edited)
        title = _("Edited: %(fields)s") % {"fields": ", ".join(labels)}
        yield Entry(at, icon="pencil", kind="quiet", title=title, by=by)


def _violence(indicated):
    return _("Sign of violence noted") if indicated else _("Sign of violence taken back")


def _closing(event):
    return Case.ClosingReason(event["closing_reason"]).label if event["closing_reason"] else ""
