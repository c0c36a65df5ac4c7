"""Where the middle and the long end of a list of numbers lie."""

import math


def percentile(values, percent):
    """The value below which `percent` of the values lie, between two neighbors in proportion.

    values: any finite numbers in any order, in any one unit; the answer has the same unit and lies between the
    smallest and the largest. percent: 0 to 100. Returns None for no values.
    Formula: the value at the rank (n - 1) * percent / 100 of the sorted values, counted from 0 (Hyndman and Fan 1996,
    type 7, the default of R and numpy). Raises ValueError for a percent out of range or a value that is not finite.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"A percentile lies between 0 and 100, not at {percent}.")
    found = sorted(values)
    if not all(map(math.isfinite, found)):
        raise ValueError("A value is not finite.")
    if not found:
        return None
    rank = (len(found) - 1) * percent / 100
    below, above = found[math.floor(rank)], found[math.ceil(rank)]
    # Rounding must not push the value past its upper neighbor.
    return min(above, below + (above - below) * (rank - math.floor(rank)))


def median(values):
    """The middle value: half lie below it. As `percentile`, at 50."""
    return percentile(values, 50)
