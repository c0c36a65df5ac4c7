"""The number at the bell, which every page of staff shows."""

from datetime import timedelta

from django.utils import timezone

from core.prepared import prepared

# The question of `Task.objects.owed_by(user).open().awake().due().count()`, to whose answer a test holds it.
# It is written out because asking it through the ORM cost a tenth of the page it stands on.
DUE = """
    SELECT count(*) FROM notices_task
    WHERE state = 'open' AND due_at < %(tonight)s AND (snoozed_until IS NULL OR snoozed_until <= %(now)s)
    AND (owner_id = %(user)s OR owner_id IS NULL AND role = ANY(%(roles)s)
         AND (area_id IS NULL OR area_id = ANY(%(areas)s)))
"""


def count_for(user):
    """How much somebody owes by tonight that is not put off."""
    now = timezone.localtime()
    tonight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    meant = {"user": user.pk, "roles": list(user.roles), "areas": list(user.area_ids), "now": now, "tonight": tonight}
    with prepared() as cursor:
        cursor.execute(DUE, meant)
        return cursor.fetchone()[0]
