"""What hangs on a case, read in one statement for its page: people, appointments, contact log, changes, next steps,
agreements, agencies, merges, and the evidence of the gate.
"""

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from cases.evidence import READINGS
from cases.models import (
    AgencyUpdate,
    Agreement,
    Case,
    ContactAttempt,
    Facilitator,
    JoinedAgency,
    Merge,
    Party,
    Session,
)
from core.gathering import Gathered
from core.history import events_of
from notices.models import Contact, Task
from partners.models import Organization

# Every column of the case that its history keeps and somebody writes.
OURS = [field.attname for field in Case._meta.local_concrete_fields if not field.generated]
PARTY, CONTACT, FACILITATOR, TASK = (
    [field.attname for field in model._meta.local_concrete_fields] for model in (Party, Contact, Facilitator, Task)
)


def _name_of(key):
    return Subquery(get_user_model().objects.filter(pk=OuterRef(key)).values("name")[:1])


def _names(case, _reference):
    return Case.objects.filter(pk=case).order_by().values("area__name", "assigned_to__name", "opened_by__name")


def _parties(case, _reference):
    parties = Party.objects.filter(case_id=case).order_by("added_at", "id")
    return parties.values(*PARTY, *(f"contact__{name}" for name in CONTACT), "organization__name")


def _facilitators(case, _reference):
    helpers = Facilitator.objects.filter(case_id=case).order_by("-part", "since", "id")
    return helpers.values(*FACILITATOR, "user__name", "organization__name")


def _sessions(case, _reference):
    asked = Session.parties.through.objects.filter(session=OuterRef("pk"))
    present = Session.staff.through.objects.filter(session=OuterRef("pk"))
    return (
        Session.objects.filter(case_id=case)
        .annotate(
            party_ids=ArraySubquery(asked.order_by("party__added_at", "party_id").values("party_id")),
            staff_names=ArraySubquery(present.order_by("user__name", "user_id").values("user__name")),
        )
        .order_by("starts_at", "id")
        .values(
            "reference", "kind", "state", "day", "clock", "time_zone", "starts_at", "minutes", "venue__name", "place",
            "online", "booked_at", "booked_by__name", "canceled_at", "canceled_by__name", "cancel_reason",
            "recorded_at", "recorded_by__name", "party_ids", "staff_names",
        )
    )  # fmt: skip


def _log(case, _reference):
    log = ContactAttempt.objects.filter(case_id=case).order_by("-at", "-id")
    return log.values("at", "way", "result", "note", "against_rules", "by__name", "party_id")


def _changes(case, _reference):
    [history] = events_of(Case)
    changes = history.objects.filter(pgh_obj_id=case).order_by("pgh_id")
    changes = changes.annotate(actor=Cast(KT("pgh_context__user"), BigIntegerField()))
    changes = changes.annotate(changed_by=_name_of("actor"), officer=_name_of("assigned_to_id"))
    return changes.values("pgh_created_at", "changed_by", "officer", *OURS)


def _agreements(case, _reference):
    agreements = Agreement.objects.filter(case_id=case).order_by("-agreed_on", "-id")
    return agreements.annotate(signed=Count("signatures")).values("handle", "kind", "agreed_on", "signed")


def _merges(case, _reference):
    merges = Merge.objects.filter(Q(kept_id=case) | Q(duplicate_id=case)).order_by("at", "id")
    return merges.values("at", "by__name", "undone_at", "undone_by__name", "kept_id", "duplicate_id", "reason")


def _agencies(case, _reference):
    agencies = JoinedAgency.objects.filter(case_id=case).order_by("at", "id")
    return agencies.values(
        "handle", "organization__name", "starts_on", "ends_on", "at", "by__name", "ended_at", "ended_by__name"
    )


def _updates(case, _reference):
    updates = AgencyUpdate.objects.filter(agency__case_id=case).order_by("at", "id")
    return updates.values("at", "text", "agency__organization__name")


def _tasks(_case, reference):
    tasks = Task.objects.open().filter(ref=reference).order_by("due_at", "id")
    return tasks.values(*TASK, "owner__name")


def _of_case(reading):
    return lambda case, _reference: reading(case)


everything = Gathered(
    names=_names, parties=_parties, facilitators=_facilitators, sessions=_sessions, log=_log, changes=_changes,
    agreements=_agreements, agencies=_agencies, updates=_updates, merges=_merges, tasks=_tasks,
    **{reading.__name__: _of_case(reading) for reading in READINGS},
)  # fmt: skip


def hanging_on(case):
    """All of it. People and tasks become rows of their models again, which know what follows from their columns."""
    found = everything.of(case)
    found["names"] = found["names"][0]
    found["parties"] = [_party(case, row) for row in found["parties"]]
    found["tasks"] = [(Task(**{name: row[name] for name in TASK}), row["owner__name"]) for row in found["tasks"]]
    helpers = case.facilitators.all()
    helpers._result_cache = [_facilitator(case, row) for row in found["facilitators"]]
    # As prefetch_related leaves it: who asks the case for its facilitators gets these.
    case._prefetched_objects_cache = {"facilitators": helpers}
    return found


def _party(case, row):
    party = Party(**{name: row[name] for name in PARTY})
    party.case, party.contact = case, Contact(**{name: row[f"contact__{name}"] for name in CONTACT})
    party.organization = _organization(row)
    return party


def _facilitator(case, row):
    one = Facilitator(**{name: row[name] for name in FACILITATOR})
    one.case, one.organization = case, _organization(row)
    one.user = get_user_model()(pk=row["user_id"], name=row["user__name"]) if row["user_id"] else None
    return one


def _organization(row):
    return Organization(pk=row["organization_id"], name=row["organization__name"]) if row["organization_id"] else None
