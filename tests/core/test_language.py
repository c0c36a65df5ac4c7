"""Spanish is whole: every text for people without an account is translated, and no translation is broken."""

import re
from collections import Counter
from datetime import date
from functools import cache

import polib
import pytest
from django.template.loader import render_to_string
from django.urls import URLPattern, get_resolver
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info

from cases import owed
from cases.models import Agreement, BreakGlass, FollowUp, FollowUpLink
from liaison import messages
from liaison.catalogs import LOCALE, compile_all
from notices import kinds
from notices.models import Task
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory
from tests.factories.events import RegistrationFactory
from tests.factories.notices import ContactFactory

SPANISH = LOCALE / "es" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")
TAG = re.compile(r"</?\w+[^>]*>")
CALLED = re.compile(r"""["']([\w/.]+\.(?:html|txt|typ))["']""")
# What the allauth package shows by templates of ours, and the pages for errors, has no view of ours to start from.
FOLDERS = ("account", "allauth", "bootstrap5", "core/widgets", "messages", "mfa", "usersessions")
# Texts that public pages and messages take from modules which are not views.
MODULES = (
    "accounts/adapter.py", "accounts/forms.py", "accounts/limits.py", "accounts/passwords.py", "core/forms.py",
    "core/widgets.py", "liaison/settings.py", "portal/built_in.py", "portal/errors.py", "portal/feeds.py",
    "portal/models/page_text.py", "portal/models/update.py",
)  # fmt: skip


