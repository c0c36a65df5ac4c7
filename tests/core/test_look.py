"""The look: contrast of every pair of tokens, icons that exist, the weight of a first load, forms as promised."""

import re
from datetime import date
from pathlib import Path

import brotli
import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core import icons
from core.forms import Helper
from core.widgets import DateField3, PhoneInput, TimeField24
from liaison import frontend, stylesheet

ROOT = Path(settings.BASE_DIR)
STYLES = (ROOT / "static" / "liaison.css").read_text()
SHEETS = [ROOT / "static" / name for name in ("liaison.css", "staff.css", "fonts.css")]
GROUNDS = ("surface", "paper", "sunken", "soft")
STATUSES = ("info", "good", "wait", "stop", "quiet", "seal")
TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "link") for ground in GROUNDS),
    *((status, ground) for status in STATUSES for ground in (f"{status}-bg", "surface", "paper", "soft")),
    *(("ink", f"{status}-bg") for status in STATUSES),
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("primary-hover", "soft"),
    ("primary-hover", "surface"),
    ("rail-ink", "rail"),
    ("rail-muted", "rail"),
    ("rail-ink", "rail-on"),
    ("rail-muted", "rail-on"),
]
CONTROLS = [
    ("edge", "surface"),
    ("edge", "paper"),
    ("edge", "soft"),
    ("primary", "surface"),
    ("primary", "paper"),
    ("focus", "surface"),
    ("focus", "paper"),
    ("stop", "surface"),
    *((f"chart-{number}", "surface") for number in range(1, 5)),
]
PAIRS = [(*pair, 4.5) for pair in TEXT] + [(*pair, 3) for pair in CONTROLS]
BLOCKS = {"light": ":root", "dark": '[data-bs-theme="dark"]', "paper": ':root, [data-bs-theme="dark"]'}


def tokens(css, theme):
    """The colors of a theme as the style sheet sets them; dark and paper take from light what they leave alone."""
    found = {}
    for selector in dict.fromkeys(["light", theme]):
        block = re.search(rf"^ *{re.escape(BLOCKS[selector])} \{{(.*?)^ *\}}", css, re.DOTALL | re.MULTILINE)[1]
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", block))
    return found


def luminance(color):
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def too_weak(css, theme):
    colors = tokens(css, theme)
    return [(a, b) for a, b, needed in PAIRS if contrast(colors[a], colors[b]) < needed]


@pytest.mark.parametrize("theme", BLOCKS)
def test_every_pair_of_colors_is_strong_enough(theme):
    assert len(PAIRS) == 62
    assert too_weak(STYLES, theme) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_weak_pair_is_found(theme):
    planted = re.sub(r"--muted: #[0-9a-f]{6}", "--muted: #8a9499", STYLES)

    assert ("muted", "sunken" if theme == "light" else "soft") in too_weak(planted, theme)


def test_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_no_color_is_used_outside_tokens():
    """A color in a rule is the same in both themes: right for the mark and for paper, wrong for all else."""
    same_in_both = {"#ffffff", "#000000", "#7ccfdb", "#ffcb3d", "#05242b"}
    tokens = "|".join(map(re.escape, BLOCKS.values()))
    rules = re.sub(rf"^ *(?:{tokens}) \{{.*?^ *\}}", "", STYLES, flags=re.DOTALL | re.MULTILINE)
    rules += (ROOT / "static" / "staff.css").read_text()

    assert set(re.findall(r"#[0-9a-f]{3,8}\b", rules)) <= same_in_both


def test_styles_use_logical_directions():
    """A language written from right to left mirrors the page without a rule of its own."""
    physical = re.compile(r"\b(?:margin|padding|border)-(?:left|right)\b|\b(?:left|right):|text-align: (?:left|right)")

    assert [sheet.name for sheet in SHEETS if physical.search(sheet.read_text())] == []
    assert physical.search("margin-left: 1rem")


def test_every_icon_named_exists():
    used = frontend.icons_used()

    assert len(used) > 20
    assert frontend.sprite(used).count("<symbol") == len(used)


def test_a_misspelled_icon_fails_the_build():
    with pytest.raises(frontend.UnknownIcon, match=r"'sunn'.*my_day\.html"):
        frontend.sprite({"sunn": "my_day.html"})


