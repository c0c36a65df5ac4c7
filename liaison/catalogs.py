"""Compile the translations: `python -m liaison.catalogs` makes of each .po under locale/ the .mo that Django reads.

A fresh machine has no msgfmt, and compiled catalogs are not kept in the repository.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all(folder=LOCALE):
    """Compile what is newer than its compiled form; fuzzy entries are left out, as msgfmt does."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            compiled.append(target)
    return compiled


if __name__ == "__main__":
    compile_all()
