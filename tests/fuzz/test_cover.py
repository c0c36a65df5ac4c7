"""Nothing is left out: each address is tried, each form is given something to read."""

import importlib
import pkgutil

import pytest
from django import forms
from django.apps import apps
from django.urls import get_resolver

from liaison.scoped import APPS
from tests.fuzz import nasty, watch
from tests.fuzz.pages import ASKS, CLOSED, PAGES, WRITTEN_BY_READING
from tests.fuzz.rows import ROWS

pytestmark = pytest.mark.django_db
OURS = {*APPS, "liaison"}


def routes(patterns=None, space=""):
    """The name of every address of the site, those that others hide as well."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}"


def form_classes(kind=forms.BaseForm):
    """Every form of our apps; a form that only others build on is none."""
    for name in OURS:
        package = apps.get_app_config(name).module
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.startswith((f"{name}.migrations", f"{name}.management", "liaison.")):
                importlib.import_module(module.name)
    return {one for one in below(kind) if one.__module__.split(".")[0] in OURS and not list(below(one))}


def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def uncovered_routes(known):
    return set(known) - {row.name for row in [*ROWS, *PAGES]} - CLOSED


def uncovered_forms(bound):
    return {form.__name__ for form in form_classes()} - {form.__name__ for form in bound}


def test_every_address_has_one_row():
    names = [row.name for row in [*ROWS, *PAGES]]

    assert uncovered_routes(routes()) == set()
    assert len(names) == len(set(names)) == len(set(routes()) - CLOSED)
    assert (len(ROWS), len(PAGES)) == (213, 98)


def test_pages_take_no_post(world):
    for row in PAGES:
        with watch.undone() as touched:
            _client, answer = watch.send(world, row, nasty.Post(()))
            assert answer.status_code == 405 or row.name == "account_home", row.name
            watch.must_have_left_nothing(world, answer, touched(), without=WRITTEN_BY_READING.get(row.name, ()))


def test_every_form_is_given_something_to_read(world, figure):
    with watch.bound_forms() as bound:
        for row in ROWS:
            with watch.undone():
                _client, answer = watch.send(world, row, nasty.Post(nasty.flat(row.body(world))))
                b"".join(answer.streaming_content if answer.streaming else [])
        for row in (row for row in PAGES if row.name in ASKS):
            with watch.undone():
                watch.browser(world, row.who).get(row.url(world))

    assert uncovered_forms(bound) == set()
    figure("forms fuzzed", len(form_classes()), ">= 51", unit="forms")
    figure("addresses fuzzed that take a post", len(ROWS), ">= 122", unit="addresses")


def test_a_new_form_or_address_would_be_noticed():
    """The planted failure."""
    planted = type("PlantedForm", (forms.Form,), {"__module__": "cases.forms"})

    assert "PlantedForm" in uncovered_forms(form_classes() - {planted})
    assert uncovered_routes([*routes(), "cases:case_burn"]) == {"cases:case_burn"}
