"""Who may act on messages and reminders they can already see."""


def can_operate(user):
    """The page of the operation shows no record, only counts and keys; coordinators keep it going."""
    return user.is_coordinator
