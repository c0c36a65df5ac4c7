"""Who may write what residents read, and who lets it out. Never when: that is for the models."""

from accounts.models import Role
from portal.models.drafted import WRITERS

APPROVERS = (Role.SUPERVISOR, Role.COORDINATOR)


def can_write_texts(user):
    return user.is_coordinator


def can_write(user):
    """Write updates and posts: officers, supervisors and coordinators."""
    return user.holds(*WRITERS)


def can_work_on(user, text):
    """Change it, send it, and do with it what was approved: whoever began it, supervisors, coordinators."""
    return user.pk == text.owner_id or user.holds(*APPROVERS)


def can_approve(user, text):
    """Let it out: a supervisor or coordinator who had no hand in it."""
    return user.holds(*APPROVERS) and not text.is_of(user)


def can_send_back(user, text):
    """Have it changed first: whoever may approve such texts, and whoever began it."""
    return can_work_on(user, text)


def can_withdraw(user, text):
    """Take an update from residents: supervisors and coordinators."""
    return user.holds(*APPROVERS)
