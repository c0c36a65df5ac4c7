"""Who may change what is known about places. Everybody on the staff may read it."""


def can_edit_areas(user):
    return user.is_coordinator


def can_edit_venues(user):
    return user.is_coordinator
