"""What happened in a case, newest first, from its own rows and their history. Communications have no place here."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.hanging import OURS
from cases.models import Case, ConflictDeclaration, Consent, ContactAttempt, Party, Screening, Session

# How many entries a page of it shows.
SHOWN = 25
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
    Session.State.ADJOURNED: "pause-circle",
    Session.State.ENDED_FOR_SAFETY: "exclamation-octagon-fill",
}
ENDED_KINDS = {
    Session.State.HELD: "good",
    Session.State.PARTLY: "good",
    Session.State.NO_SHOW: "wait",
    Session.State.ADJOURNED: "wait",
    Session.State.ENDED_FOR_SAFETY: "stop",
    Session.State.CANCELED: "quiet",
}
SCREENED_KINDS = {
    Screening.Result.SUITABLE: "good",
    Screening.Result.WITH_CHANGES: "good",
    Screening.Result.NOT_SUITABLE: "stop",
}
# Columns whose change says more than that something was edited.
TOLD = ("state", "assigned_to", "access", "risk", "violence_indicated")
# Columns that follow from something which has an entry of its own.
QUIET = {
    "version", "process_since", "first_contact_at", "last_contact_at", "held_from", "held_until", "hold_reason",
    "closing_reason", "closed_at", "closed_by", "referred_to", "reopened_count", "reopened_at", "reopen_reason",
}  # fmt: skip


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


@dataclass(frozen=True)
class Page:
    """Some entries of one tab, newest first, and where they stand."""

    entries: list
    number: int
    earlier: int

    @property
    def newer(self):
        return self.number - 1

    @property
    def next(self):
        return self.number + 1 if self.earlier else 0


def page_of(case, hanging, tab="all", number=1):
    """A page of one tab, from what `cases.hanging` read; the first where there is no such page.

    What can grow without end is put into words only as far as the page reaches.
    """
    most = number * SHOWN
    names = {party.pk: party.contact.name for party in hanging["parties"]}
    sources = {
        "contacts": lambda: (len(hanging["log"]), _contacts(hanging["log"][:most], names)),
        "appointments": lambda: _appointments(hanging["sessions"], most),
        "changes": lambda: _counted(_all_changes(case, hanging)),
    }
    found = [read() for name, read in sources.items() if tab in ("all", name)]
    total = sum(count for count, _entries in found)
    if total <= most - SHOWN and number > 1:
        return page_of(case, hanging, tab)
    entries = sorted(chain.from_iterable(entries for _count, entries in found), key=attrgetter("at"), reverse=True)
    return Page(entries[most - SHOWN : most], number, max(0, total - most))


def _counted(entries):
    found = list(entries)
    return len(found), found


def _all_changes(case, hanging):
    yield from _parties(hanging["parties"])
    yield from _facilitators(case)
    yield from _readiness(case, hanging)
    yield from _merges(case, hanging["merges"])
    yield from _agencies(hanging)
    yield from _changes(case, hanging)


def _contacts(log, names):
    broken = _("This way was against their safe-contact rules.")
    for row in log:
        way, result = row["way"], row["result"]
        how, what = ContactAttempt.Way(way).label, ContactAttempt.Result(result).label
        party = names.get(row["party_id"])
        reached = result in ContactAttempt.SUCCESSFUL
        yield Entry(
            at=row["at"],
            icon=REACHED_ICONS[way] if reached else TRIED_ICONS[result],
            kind="good" if reached else "wait",
            title=f"{how}, {party}: {what}" if party else f"{how}, {what}",
            by=row["by__name"],
            text="\n".join(filter(None, [row["note"], broken if row["against_rules"] else ""])),
        )


def _appointments(sessions, most):
    """Two things happen to an appointment: it is booked, and it ends. How many did, and the newest of them."""
    booked = ((row["booked_at"], _booked, row) for row in sessions)
    ended = ((row["canceled_at"] or row["recorded_at"], _ended, row) for row in sessions)
    happened = sorted((one for one in chain(booked, ended) if one[0]), key=itemgetter(0), reverse=True)
    return len(happened), [told(at, row) for at, told, row in happened[:most]]


def _appointment(row):
    wall = row["starts_at"].astimezone(ZoneInfo(row["time_zone"] or settings.TIME_ZONE))
    return {
        "kind": Session.Kind(row["kind"]).label,
        "start": date_format(wall.replace(tzinfo=None), "j M H:i"),
        "result": Session.State(row["state"]).label.lower(),
    }


def _booked(at, row):
    title = _("%(kind)s booked for %(start)s") % _appointment(row)
    return Entry(at, icon="calendar-plus", kind="info", title=title, by=row["booked_by__name"])


def _ended(at, row):
    state, what = Session.State(row["state"]), _appointment(row)
    if state == Session.State.CANCELED:
        title, by = _("%(kind)s of %(start)s canceled") % what, row["canceled_by__name"]
        return Entry(at, icon="calendar-x-fill", kind="quiet", title=title, by=by, text=row["cancel_reason"])
    title, by = _("%(kind)s of %(start)s: %(result)s") % what, row["recorded_by__name"]
    return Entry(at, icon=ENDED_ICONS[state], kind=ENDED_KINDS.get(state, "good"), title=title, by=by)


def _parties(parties):
    for party in parties:
        who = {"party": party.contact.name, "role": Party.Role(party.role).label.lower()}
        title = _("%(party)s added as %(role)s") % who
        yield Entry(party.added_at, icon="person-plus-fill", kind="info", title=title)
        if party.left_at:
            title = _("%(party)s left the case") % who
            yield Entry(party.left_at, icon="person-dash-fill", kind="quiet", title=title)


def _facilitators(case):
    for one in case.facilitators.all():
        who = {"facilitator": one, "part": one.Part(one.part).label.lower()}
        title = _("%(facilitator)s facilitates (%(part)s)") % who
        yield Entry(one.since, icon="person-check-fill", kind="info", title=title)
        if one.ended_at:
            title = _("%(facilitator)s no longer facilitates") % who
            yield Entry(one.ended_at, icon="person-dash", kind="quiet", title=title)


def _readiness(case, hanging):
    """What was told, asked, agreed and declared on the way to a joint session; of a screening its result alone."""
    names = {party.pk: party.contact.name for party in hanging["parties"]}
    people = {one.pk: str(one) for one in case.facilitators.all()}
    for row in hanging["notices"]:
        title = _("%(party)s was given the confidentiality notice") % {"party": names[row["party_id"]]}
        yield Entry(row["at"], icon="file-text", kind="info", title=title, by=row["by__name"])
    for row in hanging["screenings"]:
        said = {"party": names[row["party_id"]], "result": Screening.Result(row["result"]).label.lower()}
        title = _("%(party)s was screened: %(result)s") % said
        yield Entry(row["at"], icon="shield-check", kind=SCREENED_KINDS[row["result"]], title=title, by=row["by__name"])
    for row in hanging["consents"]:
        yield from _consent(row, names)
    for row in hanging["eligibilities"]:
        title, kind = (_("A circle fits"), "good") if row["fits"] else (_("A circle does not fit"), "wait")
        yield Entry(row["at"], icon="check2", kind=kind, title=title, by=row["by__name"])
    for row in hanging["pre_circles"]:
        words = _("%(party)s: ready for a circle") if row["goes"] else _("%(party)s: not ready for a circle")
        kind = "good" if row["goes"] else "wait"
        title = words % {"party": names[row["party_id"]]}
        yield Entry(row["at"], icon="people-fill", kind=kind, title=title, by=row["by__name"])
    for row in hanging["declarations"]:
        said = {"facilitator": people[row["facilitator_id"]], "party": names[row["party_id"]]}
        title = _("%(facilitator)s declared on conflicts with %(party)s") % said
        text = ConflictDeclaration.Result(row["result"]).label
        yield Entry(row["at"], icon="person-badge", kind="info", title=title, by=row["by__name"], text=text)


def _merges(case, merges):
    """That another case became part of this one; which, only its own page tells. Of a duplicate the stage tells it."""
    for row in (row for row in merges if row["kept_id"] == case.pk):
        title = _("Another case was merged into this one")
        yield Entry(row["at"], icon="people-fill", kind="info", title=title, by=row["by__name"], text=row["reason"])
        if row["undone_at"]:
            title = _("The merge was undone")
            yield Entry(row["undone_at"], icon="people", kind="quiet", title=title, by=row["undone_by__name"])


def _consent(row, names):
    said = {
        "party": names[row["party_id"]],
        "guardian": names.get(row["guardian_id"]),
        "answer": Consent.Answer(row["answer"]).label.lower(),
    }
    words = _("%(guardian)s for %(party)s: %(answer)s") if row["guardian_id"] else _("%(party)s: %(answer)s")
    kind = "good" if row["answer"] == Consent.Answer.CONSENTED else "wait"
    yield Entry(row["at"], icon="check2", kind=kind, title=words % said, by=row["by__name"])
    if row["withdrawn_at"]:
        title = _("%(party)s withdrew their consent") % said
        yield Entry(row["withdrawn_at"], icon="slash-circle", kind="wait", title=title)


def _agencies(hanging):
    """Who outside had a part in it, and what they wrote."""
    for row in hanging["agencies"]:
        said = {"agency": row["organization__name"]}
        title = _("%(agency)s joined as an agency") % said
        yield Entry(row["at"], icon="building", kind="info", title=title, by=row["by__name"])
        if row["ended_at"]:
            title = _("The part of %(agency)s ended") % said
            yield Entry(row["ended_at"], icon="slash-circle", kind="quiet", title=title, by=row["ended_by__name"])
    for row in hanging["updates"]:
        title = _("%(agency)s wrote an update") % {"agency": row["agency__organization__name"]}
        yield Entry(row["at"], icon="chat-left-quote", kind="info", title=title, text=row["text"])


def _changes(case, hanging):
    """What was changed in the row of the case, from its history; without one at least who logged it."""
    events, by = hanging["changes"], hanging["names"]["opened_by__name"]
    logged = Entry(case.opened_at, icon="inbox-fill", kind="info", title=_("Case logged"), by=by)
    pairs = zip(events, events[1:], strict=False)
    return [logged, *(entry for before, after in pairs for entry in _change(before, after))]


def _change(before, after):
    """What two successive states of the row tell: one entry for each change that means something by itself."""
    at, by = after["pgh_created_at"], after["changed_by"] or ""
    if before["state"] != after["state"]:
        title = _("Stage: %(state)s") % {"state": Case.State(after["state"]).label}
        reopened = after["reopen_reason"] if before["state"] == Case.State.CLOSED else ""
        why = reopened or after["hold_reason"] or after["referred_to"] or _closing(after)
        yield Entry(at, icon="arrow-right-circle", kind="info", title=title, by=by, text=why)
    if before["assigned_to_id"] != after["assigned_to_id"]:
        title = _("Assigned to %(officer)s") % {"officer": after["officer"] or _("nobody")}
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
