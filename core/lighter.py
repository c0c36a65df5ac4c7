"""Migrating an empty database without making models anew for triggers, on which no model depends."""

import gc
from contextlib import ExitStack, contextmanager
from functools import wraps

from pgtrigger.migrations import AddTrigger, RemoveTrigger

# The statements that they run are made of what they carry, and no other operation asks a model for its triggers.
OF_TRIGGERS = (AddTrigger, RemoveTrigger)


@contextmanager
def migrations():
    """While this lasts, a trigger does not make its model and all that point to it anew, which is a third of the time
    that migrating takes, and garbage is looked for less often among the thousands of classes that it makes.

    `test_a_database_that_is_set_up_is_that_of_plain_migrations` holds what comes out against Django's own way.
    """
    usual = gc.get_threshold()
    with ExitStack() as stack:
        stack.callback(gc.set_threshold, *usual)
        gc.set_threshold(10_000, 20, 50)
        for operation in OF_TRIGGERS:
            plain = operation.state_forwards
            stack.callback(setattr, operation, "state_forwards", plain)
            operation.state_forwards = _keeping_the_models(plain)
        yield


def _keeping_the_models(forwards):
    @wraps(forwards)
    def lighter(operation, app_label, state):
        # A state that has made no models yet makes none anew.
        made = state.__dict__.pop("apps", None)
        forwards(operation, app_label, state)
        if made is not None:
            state.__dict__["apps"] = made

    return lighter
