"""Signing in stands in the public shell, in our words and our look."""

import pytest


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/"],
)
def test_page_of_signing_in_stands_in_the_public_shell(client, db, address):
    html = client.get(address).content.decode()

    assert 'data-shell="public"' in html
    assert "<title>" in html
    assert "sign up" not in html.lower()


def test_wrong_password_is_explained_above_the_form(client, db):
    html = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}).content.decode()

    assert "<title>Error: " in html.replace("\n", "")
    assert 'role="alert"' in html
    assert 'href="/accounts/password/reset/"' in html


def test_fifth_wrong_password_says_how_long_to_wait(client, db):
    for _ in range(5):
        response = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"})

    assert response.status_code == 429
    assert b"Wait 15 minutes" in response.content
    assert b'data-shell="public"' in response.content
