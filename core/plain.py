"""Text for files that other programs read: calendars, feeds of news, the data in a page.

People paste all sorts of things into a title. A character that no such file may hold would spoil the whole of it for
everybody who reads it, so it is left out.
"""

import re

# Control characters, and the code points that are no characters (XML 1.0, Char; RFC 5545, CONTROL).
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def one_line(text):
    """A text as one line: whatever breaks or parts it becomes one blank."""
    return " ".join(UNWRITABLE.sub(" ", str(text)).split())


def lines(text):
    """A text with its lines, each ended in one way and without blanks at its end."""
    return "\n".join(UNWRITABLE.sub(" ", line).rstrip() for line in str(text).splitlines()).strip()
