"""The gate of every page, tested: each look complains of a page on which its failure was planted."""

import pytest

from tests.browser.pages_seen import LOOKS, barriers, printed, seen, too_wide
from tests.factories.areas import AreaFactory
from tests.matrix import actors
from tests.pages.listing import Page

# What each planted failure does to a page, and how the look that must find it begins to complain.
ON_THE_SCREEN = {
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>Two</h1>')": "2 headings",
    "document.title = 'Somewhere else'": "title",
    "document.querySelector('#area').add(new Option('-----'))": "a choice without words",
    "document.documentElement.lang = ''": "no language",
    "document.querySelector('.skip').remove()": "no skip link",
    "const css = new CSSStyleSheet(); css.insertRule('.mast a:focus-visible {outline: 0 !important}');"
    " document.adoptedStyleSheets = [css]": "focus is not seen",
    "document.querySelector('h1').style.cssText = 'width: 40px; white-space: nowrap'": "words are wider",
    "document.querySelector('main .btn').style.cssText = 'min-height: 0; height: 20px; padding: 0'": "only 20 px",
}
ON_PAPER = {
    "document.querySelector('h1').classList.add('no-print')": "not printed",
    "document.querySelector('h1').style.color = '#eeeeee'": "pale on paper",
    "document.querySelector('.site-foot').style.setProperty('display', 'block', 'important')": "printed: site-foot",
}
WITHOUT_SCRIPT = {
    "<form method=post><button>Go</button></form>": "no token",
    "<form method=get><input name=a><input name=b></form>": "nothing sends it",
    "<button type=button>Go</button>": "works by script alone",
    "<a href='#'>Go</a>": "leads nowhere",
    "<a href='#not-there'>Go</a>": "leads nowhere",
    "<div hx-get='/'>Go</div>": "asks by script alone",
    "<div role=button>Go</div>": "acts by script alone",
}
HOME = Page("portal:home", actors.ANONYMOUS, "/")


def plant(tab, script):
    tab.goto(HOME.url)
    tab.evaluate(f"() => {{ {script} }}")


@pytest.fixture
def area(transactional_db):
    return AreaFactory(name="Eastgate")


def test_each_planted_failure_is_found(open_context, area):
    """Every look stays quiet on a good page and complains of a bad one."""
    tab = open_context(width=390).new_page()
    plant(tab, "")
    assert (seen(tab, HOME, 390), printed(tab), tab.evaluate(LOOKS["without_script"]), too_wide(tab)) == (
        [],
        [],
        [],
        [],
    )
    for script, complaint in ON_THE_SCREEN.items():
        plant(tab, script)
        assert [fault for fault in seen(tab, HOME, 390) if fault.startswith(complaint)], script
    for script, complaint in ON_PAPER.items():
        plant(tab, "")
        assert [fault for fault in printed(tab, f"() => {{ {script} }}") if fault.startswith(complaint)], script
    for html, complaint in WITHOUT_SCRIPT.items():
        plant(tab, f"document.querySelector('main').insertAdjacentHTML('beforeend', `{html}`)")
        assert [fault for fault in tab.evaluate(LOOKS["without_script"]) if fault.startswith(complaint)], html
    plant(tab, "document.querySelector('main').innerHTML = '<p class=nowrap>' + 'word '.repeat(99) + '</p>'")
    assert [fault for fault in too_wide(tab) if fault.startswith("scrolls sideways: ")]


def test_a_barrier_is_found(page, area):
    page.goto("/")
    page.evaluate("document.querySelector('#area').removeAttribute('id')")
    assert [fault for fault in barriers(page, HOME) if fault.startswith("select-name")]
