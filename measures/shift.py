"""How far the answers to one question moved between two times, where nobody knows who gave which."""

from statistics import NormalDist
from typing import NamedTuple

from measures.proportions import SMALLEST_WHOLE


class Shift(NamedTuple):
    """Two means on the scale from 1 up, how many answers each is of, and how far they lie apart.

    low and high: between them lies the difference with a confidence of 95 %; both None where either time has fewer
    than SMALLEST_WHOLE answers, because the formula says too much of so few.
    """

    before: float
    after: float
    n_before: int
    n_after: int
    low: float | None
    high: float | None

    @property
    def difference(self):
        return self.after - self.before

    @property
    def is_told_from_chance(self):
        return self.low is not None and not self.low <= 0 <= self.high


def shift(before, after, confidence=0.95):
    """The shift of a mean between two tallies of the same scale.

    before, after: how often each point of the scale was given, the first count being that of point 1; whole numbers,
    not negative (ValueError otherwise). Returns None where either is empty.
    Formula: the difference of the means ± z √(s1²/n1 + s2²/n2), with s² the variance of a sample and z the normal
    quantile of (1 + confidence) / 2. Source: B. L. Welch, Biometrika 34 (1947), 28-35, with the normal quantile, which
    is near enough from SMALLEST_WHOLE answers on.
    It takes the two for different people. The same people asked twice answer more alike, so for them the interval is
    wider than it had to be, and never too narrow.
    """
    if any(count < 0 for count in (*before, *after)):
        raise ValueError("Nothing is counted less than no times.")
    n1, n2 = sum(before), sum(after)
    if not n1 or not n2:
        return None
    mean1, mean2 = _mean(before, n1), _mean(after, n2)
    low = high = None
    if min(n1, n2) >= SMALLEST_WHOLE:
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        half = z * (_variance(before, n1, mean1) / n1 + _variance(after, n2, mean2) / n2) ** 0.5
        low, high = mean2 - mean1 - half, mean2 - mean1 + half
    return Shift(mean1, mean2, n1, n2, low, high)


def _mean(counts, n):
    return sum(point * count for point, count in enumerate(counts, 1)) / n


def _variance(counts, n, mean):
    return sum(count * (point - mean) ** 2 for point, count in enumerate(counts, 1)) / (n - 1)
