"""Who may write what residents read."""


def can_write_texts(user):
    return user.is_coordinator
