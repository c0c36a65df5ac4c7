"""Fonts for PDF files: typst reads no woff2 and falls back in silence, so the web fonts are turned into TrueType.

Each weight is cut from the variable font. The two alphabets stay two families, named in this order where text is set,
since typst looks for a missing letter in the next family, not in another file of the same one.
"""

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILIES = {"Public Sans": "public-sans-latin.woff2", "Public Sans Ext": "public-sans-latin-ext.woff2"}
WEIGHTS = {"Regular": 400, "Bold": 700}
FAMILY, STYLE, FULL, POSTSCRIPT, TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE = 1, 2, 4, 6, 16, 17


def cut(source, family, style, weight):
    """One static font from the variable one, under its own family name."""
    font = instancer.instantiateVariableFont(TTFont(source), {"wght": weight})
    font.flavor = None
    names = {
        FAMILY: family,
        STYLE: style,
        FULL: f"{family} {style}",
        POSTSCRIPT: f"{family.replace(' ', '')}-{style}",
        TYPOGRAPHIC_FAMILY: family,
        TYPOGRAPHIC_STYLE: style,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    return font


def build(folder):
    """Write folder/fonts/*.ttf from the web fonts that lie in folder."""
    (folder / "fonts").mkdir(exist_ok=True)
    for family, file in FAMILIES.items():
        for style, weight in WEIGHTS.items():
            cut(folder / file, family, style, weight).save(folder / "fonts" / f"{family.replace(' ', '')}-{style}.ttf")
