"""PDF files are set in our font: typst falls back in silence, so the names inside a file are read."""

import re

import pytest
import typst

from liaison import pdf_fonts

NAMES = '("Public Sans", "Public Sans Ext")'


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fonts")
    for file in pdf_fonts.FAMILIES.values():
        (folder / file).symlink_to(pdf_fonts.__file__.rsplit("/", 2)[0] + f"/static_vendor/{file}")
    pdf_fonts.build(folder)
    return folder / "fonts"


def fonts_in(pdf):
    return {name.decode() for name in re.findall(rb"/BaseFont\s*/\w{6}\+([\w-]+)", pdf)}


def test_pdf_is_set_in_our_font(fonts):
    pdf = typst.compile(f"#set text(font: {NAMES})\nNiño *Niño* Łódź".encode(), font_paths=[str(fonts)])

    assert fonts_in(pdf) == {"PublicSans-Regular", "PublicSans-Bold", "PublicSansExt-Regular"}


def test_pdf_planted_missing_font_is_seen(tmp_path):
    pdf = typst.compile(f"#set text(font: {NAMES})\nNiño".encode(), font_paths=[str(tmp_path)])

    assert not any(name.startswith("PublicSans") for name in fonts_in(pdf))
