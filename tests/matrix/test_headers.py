"""What goes with every answer: headers of the site, of static files, of answers without encryption, and forged posts.

The headers of every cell are judged in test_matrix.py; here are the ways past it.
"""

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from tests.matrix import actors, headers
from tests.matrix.gate import Browser, Browsers, registered
from tests.matrix.listing import places
from tests.matrix.test_matrix import told
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
PLACES = list({place.name: place for place in places(registered())}.values())
# What a proxy asks, on the machine itself.
BESIDE_ENCRYPTION = {"healthz", "readyz"}
# What is posted by servers of others, or changes nothing; each says so above its view.
WITHOUT_TOKEN = {"areas:at", "notices:inbound", "notices:unsubscribe"}
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture
def town(under_https, db):
    world = World()
    return world, Browsers(world)


def test_nothing_is_served_without_encryption(town, figure):
    world, browsers = town
    wrong, sent = [], set()
    for place in PLACES:
        path = place.address(place.kwargs(world))
        answer = browsers.ask(actors.COORDINATOR, "GET", path, secure=False)
        if answer.status_code == 301 and answer.headers["Location"] == f"https://testserver{path}":
            sent.add(place.name)
        elif place.name not in BESIDE_ENCRYPTION:
            wrong.append(f"{place} answers {answer.status_code} without encryption")
    told(wrong)
    assert {place.name for place in PLACES} - sent == BESIDE_ENCRYPTION
    figure("addresses sent to HTTPS", len(sent), f"== {len(PLACES) - 2}")


def test_no_forged_post_is_taken(town, figure):
    world, browsers = town
    answers = {place.name: browsers.forge(place.address(place.kwargs(world))) for place in PLACES}
    taken = {name for name, answer in answers.items() if answer.status_code != 403}
    # The view of messages by providers answers 403 itself, to whatever is not signed.
    assert taken == WITHOUT_TOKEN - {"notices:inbound"}
    told([f"{name}: {fault}" for name, answer in answers.items() for fault in headers.faults(answer)])
    figure("addresses that take forged posts", len(taken - WITHOUT_TOKEN), "== 0")


def test_what_no_address_leads_to_has_the_headers_too(under_https, db):
    browser = Browser()
    for path, status in (("/nowhere/", 404), ("/cases/a%00b/", 400), ("/healthz", 200)):
        answer = browser.get(path, secure=True)
        assert (answer.status_code, list(headers.faults(answer))) == (status, [])


def test_static_files_are_kept_for_long(under_https, tmp_path, db):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "look.css").write_text("body{color:#000}")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    folders = {"STATICFILES_DIRS": [tmp_path / "source"], "STATIC_ROOT": tmp_path / "build"}
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(STORAGES=storages, STATICFILES_FINDERS=finders, **folders):
        call_command("collectstatic", interactive=False, verbosity=0)
        hashed, plain = (Browser().get(url, secure=True) for url in addresses("look.css"))
        assert hashed.status_code == 200
        assert list(headers.static_faults(hashed)) == []
        # A name without a hash may get another content tomorrow, and this judge must be able to fail.
        assert list(headers.static_faults(plain))
        for answer in (hashed, plain):
            answer.close()


def addresses(name):
    return staticfiles_storage.url(name), f"/{settings.STATIC_URL.strip('/')}/{name}"
