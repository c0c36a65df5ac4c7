"""Icons: pages of staff refer to the one sprite file, public pages carry theirs inline and so need no further request.

`python -m liaison.frontend` builds the sprite from the icons that templates and modules name.
"""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)
# What points along the line of writing is mirrored where that runs from right to left; clocks and ticks are not.
POINTING = ("arrow", "reply", "box-arrow", "chevron", "telephone-outbound", "telephone-inbound")


class IconNotBuilt(Exception):
    """The sprite lacks an icon that a page names: the front end was not built since it was named."""


@cache
def drawings(built_at):
    """Every icon of the sprite: {name: (view box, shapes)}. The time it was built is the key of the cache."""
    text = sprite_path().read_text()
    return {name: (box, shapes) for name, box, shapes in SYMBOL.findall(text)}


def sprite_path():
    return Path(settings.BASE_DIR) / "static_vendor" / "icons.svg"


def drawing(name):
    """The view box and the shapes of one icon."""
    try:
        return drawings(sprite_path().stat().st_mtime_ns)[name]
    except (FileNotFoundError, KeyError) as error:
        raise IconNotBuilt(f"Icon {name!r} is not in the sprite: run `python -m liaison.frontend`.") from error


def classes(name):
    """The classes of an icon's <svg>."""
    return "i points" if name.startswith(POINTING) else "i"
