"""Two cases side by side: what shows that they are one, without a word about who is in them."""

from collections import Counter

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import lists, similar
from cases.models import Case, Party


def side_by_side(duplicate, kept):
    """[(what, of the duplicate, of the one that is kept), …]"""
    both = zip(_facts(duplicate), _facts(kept), strict=True)
    return [(label, here, there) for (label, here), (_same, there) in both]


def _facts(case):
    return [
        (_("Short name"), case.title),
        (_("Stage"), lists.state_chip(case.state)),
        (_("Dispute"), case.get_dispute_display()),
        (_("Area"), case.area.name),
        (_("Place"), case.place),
        (_("Referred by"), ", ".join(filter(None, [case.get_source_display(), case.source_detail]))),
        (_("Received"), _day(case.received_at)),
        (_("First contact"), _day(case.first_contact_at)),
        (_("Risk"), lists.risk_chip(case.risk)),
        (_("Court"), ", ".join(filter(None, [case.court_place, _day(case.court_on)]))),
        (_("Assigned officer"), case.assigned_to or _("Nobody yet")),
        (_("Who may open it"), case.get_access_display()),
        (_("Parties"), _parties(case)),
    ]


def _day(when):
    moment = timezone.localtime(when) if hasattr(when, "hour") else when
    return date_format(moment, "DATE_FORMAT") if moment else ""


def _parties(case):
    """How many of each part they are, never who."""
    count = Counter(case.parties.present().values_list("role", flat=True))
    return ", ".join(f"{label}: {count[role]}" for role, label in Party.Role.choices if count[role])


def what_moves(duplicate):
    """What goes along into the case that is kept, in sentences."""
    parties, log, sessions = (getattr(duplicate, name).count() for name in ("parties", "contact_log", "sessions"))
    return [
        ngettext("%(n)s party, with what they were told", "%(n)s parties, with what they were told", parties)
        % {"n": parties},
        ngettext("%(n)s entry of the contact log", "%(n)s entries of the contact log", log) % {"n": log},
        ngettext(
            "%(n)s appointment, with its reminders as they are", "%(n)s appointments, with their reminders as they are",
            sessions,
        ) % {"n": sessions},
        _("The earlier day of receipt and the higher risk; a sign of violence in either stands for both."),
        _("A joint session that is planned is called off where a side who comes along was not screened or asked."),
    ]  # fmt: skip


def new_readers(duplicate, kept):
    """Who may open what moves and could not open it before, in sentences: by the area they serve, and by name."""
    if kept.area_id != duplicate.area_id and kept.access != Case.Access.SEALED:
        words = (
            _("Officers and supervisors who serve %(area)s.")
            if kept.access == Case.Access.UNIT
            else _("Supervisors who serve %(area)s.")
        )
        yield words % {"area": kept.area.name}
    team = {kept.opened_by, kept.assigned_to, *(one.user for one in kept.facilitators.serving().select_related("user"))}
    people = [person for person in team if person is not None and person.is_active]
    new = [one for one in people if not Case.objects.visible_to(one).filter(pk=duplicate.pk).exists()]
    # Who logged a sealed case may not open it by that.
    named = [one for one in new if Case.objects.visible_to(one).filter(pk=kept.pk).exists()]
    if named:
        yield f"{', '.join(sorted(map(str, named)))}."


def candidates(user, case):
    """Open cases of the same place that this person may open."""
    among = Case.objects.open().exclude(pk=case.pk)
    return similar.cases_like(user, {"place": case.place, "area": str(case.area_id)}, among=among)
