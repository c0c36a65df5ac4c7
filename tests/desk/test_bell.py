"""The number at the bell tells of one's own reminders, not even by a count of those of others."""

from tests.factories.notices import TaskFactory


def test_the_bell_counts_nobody_elses_reminders(sign_in, staff):
    for owner in (staff.officer, staff.colleague, staff.colleague):
        TaskFactory(owner=owner)

    page = sign_in(staff.officer).get("/desk/keys/").content.decode()

    assert '<span class="num" aria-hidden="true">1</span>' in page
    assert '<span class="num" aria-hidden="true">3</span>' not in page
