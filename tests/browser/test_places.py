"""The map of areas in a real browser: with keyboard, without script, and with the position of a device."""

import pytest
from playwright.sync_api import expect

from tests.factories.accounts import UserFactory
from tests.factories.areas import SIDE, SOUTH, WEST, AreaFactory, square


@pytest.fixture
def city(transactional_db):
    """Three areas in a row; an officer serves the middle one."""
    areas = [AreaFactory(name=name, shape=square(place)) for place, name in enumerate(("Alma", "Eastgate", "Harbor"))]
    UserFactory(name="Ofc. R. Middle", officer=True, areas=[areas[1]])
    return areas


def position(column):
    return {"longitude": WEST + SIDE * (column + 0.5), "latitude": SOUTH + SIDE / 2}


def test_area_is_chosen_on_the_map_without_script(open_context, city):
    page = open_context(js=False).new_page()
    page.goto("/contact/")
    page.locator(".area-map a", has_text="Eastgate").click()

    expect(page.locator("h1")).to_have_text("Your officers in Eastgate")
    expect(page.get_by_text("Ofc. R. Middle")).to_be_visible()
    expect(page.locator(".area-map [aria-current]")).to_have_attribute("aria-label", "Eastgate")
    expect(page.locator("[data-locate]")).not_to_be_visible()


def test_area_is_chosen_on_the_map_with_the_keyboard(open_context, city):
    page = open_context().new_page()
    page.goto("/contact/")
    page.locator(".area-map a").nth(1).focus()
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Your officers in Eastgate")


def test_device_finds_the_area_and_tells_no_more_than_it(open_context, city):
    context = open_context(geolocation=position(1) | {"accuracy": 5}, permissions=["geolocation"])
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.goto("/contact/")
    page.get_by_role("button", name="Find my area").click()
    page.wait_for_url("**/contact/?area=Eastgate")

    expect(page.locator("h1")).to_have_text("Your officers in Eastgate")
    assert [sent for sent in asked if sent] == ["longitude=-39.985&latitude=37.005&level=neighborhood"]


def test_device_outside_the_city_is_told_to_use_the_list(open_context, city):
    context = open_context(geolocation=position(50), permissions=["geolocation"])
    page = context.new_page()
    page.goto("/contact/")
    page.get_by_role("button", name="Find my area").click()

    page.get_by_text("You are not in an area of this city. Choose from the list.").wait_for()


def test_device_that_does_not_tell_is_no_obstacle(open_context, city):
    page = open_context(permissions=[]).new_page()
    page.goto("/contact/")
    page.get_by_role("button", name="Find my area").click()

    page.get_by_text("Your device did not tell where it is. Choose from the list.").wait_for()