def public_views(patterns=None):
    """Every view that asks for no account."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(pattern, URLPattern):
            yield from public_views(pattern.url_patterns)
        elif not getattr(pattern.callback, "login_required", True):
            yield pattern.callback


def public_modules(root=messages.ROOT):
    """The files of Python whose texts people without an account read: views, messages, and those named above."""
    views = {f"{view.__module__.replace('.', '/')}.py" for view in public_views()}
    mails = {str(path.relative_to(root)) for path in root.glob("*/mails.py")}
    return {name for name in views | mails | set(MODULES) if (root / name).exists()}


def called(name, root=messages.ROOT):
    """The templates that a file names."""
    return {found for found in CALLED.findall((root / name).read_text()) if (root / "templates" / found).exists()}


def public_templates(root=messages.ROOT):
    """The templates of public modules, of errors and of the folders above, with all that they extend and include."""
    folder = root / "templates"
    waiting = {name for module in public_modules(root) for name in called(module, root)}
    waiting |= {path.name for path in folder.glob("[0-9]*.html")} | {"base_public.html"}
    for name in FOLDERS:
        waiting |= {str(path.relative_to(folder)) for path in (folder / name).rglob("*.*")}
    reached = set()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= called(f"templates/{name}", root) - reached - {"base_staff.html"}
    return {f"templates/{name}" for name in reached}


@cache
def in_source():
    return messages.extract()


@cache
def catalog():
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(SPANISH))}


def translations(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def untranslated(found, root=messages.ROOT):
    """The public texts of a tree that have no Spanish."""
    known = catalog()
    public = public_modules(root) | public_templates(root)
    return [
        key
        for key, (_, files) in found.items()
        if public & set(files) and (key not in known or not all(translations(known[key])) or known[key].fuzzy)
    ]


def broken(entry):
    """Whether a translation lost or gained a placeholder or a tag."""
    of_text = [entry.msgid, entry.msgid_plural or entry.msgid]
    wanted = [Counter(PLACEHOLDER.findall(text) + TAG.findall(text)) for text in of_text]
    return any(
        text and Counter(PLACEHOLDER.findall(text) + TAG.findall(text)) not in wanted for text in translations(entry)
    )


@cache
def english():
    """The English texts of two words and more, as patterns of how they look on a page."""
    patterns = {}
    for (context, text), entry in catalog().items():
        pieces = [re.escape(" ".join(piece.split())) for piece in PLACEHOLDER.split(TAG.sub("", text))]
        if not context and text not in translations(entry) and max(len(piece.split(r"\ ")) for piece in pieces) > 1:
            patterns[text] = re.compile(r"\b" + ".{1,80}".join(pieces))
    return patterns


def english_in(text):
    """The English texts that stand in one which should be Spanish."""
    text = " ".join(text.split())
    return [found for found, pattern in english().items() if pattern.search(text)]


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """A fresh clone has no compiled catalog, and Django keeps what it loaded first."""
    if compile_all():
        translation.trans_real._translations.clear()


@pytest.fixture(autouse=True)
def language():
    """A request in Spanish leaves its language behind in this thread."""
    yield
    translation.activate("en")


def test_public_texts_are_translated():
    public = public_modules() | public_templates()
    texts = [key for key, (_, files) in in_source().items() if public & set(files)]

    assert untranslated(in_source()) == []
    assert len(public) > 80
    assert len(texts) > 250


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("templates/portal/home.html", "{% translate 'A planted text' %}"),
        ("templates/_public_foot.html", "{% blocktranslate trimmed %}A planted text{% endblocktranslate %}"),
        ("notices/mails.py", "from django.utils.translation import gettext as now_\nnow_('A planted text')\n"),
    ],
)
def test_an_untranslated_public_text_is_found(tmp_path, name, text):
    for public in public_modules() | public_templates():
        copy = tmp_path / public
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((messages.ROOT / public).read_bytes())
        (tmp_path / public.split("/")[0] / "__init__.py").touch()
    with (tmp_path / name).open("a") as file:
        file.write(f"\n{text}\n")

    found = untranslated(messages.extract(tmp_path), tmp_path)
    assert set(found) - set(untranslated(in_source())) == {(None, "A planted text")}


def test_translations_keep_placeholders_and_tags():
    entries = list(catalog().values())

    assert [entry.msgid for entry in entries if entry.fuzzy or entry.obsolete or broken(entry)] == []
    assert sum(bool(PLACEHOLDER.search(entry.msgid)) for entry in entries) > 50


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Call %(phone)s", "Llame"),
        ("Call %(phone)s", "Llame al %(telefono)s"),
        ("Call {phone}", "Llame al {phone} {phone}"),
        ("<strong>Now</strong>", "<strong>Ahora"),
    ],
)
def test_a_broken_translation_is_found(english, spanish):
    assert broken(polib.POEntry(msgid=english, msgstr=spanish))


def test_a_broken_plural_is_found():
    assert broken(polib.POEntry(msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "un día", 1: "días"}))


def test_the_catalog_holds_every_text_of_the_source():
    """`make messages` brings it up to date."""
    found = in_source()

    assert [key for key in found if key not in catalog()] == []
    assert [key for key in catalog() if key not in found] == []
    assert len(found) > 1000


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from django.utils.translation import gettext as t\nt('One')", (None, "One", None)),
        ("from django.utils.translation import ngettext_lazy as n\nn('One', 'Many', 2)", (None, "One", "Many")),
        ("from django.utils.translation import pgettext\npgettext('c', 'One')", ("c", "One", None)),
        ("from django.utils import translation\ntranslation.gettext('On' 'e')", (None, "One", None)),
    ],
)
def test_texts_of_python_are_found(source, found):
    assert list(messages.in_python(source)) == [found]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% translate "It\'s one" %}', (None, "It's one", None)),
        ('{% translate "One" context "c" as one %}', ("c", "One", None)),
        ("{% blocktranslate trimmed %}\n One {{ two }}\n{% endblocktranslate %}", (None, "One %(two)s", None)),
        (
            "{% blocktranslate count n=2 %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            (None, "%(n)s day", "%(n)s days"),
        ),
        ("{{ value|default:_('One') }}", (None, "One", None)),
    ],
)
def test_texts_of_templates_are_found(source, found):
    assert list(messages.in_template(source)) == [found]


def test_merging_keeps_translations_and_drops_what_is_gone():
    kept = polib.POEntry(msgid="Kept", msgstr="Queda")
    file = polib.POFile()
    file.extend([kept, polib.POEntry(msgid="Gone", msgstr="Se fue")])

    messages.merge(file, {(None, "Kept"): (None, ["a.py"]), ("c", "New"): (None, ["b.html"])})

    assert [(entry.msgctxt, entry.msgid, entry.msgstr) for entry in file] == [(None, "Kept", "Queda"), ("c", "New", "")]


@pytest.fixture
def refs(db):
    """One record behind each kind of message, as {kind: refs}; a new kind must come here."""
    session = SessionFactory()
    glass = CaseFactory(sealed=True)
    return {
        "accounts.factor_reset": [session.booked_by.reference],
        "notices.engine": ["2026-11-20 10:00"],
        "cases.session": [session.reference],
        "cases.session_staff": [session.reference],
        "cases.session_changed": [session.reference],
        "cases.glass_broken": [broken_glass(glass)],
        "cases.follow_up": [follow_up_link(session)],
        **messages_about_places(),
    }


def messages_about_places():
    """Somebody in each state, of events as they may be when it is said."""
    coming, waiting = RegistrationFactory(), RegistrationFactory(waiting=True)
    asked, offered = RegistrationFactory(pending=True), RegistrationFactory(offered=True)
    postponed, canceled = RegistrationFactory(), RegistrationFactory()
    told = {"by": coming.event.lead, "told_en": "Rain.", "told_es": "Lluvia."}
    postponed.event.postpone(**told)
    canceled.event.cancel(**told)
    places = {
        "events.registered": [coming, waiting, asked],
        "events.reminder": [coming],
        "events.changed": [coming, waiting, offered, postponed, canceled],
        "events.offer": [offered],
        "events.offer_ends": [offered],
    }
    return {kind: [f"{place.handle}:1.0" for place in found] for kind, found in places.items()}


def follow_up_link(session):
    case = session.case
    agreement = Agreement.objects.create(case=case, kind="full", agreed_on=timezone.localdate(), by=case.opened_by)
    follow_up = FollowUp.objects.create(agreement=agreement, days=30, due_on=timezone.localdate())
    link = FollowUpLink(follow_up=follow_up, party=PartyFactory(case=case))
    agreement.between.add(link.party)
    link.issue_first()
    return str(link.handle)


def broken_glass(case):
    glass = BreakGlass.objects.create(
        case=case, user=case.opened_by, reason="A fire was reported there", until=timezone.now()
    )
    return f"{case.reference}:{glass.pk}"


def test_each_message_is_spanish(refs):
    letters = list(kinds.render_all(refs, ContactFactory.build()))
    spanish = [(kind, letter) for kind, _, language, letter in letters if language == "es"]

    ours = {name for name, kind in kinds.registered.items() if not kind.render.__module__.startswith("tests.")}
    assert ours == {kind for kind, _ in spanish}
    assert [said for _, letter in spanish for said in english_in(f"{letter.subject} {letter.body} {letter.text}")] == []
    assert all(english_in(letter.body) for _, _, language, letter in letters if language == "en")


def test_a_day_is_written_as_people_write_it():
    with translation.override("es"):
        form = translation.pgettext("day in a message", "l, F j")
        said = render_to_string("messages/cases/session_subject.txt", {"when": date(2026, 12, 3)})

    assert form == r"l j \d\e F"
    assert said.strip() == "Su cita del jueves 3 de diciembre"


def test_dates_follow_the_language():
    day = date(2026, 12, 3)
    with translation.override("es"):
        spanish = [date_format(day, form) for form in ("DATE_FORMAT", "MONTH_DAY_FORMAT")]

    assert spanish == ["3 de diciembre de 2026", "3 de diciembre"]
    assert [date_format(day, form) for form in ("DATE_FORMAT", "MONTH_DAY_FORMAT")] == ["3 December 2026", "3 December"]


def test_a_task_is_read_in_the_language_of_its_reader(db):
    with translation.override("es"):
        owed.officer(CaseFactory())
        task = Task.objects.get()
        spanish = task.words

    assert (task.text, task.words, spanish) == ("Assign an officer", "Assign an officer", "Asigne un oficial")


def test_languages_are_named_in_themselves(client):
    answer = client.get("/display/", headers={"accept-language": "es"}).content.decode()

    assert get_language_info("es")["name_local"].capitalize() == "Español"
    assert '<html lang="es" dir="ltr"' in answer
    assert re.search(r'lang="en" hreflang="en"[^>]*>English<', answer)
