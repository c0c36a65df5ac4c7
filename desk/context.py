"""What the staff shell shows on every page."""

from functools import cache

from desk import rail
from notices import due, health


def staff_shell(request):
    """The rail, the bottom bar, the number at the bell and whether the reminder engine stands still.

    Each is worked out when a template first asks for it, so public pages, fragments and error pages pay nothing.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "half_signed_in", False):
        return {}
    match = getattr(request, "resolver_match", None)
    view_name = match.view_name if match else ""
    return {
        "shell_rail": cache(lambda: rail.drawn("_rail.html", rail.open_to(user), view_name)),
        "shell_tabs": cache(lambda: rail.drawn("_tabs.html", rail.open_to(user), view_name)),
        "reminder_count": cache(lambda: due.count_for(user)),
        "engine_stopped": cache(lambda: user.is_coordinator and health.engine_stopped()),
    }
