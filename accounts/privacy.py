"""What accounts and the libraries it stands on hold about staff, and for how long."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import second_person
from accounts.models import AreaServed, CalendarFeed, Duty, Invitation, RoleGrant, User
from core.people import reminders
from core.privacy import Keep, declare

# Records name the member of staff who acted, so an account stays as long as anything does. Every credential goes when
# it is disabled; what nothing names goes a year later.
declare(
    User,
    personal=("email", "name"),
    keep=Keep(
        forever=_("Records name the member of staff who acted. Every credential goes when the account is disabled.")
    ),
)
declare(RoleGrant, keep=Keep(with_="user"))
declare(AreaServed, keep=Keep(with_="user"))
declare(CalendarFeed, keep=Keep(with_="user"))
declare(Duty, keep=Keep(days=730, after="day", since=_("that day")))
declare(Invitation, personal=("email", "name"), keep=Keep(days=180, after="expires_at", since=_("its link ran out")))

declare(EmailAddress, personal=("email",), keep=Keep(with_="user"))
declare(EmailConfirmation, keep=Keep(with_="email_address"))
declare(Authenticator, personal=("data",), keep=Keep(with_="user"))
declare(Session, personal=("session_data",), keep=Keep(days=1, after="expire_date", since=_("it ran out")))
declare(
    UserSession, personal=("ip", "user_agent"), keep=Keep(days=30, after="last_seen_at", since=_("it was last used"))
)
# A lock that only a coordinator may release must not lapse with the rows that make it.
declare(
    AccessAttempt,
    personal=("username", "ip_address", "user_agent"),
    keep=Keep(
        days=30,
        after="attempt_time",
        since=_("the attempt"),
        only=Q(failures_since_start__lt=settings.AXES_FAILURE_LIMIT),
    ),
)
declare(AccessAttemptExpiration, keep=Keep(with_="access_attempt"))
declare(
    AccessLog,
    personal=("username", "ip_address", "user_agent"),
    keep=Keep(days=30, after="attempt_time", since=_("the attempt")),
)
declare(
    AccessFailureLog,
    personal=("username", "ip_address", "user_agent"),
    keep=Keep(days=30, after="attempt_time", since=_("the attempt")),
)

# A request by a person is decided by two; who may be the second is known on this floor.
reminders.append((second_person.waits, second_person.decided))
