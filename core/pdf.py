"""PDF files that screen readers can read: a typst template, and values that reach it as JSON, never as markup."""

import json

import typst
from django.conf import settings
from django.utils.translation import get_language

# The web fonts as typst reads them, and the serif that typst brings, for a place where the front end was not built.
FONTS = ("Public Sans", "Public Sans Ext", "Libertinus Serif")
ACCESSIBLE = ["ua-1"]


def render(template, data):
    """Set a template of `templates/` with these values as a tagged PDF; returns its bytes.

    PDF/UA forbids a letter that no font has. Such letters (a name in another script) are looked for in the fonts of
    the system; where those lack them too, the file is tagged as well but makes no claim to be PDF/UA.
    """
    source = settings.BASE_DIR / "templates" / template
    values = {**data, "language": get_language() or settings.LANGUAGE_CODE, "fonts": FONTS}
    inputs = {"data": json.dumps(values, ensure_ascii=False)}
    for system_fonts, standards in ((False, ACCESSIBLE), (True, ACCESSIBLE), (True, None)):
        try:
            return typst.compile(
                source,
                font_paths=[settings.BASE_DIR / "static_vendor" / "fonts"],
                ignore_system_fonts=not system_fonts,
                sys_inputs=inputs,
                pdf_standards=standards,
            )
        except typst.TypstError as error:
            if standards is None or "could not be displayed" not in str(error):
                raise
    return None
