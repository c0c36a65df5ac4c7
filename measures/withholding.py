"""Which counts of cases, referrals and victims may be published: small ones could tell about a person."""

from enum import Enum

SMALLEST_COUNT = 10


class Withheld(Enum):
    """What stands in the place of a number that is known and not published. It is neither 0 nor unknown."""

    SMALL_COUNT = "fewer than 10"


def publish_count(count):
    """A count as the public may read it: 0, or 10 and more, as it is; 1 to 9 as Withheld.SMALL_COUNT.

    count: a whole number of people or cases, not negative (ValueError otherwise; TypeError for anything that is no
    whole number, so that an unknown count is never taken for a withheld one). Source: guidelines on small numbers of
    the Washington State Department of Health: non-zero counts below 10 are not published.
    A total beside its parts needs more: where one part alone is withheld, it can be computed from the rest.
    """
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"A count is a whole number, not {count!r}.")
    if count < 0:
        raise ValueError(f"A count is not negative: {count}.")
    return Withheld.SMALL_COUNT if 0 < count < SMALLEST_COUNT else count
