"""Who may do what to a case they can already see. Never when: that is in the moves of the case and its appointments."""

from accounts.models import Role


def can_log(user):
    """Log a new case: officers and supervisors."""
    return user.holds(Role.OFFICER, Role.SUPERVISOR)


def can_export(user):
    """Take rows out of the house: officers and supervisors, of the cases they may open."""
    return user.holds(Role.OFFICER, Role.SUPERVISOR)


def can_keep_views(user):
    """Keep filters of the list of cases, also for colleagues: whoever has cases in it."""
    return user.holds(Role.OFFICER, Role.SUPERVISOR, Role.MEDIATOR)


def supervises(user, case):
    return user.is_supervisor and user.serves(case.area_id)


def facilitates(user, case):
    """An officer or mediator who helps with this case today; a service of others has nobody who signs in."""
    return any(one.user_id == user.pk and one.ended_at is None for one in case.facilitators.all())


def is_assigned(user, case):
    return case.assigned_to_id == user.pk and user.holds(Role.OFFICER, Role.SUPERVISOR)


def can_work_on(user, case):
    """Edit it, its parties and its appointments: the team and the supervisors of the area. Reading is not working."""
    opened_it = case.opened_by_id == user.pk and user.holds(Role.OFFICER, Role.SUPERVISOR)
    return opened_it or is_assigned(user, case) or supervises(user, case) or facilitates(user, case)


def can_log_contact(user, case):
    """Everybody who sees the case: whoever takes the call at night writes it down."""
    return user.holds(Role.OFFICER, Role.SUPERVISOR) or facilitates(user, case)


def can_decide(user, case):
    """Hold, refer, close, reopen: the assigned officer, a facilitator, a supervisor; logging it gives no such right."""
    return is_assigned(user, case) or supervises(user, case) or facilitates(user, case)


def can_assign(user, case):
    """A supervisor of the area; the assigned officer, to hand over; who opened it, while it is nobody's."""
    nobodys = case.assigned_to_id is None and case.opened_by_id == user.pk and user.holds(Role.OFFICER)
    return supervises(user, case) or is_assigned(user, case) or nobodys


def can_assign_several(user):
    """Give out several cases at once: supervisors, of the areas they serve."""
    return user.is_supervisor


def can_merge(user, duplicate, kept):
    """Make two cases one, or two again: whoever may decide on both."""
    return can_decide(user, duplicate) and can_decide(user, kept)


def can_appoint(user, case):
    """Choose who facilitates: a supervisor of the area or the assigned officer."""
    return supervises(user, case) or is_assigned(user, case)


def can_declare(user, facilitator):
    """Everybody declares for themselves; for a service outside, who may choose it enters what it said."""
    if facilitator.user_id is not None:
        return facilitator.user_id == user.pk
    return can_appoint(user, facilitator.case)


def stays(user, facilitator):
    """Whether a person still sees the case once a facilitator stepped back from it."""
    case = facilitator.case
    return facilitator.ended_at is None or is_assigned(user, case) or supervises(user, case)


def can_override(user, case):
    """Let a lapsed formality pass: supervisors of the area alone."""
    return supervises(user, case)


def can_word(user):
    """Publish the texts that parties are given: coordinators."""
    return user.is_coordinator


def can_keep_lists(user):
    """Change the lists from which cases take their words: coordinators."""
    return user.is_coordinator


def can_set_access(user, case):
    """Widen, narrow, seal, ask to lift a seal: the assigned officer, facilitators, supervisors of the area."""
    return can_decide(user, case)


def can_break_glass(user, case):
    """Open a sealed case for a day, with a reason: supervisors of the area alone."""
    return case.is_sealed and supervises(user, case)


def can_read_reason(user, glass):
    """Why a sealed case was opened: supervisors of its area, and whoever wrote it."""
    return supervises(user, glass.case) or glass.user_id == user.pk


def can_decide_lift(user, case, lift):
    """The second person for a seal: one of those who could have asked, and never the one who did."""
    return lift.asked_by_id != user.pk and can_set_access(user, case)
