"""Who may administer accounts and the duty roster.

Nobody changes their own access: a coordinator could otherwise make themselves a supervisor and open cases, or a
records officer and judge their own acts. Whoever needs another role asks a second coordinator. That somebody must
remain a coordinator is a question of when, which the model answers with 409.
"""


def can_administer_staff(user):
    return user.is_coordinator


def can_change_access(user, person):
    """Roles, areas, disabling and the second factor of somebody else; one's own are nobody's to change."""
    return user.is_coordinator and user != person


def can_keep_roster(user):
    return user.is_coordinator or user.is_supervisor
