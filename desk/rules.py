"""Who may use the pages of the desk. What stands on them is scoped by the models."""

from accounts.models import Role


def can_supervise(user):
    """See the caseload of the areas they serve."""
    return user.is_supervisor


def works_on_cases(user):
    return user.holds(Role.OFFICER, Role.SUPERVISOR, Role.MEDIATOR)


def hears_of_opened_seals(user):
    """Who is told when a sealed case is opened: supervisors, and coordinators where there is no other."""
    return user.is_supervisor or user.is_coordinator


def reads_totals(user):
    """Analysts read what is true of the whole unit, and open no case."""
    return user.holds(Role.ANALYST)


def writes_for_residents(user):
    return user.holds(Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR)


def coordinates(user):
    return user.is_coordinator


def can_hand_over(user, person):
    """Give away the cases of somebody who leaves: a supervisor, of cases they may open; oneself, of one's own."""
    return user.is_supervisor or user == person
