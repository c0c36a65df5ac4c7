from datetime import timedelta
from functools import cached_property, partial

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from accounts import sessions
from areas.models import BELOW_AND_AFTER, Area, beginning_at
from core import audit
from core.history import tracked
from core.prepared import prepared
from core.references import new_reference, save_under_a_free_one
from core.states import MoveNotAllowed
from notices.models import Contact

# Somebody who has not signed in for this long is asked about: a door nobody uses is a door nobody watches.
UNUSED_AFTER = timedelta(days=90)
SERVED = beginning_at(BELOW_AND_AFTER, "SELECT area_id FROM accounts_areaserved WHERE user_id = %s")
ACCESS = f"SELECT ARRAY(SELECT role::text FROM accounts_rolegrant WHERE user_id = %s), ARRAY({SERVED})"  # noqa: S608 -- our own words alone


class Role(models.TextChoices):
    """What a member of staff is here to do; one person may hold several."""

    OFFICER = "officer", _("Liaison officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    COORDINATOR = "coordinator", _("Coordinator")
    ANALYST = "analyst", _("Analyst")
    RECORDS_OFFICER = "records_officer", _("Records officer")
    MEDIATOR = "mediator", _("Mediator")
    VICTIM_ADVOCATE = "victim_advocate", _("Victim advocate")


def staff_reference():
    return new_reference("U")


class UserQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def visible_to(self, user):
        """Coordinators administer everybody; all others see their own account."""
        return self if user.is_coordinator else self.filter(pk=user.pk)

    def with_role(self, role):
        return self.filter(role_grants__role=role)

    def serving(self, area):
        """Staff who serve the area, one above it, or one that it replaced."""
        return self.filter(areas_served__area__in=Area.objects.ids_covering(area)).distinct()

    def holding(self, role, area, day):
        """The people who answer for a role in an area on a day: the one place that turns a role into people.

        Of supervisors it is the one on duty for the area that day, or for an area above it; none set means all
        supervisors of the area; none there means the coordinators.
        """
        holders = self.active().with_role(role)
        people = holders.serving(area) if area is not None else holders
        if role != Role.SUPERVISOR:
            return people
        if area is not None:
            for areas in ([area.pk], Area.objects.ids_covering(area)):
                on_duty = holders.filter(duties__day=day, duties__area__in=areas).distinct()
                if on_duty.exists():
                    return on_duty
        return people if people.exists() else self.active().with_role(Role.COORDINATOR)

    def unused_since(self, moment):
        """Active people who have not signed in since then; whoever never did counts from the day they joined."""
        return self.active().filter(Q(last_login__lt=moment) | Q(last_login=None, joined_at__lt=moment))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email):
        return self.get(email=email.lower())

    def create_user(self, email, *, name, password=None, contact=None, language="en", **fields):
        """A member of staff with the one Contact through which Liaison reaches them."""
        email = email.lower()
        if contact is None:
            contact = Contact.objects.create(name=name, email=email, may_email=True, language=language)
        user = self.model(email=email, name=name, contact=contact, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@tracked(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """A member of staff. Residents have no accounts."""

    reference = models.CharField(max_length=12, unique=True, default=staff_reference, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name as they sign"), max_length=80, help_text=_("For example “Ofc. R. Imani”."))
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="staff_user", editable=False)
    is_active = models.BooleanField(_("may sign in"), default=True, editable=False)
    public_name = models.BooleanField(
        _("show residents my name"), default=True, help_text=_("On the page “Your officers”.")
    )
    shortcuts = models.BooleanField(
        _("single-key shortcuts"), default=True, help_text=_("Such as “n” for New. Turn them off for voice control.")
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    disabled_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="accounts_user_disabled_pair",
                condition=Q(is_active=True, disabled_at=None, disabled_by=None)
                | Q(is_active=False, disabled_at__isnull=False, disabled_by__isnull=False),
            )
        ]

    def save(self, *args, **kwargs):
        """A new account whose reference is taken gets another one."""
        save = partial(super().save, *args, **kwargs)
        return save_under_a_free_one(self, "U", save) if self._state.adding else save()

    def __str__(self):
        return self.name

    @property
    def audit_name(self):
        """What the audit calls this person: the address they sign in with."""
        return self.email

    @cached_property
    def _access(self):
        """Roles and areas in one reading, because every page of staff asks for both."""
        with prepared() as cursor:
            cursor.execute(ACCESS, [self.pk, self.pk])
            roles, areas = cursor.fetchone()
        return frozenset(roles), tuple(sorted(areas))

    @property
    def roles(self):
        return self._access[0]

    @property
    def area_ids(self):
        """The areas this person serves, with all below them and all that replaced them."""
        return self._access[1]

    def holds(self, *roles):
        return not self.roles.isdisjoint(roles)

    @property
    def is_supervisor(self):
        return self.holds(Role.SUPERVISOR)

    @property
    def is_coordinator(self):
        return self.holds(Role.COORDINATOR)

    def serves(self, area_id):
        return area_id in self.area_ids

    @property
    def has_second_factor(self):
        """Recovery codes alone are none: they stand in for a factor that is lost."""
        factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        return Authenticator.objects.filter(user_id=self.pk, type__in=factors).exists()

    def forget_access(self):
        """Roles and areas are read again when next asked for."""
        self.__dict__.pop("_access", None)

    # What a coordinator does to an account; who may is in rules.py ---------------------------------------------

    @transaction.atomic
    def rename(self, name, *, by):
        """They sign otherwise from now on; what they signed before keeps its author, and so shows the new name."""
        self.name = self.contact.name = name
        self.save(update_fields=["name"])
        self.contact.save(update_fields=["name"])
        audit.record(by, "user.rename", self, kind=audit.Kind.ADMINISTRATION)

    @transaction.atomic
    def set_roles(self, roles, *, by):
        """Give and take roles, at once: nothing about roles lies in a session."""
        wanted, held = set(roles), set(self.role_grants.values_list("role", flat=True))
        given, taken = sorted(wanted - held), sorted(held - wanted)
        if Role.COORDINATOR in taken:
            self._leave_a_coordinator()
        self.role_grants.filter(role__in=taken).delete()
        for role in given:
            self.role_grants.create(role=role, granted_by=by)
        if given or taken:
            audit.record(by, "user.roles", self, kind=audit.Kind.ADMINISTRATION, given=given, taken=taken)
        self.forget_access()

    @transaction.atomic
    def set_areas(self, areas, *, by):
        wanted, held = {area.pk for area in areas}, set(self.areas_served.values_list("area", flat=True))
        given, taken = sorted(wanted - held), sorted(held - wanted)
        self.areas_served.filter(area__in=taken).delete()
        for area in given:
            self.areas_served.create(area_id=area)
        if given or taken:
            audit.record(by, "user.areas", self, kind=audit.Kind.ADMINISTRATION, given=given, taken=taken)
        self.forget_access()

    @transaction.atomic
    def disable(self, *, by):
        """End this person's access in this transaction: sessions, password, second factor, invitations, duties.

        It never waits for open work; `desk.actions` turns that into tasks.
        """
        if not type(self).objects.select_for_update().get(pk=self.pk).is_active:
            raise MoveNotAllowed(now_("This account is disabled already."))
        self._leave_a_coordinator()
        self.is_active, self.disabled_at, self.disabled_by = False, timezone.now(), by
        self.set_unusable_password()
        self.save(update_fields=["is_active", "disabled_at", "disabled_by", "password"])
        ended = sessions.end_all(self)
        Authenticator.objects.filter(user=self).delete()
        self._end_feed()
        withdrawn = sum(row.withdraw(by=by) for row in self.invitations.open())
        duties, _rows = self.duties.filter(day__gte=timezone.localdate()).delete()
        facts = {"sessions": ended, "invitations": withdrawn, "duties": duties}
        audit.record(by, "user.disable", self, kind=audit.Kind.ADMINISTRATION, **facts)

    @transaction.atomic
    def enable(self, *, by):
        """Let somebody back in. They set a new password by e-mail and a new second factor; roles are as they were."""
        if type(self).objects.select_for_update().get(pk=self.pk).is_active:
            raise MoveNotAllowed(now_("This account is not disabled."))
        self.is_active, self.disabled_at, self.disabled_by = True, None, None
        self.save(update_fields=["is_active", "disabled_at", "disabled_by"])
        audit.record(by, "user.enable", self, kind=audit.Kind.ADMINISTRATION)

    @transaction.atomic
    def reset_second_factor(self, *, reason, by):
        """For somebody who lost theirs and whom the coordinator knows to be the one asking; gives the audit entry."""
        removed, _rows = Authenticator.objects.filter(user=self).delete()
        self._end_feed()
        ended = sessions.end_all(self)
        facts = {"factors": removed, "sessions": ended, "reason": reason}
        return audit.record(by, "user.second_factor_reset", self, kind=audit.Kind.ADMINISTRATION, **facts)

    def _end_feed(self):
        """Whatever calendar knows their address, on a lost phone for example, reads nothing more."""
        apps.get_model("accounts.CalendarFeed").objects.filter(user=self).delete()

    def end_sessions(self, *, by, keep=None):
        ended = sessions.end_all(self, keep=keep)
        audit.record(by, "user.end_sessions", self, kind=audit.Kind.ADMINISTRATION, sessions=ended)
        return ended

    def _leave_a_coordinator(self):
        """Refuse to take away the last coordinator; the rows are locked, so two cannot take away each other."""
        grants = RoleGrant.objects.select_for_update().filter(role=Role.COORDINATOR, user__is_active=True)
        holders = {grant.user_id for grant in grants.order_by("pk")}
        if holders == {self.pk}:
            raise MoveNotAllowed(now_("This is the last coordinator. Make somebody else one first."))


@tracked()
class RoleGrant(models.Model):
    """A role that a member of staff holds. Changes apply at once: nothing about roles lies in a session."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("role held")
        ordering = ["role", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="accounts_one_grant_of_a_role")]

    def __str__(self):
        return self.get_role_display()


@tracked()
class AreaServed(models.Model):
    """An area that a member of staff serves; it covers all below it and all that replaces it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="areas_served")
    area = models.ForeignKey(Area, models.PROTECT, related_name="served_by")

    class Meta:
        verbose_name = _("area served")
        ordering = ["area__name", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "area"], name="accounts_area_served_once")]

    def __str__(self):
        return str(self.area)
