"""What the page of an event shows."""

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from events import closing, door, owed, roster, rules, teaching
from events.checks import missing_to_publish
from events.models import CloseOut, Event, ProgramSession
from notices.models import Task
from notices.rows import urgency

CHIPS = {
    "draft": ("quiet", "pencil"),
    "planned": ("info", "calendar-check"),
    "published": ("good", "check-circle"),
    "full": ("wait", "people"),
    "held": ("wait", "clock-history"),
    "closed_out": ("good", "check-circle"),
    "canceled": ("stop", "x-lg"),
    "postponed": ("wait", "clock-history"),
}


def missing(event):
    """What is not known yet of an event that may still be published."""
    return missing_to_publish(event) if event.state in (*Event.AHEAD, Event.State.POSTPONED) else []


def page(event, user):
    may = rules.can_edit(user, event)
    state = Event.State(event.state)
    workshop = teaching.of(event)
    return {
        "event": event,
        "chip": (*CHIPS[event.state], event.get_state_display()),
        "missing": missing(event),
        "facts": [*_program(event), *_facts(event)],
        "workshop": workshop,
        "taught": teaching.facts(workshop) if workshop else [],
        "checks": _checks(event),
        "parts": event.parts.select_related("organization"),
        "registrations": roster.summary(event) if event.registers else [],
        "siblings": _siblings(event),
        "raised": event.raised.all(),
        "promises": event.promises.select_related("who"),
        "outcome": _outcome(event),
        "can": {
            "edit": may and state not in (Event.State.CLOSED_OUT, Event.State.CANCELED),
            "plan": may and state == Event.State.DRAFT,
            "publish": may and state == Event.State.PLANNED and event.access == Event.Access.PUBLIC,
            "move": may and state in (*Event.AHEAD, Event.State.POSTPONED),
            "postpone": may and state in Event.MOVES[Event.State.POSTPONED],
            "cancel": may and state in Event.MOVES[Event.State.CANCELED],
            "hold": may and state in Event.MOVES[Event.State.HELD] and event.has_begun,
            "check_in": may and event.registers and door.is_open(event),
            "tally": may and state in closing.AT_THE_DOOR,
            "close_out": may and state in closing.AT_THE_DOOR and event.has_begun,
            "repeat": may and event.series_id is None and state in Event.AHEAD,
        },
    }


def _program(event):
    """The program of which it is a session."""
    session = ProgramSession.objects.filter(event=event).select_related("program").first()
    if session is not None:
        yield (
            _("Session of"),
            format_html('<a href="{}">{}</a>', session.program.get_absolute_url(), session.program.name),
        )


def _facts(event):
    yield _("Purpose"), event.get_purpose_display()
    yield _("Area"), event.area
    yield _("Step-free"), _("Yes") if event.is_step_free else _("No")
    yield _("Languages"), event.languages_named
    if event.interpreters:
        yield _("Interpreters"), event.interpreters_named
    yield _("Children"), event.get_children_display()
    yield _("Places"), event.capacity or _("No limit")
    yield _("Registration"), _("Yes") if event.registers else _("No, anybody may come")
    yield _("Lead"), event.lead
    yield _("Also there"), ", ".join(str(one) for one in event.staff.all()) or _("Nobody else")
    if event.outreach:
        yield _("How people hear of it"), ", ".join(str(Event.Outreach(one).label) for one in event.outreach)
    if event.materials:
        yield _("Materials"), event.materials
    if event.budget_line or event.budget is not None:
        yield _("Budget"), _budget(event)
    yield _("Risk check"), event.get_risk_display()
    if event.risk_note:
        yield _("What could go wrong"), event.risk_note


def _budget(event):
    amount = number_format(event.budget, 2) if event.budget is not None else ""
    return " ".join(filter(None, [amount, event.budget_line]))


def _checks(event):
    """Each item of the checklist with how its task stands."""
    tasks, now = owed.states_of(event), timezone.now()
    rows = []
    for item in event.checks.all():
        item.event = event
        task = tasks.get(str(item.handle))
        known = task is not None and task.state != Task.State.VOID
        rows.append({"item": item, "task": task if known else None, "word": urgency(task, now) if known else None})
    return rows


def _outcome(event):
    """What became of it, once it is closed out."""
    row = CloseOut.objects.filter(event=event).select_related("by").prefetch_related("organizations").first()
    if row is None:
        return []
    said = {"new": row.adults_new + row.youth_new, "before": row.adults_returning + row.youth_returning}
    facts = [
        (_("Came"), row.attended),
        (_("First time, came before"), _("%(new)s and %(before)s") % said),
        (_("Under 18"), row.youth_new + row.youth_returning + row.youth_unknown),
        (_("Conversations"), row.conversations),
        (_("Organizations there"), ", ".join(str(one) for one in row.organizations.all()) or _("None")),
        (_("Photos"), _("Yes, with consent") if row.photos else _("No")),
    ]
    if row.cost is not None:
        facts.append((_("What it cost"), number_format(row.cost, 2)))
    if row.next_time:
        facts.append((_("Next time"), row.next_time))
    return facts


def _siblings(event):
    """The other times of its series."""
    if event.series_id is None:
        return []
    others = Event.objects.filter(series=event.series).exclude(pk=event.pk)
    return others.defer("vector", "about_en", "about_es").order_by("starts_at", "id")
