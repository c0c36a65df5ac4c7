"""What a program says again and again in the same words, kept once it was said."""

from functools import lru_cache, wraps

from django.utils.translation import get_language


def kept_in_each_language(maxsize=1_000):
    """Remember what a function says for these arguments in the language that is active.

    For drawing what depends on nothing else: a chip, a day, a rail. Never for what a person or a record is asked for.
    """

    def keep(say):
        @lru_cache(maxsize=maxsize)
        def said(language, *args):
            return say(*args)

        @wraps(say)
        def say_or_recall(*args):
            return said(get_language(), *args)

        return say_or_recall

    return keep
