"""Who may do what to an event they can already see. Never when: that is in its moves."""

from accounts.models import Role


def can_plan(user):
    """Begin an event: officers, supervisors, coordinators."""
    return user.holds(Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR)


def can_edit(user, event):
    """Change, publish, move, cancel: who leads it, made it or is there; supervisors of the area; coordinators."""
    return (
        user.pk in (event.lead_id, event.made_by_id)
        or user.is_coordinator
        or user.is_supervisor
        and user.serves(event.area_id)
        or event.staff.filter(pk=user.pk).exists()
    )


def can_import_into(user, event):
    """Let a partner's file change a draft: who leads it or made it; coordinators. It asks for many at once."""
    return user.pk in (event.lead_id, event.made_by_id) or user.is_coordinator


def can_keep_types(user):
    """Change the types of events and their checklists: coordinators."""
    return user.is_coordinator


def can_read_figures(user):
    """Read what the events of a month came to: supervisors, coordinators, and analysts, who open no event."""
    return user.holds(Role.SUPERVISOR, Role.COORDINATOR, Role.ANALYST)


def can_edit_program(user, program):
    """Change a program, its sessions and who runs it: who leads it, made it or runs it; supervisors of the area;
    coordinators. None of this shows a name.
    """
    return (
        user.pk in (program.lead_id, program.made_by_id)
        or user.is_coordinator
        or user.is_supervisor
        and user.serves(program.area_id)
        or program.staff.filter(pk=user.pk).exists()
    )


def can_read_names(user, program):
    """Read who takes part, who came and who mentors whom, and write it down: who leads it or runs it, nobody else."""
    return user.pk == program.lead_id or program.staff.filter(pk=user.pk).exists()
