from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models.user import Role, User
from areas.models import Area
from core import audit

# Which supervisor covers which area, whether they serve it by name, serve one above it, or one that it replaced.
WHO_COVERS = """
    WITH RECURSIVE covered(user_id, area_id) AS (
        SELECT served.user_id, served.area_id FROM accounts_areaserved served WHERE served.user_id = ANY(%s)
        UNION
        SELECT c.user_id, step.id FROM covered c CROSS JOIN LATERAL (
            SELECT a.id FROM areas_area a WHERE a.parent_id = c.area_id
            UNION ALL
            SELECT s.successor_id FROM areas_succession s WHERE s.predecessor_id = c.area_id
        ) step
    ) SELECT area_id, user_id FROM covered WHERE area_id = ANY(%s)
"""


class DutyQuerySet(models.QuerySet):
    def roster_areas(self, user):
        """The areas that stand on the roster: those a supervisor serves by name, as far as this person keeps them."""
        served = Area.objects.filter(served_by__user__in=User.objects.active().with_role(Role.SUPERVISOR))
        rows = served.current().distinct().order_by("level", "name", "id")
        return rows if user.is_coordinator else rows.filter(pk__in=user.area_ids)

    def candidates(self, area_ids):
        """The supervisors who may be on duty for each of these areas: {area id: [user, …]}, by name, in two queries."""
        supervisors = {user.pk: user for user in User.objects.active().with_role(Role.SUPERVISOR)}
        with connection.cursor() as cursor:
            cursor.execute(WHO_COVERS, [list(supervisors), list(area_ids)])
            pairs = cursor.fetchall()
        found = {}
        for area_id, user_id in pairs:
            found.setdefault(area_id, []).append(supervisors[user_id])
        return {area_id: sorted(people, key=lambda user: (user.name, user.pk)) for area_id, people in found.items()}

    @transaction.atomic
    def put(self, area, day, supervisor, *, by):
        """Name who answers for an area on a day, or nobody; the same again changes nothing."""
        was = self.filter(area=area, day=day).first()
        if (was.supervisor_id if was else None) == (supervisor.pk if supervisor else None):
            return
        if supervisor is None:
            was.delete()
        else:
            self.update_or_create(area=area, day=day, defaults={"supervisor": supervisor})
        facts = {"day": day.isoformat(), "supervisor": supervisor.email if supervisor else ""}
        audit.record(by, "duty.put", area, kind=audit.Kind.ADMINISTRATION, **facts)


class Duty(models.Model):
    """The supervisor who answers for an area on a day."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="duties")
    day = models.DateField(_("day"))
    supervisor = models.ForeignKey(User, models.CASCADE, related_name="duties")

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty supervisor")
        ordering = ["day", "area__name", "id"]
        constraints = [models.UniqueConstraint(fields=["area", "day"], name="accounts_one_supervisor_on_duty")]

    def __str__(self):
        return f"{self.day} {self.area}: {self.supervisor}"
