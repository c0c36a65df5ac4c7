"""Without a second factor staff reach the pages that set one up and nothing else: tried on every address there is."""

import re

import pytest
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.urls.resolvers import RegexPattern

from accounts.middleware import SET_UP_PAGES, is_public
from tests.accounts.signing import BACKEND
from tests.factories.accounts import UserFactory

# What stands in for the parts of an address; the middleware judges before any view looks at them.
PARTS = {IntConverter: "1", UUIDConverter: "00000000-0000-4000-8000-000000000000"}
# The addresses of allauth that are regular expressions.
EXPRESSIONS = {
    "account_confirm_email": "confirm-email/k/",
    "account_reset_password_from_key": "password/reset/key/1-k/",
}


def all_routes(patterns=None, names=(), prefix="/"):
    """Every pattern of the site: its name with namespaces, its address with the parts filled in, what answers there."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            path = prefix + filled(pattern.pattern, pattern.name)
            yield ":".join([*names, pattern.name or ""]), path, resolve(path).func
        else:
            inner = [*names, pattern.namespace] if pattern.namespace else names
            yield from all_routes(pattern.url_patterns, inner, prefix + filled(pattern.pattern))


def filled(pattern, name=None):
    if isinstance(pattern, RegexPattern):
        return EXPRESSIONS[name]
    text = str(pattern)
    for part, converter in pattern.converters.items():
        value = next((example for kind, example in PARTS.items() if isinstance(converter, kind)), "x")
        text = re.sub(rf"<(\w+:)?{part}>", value, text)
    return text


@pytest.fixture
def half_signed_in(client, db, settings):
    settings.MFA_REQUIRED = True
    client.force_login(UserFactory(coordinator=True, supervisor=True), backend=BACKEND)
    return client


def test_every_route_is_judged(half_signed_in):
    open_routes, refused = [], []
    for name, path, view in all_routes():
        if is_public(view) or name in SET_UP_PAGES:
            open_routes.append(name)
            continue
        for method in (half_signed_in.get, half_signed_in.post):
            response = method(path)
            assert (response.status_code, response.headers.get("Location")) == (302, reverse("mfa_index")), (name, path)
        refused.append(name)

    assert set(open_routes) >= SET_UP_PAGES
    assert len(open_routes) + len(refused) == len(list(all_routes()))
    assert len(refused) > 20


def test_the_judge_of_routes_can_fail(half_signed_in, settings):
    settings.MFA_REQUIRED = False

    with pytest.raises(AssertionError):
        test_every_route_is_judged(half_signed_in)


def test_set_up_pages_open(half_signed_in):
    answers = {name: half_signed_in.get(reverse(name)).status_code for name in ("mfa_index", "mfa_activate_totp")}

    assert answers == {"mfa_index": 200, "mfa_activate_totp": 200}


def test_public_pages_stay_open(half_signed_in):
    assert half_signed_in.get("/").status_code == 200


def test_sign_out_stays_open(half_signed_in):
    assert half_signed_in.post(reverse("account_logout")).url == "/"


def test_recovery_codes_alone_are_no_second_factor(client, db, settings):
    settings.MFA_REQUIRED = True
    user = UserFactory(second_factor=True)
    user.authenticator_set.filter(type="totp").delete()
    client.force_login(user, backend=BACKEND)

    assert client.get("/my/settings/").url == reverse("mfa_index")


def test_with_a_second_factor_everything_opens(client, db, settings):
    settings.MFA_REQUIRED = True
    client.force_login(UserFactory(second_factor=True), backend=BACKEND)

    assert client.get("/my/settings/").status_code == 200


def test_where_it_is_not_required_nobody_is_stopped(client, db):
    client.force_login(UserFactory(), backend=BACKEND)

    assert client.get("/my/settings/").status_code == 200
