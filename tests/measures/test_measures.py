"""Statistics against values known by hand, against numpy, and by their properties."""

import math
from statistics import NormalDist

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.proportions import SMALLEST_WHOLE, percent, wilson
from measures.shift import shift
from measures.spread import median, percentile
from measures.withholding import Withheld, publish_count

numbers = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50)
counts = st.integers(1, 5000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("values", "middle", "ninetieth"),
    [
        ([], None, None),
        ([7], 7, 7),
        ([3, 1, 2], 2, 2.8),
        ([4, 1, 3, 2], 2.5, 3.7),
        (range(1, 11), 5.5, 9.1),
        ([0, 0, 0, 90], 0, 63),
    ],
)
def test_middle_and_long_end_known_by_hand(values, middle, ninetieth):
    assert median(values) == pytest.approx(middle)
    assert percentile(values, 90) == pytest.approx(ninetieth)


@given(values=numbers, at=st.floats(0, 100))
def test_percentile_is_that_of_numpy(values, at):
    assert percentile(values, at) == pytest.approx(float(numpy.percentile(values, at)), rel=1e-9, abs=1e-6)
    assert min(values) <= percentile(values, at) <= max(values)
    assert percentile(reversed(values), at) == percentile(values, at)


@pytest.mark.parametrize(("values", "at"), [([1], -1), ([1], 101), ([1, math.nan], 50), ([math.inf], 50)])
def test_percentile_of_nonsense_is_refused(values, at):
    with pytest.raises(ValueError, match="percentile|finite"):
        percentile(values, at)


def test_interval_is_wilsons():
    # 81 of 263, as published with the interval; 0 of 20 and 20 of 20 by hand: z² / (n + z²).
    assert wilson(81, 263) == pytest.approx((0.2552885, 0.3662096), abs=5e-8)
    assert wilson(0, 20) == pytest.approx((0, 3.8414588 / 23.8414588), abs=1e-8)
    assert wilson(20, 20) == pytest.approx((20 / 23.8414588, 1), abs=1e-8)
    assert wilson(0, 20).low == 0
    assert wilson(20, 20).high == 1


@given(counted=counts, confidence=st.floats(0.5, 0.999))
def test_interval_solves_the_score_equation(counted, confidence):
    """Wilson's limits are the shares from which the observed one is z standard errors away."""
    part, whole = counted
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    interval = wilson(part, whole, confidence)

    assert 0 <= interval.low <= part / whole <= interval.high <= 1
    for limit in interval:
        assert (part / whole - limit) ** 2 * whole == pytest.approx(z**2 * limit * (1 - limit), abs=1e-7)
    mirrored = wilson(whole - part, whole, confidence)
    assert interval == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)


@pytest.mark.parametrize(("part", "whole"), [(-1, 5), (6, 5), (0, 0), (1, 0)])
def test_interval_of_nonsense_is_refused(part, whole):
    with pytest.raises(ValueError, match="no part|Nothing was counted"):
        wilson(part, whole)
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, confidence=95)


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(9, 12, None), (14, 14, None), (9, 15, 60), (0, 15, 0), (15, 15, 100), (0, 0, None)]
)
def test_percentage_needs_fifteen(part, whole, shown):
    assert percent(part, whole) == shown


def test_percentage_of_nonsense_is_refused():
    with pytest.raises(ValueError, match="16 is no part of 15"):
        percent(16, 15)


def test_counts_of_one_to_nine_are_withheld_and_no_other():
    assert [count for count in range(200) if publish_count(count) is Withheld.SMALL_COUNT] == list(range(1, 10))
    assert publish_count(0) == 0
    assert publish_count(10) == 10


@pytest.mark.parametrize(
    ("count", "error"), [(None, TypeError), (True, TypeError), (3.0, TypeError), ("3", TypeError), (-1, ValueError)]
)
def test_unknown_count_is_never_taken_for_a_withheld_one(count, error):
    with pytest.raises(error):
        publish_count(count)


tallies = st.lists(st.integers(0, 40), min_size=5, max_size=5)


@given(before=tallies, after=tallies)
def test_shift_is_welchs(before, after):
    """Against numpy, over the answers one by one."""
    found = shift(before, after)
    if not sum(before) or not sum(after):
        assert found is None
        return
    one, other = (numpy.repeat([1, 2, 3, 4, 5], counts) for counts in (before, after))
    assert found.difference == pytest.approx(other.mean() - one.mean(), abs=1e-9)
    assert (found.n_before, found.n_after) == (len(one), len(other))
    if min(len(one), len(other)) < SMALLEST_WHOLE:
        assert (found.low, found.high, found.is_told_from_chance) == (None, None, False)
        return
    error = (one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)) ** 0.5
    half = NormalDist().inv_cdf(0.975) * error
    assert (found.low, found.high) == pytest.approx((found.difference - half, found.difference + half), abs=1e-9)


def test_counts_below_nothing_are_refused():
    with pytest.raises(ValueError, match="Nothing is counted"):
        shift([1, -1, 0, 0, 0], [1, 0, 0, 0, 0])