def test_icons_are_found_where_they_may_be_named():
    template = '{% icon "sun" %}{% chip "info" "bell" text %}{% include "x" with icon="people" %}{# {% icon "no" %} #}'
    module = (
        'ICON = "inbox"\nSTAGE_ICONS = {NEW: "lock"}\nCHIPS = {NEW: ("good", "sun", "New")}\n'
        'x = {"icon": "list"}\nf(icon="eye" if y else "eye-slash")\n"icon"'
    )

    assert frontend.icons_in_template(template) == {"sun", "bell", "people"}
    assert frontend.icons_in_python(module) == {"inbox", "lock", "list", "eye", "eye-slash", "sun"}


def test_an_icon_that_was_not_built_says_what_to_do():
    with pytest.raises(icons.IconNotBuilt, match=r"liaison\.frontend"):
        icons.drawing("no-such-icon")


# Templates that allauth, crispy, Django and the page of an error find by their place.
FOUND_BY_PLACE = re.compile(r"(account|allauth|mfa|usersessions|bootstrap5)/|\d{3}\w*\.html$")
# Code names a message by its stem: one message is several files.
PART_OF_MESSAGE = re.compile(r"^messages/(\w+)/(\w+?)(?:_neutral)?_(?:subject|body|short)\.txt$")


def templates_nobody_names(names, sources):
    """Templates that neither a template nor a module of ours mentions."""

    def is_named(name):
        message = PART_OF_MESSAGE.match(name)
        found = re.compile(rf"""["/]{message[2]}["_]""") if message else re.compile(re.escape(name))
        return any(map(found.search, sources))

    return sorted(name for name in names if not FOUND_BY_PLACE.match(name) and not is_named(name))


def test_every_template_is_used():
    folder = ROOT / "templates"
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    modules = [path for package in ROOT.glob("*/__init__.py") for path in package.parent.rglob("*.py")]
    ours = [path for path in modules if not path.is_relative_to(ROOT / "tests")]
    sources = [path.read_text() for path in [*folder.rglob("*.html"), *folder.rglob("*.txt"), *ours]]
    planted = ["cases/_planted.html", "messages/cases/planted_body.txt"]

    assert len(names) > 150
    assert templates_nobody_names(names, sources) == []
    assert templates_nobody_names([*names, *planted], sources) == planted


CLASS = re.compile(r'''(?:\bclass=|css_class=)"([^"]*)"''')


def unused_classes(text):
    """The classes in a template or module that the trimmed style sheet has no rules for."""
    names = [name for value in CLASS.findall(text) for name in re.findall(r"[a-z][\w-]*", value)]
    return sorted(filter(stylesheet.is_unused, names))


def test_no_page_uses_what_is_left_out_of_bootstrap():
    pages = list((ROOT / "templates").rglob("*.html"))
    modules = [path for package in ROOT.glob("*/__init__.py") for path in package.parent.rglob("*.py")]
    sources = [path for path in pages + modules if not path.is_relative_to(ROOT / "tests")]

    assert len(sources) > 80
    assert [(str(path), found) for path in sources if (found := unused_classes(path.read_text()))] == []
    assert unused_classes('<p class="alert alert-danger">') == ["alert", "alert-danger"]


def test_style_sheet_keeps_what_pages_use_and_loses_the_rest():
    css = (
        "a{color:red}.card,.btn{x:1}.card-body{y:2}@media print{.nav{z:3}}@media screen{.row{w:4}}@keyframes k{to{v:5}}"
    )

    assert stylesheet.trim(css) == "a{color:red}.btn{x:1}@media screen{.row{w:4}}@keyframes k{to{v:5}}"


FORBIDDEN = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE)


def test_templates_hold_no_inline_style_or_script():
    templates = list((ROOT / "templates").rglob("*.html"))

    assert len(templates) > 40
    assert [str(path) for path in templates if FORBIDDEN.search(frontend.COMMENT.sub("", path.read_text()))] == []
    assert FORBIDDEN.search('<p style="color:red">')
    assert FORBIDDEN.search("<script>alert(1)</script>")


def test_partials_say_what_they_need():
    partials = list((ROOT / "templates").rglob("_*.html"))

    assert [str(path) for path in partials if not path.read_text().startswith(("{#", "{% comment"))] == []


