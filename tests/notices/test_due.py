"""The number at the bell is the number of reminders that the list shows."""

from datetime import timedelta
from itertools import product

from django.utils import timezone

from notices.due import count_for
from notices.models import Task
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory


def owe_everything(user, other, areas):
    """A task of each owner, role, area, time, sleep and state; returns how many."""
    now = timezone.now()
    owners = [(user, ""), (other, ""), (None, "supervisor"), (None, "officer"), (None, "coordinator")]
    times = [now - timedelta(days=2), now, now + timedelta(days=1), now + timedelta(days=9)]
    sleeps = [None, now - timedelta(hours=1), now + timedelta(days=1)]
    for number, (who, area, due_at, sleep, state) in enumerate(product(owners, areas, times, sleeps, ["open", "done"])):
        Task.objects.create(
            key=f"t:{number}", text="Look", owner=who[0], role=who[1], area=area, due_at=due_at, snoozed_until=sleep,
            state=state, ended_at=None if state == "open" else now,
        )  # fmt: skip
    return Task.objects.count()


def test_the_number_at_the_bell_is_that_of_the_list(db):
    area, elsewhere = AreaFactory(), AreaFactory()
    officer = UserFactory(officer=True)
    users = [officer, UserFactory(supervisor=True), UserFactory(coordinator=True), UserFactory()]
    for user in users[:2]:
        user.set_areas([area], by=officer)

    assert owe_everything(officer, users[1], [None, area, elsewhere]) == 5 * 3 * 4 * 3 * 2

    listed = [Task.objects.owed_by(user).open().awake().due().count() for user in users]
    assert [count_for(user) for user in users] == listed
    assert listed == [20, 20, 4, 0]
