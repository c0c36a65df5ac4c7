"""What typst sets: PDF files that screen readers can read, and pictures. A template of `templates/`, and values that
reach it as JSON, never as markup.
"""

import json

import typst
from django.conf import settings
from django.utils.translation import get_language

# The web fonts as typst reads them, and the serif that typst brings, for a place where the front end was not built.
FONTS = ("Public Sans", "Public Sans Ext", "Libertinus Serif")
ACCESSIBLE = ["ua-1"]
# Of a picture: two pixels for each point of its page.
PIXELS_PER_INCH = 144


def render(template, data):
    """Set a template with these values as a tagged PDF; returns its bytes.

    PDF/UA forbids a letter that no font has. Such letters (a name in another script) are looked for in the fonts of
    the system; where those lack them too, the file is tagged as well but makes no claim to be PDF/UA.
    """
    for system_fonts, standards in ((False, ACCESSIBLE), (True, ACCESSIBLE), (True, None)):
        try:
            return _set(template, data, ignore_system_fonts=not system_fonts, pdf_standards=standards)
        except typst.TypstError as error:
            if standards is None or "could not be displayed" not in str(error):
                raise
    return None


def picture(template, data):
    """Set a template of one page as PNG; returns its bytes."""
    return _set(template, data, format="png", ppi=PIXELS_PER_INCH)


def _set(template, data, **options):
    values = {**data, "language": get_language() or settings.LANGUAGE_CODE, "fonts": FONTS}
    return typst.compile(
        settings.BASE_DIR / "templates" / template,
        font_paths=[settings.BASE_DIR / "static_vendor" / "fonts"],
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
        **options,
    )
