"""Every address x method x actor: what is answered is what the table says, to nobody more and to nobody less."""

from collections import Counter

import pytest
from django.urls import resolve, reverse

from accounts import closed_urls
from tests.figures import FULL
from tests.matrix import actors
from tests.matrix.gate import faults, registered, text_of, unclassified
from tests.matrix.listing import OTHERS, SHOWING, cells, places
from tests.matrix.table import TABLE

pytestmark = pytest.mark.django_db
PATTERNS = registered()
PLACES = places(PATTERNS)
ABOUT_SOMETHING = [place for place in PLACES if place.line.at and place.line.kind in ("object", "role")]


def told(wrong):
    """Every fault on a line of its own."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_address_answers_each_actor_as_the_table_says(site, place):
    wrong = []
    for _place, method, actor in cells([place], everybody=FULL):
        response = site.ask(actor, method, place.address(place.kwargs(site.world)))
        wrong += faults(place, method, actor, response)
    told(wrong)


@pytest.mark.parametrize("place", ABOUT_SOMETHING, ids=str)
def test_what_is_not_yours_to_know_looks_like_what_is_not_there(site, place, size):
    """Also a part of one record in the address of another is not there."""
    welcome = [actor for actor in actors.ACTORS if actor in place.line.may]
    who = size(ci=[welcome[-1], actors.OFFICER_ELSEWHERE, actors.ANALYST], full=actors.ACTORS)
    own = place.address(place.kwargs(site.world))
    method = "GET" if place.line.get is not None else "POST"
    wrong, there = [], {}
    for kwargs in site.world.absent(place.line.at) + site.world.mixed(place.line.at):
        for actor in who:
            address = place.address(kwargs)
            absent = site.ask(actor, method, address)
            if absent.status_code != place.line.absent(actor, method):
                wrong.append(f"{method} {place} answers {absent.status_code} to {actor} about nothing")
            same = place.line.answers(actor, method) == place.line.absent(actor, method) and absent.status_code >= 400
            if same and actor not in there:
                there[actor] = text_of(site.ask(actor, method, own), own)
            if same and there[actor] != text_of(absent, address):
                wrong.append(f"{method} {place} tells {actor} what is there from what is not")
    told(wrong)


def test_every_address_is_classified():
    assert unclassified(PATTERNS, TABLE) == set()


def test_as_many_addresses_are_asked_as_are_registered(figure):
    asked = {place.name for place, _method, _actor in cells(PLACES, everybody=FULL)}
    figure("addresses of the site", len({pattern.name for pattern in PATTERNS}))
    figure("addresses not in the matrix", len({pattern.name for pattern in PATTERNS} - asked), "== 0")


def test_each_actor_asks_every_address_and_tries_every_method(figure):
    """The size of the matrix: in full each cell is asked, small each address still meets every kind of answer."""
    everything = list(cells(PLACES, everybody=True))
    assert len(everything) == len(set(everything)) == len(PLACES) * len((*SHOWING, *OTHERS)) * len(actors.ACTORS)
    small = Counter(actor for _place, _method, actor in cells(PLACES, everybody=False))
    assert set(small) == set(actors.ACTORS)
    assert min(small.values()) > len(PLACES)
    figure("cells of the matrix", len(everything) if FULL else sum(small.values()))


def test_what_is_closed_answers_before_what_it_closes():
    """A name that is registered twice must lead to the pattern that answers 404."""
    names = Counter(pattern.name for pattern in PATTERNS)
    twice = {name for name, count in names.items() if count > 1}
    assert twice == {place.name for place in PLACES if place.line.kind == "closed"}
    for name in twice:
        path = reverse(name, args=["abc"] if name == "account_confirm_email" else [])
        assert resolve(path).func is closed_urls.closed
