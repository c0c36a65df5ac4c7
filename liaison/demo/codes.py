"""References that look drawn and come out the same on every machine."""

from core.references import CROCKFORD

ALL_CODES = 32**5


def code_of(number):
    """Five characters that differ for each number and look drawn: each step can be undone, so no two meet."""
    value = number * 20_183_807 % ALL_CODES
    value ^= value >> 11
    value = (value * 9_176_263 + 5_550_100) % ALL_CODES
    value ^= value >> 13
    return "".join(CROCKFORD[value >> shift & 31] for shift in (20, 15, 10, 5, 0))
