"""Extract the texts that people read: `python -m liaison.messages` brings each .po under locale/ up to date.

It reads Python by its syntax and templates by Django's own lexer, so it needs no gettext on the machine, and it knows
the names under which a module imports the translating functions, which xgettext would have to be told.
"""

import ast
import re

import polib
from django.utils.translation.template import templatize

from liaison.catalogs import LOCALE

ROOT = LOCALE.parent
TRANSLATION = "django.utils.translation"
# Which arguments of each function are (context, text, plural).
SHAPES = {
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
KINDS = {".py", ".html", ".txt", ".typ"}
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?<!\w)(?P<name>(?:n|p|np)?gettext|_)\((?P<texts>(?:\s*{TEXT}\s*,?)+)", re.DOTALL)


def folders(root=ROOT):
    """The packages of the application and its templates."""
    return [
        *sorted(path.parent for path in root.glob("*/__init__.py") if path.parent.name != "tests"),
        root / "templates",
    ]


def sources(root=ROOT):
    """Every file a translated text may stand in, as what it is called in a catalog and what it is."""
    for folder in folders(root):
        pattern = "*" if folder.name == "templates" else "*.py"
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix in KINDS:
                yield str(path.relative_to(root)), path


def literal(node):
    """The text of an argument, if it is written out there."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def translators(tree):
    """The names that mean a translating function in this module: {its name here: its place in SHAPES}."""
    named = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == TRANSLATION:
            for alias in node.names:
                if (function := alias.name.removesuffix("_lazy")) in SHAPES:
                    named[alias.asname or alias.name] = function
    return named


def calls(tree, named):
    """Every translated text of a syntax tree as (context, text, plural)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "translation":
            function = node.func.attr.removesuffix("_lazy")
        else:
            function = named.get(getattr(node.func, "id", None))
        if function not in SHAPES:
            continue
        found = [None if at is None else literal(node.args[at]) for at in SHAPES[function]]
        if found[1]:
            yield tuple(found)


def in_python(text):
    tree = ast.parse(text)
    yield from calls(tree, translators(tree))


def in_template(text):
    """Django turns a template into calls of gettext amid masked text; only the calls are read."""
    for found in CALL.finditer(templatize(text)):
        context, message, plural = SHAPES["gettext" if found["name"] == "_" else found["name"]]
        texts = [ast.literal_eval(each) for each in re.findall(TEXT, found["texts"])]
        yield tuple(None if at is None else texts[at] for at in (context, message, plural))


def extract(root=ROOT):
    """Every text to be translated, as {(context, text): (plural, files that hold it)}, in the order of the files."""
    found = {}
    for name, path in sources(root):
        read = in_python if path.suffix == ".py" else in_template
        for context, text, plural in read(path.read_text()):
            known_plural, files = found.get((context, text), (None, []))
            found[context, text] = (known_plural or plural, files if name in files else [*files, name])
    return found


def merge(catalog, found):
    """Give a catalog exactly the texts that were found, with the translations it already has."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalog if not entry.obsolete}
    entries = []
    for (context, text), (plural, files) in found.items():
        old = known.get((context, text))
        entry = polib.POEntry(
            msgctxt=context, msgid=text, msgid_plural=plural or "", occurrences=[(name, "") for name in files]
        )
        if old:
            entry.comment, entry.tcomment, entry.msgstr = old.comment, old.tcomment, old.msgstr
        if plural:
            known_forms = old.msgstr_plural if old else {}
            entry.msgstr_plural = {form: known_forms.get(form, "") for form in range(2)}
        entries.append(entry)
    catalog[:] = entries


def main():
    found = extract()
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        catalog = polib.pofile(str(path), wrapwidth=110)
        merge(catalog, found)
        catalog.save()
        print(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {len(catalog.untranslated_entries())} not translated")


if __name__ == "__main__":
    main()
