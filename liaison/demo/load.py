"""Load the demo city: nothing that is there already is touched, and nothing is written twice."""

from datetime import time, timedelta

import pgtrigger
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from cases import mails
from cases.models import Case, Session
from liaison.demo import city, events, programs, publications, staff
from liaison.demo.copy import Sender
from liaison.demo.rows import Book
from liaison.demo.stories import story
from liaison.demo.words import ROLE_TASKS
from notices.models import Task
from notices.walltime import local_to_utc

DEFAULT_CASES = 240
LARGEST = 1_000_000
AT_ONCE, MOST_OF_A_KIND = 2_000, 4
REMINDED = 20
# Two loads at once would both find a case missing.
LOCK = 7_104_302


class NotOurs(Exception):
    """The database holds staff who are not the demo's, so invented cases do not belong into it."""


def load(cases=DEFAULT_CASES, *, add=False, new_passwords=False):
    """Bring the city to this many cases; returns how many were new. Passwords of staff made now go into a file.

    Neither history nor audit of these rows is written: nobody did what they tell.
    """
    with pgtrigger.ignore(*_histories_of_new_rows()), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            # Foreign keys are checked after each batch: all of them at the end would be one statement of a minute.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if not add and User.objects.exclude(email__endswith=f"@{staff.DOMAIN}").exists():
            raise NotOurs
        new = _load(cases, new_passwords=new_passwords)
    if settings.DEMO and new:
        _write_reminders()
    return new


def _histories_of_new_rows():
    """Only these triggers are told to rest: each row asks through the whole list of those that are."""
    return [
        trigger.get_uri(model) for model, trigger in pgtrigger.registered() if trigger.operation == pgtrigger.Insert
    ]


def _load(cases, *, new_passwords):
    today = first_day()
    areas = city.make_areas()
    users, passwords = staff.make_staff([*staff.STAFF, *staff.further_officers(cases)], areas, today)
    staff.make_duties(users, areas, timezone.localdate())
    organizations = city.make_organizations(areas)
    publications.make(users, today)
    _owe_by_role(today)
    new = _write_cases(cases, today, users, areas, city.make_venues(areas))
    events.make_events(today, users, areas, organizations)
    programs.make(today, users, areas)
    if new_passwords:
        passwords = staff.set_new_passwords(users)
    if passwords:
        staff.write_signins(passwords)
    return new


def _owe_by_role(today):
    for number, (role, days, what) in enumerate(ROLE_TASKS):
        due_at = local_to_utc(today + timedelta(days=days), time(12))
        Task.objects.owe(f"demo.role:{number}", text=what, role=role, due_at=due_at)


def first_day():
    """The day the demo was first loaded. A later load that adds cases counts from the same day."""
    coordinator = User.objects.filter(email=f"penhallow@{staff.DOMAIN}").first()
    if coordinator is None:
        return timezone.localdate()
    return timezone.localdate(coordinator.joined_at) + timedelta(days=staff.JOINED_BEFORE)


def _write_cases(wanted, today, users, areas, venues):
    known = set(Case.objects.values_list("reference", flat=True))
    keys = {key: user.pk for key, user in users.items()}
    book = Book(connection, today, keys, {code: area.pk for code, area in areas.items()}, [v.pk for v in venues])
    with Sender(connection, book.tables, keys_each=AT_ONCE * MOST_OF_A_KIND) as sender:
        for number in range(wanted):
            told = story(number)
            if book.case_reference(told) not in known:
                book.add(told)
            if len(book.cases.rows) == AT_ONCE:
                sender.send()
        sender.send()
    return book.cases.count


@transaction.atomic
def _write_reminders():
    """The messages that the coming appointments owe, once for each: only where mail goes into a folder.

    A few weeks of appointments are enough to see how the outbox works; a large city gets no more.
    """
    coming = Session.objects.filter(state=Session.State.PLANNED, starts_at__gt=timezone.now())
    for session in coming.select_related("case__assigned_to", "venue").order_by("case", "id")[:REMINDED]:
        mails.remind(session)
