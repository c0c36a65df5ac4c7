"""Many at once: no edit is lost, the same post makes one row, a room and a person are booked once.

Every person is a thread with a connection and a browser of its own, against the real database.
"""

import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from itertools import count

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from areas.models import BookingQuerySet
from cases.models import Case, Session
from core import once
from core.history import events_of
from core.versions import VersionedModelForm
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.cases import CaseFactory
from tests.factories.lists import deliver_lists

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60
NEW = {"title": "Noise after midnight", "source": "patrol", "dispute": "noise"}


def crowd(work, people):
    """Let everybody begin at the same moment; gives what each of them made of it."""
    start = threading.Barrier(len(people))

    def one(person):
        try:
            # Threads share one interpreter: whoever holds a row may wait for its turn longer than a server ever does.
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
            start.wait(30)
            return work(person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(one, people))


def body(case, **typed):
    return {
        "title": case.title, "source": case.source, "process": case.process, "dispute": case.dispute,
        "area": case.area_id, "risk": case.risk, "received_on": timezone.localdate().isoformat(), "access": "team",
    } | typed  # fmt: skip


# Edits --------------------------------------------------------------------------------------------------------------
class Editor:
    """One of a team who saves again and again, each time on the text that they saw last."""

    def __init__(self, number, client, case, saves):
        self.number, self.client, self.case, self.saves = number, client, case, saves
        self.url = reverse("cases:case_edit", args=[case.reference])
        self.accepted, self.conflicts, self.hidden_texts = [], 0, 0

    def work(self):
        version = 1
        for number in range(self.saves):
            version = self.save(f"Text {number} of person {self.number}", version)

    def save(self, text, version):
        """Save once; gives the version that this person knows of afterwards."""
        answer = self.client.post(self.url, body(self.case, title=text, version=version))
        if answer.status_code == 302:
            self.accepted.append(text)
            return int(version) + 1
        assert answer.status_code == 409, answer.status_code
        return self.look(unescape(answer.content.decode()), text)

    def look(self, page, text):
        """The page of a conflict shows both texts, and carries the version that it shows."""
        self.conflicts += 1
        rows = re.search(r"<tbody.*?</tbody>", page, re.DOTALL)[0]
        saved = [shown for shown in re.findall(r"Text \d+ of person \d+|Nobody wrote yet", rows) if shown != text]
        if not saved or text not in rows or f'name="title" value="{text}"' not in page:
            self.hidden_texts += 1
        return re.search(r'name="version" value="(\d+)"', page)[1]


def unseen(case, accepted):
    """How many accepted texts nobody could have seen: those that history does not hold as a version of their own."""
    events = events_of(Case)[0].objects.filter(pgh_obj_id=case.pk, version__gt=1)
    kept = list(events.order_by("version").values_list("version", "title"))
    in_a_row = [version for version, _title in kept] == list(range(2, len(kept) + 2))
    standing = Case.objects.values_list("version", "title").get(pk=case.pk)
    lost = len(set(accepted) ^ {title for _version, title in kept}) + abs(len(kept) - len(accepted))
    return lost + (not in_a_row) + (standing != kept[-1])


def editors(sign_in, count, saves):
    area = AreaFactory()
    case = CaseFactory(area=area, title="Nobody wrote yet")
    people = [UserFactory(supervisor=True, areas=[area]) for _ in range(count)]
    return case, [Editor(number, sign_in(user), case, saves) for number, user in enumerate(people)]


def test_no_edit_is_lost_and_every_conflict_shows_both_texts(sign_in, size, figure):
    case, team = editors(sign_in, size(ci=5, full=50), size(ci=4, full=200))
    crowd(Editor.work, team)

    accepted = [text for editor in team for text in editor.accepted]
    conflicts = sum(editor.conflicts for editor in team)
    figure("saves answered", len(accepted) + conflicts, f"== {len(team) * team[0].saves}", unit="saves")
    figure("edits accepted", len(accepted), ">= 1", unit="saves")
    figure("edits lost", unseen(case, accepted), "== 0", unit="saves")
    figure("conflicts", conflicts, ">= 1", unit="answers")
    figure("conflicts without both texts", sum(editor.hidden_texts for editor in team), "== 0", unit="answers")


def test_an_edit_without_its_version_would_be_seen_as_lost(sign_in, monkeypatch):
    """The planted failure: a form that overwrites what came meanwhile."""

    def overwrite(form):
        form.instance.version = form.cleaned_data["version"] + 1
        form.instance.save()
        return form.instance

    case, (first, second) = editors(sign_in, 2, 1)
    monkeypatch.setattr(VersionedModelForm, "save_version", overwrite)
    for editor in (first, second):
        answer = editor.client.post(editor.url, body(case, title=f"Text 0 of person {editor.number}", version=1))
        assert answer.status_code == 302

    assert unseen(case, ["Text 0 of person 0", "Text 0 of person 1"]) > 0


