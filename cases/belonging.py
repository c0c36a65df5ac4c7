"""Who belongs to a case: parties and facilitators come, are given another part, and go.

Each of these acts holds the case and asks the gate again for what is planned already.
"""

from django.db import transaction

from cases import actions, mails, processes, scheduling, session_owed
from cases.models import Party
from core import audit
from core.states import MoveNotAllowed
from notices import outbox
from notices.models import Task


@transaction.atomic
def add_party(*, party, contact_form, by):
    """Add a party with how they may be reached, both or neither. Returns the appointments that this called off."""
    actions.locked(party.case).refuse_if_closed()
    contact_form.instance.is_sealed = party.is_sealed
    party.contact = contact_form.save(by=by)
    party.join(by=by)
    return actions.recheck(party.case, by)


@transaction.atomic
def edit_party(*, form, contact_form, by):
    """Save a party and how they may be reached; reminders go by the way that is safe now.

    Returns the appointments that this called off.
    """
    case = actions.locked(form.instance.case)
    why = processes.why_no_recast(case.process, Party.objects.get(pk=form.instance.pk), form.instance.role)
    if why:
        raise MoveNotAllowed(why)
    contact_form.save(by=by)
    party = form.save_version()
    changed = set(form.changed_data) | set(contact_form.changed_data)
    audit.record(by, "party.edit", party.case, fields=sorted(changed - {"version"}))
    Task.objects.finish_for(case.reference, f"cases.reconfirm:{party.handle}", by=by)
    mails.redirect(party)
    if "is_minor" in form.changed_data:
        for session in scheduling.ahead(case):
            if session.parties.filter(pk=party.pk).exists():
                mails.remind_of(session, party)
                session_owed.telling_minors(session)
    return actions.recheck(case, by)


@transaction.atomic
def remove_party(*, party, by):
    """End a party's part in the case; no message goes to them about it any more.

    Returns the appointments that this called off.
    """
    case = actions.locked(party.case)
    party.leave(by=by)
    for reference in party.sessions.planned().values_list("reference", flat=True):
        outbox.void(reference, contact=party.contact)
    Task.objects.void_for(case.reference, f"cases.answer:{case.reference}:{party.handle}")
    Task.objects.void_for(case.reference, f"cases.reconfirm:{party.handle}")
    return actions.recheck(case, by)


@transaction.atomic
def appoint(*, facilitator, by):
    """Somebody helps with the case from now on; what a lead facilitator is asked is theirs.

    Returns the appointments that this called off.
    """
    case = actions.locked(facilitator.case)
    facilitator.begin(by=by)
    session_owed.hand_screening_on(case)
    return actions.recheck(case, by)


@transaction.atomic
def dismiss(*, facilitator, by):
    """End a facilitator's part: they lose the case, and no appointment of it counts on them any more.

    Returns the appointments that this called off.
    """
    user, case = facilitator.user, actions.locked(facilitator.case)
    facilitator.end(by=by)
    if user is not None:
        scheduling.take_off(case, user)
    session_owed.hand_screening_on(case)
    return actions.recheck(case, by)
