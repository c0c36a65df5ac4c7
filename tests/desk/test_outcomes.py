"""What became of cases, as a supervisor reads it."""

from datetime import date

import pytest
from django.urls import reverse

from desk import results
from tests.cases.test_outcomes import closed
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory


@pytest.fixture
def area(db):
    return AreaFactory(name="Eastgate")


@pytest.fixture
def supervisor(area):
    return UserFactory(supervisor=True, areas=[area])


@pytest.mark.parametrize(
    ("span", "first", "after"),
    [
        ("year", date(2025, 6, 16), date(2026, 6, 16)),
        ("quarter", date(2026, 3, 18), date(2026, 6, 16)),
        ("this", date(2026, 1, 1), date(2026, 6, 16)),
        ("before", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_spans_end_with_today(span, first, after):
    assert results.days_of(span, date(2026, 6, 15)) == (first, after)


def test_a_share_always_names_its_whole_and_how_sure_it_is():
    assert results.share(0, 0) == ("–", "of 0", "There was none.")
    assert results.share(3, 14) == ("3", "of 14", "Too few for a percentage.")
    part, whole, words = results.share(12, 40)
    assert (part, whole) == ("12", "of 40")
    assert words.startswith("30%.")
    assert "from 18% to 45%" in words


def test_the_page_shows_both_shares_and_ranks_nobody(supervisor, area, sign_in, settings):
    for reason, met in (("agreement", True), ("no_agreement", True), ("coaching", False)):
        closed(area, reason, met=met, assigned_to=supervisor)
    page = sign_in(supervisor).get(reverse("desk:outcomes"), {"span": "this", "area": area.reference})
    said = page.content.decode().partition("<main")[2]

    assert "Resolved, of those referred to us" in said
    assert "Agreed, of those who met" in said
    assert supervisor.name not in said
    assert page.context["area"] == area


def test_nonsense_in_the_address_shows_all(supervisor, sign_in):
    page = sign_in(supervisor).get(reverse("desk:outcomes"), {"span": "ever", "area": "nowhere"})
    assert (page.context["span"], page.context["area"]) == ("year", None)
