"""Which people answer for a role in an area, and which areas a person serves: below, above, and after a redrawing."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import rules
from accounts.models import Duty, Role, User
from areas.models import Succession
from core.models import AuditEntry
from core.states import MoveNotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory

DAY = datetime.date(2026, 11, 20)
OTHER_DAY = datetime.date(2026, 11, 21)


@pytest.fixture
def city(db):
    """A precinct with two beats, one of which replaced a former beat, and another precinct."""
    precinct, elsewhere = AreaFactory(name="West"), AreaFactory(name="East")
    beat, sibling = AreaFactory(name="W1", parent=precinct), AreaFactory(name="W2", parent=precinct)
    former = AreaFactory(name="Old W1")
    Succession.objects.create(predecessor=former, successor=beat, on=DAY)
    return {"precinct": precinct, "elsewhere": elsewhere, "beat": beat, "sibling": sibling, "former": former}


# Who serves the area in the first column may work in the areas of the second.
COVERED = [
    ("precinct", {"precinct", "beat", "sibling"}),
    ("beat", {"beat"}),
    ("sibling", {"sibling"}),
    ("former", {"former", "beat"}),
    ("elsewhere", {"elsewhere"}),
]


@pytest.mark.parametrize(("served", "covered"), COVERED)
def test_areas_served(city, served, covered):
    user = UserFactory(officer=True, areas=[city[served]])

    assert {name for name, area in city.items() if user.serves(area.pk)} == covered
    assert {name for name, area in city.items() if User.objects.serving(area).contains(user)} == covered


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("served", "covered"), COVERED)
def test_holding_a_role_in_an_area(city, role, served, covered):
    UserFactory(coordinator=role != Role.COORDINATOR, email="reserve@example.org")
    user = UserFactory(**{role.value: True}, areas=[city[served]])
    UserFactory(**{role.value: True}, areas=[city[served]], disabled=True)

    found = {name for name, area in city.items() if user in User.objects.holding(role, area, DAY)}
    assert found == covered
    others = [set(User.objects.holding(role, area, DAY)) - {user} for name, area in city.items() if name not in covered]
    # For a supervisor that nobody holds, the coordinators step in; no other role falls to anybody.
    reserve = {"reserve@example.org"} if role == Role.SUPERVISOR else set()
    assert all({person.email for person in people} == reserve for people in others)


def test_supervisor_on_duty_goes_before_all_others(city):
    first, second = (UserFactory(supervisor=True, areas=[city["precinct"]]) for _ in range(2))
    Duty.objects.create(area=city["precinct"], day=DAY, supervisor=first)

    assert list(User.objects.holding(Role.SUPERVISOR, city["beat"], DAY)) == [first]
    assert set(User.objects.holding(Role.SUPERVISOR, city["beat"], OTHER_DAY)) == {first, second}


def test_duty_for_the_area_itself_goes_before_one_above(city):
    above, here = (UserFactory(supervisor=True, areas=[city["precinct"]]) for _ in range(2))
    Duty.objects.create(area=city["precinct"], day=DAY, supervisor=above)
    Duty.objects.create(area=city["beat"], day=DAY, supervisor=here)

    assert list(User.objects.holding(Role.SUPERVISOR, city["beat"], DAY)) == [here]
    assert list(User.objects.holding(Role.SUPERVISOR, city["sibling"], DAY)) == [above]


def test_somebody_who_is_no_supervisor_any_more_is_not_on_duty(city):
    gone = UserFactory(officer=True, areas=[city["precinct"]])
    stays = UserFactory(supervisor=True, areas=[city["precinct"]])
    Duty.objects.create(area=city["precinct"], day=DAY, supervisor=gone)

    assert list(User.objects.holding(Role.SUPERVISOR, city["beat"], DAY)) == [stays]


def test_without_an_area_everybody_with_the_role_holds_it(city):
    people = {UserFactory(analyst=True), UserFactory(analyst=True, areas=[city["beat"]])}

    assert set(User.objects.holding(Role.ANALYST, None, DAY)) == people


@pytest.mark.parametrize("role", list(Role))
def test_who_may_administer(db, role):
    user, other = UserFactory(**{role.value: True}), UserFactory()
    may = role == Role.COORDINATOR

    assert rules.can_administer_staff(user) is may
    assert rules.can_change_access(user, other) is may
    assert not rules.can_change_access(user, user)
    assert rules.can_keep_roster(user) is (role in (Role.COORDINATOR, Role.SUPERVISOR))
    assert set(User.objects.visible_to(user)) == ({user, other} if may else {user})


def test_roles_change_at_once_and_are_recorded(db):
    coordinator, user = UserFactory(coordinator=True), UserFactory(officer=True)
    user.set_roles(["supervisor", "mediator"], by=coordinator)

    assert user.roles == {"supervisor", "mediator"}
    assert AuditEntry.objects.get(act="user.roles").facts == {"given": ["mediator", "supervisor"], "taken": ["officer"]}
    assert user.role_grants.get(role="mediator").granted_by == coordinator


def test_last_coordinator_stays(db):
    last, user = UserFactory(coordinator=True), UserFactory(supervisor=True)

    with pytest.raises(MoveNotAllowed):
        last.set_roles(["officer"], by=user)
    with pytest.raises(MoveNotAllowed):
        last.disable(by=user)
    assert User.objects.get(pk=last.pk).is_coordinator

    UserFactory(coordinator=True)
    last.set_roles(["officer"], by=user)
    assert last.roles == {"officer"}


def test_a_disabled_coordinator_does_not_count_as_one(db):
    last, gone = UserFactory(coordinator=True), UserFactory(coordinator=True)
    gone.disable(by=last)

    with pytest.raises(MoveNotAllowed):
        last.disable(by=gone)


def test_anonymous_visitor_holds_nothing():
    assert not hasattr(AnonymousUser(), "roles")
