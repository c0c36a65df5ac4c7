"""Every page in a real browser: barriers, sideways scrolling, focus, print, narrow windows, and without script.

`make test` opens each page once, and half of them without script too. Which half, and in which theme and width, a seed
draws, which is printed with every fault and can be set by PAGES_SEED. In full each page is met in both themes at both
widths and without script, and by everybody else who may open it in a theme and width that are drawn for each of them.
"""

import os
import random
from collections import defaultdict
from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser.pages_seen import LOOKS, Desk, barriers, dress, more_pages, open_page, printed, seen, too_wide
from tests.matrix import actors
from tests.matrix.world import World
from tests.pages.budgets import BUDGETS
from tests.pages.listing import ON_THE_WAY, pages
from tests.pages.rows import grow

# Several tests, so that two processes share the work.
PARTS = 4
ROWS = 2
DRESSES = list(product((390, 1280), ("light", "dark")))
# One seed for every day: a run does not fail because of its date.
SEED = os.environ.get("PAGES_SEED", "1")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db, settings, tmp_path, monkeypatch):
    """All that the pages show, under the widest references there are: which ones are drawn decides no test."""
    settings.MEDIA_ROOT = tmp_path
    wide = product("WMGQ", repeat=5)
    monkeypatch.setattr("core.references.new_reference", lambda letter: f"{letter}-26-{''.join(next(wide))}")
    world = World()
    grow(world, ROWS)
    return world


@pytest.fixture
def desk(world, open_context, staff_context, live_server):
    return Desk(world, open_context, staff_context, live_server)


def all_pages(world, size):
    found = [*pages(world), *more_pages(world)]
    assert {page.name for page in found} >= set(BUDGETS) | ON_THE_WAY
    return [page for page in found if page.first or size(ci=False, full=True)]


def dresses_of(page, size):
    """The widths and themes in which this run looks at a page.

    Who opens it changes what it offers and not how that is painted, so only the first of them sees it in every dress.
    """
    drawn = random.Random(f"{SEED} {page.name} {page.actor}").choice(DRESSES)
    return size(ci=[drawn], full=DRESSES if page.first else [drawn])


def without_script(page, size):
    """Whether this run opens a page without script: in `make test` every second one, drawn as its theme is."""
    return page.first and size(ci=random.Random(f"{SEED} {page.name} without script").random() < 1 / 2, full=True)


def is_one_click(page, fault):
    """A mail program stops our mails by one post of its own, so the form of that page cannot ask for a token."""
    return page.name == "notices:unsubscribe" and fault.startswith("no token")


def judge(faults):
    told = [f"{where}\n    " + "\n    ".join(found) for where, found in faults.items() if found]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("part", range(PARTS))
def test_pages_can_be_used_by_everybody(desk, live_server, console, size, figure, part):
    faults, looks = defaultdict(list), 0
    for page in all_pages(desk.world, size)[part::PARTS]:
        tab = desk.tab(page.actor)
        for width, theme in dresses_of(page, size):
            dress(tab, live_server.url, width, theme)
            found = open_page(tab, page, console)
            found += seen(tab, page, width) + printed(tab) + barriers(tab, page) + too_wide(tab)
            faults[f"{page} {page.url} at {width} px, {theme}, PAGES_SEED={SEED}"] += found
            looks += 1
    figure(f"looks at pages, part {part + 1} of {PARTS}", looks, f">= {size(ci=28, full=135)}")
    judge(faults)


@pytest.mark.parametrize("part", range(2))
def test_pages_can_be_used_without_script(desk, console, size, figure, part):
    faults, looks = {}, 0
    for page in filter(lambda page: without_script(page, size), all_pages(desk.world, size)[part::2]):
        tab = desk.tab(page.actor, js=False)
        found = open_page(tab, page, console) + tab.evaluate(LOOKS["without_script"])
        faults[f"{page} {page.url}"] = [fault for fault in found if not is_one_click(page, fault)]
        looks += 1
    figure(f"pages without script, part {part + 1} of 2", looks, f">= {size(ci=25, full=55)}")
    judge(faults)


def test_public_pages_hold_longer_words(desk, console, size, figure):
    """Spanish is the longer language, so it is the one in which words run out of their place."""
    faults, looks = {}, 0
    for page in (page for page in all_pages(desk.world, size) if page.actor == actors.ANONYMOUS):
        tab = desk.tab(page.actor, width=390, locale="es-US")
        tab.set_viewport_size({"width": 390, "height": 900})
        found = open_page(tab, page, console) + seen(tab, page, 390)
        expect(tab.locator("html")).to_have_attribute("lang", "es")
        faults[f"{page} {page.url}"] = found + size(ci=[], full=barriers(tab, page)) + too_wide(tab)
        looks += 1
    figure("public pages in Spanish", looks, ">= 14")
    judge(faults)
