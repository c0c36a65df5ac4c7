"""Whoever serves another area finds nothing of a case anywhere: no word in any list, search, file or page of their own.

The city is that of the matrix (tests/matrix), where each record carries a word that stands nowhere else.
"""

from datetime import time
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import CalendarFeed
from cases.models import Case, Party, Session
from cases.paper_codes import Paper, code_of
from cases.urls import urlpatterns
from tests.factories.cases import CaseFactory, PartyFactory, SessionFactory
from tests.figures import FULL
from tests.matrix import actors, table
from tests.matrix.world import SECRETS, World

OWN, PLACE = "ownword", "Fenwick Close"
# Where the cases that somebody may open are listed, counted or offered, and what is theirs beside them.
LISTS = (
    "/cases/?state=all", "/cases/?state=all&q=about", "/cases/export/?state=all", "/cases/similar/?place=fenwick",
    "/cases/opened/", "/cases/overrides/", "/desk/", "/desk/new/contact/", "/desk/supervisor/", "/desk/outcomes/",
    "/desk/search/?q=about", "/desk/search/?q=party", "/desk/drafts/", "/reminders/", "/areas/",
)  # fmt: skip
SHOW_THEIRS = ("/cases/?state=all", "/cases/similar/?place=fenwick", "/desk/", "/desk/new/contact/")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return World()


# `make test` walks as an officer; in full a supervisor of another area does as well.
WALKERS = [actors.OFFICER_ELSEWHERE, *([actors.SUPERVISOR_ELSEWHERE] if FULL else [])]


@pytest.fixture(params=WALKERS)
def stranger(world, request):
    """Somebody of another area with a case of their own in the same place, still named in sessions of the others."""
    person = world.people[request.param]
    Case.objects.update(place=PLACE)
    own = CaseFactory(
        title=f"About the {OWN}", area=world.elsewhere, assigned_to=person, opened_by=person, contacting=True,
        place=PLACE,
    )  # fmt: skip
    party = PartyFactory(case=own, contact__name=f"A party of {OWN}")
    today = {"day": timezone.localdate(), "clock": time(23, 58)}
    SessionFactory(case=own, parties=[party], staff=[person], **today)
    for session in Session.objects.exclude(case=own):
        session.staff.add(person)
    return person


@pytest.fixture
def page(staff_context, stranger):
    return staff_context(stranger).new_page()


def references(world):
    return {str(place["reference"]) for place in world.places.values() if str(place.get("reference")).startswith("M-")}


def words(world, stranger):
    """What stands in cases that this person may not know of: their words, and their numbers."""
    [who] = (actor for actor, person in world.people.items() if person == stranger)
    return {word for word, readers in SECRETS.items() if who not in readers} | references(world)


def addresses(world):
    """{address: its name} of every page and act of every case of the city."""
    lines = [(name, line) for name, lines in table.CASES.items() for line in lines]
    about = [(name, line) for name, line in lines if "reference" in world.places.get(line.at, ())]
    return {reverse(name, kwargs=world.places[line.at]): name for name, line in about}


def told(text, hidden):
    return {word for word in hidden if word in text}


def look(page, hidden, lists=LISTS):
    """{address: what a page of their own tells of those cases}."""
    found = {}
    for address in lists:
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        found[address] = told(page.content(), hidden)
    return {address: said for address, said in found.items() if said}


def ask(page, asked, hidden):
    """{name: what answers otherwise than as if there were no such case}."""
    found = {}
    for address, name in asked.items():
        answer = page.request.get(address)
        if answer.status != 404 or told(answer.body().decode(errors="replace"), hidden):
            found[name] = answer.status
    return found


def forget_refusals(console):
    """A page that they may not open says so on the console too."""
    console[:] = [said for said in console if "Failed to load resource" not in said]


def test_no_page_of_theirs_has_a_word_of_it(page, world, stranger, console):
    assert look(page, words(world, stranger)) == {}
    forget_refusals(console)

    # What is looked at shows what is theirs.
    for address in SHOW_THEIRS:
        page.goto(address)
        expect(page.get_by_text(f"About the {OWN}").first).to_be_visible()


def test_no_address_of_it_answers(page, world, stranger):
    asked = addresses(world)
    below = {f"cases:{one.name}" for one in urlpatterns if "reference" in one.pattern.converters}
    assert set(asked.values()) == below
    assert ask(page, asked, words(world, stranger)) == {}


def test_what_is_typed_into_the_search_field_finds_nothing(page, world):
    party = Party.objects.get(handle=world.places["unit party"]["handle"])
    code = code_of(Paper.CONSENT, party.case, party)
    page.goto("/desk/")
    for typed in (*sorted(references(world)), "unitcanary", str(party), code, f"open {party.case}"):
        page.get_by_role("searchbox").first.fill(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Nothing that you may open matches “{typed}”.")).to_be_visible()
        expect(page.locator("main a[href*='/cases/M-']")).to_have_count(0)


def test_neither_the_file_nor_the_calendar_holds_it(page, world, stranger):
    page.goto("/cases/export/?state=all")
    page.get_by_label("Reason").fill("For the report of the month")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the file").click()
    rows = Path(saved.value.path()).read_text()
    assert f"About the {OWN}" in rows
    assert told(rows, words(world, stranger)) == set()
    feed = CalendarFeed.objects.make(stranger)
    answer = page.request.get(reverse("links:calendar", args=[feed.token])).text()
    assert answer.count("BEGIN:VEVENT") == 1


@pytest.mark.parametrize("stranger", [actors.OFFICER_ELSEWHERE], indirect=True)
def test_a_case_that_lies_open_is_found(page, world, stranger):
    """The planted failure: they serve the area of the cases too, and one of those is open to the whole unit."""
    stranger.areas_served.create(area=world.area)
    hidden = words(world, stranger)

    assert "unitcanary" in look(page, hidden, LISTS[:1])[LISTS[0]]
    assert "unitcanary" in look(page, hidden, ["/desk/search/?q=about"])["/desk/search/?q=about"]
    unit = {name: reverse(name, kwargs=world.places["unit case"]) for name in ("cases:case_detail", "cases:case_edit")}
    found = ask(page, {address: name for name, address in unit.items()}, hidden)
    assert found == {"cases:case_detail": 200, "cases:case_edit": 403}
    feed = CalendarFeed.objects.make(stranger)
    answer = page.request.get(reverse("links:calendar", args=[feed.token])).text()
    assert answer.count("BEGIN:VEVENT") == 2
