"""The marks that a worker leaves on each notice, written out because each message makes two of them.

The first mark is the last look: it is only made while the notice is still held by this lease, the contact is as it was
read, consent stands and nobody said STOP. Whatever arrived since the batch was read is seen by the same statement that
allows the message to go.
"""

from django.db import connection
from django.db.models import Exists, OuterRef, TextField
from django.db.models.expressions import RawSQL

from notices.models import Channel, Notice, Purpose
from notices.reach import address_digest

HELD = "id = %(id)s AND state = 'leased' AND lease = %(lease)s"
# After each change, whoever made it, PostgreSQL keeps a row at another place or under another transaction.
VERSION = "notices_contact.xmin::text || notices_contact.ctid::text"
UNCHANGED = f"EXISTS (SELECT FROM notices_contact WHERE id = %(contact)s AND {VERSION} = %(version)s)"
AGREED = """
    EXISTS (SELECT FROM notices_consent WHERE contact_id = %(contact)s AND purpose = %(purpose)s
            AND channel = %(channel)s AND withdrawn_at IS NULL)
"""
NOT_STOPPED = "NOT EXISTS (SELECT FROM notices_optout WHERE channel = %(channel)s AND digest = %(digest)s)"
BEGIN = "UPDATE notices_notice SET started_at = %(at)s, attempts = attempts + 1, lease_until = %(until)s WHERE"
SENT = f"""
    UPDATE notices_notice SET state = 'sent', sent_at = %(at)s, ended_at = %(at)s, lease = NULL, lease_until = NULL
    WHERE {HELD}
"""  # noqa: S608 -- our own words alone


def held(lease, *only):
    """What this lease still holds, each with its contact and the version of that row, in the order they are due."""
    notices = Notice.objects.held(lease).filter(pk__in=only) if only else Notice.objects.held(lease)
    later = Notice.objects.filter(
        ref=OuterRef("ref"), kind=OuterRef("kind"), contact=OuterRef("contact"), channel=OuterRef("channel"),
        due_at__gt=OuterRef("due_at"), state__in=[*Notice.WAITING, Notice.State.SENT],
    )  # fmt: skip
    version = RawSQL(VERSION, [], output_field=TextField())  # noqa: S611 -- our own words alone
    notices = notices.select_related("contact", "owner").annotate(contact_version=version, may_be_outrun=Exists(later))
    return list(notices.order_by("due_at", "id"))


def begin(notice, purpose, *, at, until):
    """Mark that sending begins, if everything that allowed it still stands."""
    meant = {
        "id": notice.pk, "lease": notice.lease, "at": at, "until": until, "contact": notice.contact_id,
        "version": notice.contact_version, "purpose": purpose, "channel": notice.channel,
    }  # fmt: skip
    conditions = [HELD, UNCHANGED]
    if notice.channel != Channel.IN_APP:
        meant["digest"] = address_digest(notice.channel, notice.contact.address(notice.channel))
        conditions += [NOT_STOPPED] if purpose == Purpose.WORK else [NOT_STOPPED, AGREED]
    return _changes_one(f"{BEGIN} {' AND '.join(conditions)}", meant)


def note_sent(notice, *, at):
    """Mark that it went out; False where it was called off meanwhile."""
    return _changes_one(SENT, {"id": notice.pk, "lease": notice.lease, "at": at})


def _changes_one(sql, meant):
    with connection.cursor() as cursor:
        cursor.execute(sql, meant)
        return cursor.rowcount == 1
