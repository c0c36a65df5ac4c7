from accounts.models.calendar import CalendarFeed
from accounts.models.duty import Duty
from accounts.models.invitation import INVITATION_LASTS, Invitation
from accounts.models.user import UNUSED_AFTER, AreaServed, Role, RoleGrant, User

__all__ = [
    "INVITATION_LASTS", "UNUSED_AFTER", "AreaServed", "CalendarFeed", "Duty", "Invitation", "Role", "RoleGrant", "User"
]  # fmt: skip
