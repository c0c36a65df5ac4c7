"""Rooms and people are booked once: by rule, and when many reach for them at the same moment."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from areas.models import AlreadyBooked, Booking
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.racing import race

HOUR = timedelta(hours=1)


@pytest.fixture
def noon():
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


def book(ref, starts_at, ends_at=None, **what):
    return Booking.objects.book(ref=ref, starts_at=starts_at, ends_at=ends_at or starts_at + HOUR, **what)


def test_room_and_people_are_taken_together(db, noon):
    venue, user = VenueFactory(), UserFactory()
    book("S-1", noon, venue=venue, staff=[user])

    assert set(Booking.objects.values_list("ref", "venue", "staff")) == {
        ("S-1", venue.pk, None),
        ("S-1", None, user.pk),
    }


@pytest.mark.parametrize(
    ("begins", "ends", "is_free"),
    [
        (-60, 0, True),
        (60, 120, True),
        (-60, 1, False),
        (59, 90, False),
        (0, 60, False),
        (10, 20, False),
        (-9, 99, False),
    ],
)
def test_times_that_only_touch_do_not_collide(db, noon, begins, ends, is_free):
    venue = VenueFactory()
    book("S-1", noon, venue=venue)
    times = noon + timedelta(minutes=begins), noon + timedelta(minutes=ends)

    if is_free:
        book("S-2", *times, venue=venue)
    else:
        with pytest.raises(AlreadyBooked, match=venue.name):
            book("S-2", *times, venue=venue)

    assert Booking.objects.filter(ref="S-2").exists() is is_free


def test_refused_booking_leaves_nothing_and_takes_nothing_away(db, noon):
    venue, busy = VenueFactory(), UserFactory()
    book("S-1", noon, staff=[busy])
    book("S-2", noon + 5 * HOUR, venue=venue)

    with pytest.raises(AlreadyBooked, match=busy.name):
        book("S-2", noon, venue=venue, staff=[busy])

    assert Booking.objects.get(ref="S-2").starts_at == noon + 5 * HOUR


def test_moving_replaces_and_may_overlap_its_own_time(db, noon):
    venue = VenueFactory()
    book("S-1", noon, venue=venue)
    book("S-1", noon + HOUR / 2, venue=venue)

    assert Booking.objects.get().starts_at == noon + HOUR / 2
    Booking.objects.release(ref="S-1")
    assert not Booking.objects.exists()


def test_booking_of_nothing_or_backwards_is_refused_by_the_database(db, noon):
    with pytest.raises(IntegrityError, match="ends_after_start"), transaction.atomic():
        book("S-1", noon, noon, venue=VenueFactory())
    with pytest.raises(IntegrityError, match="room_or_a_person"), transaction.atomic():
        Booking.objects.create(ref="S-1", starts_at=noon, ends_at=noon + HOUR)


@pytest.mark.django_db(transaction=True)
def test_of_eight_that_reach_for_one_room_one_gets_it(noon):
    venue = VenueFactory()

    told = race([lambda number=number: book(f"S-{number}", noon, venue=venue) for number in range(8)])

    assert sorted(told, key=str) == [AlreadyBooked] * 7 + [None]
    assert Booking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_people_named_in_any_order_never_wait_in_a_circle(noon):
    pair = [UserFactory(), UserFactory()]

    def act(number):
        order = pair if number % 2 else pair[::-1]
        return lambda: book(f"S-{number}", noon, staff=order)

    told = race([act(number) for number in range(8)])

    assert sorted(told, key=str) == [AlreadyBooked] * 7 + [None]
    assert Booking.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_booking_keeps_nobody_waiting_who_only_points_to_the_person(noon):
    user, area = UserFactory(), AreaFactory()
    booked, written = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            book("S-1", noon, staff=[user])
            booked.set()
            assert written.wait(10)

    def write():
        assert booked.wait(10)
        user.areas_served.create(area=area)
        written.set()

    assert race([hold, write]) == [None] * 2