def test_scripts_are_small():
    sizes = {path.name: path.stat().st_size for path in (ROOT / "static").glob("*.js")}

    assert {"staff.js", "drafts.js", "theme.js", "leave.js"} <= set(sizes)
    assert max(sizes.values()) < 4096


def test_a_first_load_of_a_public_page_weighs_at_most_60_kilobytes(client, db):
    """Everything the page asks for, compressed once with brotli as the build does; the font is compressed already."""
    html = client.get("/").content
    addresses = re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js|woff2|svg))"', html)
    files = {name.decode() for name in addresses if not name.endswith(b"favicon.svg")}
    # Pages are not compressed where no proxy does it, so they count as they are.
    total = len(html)
    for name in files:
        folder = "static_vendor" if name.startswith("vendor/") else "static"
        path = ROOT / folder / name.removeprefix("vendor/")
        total += len(path.read_bytes() if path.suffix == ".woff2" else brotli.compress(path.read_bytes()))

    assert {"fonts.css", "liaison.css", "vendor/bootstrap.min.css", "vendor/public-sans-latin.woff2"} == files
    assert 40 * 1024 < total <= 60 * 1024


class Sample(forms.Form):
    title = forms.CharField(label="Short name", help_text="What and where.")
    received = DateField3(label="Date received")
    at = TimeField24(label="Time", required=False)
    phone = forms.CharField(label="Phone", widget=PhoneInput, required=False)
    process = forms.ChoiceField(label="Process", choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("title", "received", "at", "phone", "process", submit="Create")


def drawn(form):
    request = RequestFactory().get("/")
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form, "request": request}))


def test_hint_and_error_stand_above_the_control_and_are_linked():
    html = drawn(Sample({}))
    pieces = ['for="id_title"', 'id="id_title_helptext"', 'id="id_title_error"', 'id="id_title"']
    order = [html.index(piece) for piece in pieces]

    assert order == sorted(order)
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert re.search(r'<fieldset class="q" aria-describedby="id_received_error">', html)


def test_error_summary_links_to_the_first_control_of_each_field():
    html = drawn(Sample({}))
    links = re.findall(r'<a href="#([^"]+)">', html)

    assert links == ["id_title", "id_received_month", "id_process_0"]
    assert all(f'id="{target}"' in html for target in links)


def test_optional_is_written_and_required_has_no_mark():
    html = drawn(Sample())

    assert html.count("(optional)") == 2
    assert "asterisk" not in html
    assert 'role="alert"' not in html


@pytest.mark.parametrize(
    "typed",
    [
        {"received_day": "27", "received_month": "3", "received_year": "2026"},
        {"received_day": "2026-03-27"},
        {"received_month": "03/27/2026", "received_day": "1", "received_year": "2025"},
        {"received": "2026-03-27"},
    ],
)
def test_date_is_understood_as_people_write_it(typed):
    form = Sample(typed)

    assert "received" not in form.errors
    assert form.cleaned_data["received"] == date(2026, 3, 27)


def test_date_that_is_none_is_explained_and_shown_again():
    form = Sample({"received_day": "31", "received_month": "11", "received_year": "2026"})

    assert form.errors["received"] == ["Enter a real date: November has 30 days"]
    assert re.search(r'name="received_day"[^>]* value="31"[^>]*aria-invalid="true"', str(form["received"]))


@pytest.mark.parametrize(
    "typed",
    [
        {"received_day": "x"},
        {"received_year": "2026"},
        {"received_month": "13", "received_day": "1", "received_year": "2026"},
    ],
)
def test_date_with_a_part_missing_is_refused(typed):
    assert Sample(typed).errors["received"] == ["Enter a real date, with day, month and year"]


def test_date_parts_follow_the_language():
    def order():
        return re.findall(r'name="received_(\w+)"', str(Sample()["received"]))

    with translation.override("es"):
        spanish = order()
    assert (order(), spanish) == (["month", "day", "year"], ["day", "month", "year"])


@pytest.mark.parametrize(("typed", "read"), [("9", "09:00"), ("930", "09:30"), ("14.05", "14:05"), ("9h30", "09:30")])
def test_time_is_understood_as_people_write_it(typed, read):
    assert TimeField24().clean(typed).strftime("%H:%M") == read


def test_time_that_is_none_is_refused():
    with pytest.raises(forms.ValidationError, match="14:30"):
        TimeField24().clean("25:00")