# The same post ------------------------------------------------------------------------------------------------------
def same_posts(user, cookies, posts, at_once):
    """Log one case many times with one key: the addresses that were answered."""
    deliver_lists()
    key, left = str(uuid.uuid4()), count(1)
    typed = body(Case(**NEW, area=user.areas_served.get().area), idempotency_key=key)

    def press(_person):
        client, answers = Client(), []
        client.cookies.update(cookies)
        while next(left) <= posts:
            answer = client.post(reverse("cases:case_create"), typed)
            answers.append((answer.status_code, answer.headers.get("Location")))
        return answers

    return [answer for answers in crowd(press, range(at_once)) for answer in answers]


def test_the_same_post_at_once_makes_one_row(sign_in, size, figure):
    user = UserFactory(officer=True, areas=[AreaFactory()])
    posts, at_once = size(ci=40, full=1_000), size(ci=10, full=40)
    answers = same_posts(user, sign_in(user).cookies, posts, at_once)

    figure("identical posts answered", len(answers), f"== {posts}", unit="posts")
    figure("rows out of identical posts", Case.objects.count(), "== 1", unit="rows")
    assert set(answers) == {(302, Case.objects.get().get_absolute_url())}


def test_posts_without_a_key_would_be_counted(sign_in, monkeypatch):
    """The planted failure: a view that does not look at the key."""
    user = UserFactory(officer=True, areas=[AreaFactory()])
    monkeypatch.setattr(once, "posted_key", lambda request: None)
    same_posts(user, sign_in(user).cookies, 3, 1)

    assert Case.objects.count() == 3


# Bookings -----------------------------------------------------------------------------------------------------------
OVERLAPPING = """
    SELECT count(*) FROM areas_booking one JOIN areas_booking other
    ON one.id < other.id AND one.ref <> other.ref AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
    AND (one.venue_id = other.venue_id OR one.staff_id = other.staff_id)
"""


def booked_twice():
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPPING)
        return cursor.fetchone()[0]


def bookers(sign_in, number):
    """Supervisors with a case each, all of them in want of one room and one colleague."""
    area = AreaFactory()
    world = {"venue": VenueFactory(area=area), "wanted": UserFactory(officer=True, areas=[area])}
    users = [UserFactory(supervisor=True, areas=[area]) for _ in range(number)]
    cases = [CaseFactory(area=area, assigned_to=world["wanted"], opened_by=user) for user in users]
    return world, list(zip([sign_in(user) for user in users], cases, strict=True))


def book_all(world, people, *, day, venue, staff):
    """Everybody books, a few minutes apart from each other; gives the answers."""

    def book(person):
        (client, case), minutes = person
        typed = {
            "kind": "call", "day": day.isoformat(), "clock": f"14:{minutes:02}", "minutes": 60, "place": "By phone",
            "venue": world["venue"].pk if venue else "", "staff": [world["wanted"].pk] if staff else [],
            "time_zone": "America/New_York",
        }  # fmt: skip
        return client.post(reverse("cases:session_book", args=[case.reference]), typed).status_code

    return crowd(book, [(person, place % 6 * 5) for place, person in enumerate(people)])


@pytest.mark.parametrize(("venue", "staff"), [(True, False), (False, True), (True, True)])
def test_a_room_and_a_person_are_booked_once(sign_in, size, figure, venue, staff):
    world, people = bookers(sign_in, size(ci=5, full=20))
    rounds = size(ci=1, full=20)
    for after in range(rounds):
        day = timezone.localdate() + timedelta(days=5 + after)
        answers = book_all(world, people, day=day, venue=venue, staff=staff)
        assert sorted(answers) == [302] + [409] * (len(people) - 1)

    figure(f"bookings of one {'room' * venue}{'+' * (venue and staff)}{'person' * staff}", len(people) * rounds)
    figure("double bookings", booked_twice(), "== 0", unit="bookings")
    assert Session.objects.count() == rounds


def test_a_double_booking_would_be_seen(sign_in, monkeypatch):
    """The planted failure: nobody looks whether the room is taken."""
    monkeypatch.setattr(BookingQuerySet, "overlapping", lambda rows, starts_at, ends_at: rows.none())
    world, people = bookers(sign_in, 2)
    book_all(world, people, day=timezone.localdate() + timedelta(days=5), venue=True, staff=False)

    assert booked_twice() == 1
