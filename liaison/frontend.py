"""Build the front end: `python -m liaison.frontend` copies from node_modules/ only what pages use into static_vendor/.

The icon sprite holds exactly the icons named in templates and Python, so a misspelled name fails here and in a test.
Where an icon's name is looked for:
* templates: {% icon "sun" %}, {% inline_icon "sun" %}, {% chip "info" "sun" ... %}, {% word "stop" "sun" ... %},
  and icon="sun" in an include;
* Python: icon="sun" as an argument, {"icon": "sun"} in a dictionary, the values of any name that ends in ICON or ICONS,
  and of one that ends in CHIPS the second of each value, as in {NEW: ("good", "sun")}. Names handed on by position
  cannot be told from other words, so a hyphenated word that is the name of an icon counts as well.
"""

import ast
import re
import shutil
import sys
from pathlib import Path

from liaison import pdf_fonts, stylesheet

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
TARGET = ROOT / "static_vendor"

COPIES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.rtl.min.css": "bootstrap/dist/css/bootstrap.rtl.min.css",
    "public-sans-latin.woff2": "@fontsource-variable/public-sans/files/public-sans-latin-wght-normal.woff2",
    "public-sans-latin-ext.woff2": "@fontsource-variable/public-sans/files/public-sans-latin-ext-wght-normal.woff2",
}
IN_TEMPLATE = re.compile(
    r"""{%\s*(?:inline_)?icon\s+"(?P<tag>[^"]+)"
      | {%\s*(?:chip|word)\s+(?:"[^"]*"|[\w.]+)\s+"(?P<label>[^"]+)"
      | \bicon="(?P<argument>[^"{]+)"
    """,
    re.VERBOSE,
)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", re.DOTALL)
LIKE_AN_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/")


class UnknownIcon(Exception):
    """A template or module names an icon that bootstrap-icons does not have."""


def icons_in_template(text):
    """Every icon named in one template."""
    return {name for match in IN_TEMPLATE.finditer(COMMENT.sub("", text)) for name in match.groups() if name}


def icons_in_python(source):
    """Every icon named in one module, read from its syntax tree so that comments and prose do not count."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "icon":
            found |= strings(node.value)
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found |= {name for key, value in pairs if is_text(key, "icon") for name in strings(value)}
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if any(name.endswith(("ICON", "ICONS")) for name in names):
                found |= strings(node.value)
            elif any(name.endswith("CHIPS") for name in names):
                found |= set().union(*(strings(chip.elts[1]) for chip in ast.walk(node.value) if is_chip(chip)))
    return found


def words_like_icons(source, packages=PACKAGES):
    """Hyphenated text constants of one module that happen to name an icon: one too many costs a few hundred bytes."""
    words = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    likely = {word for word in words if isinstance(word, str) and LIKE_AN_ICON.fullmatch(word)}
    return {word for word in likely if (packages / "bootstrap-icons" / "icons" / f"{word}.svg").is_file()}


def is_chip(node):
    """Whether it is (kind, icon, …)."""
    return isinstance(node, ast.Tuple) and len(node.elts) > 1


def is_text(node, text):
    return isinstance(node, ast.Constant) and node.value == text


def strings(node):
    """The text constants of a value; of a dictionary only its values, because its keys are not icons."""
    if isinstance(node, ast.Dict):
        return set().union(*(strings(value) for value in node.values))
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return set().union(*(strings(item) for item in node.elts))
    if isinstance(node, ast.IfExp):
        return strings(node.body) | strings(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value else set()


def icons_used(root=ROOT):
    """Where each icon is named: {icon: file that names it}."""
    used = {}
    modules = [path for package in root.glob("*/__init__.py") for path in package.parent.rglob("*.py")]
    for path in sorted([*root.glob("templates/**/*.html"), *modules]):
        if path.is_relative_to(root / "tests"):
            continue
        text, where = path.read_text(), str(path.relative_to(root))
        named = icons_in_python(text) | words_like_icons(text) if path.suffix == ".py" else icons_in_template(text)
        used.update(dict.fromkeys(named, where))
    return used


def symbol(name, where, packages=PACKAGES):
    """One icon as a <symbol> of the sprite."""
    path = packages / "bootstrap-icons" / "icons" / f"{name}.svg"
    if not path.is_file():
        raise UnknownIcon(f"There is no icon named {name!r}, but {where} uses it.")
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)[1]
    return f'<symbol id="{name}" viewBox="0 0 16 16">{"".join(drawing.split(chr(10))).strip()}</symbol>'


def sprite(used, packages=PACKAGES):
    """The one file of icons that staff pages refer to and from which public pages are given theirs inline."""
    symbols = "\n".join(symbol(name, where, packages) for name, where in sorted(used.items()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def build():
    """Write static_vendor/ anew; the last step swaps nothing half-done in, because every input is read first."""
    icons = sprite(icons_used())
    TARGET.mkdir(exist_ok=True)
    for name, source in COPIES.items():
        if name.endswith(".css"):
            # The manifest storage refuses a style sheet that points at a map which is not there.
            (TARGET / name).write_text(stylesheet.trim(SOURCE_MAP.sub("", (PACKAGES / source).read_text())))
        else:
            shutil.copyfile(PACKAGES / source, TARGET / name)
    (TARGET / "icons.svg").write_text(icons)
    pdf_fonts.build(TARGET)


if __name__ == "__main__":
    try:
        build()
    except (UnknownIcon, FileNotFoundError) as error:
        sys.exit(f"The front end was not built. {error}")
