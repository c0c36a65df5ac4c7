"""A part of a whole, and how far the true share may lie from it."""

from statistics import NormalDist
from typing import NamedTuple

# Below this a percentage says more than is known: write "9 of 12".
SMALLEST_WHOLE = 15


class Interval(NamedTuple):
    """From where to where; both as shares between 0 and 1."""

    low: float
    high: float


def percent(part, whole):
    """How many of a hundred: 0 to 100, or None where the whole is below SMALLEST_WHOLE.

    part and whole: counts of the same things, 0 <= part <= whole. Raises ValueError otherwise.
    """
    _check(part, whole)
    return 100 * part / whole if whole >= SMALLEST_WHOLE else None


def wilson(part, whole, confidence=0.95):
    """Wilson's score interval for a share.

    part and whole: counts, 0 <= part <= whole, whole at least 1. confidence: above 0, below 1.
    Formula, with p = part / whole, n = whole and z the normal quantile of (1 + confidence) / 2:
    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Source: E. B. Wilson, JASA 22 (1927), 209-212.
    For counts of independent things; it stays within 0 and 1 and does not collapse at 0 of n or n of n.
    Raises ValueError for counts that cannot be.
    """
    _check(part, whole)
    if not whole:
        raise ValueError("Nothing was counted, so nothing is known of the share.")
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence lies between 0 and 1, not at {confidence}.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = part / whole
    middle = share + z**2 / (2 * whole)
    half = z * (share * (1 - share) / whole + z**2 / (4 * whole**2)) ** 0.5
    scale = 1 + z**2 / whole
    # At 0 of n and n of n the end is exact; rounding must not push it past.
    low = 0.0 if part == 0 else (middle - half) / scale
    high = 1.0 if part == whole else (middle + half) / scale
    return Interval(low, high)


def _check(part, whole):
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is no part of {whole}.")
