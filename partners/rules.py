"""Who may change organizations. Reading is decided by `visible_to`."""

EDITORS = ("officer", "supervisor", "coordinator")


def can_edit(user):
    return user.holds(*EDITORS)
