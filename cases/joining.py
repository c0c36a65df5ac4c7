"""Agencies joined to a case: what staff do with the tasks it owes, and what an agency reads and writes by its link."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from cases import owed
from cases.models import AgencyLink, JoinedAgency, Session
from notices.models import Task

See = JoinedAgency.See


@transaction.atomic
def join(*, agency, consented, by):
    """Give an agency a part in a case, and owe the end of it."""
    agency.join(consented, by=by)
    owed.end_of_agency(agency)
    return agency


@transaction.atomic
def change(*, form, by):
    """Save what is agreed with an agency; another last day is owed anew."""
    agency = form.instance
    agency.change(by=by, **form.changes())
    if "ends_on" in form.changed_data:
        _drop_end(agency)
        owed.end_of_agency(agency)


@transaction.atomic
def end(*, agency, by):
    """Its part is over: nobody is asked any more to prolong it. What it wrote is still to be read."""
    agency.end(by=by)
    _drop_end(agency)


def _drop_end(agency):
    Task.objects.void_for(agency.case.reference, f"cases.agency:{agency.handle}:end:")


@transaction.atomic
def write(*, agency, text):
    """Keep what an agency tells us by its link, for the officer to read."""
    owed.agency_update(agency.write(text))


def opened_by(told):
    """The agency whose page a code or a token opens now, or None."""
    links = AgencyLink.objects.named(told).select_related("agency__case__area", "agency__case__assigned_to")
    link = links.select_related("agency__organization").first()
    return link.agency if link and not link.agency.obstacles() else None


def shown_to(agency):
    """What it may read now, and nothing else: (heading, lines) of each thing to which every side consented."""
    readings = {See.SUMMARY: _summary, See.STAGE: _stage, See.APPOINTMENTS: _appointments, See.AGREEMENT: _promises}
    return [(see.label, readings[see](agency)) for see in See if see in agency.sees]


def _summary(agency):
    return [agency.case.summary] if agency.case.summary else []


def _stage(agency):
    return [agency.case.get_state_display()]


def _appointments(agency):
    """When the sides are to meet: neither where nor who."""
    ahead = agency.case.sessions.planned().filter(kind__in=Session.TOGETHER, starts_at__gte=timezone.now())
    return [_when(session) for session in ahead]


def _when(session):
    """As the clock on the wall there shows it, with its zone where that is another than ours."""
    clock = date_format(session.wall_time.replace(tzinfo=None), "DATETIME_FORMAT")
    return clock if session.zone == settings.TIME_ZONE else f"{clock} ({session.zone})"


def _promises(agency):
    """The terms, in the words of the sides alone, of the newest agreement that everybody between whom it is signed.

    Each of them consented to this agency as well, whether they are still in the case or not: the words are theirs.
    """
    consented = set(agency.consented.values_list("pk", flat=True))
    for agreement in agency.case.agreements.prefetch_related("between", "signatures", "terms"):
        signed = {signature.party_id for signature in agreement.signatures.all()}
        between = {party.pk for party in agreement.between.all()}
        if between and between <= signed & consented:
            return [term.what for term in agreement.terms.all()]
    return []
