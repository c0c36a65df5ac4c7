"""What the page of a case shows, gathered in few queries."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Role
from cases import lists, processes, rules
from cases.evidence import weigh
from cases.gate import has_reached, joint_gate
from cases.hanging import hanging_on
from cases.models import Agreement, Case, Merge, Party, Session
from cases.timeline import TABS, page_of
from core.kept import kept_in_each_language
from core.numbers import whole
from notices.models import Task
from notices.rows import urgency

# Nobody leafs so far; a number beyond is nonsense.
MOST_PAGES = 10_000
# The stepper draws three outcomes as one step; resting and being elsewhere are chips beside it, not steps.
STEPS = (
    (gettext_lazy("Intake"), (Case.State.INTAKE,)),
    (gettext_lazy("Conflict check"), (Case.State.CONFLICT_CHECK,)),
    (gettext_lazy("Contacting"), (Case.State.CONTACTING,)),
    (gettext_lazy("Screening"), (Case.State.SCREENING,)),
    (gettext_lazy("Ready"), (Case.State.READY,)),
    (gettext_lazy("In process"), (Case.State.IN_PROCESS,)),
    (gettext_lazy("Outcome"), Case.OUTCOMES),
    (gettext_lazy("Follow-up"), (Case.State.FOLLOW_UP,)),
    (gettext_lazy("Closed"), (Case.State.CLOSED,)),
)
TRACK = (
    (gettext_lazy("Reached"), Party.Stage.REACHED),
    (gettext_lazy("Informed"), Party.Stage.INFORMED),
    (gettext_lazy("Screened"), Party.Stage.SCREENED),
    (gettext_lazy("Consented"), Party.Stage.CONSENTED),
)


def page(request, case):
    """Everything `case_detail.html` needs."""
    user = request.user
    hanging = hanging_on(case)
    names, parties = hanging["names"], [party for party in hanging["parties"] if party.left_at is None]
    facilitators = [one for one in case.facilitators.all() if one.ended_at is None]
    gate = joint_gate(case, parties, facilitators, weigh(hanging))
    can, merged = _can(user, case), _merged(user, case, hanging["merges"])
    can["reopen"] = can["reopen"] and merged is None
    return {
        "case": case,
        "chips": _chips(case),
        "headline": _headline(case, names, facilitators),
        "stepper": stepper(str(case.process), str(case.stage)),
        "gate": None if case.is_closed else gate.offered_to(user, works=can["edit"]),
        "tracks": _tracks(case, parties, gate),
        "parties": parties,
        "beside": _beside(case, parties),
        "facts": _facts(case, names),
        "facilitators": [(one, rules.can_declare(user, one) and not case.is_closed) for one in facilitators],
        "tasks": _tasks(hanging["tasks"]),
        "agreements": [row | {"kind": Agreement.Kind(row["kind"]).label} for row in hanging["agreements"]],
        "agencies": [row for row in hanging["agencies"] if row["ended_at"] is None],
        "planned": list(_planned(case, hanging)),
        "can": can,
        "merged": merged,
        "glass": user.broken_glass.standing().filter(case=case).first() if case.is_sealed else None,
        **_timeline(request, case, hanging),
    }


def _planned(case, hanging):
    """The appointments to come, with their acts."""
    names, prefix = {party.pk: party.contact.name for party in hanging["parties"]}, case.get_absolute_url()
    for row in hanging["sessions"]:
        if row["state"] == Session.State.PLANNED:
            zone = row["time_zone"]
            yield row | {
                "kind": Session.Kind(row["kind"]).label,
                "zone": zone if zone != settings.TIME_ZONE else "",
                "who": "; ".join(
                    filter(None, [", ".join(map(names.get, row["party_ids"])), ", ".join(row["staff_names"])])
                ),
                "url": f"{prefix}appointments/{row['reference']}/",
            }


def _can(user, case):
    """Which acts this page offers. Who may is asked of the rules, when is the state of the case."""
    works, decides, is_open = rules.can_work_on(user, case), rules.can_decide(user, case), not case.is_closed
    held = case.state == Case.State.ON_HOLD
    away = case.state == Case.State.REFERRED_OUT
    return {
        "edit": works,
        "add": works and is_open,
        "join": works and is_open and not case.is_sealed and not case.violence_indicated,
        "notes": rules.facilitates(user, case),
        "override": rules.can_override(user, case) and is_open,
        "log": rules.can_log_contact(user, case),
        "book": works and is_open and not away,
        "assign": rules.can_assign(user, case) and is_open,
        "appoint": rules.can_appoint(user, case) and is_open,
        "hold": decides and case.state in Case.MOVES[Case.State.ON_HOLD],
        "resume": decides and held,
        "refer_out": decides and case.state in Case.MOVES[Case.State.REFERRED_OUT],
        "close": decides and is_open,
        "merge": decides and is_open,
        "reopen": decides and not is_open,
        "access": rules.can_set_access(user, case) and not case.is_sealed,
        "lift": rules.can_set_access(user, case) and case.is_sealed,
    }


def _merged(user, case, merges):
    """What a duplicate says of the case it was merged into, which is named to those alone who may open it."""
    for row in merges:
        if row["duplicate_id"] == case.pk and row["undone_at"] is None:
            kept = Case.objects.visible_to(user).filter(pk=row["kept_id"]).first()
            fresh = row["at"] > timezone.now() - Merge.UNDONE_WITHIN
            return {"at": row["at"], "kept": kept, "undo": kept and fresh and rules.can_merge(user, case, kept)}
    return None


@kept_in_each_language()
def stepper(process, stage):
    """The steps of a process, and of another one where the case came from. A case referred out stands at none."""
    passed = [step for step in STEPS if processes.passes(process, step[1]) or stage in step[1]]
    now = next((place for place, (_label, states) in enumerate(passed) if stage in states), None)
    steps = [
        {
            "label": processes.name_of(process, states, label),
            "done": now is not None and place < now,
            "current": place == now,
        }
        for place, (label, states) in enumerate(passed)
    ]
    return render_to_string("_stages.html", {"stages": steps})


def _chips(case):
    chips = [lists.state_chip(case.state), lists.risk_chip(case.risk), lists.access_chip(case.access)]
    if case.violence_indicated:
        chips.append(lists.violence_chip())
    if case.reopened_count:
        chips.append(lists.repeat_chip())
    return chips


def _headline(case, names, facilitators):
    days = (timezone.localdate() - timezone.localdate(case.received_at)).days
    age = ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    lead = next((str(one) for one in facilitators if one.part == one.Part.LEAD), None)
    return _("%(officer)s. Lead: %(lead)s. Received %(day)s, %(age)s.") % {
        "officer": names["assigned_to__name"] or _("No officer yet"),
        "lead": lead or _("nobody yet"),
        "day": date_format(timezone.localtime(case.received_at), "DATE_FORMAT"),
        "age": age,
    }


def _tracks(case, parties, gate):
    return {
        "steps": [label for label, _stage in TRACK],
        "parties": [_track(case, party, gate) for party in parties if party.is_side],
        "ready": not gate.missing,
        "meeting": _("until all checks are done") if gate.missing else _("all checks are done"),
    }


def _track(case, party, gate):
    steps, missing = [], False
    for label, stage in TRACK:
        if has_reached(party, stage) or gate.proves(party, stage):
            steps.append({"label": label, "state": "done", "text": _reached_on(party, stage)})
        else:
            first = not missing
            steps.append(
                {"label": label, "state": "missing" if first else "later", "text": _not_yet(party, stage, first)}
            )
            missing = True
    url = f"{case.get_absolute_url()}parties/{party.handle}/"
    return {"name": party.contact.name, "url": url, "role": _role(party), "safe": _safe(party), "steps": steps}


def _reached_on(party, stage):
    if stage == Party.Stage.REACHED and party.reached_at:
        return lists.day(party.reached_at, timezone.localdate())
    return _("Yes")


def _not_yet(party, stage, first):
    if stage == Party.Stage.REACHED and party.stage == Party.Stage.NOT_REACHED:
        return _("Tried")
    if stage == Party.Stage.REACHED and party.stage == Party.Stage.INVITED:
        return _("Invited")
    return _("Missing") if first else _("Not yet")


def _role(party):
    words = [Party.Role(party.role).label]
    if party.organization:
        words.append(party.organization.name)
    if party.is_minor:
        words.append(_("under 18"))
    return ", ".join(map(str, words))


def _safe(party):
    return [{"icon": rule.icon, "text": rule.words} for rule in party.safe_rules]


def _beside(case, parties):
    """Supporters, guardians and the like, each with whom."""
    names = {party.pk: party.contact.name for party in parties}
    return [
        {
            "name": party.contact.name,
            "url": f"{case.get_absolute_url()}parties/{party.handle}/",
            "role": _role(party),
            "beside": names.get(party.beside_id, ""),
        }
        for party in parties
        if not party.is_side
    ]


def _facts(case, names):
    court = date_format(case.court_on, "DATE_FORMAT") if case.court_on else ""
    facts = [
        (_("Process sought"), Case.Process(case.process).label),
        (_("Dispute"), case.get_dispute_display()),
        (_("Referred by"), ", ".join(filter(None, [case.get_source_display(), case.source_detail]))),
        (_("Area"), names["area__name"]),
        (_("Place"), case.place),
        (_("Court"), ", ".join(filter(None, [case.court_place, court])) or _("None known")),
        (_("First contact"), _day(case.first_contact_at) or _("None yet")),
        (_("Logged by"), names["opened_by__name"]),
    ]  # fmt: skip
    if case.state == Case.State.ON_HOLD:
        facts.append((_("On hold until"), f"{date_format(case.held_until, 'DATE_FORMAT')}. {case.hold_reason}"))
    if case.referred_to:
        facts.append((_("Referred to"), case.referred_to))
    if case.is_closed:
        facts.append(
            (_("Closed"), f"{lists.day(case.closed_at, timezone.localdate())}, {case.get_closing_reason_display()}")
        )
    return facts


def _day(moment):
    return lists.day(moment, timezone.localdate()) if moment else ""


def shared_facts(case):
    """The facts that stand on paper: nothing of who, nothing of where exactly."""
    return [
        (_("Case"), case.reference),
        (_("Process sought"), case.get_process_display()),
        (_("Received"), date_format(timezone.localtime(case.received_at), "DATE_FORMAT")),
        (_("Stage"), case.get_state_display()),
    ]


def _tasks(tasks):
    """What is owed to this case: when, what, by whom; late ones first."""
    now = timezone.now()
    for task, name in tasks:
        kind, icon, words = urgency(task, now)
        owner = name or Role(task.role).label
        yield {"text": task.words, "url": task.link, "owner": owner, "kind": kind, "icon": icon, "when": words}


def timeline_part(request, case):
    """The timeline alone."""
    return _timeline(request, case, hanging_on(case))


def _timeline(request, case, hanging):
    """One page of one tab of the timeline."""
    tab = request.GET.get("show") if request.GET.get("show") in TABS else "all"
    asked = request.GET.get("page", "")
    number = whole(asked, MOST_PAGES - 1) or 1
    page = page_of(case, hanging, tab, number)
    tabs = [{"key": key, "label": label, "current": key == tab} for key, label in TABS.items()]
    return {
        "case": case, "case_url": case.get_absolute_url(), "entries": page.entries, "page": page, "tab": tab,
        "tabs": tabs,
    }  # fmt: skip


def what_ends(case):
    """For the pages that end our work on a case: what is called off by it, and what stays."""
    planned = case.sessions.planned().count()
    owed = Task.objects.open().filter(ref=case.reference).count()
    canceled = ngettext("%(n)s planned appointment is canceled", "%(n)s planned appointments are canceled", planned)
    dropped = ngettext("%(n)s next step is dropped", "%(n)s next steps are dropped", owed)
    lost = [canceled % {"n": planned}, dropped % {"n": owed}]
    kept = [
        _("The case, its parties and its timeline can be read as before."),
        _("It can be reopened; it then counts as a repeat."),
    ]
    return {"lost": lost, "kept": kept}
