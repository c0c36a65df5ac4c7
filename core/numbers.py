"""Numbers that come with a request, as text that anybody may have written."""

# The largest key that a table can have.
LARGEST_KEY = 2**63 - 1


def whole(text, most=LARGEST_KEY):
    """The number that a text names, from 1 to `most`; 0 where it names none of these.

    A text of thousands of digits is a number too, and one that Python refuses to read.
    """
    if not text.isdecimal() or len(text) > len(str(most)):
        return 0
    number = int(text)
    return number if number <= most else 0
