"""Feeds as programs read them: RSS 2.0 and Atom 1.0, in a language, with names that stay when a text changes."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from portal.models import UpdateVersion
from tests.factories.accounts import UserFactory
from tests.factories.portal import WHY, UpdateFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
RSS, FEED = "/updates/feed.rss", "/updates/feed.atom"


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)  # noqa: S314 -- our own answer


def test_rss_names_itself_and_each_update(client):
    update = UpdateFactory(
        published=True, kind="safety", title_en="5 < 6 & more", body_en="## How\n\nCall {phone} & ask"
    )
    root = read(client, RSS)
    channel, [item] = root.find("channel"), root.findall("channel/item")
    address = f"{settings.PUBLIC_URL}/updates/{update.reference}/"

    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert channel.findtext("link") == f"{settings.PUBLIC_URL}/updates/"
    self_link = channel.find(f"{ATOM}link")
    assert (self_link.get("rel"), self_link.get("href")) == ("self", f"{settings.PUBLIC_URL}{RSS}?language=en")
    assert channel.findtext("language") == "en"
    assert item.findtext("title") == "5 < 6 & more"
    assert (item.findtext("link"), item.findtext("guid"), item.find("guid").get("isPermaLink")) == (
        address, address, "true",
    )  # fmt: skip
    assert parsedate_to_datetime(item.findtext("pubDate")) == update.published_at.replace(microsecond=0)
    assert item.findtext("category") == "Safety tip"
    assert f"<p>Call {settings.AGENCY['phone']} &amp; ask</p>" in item.findtext("description")


def test_atom_names_itself_and_says_when_an_update_was_changed(client):
    update = UpdateFactory(changed=True)
    root = read(client, FEED)
    [entry] = root.findall(f"{ATOM}entry")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}

    assert root.tag == f"{ATOM}feed"
    assert links == {
        "alternate": f"{settings.PUBLIC_URL}/updates/", "self": f"{settings.PUBLIC_URL}{FEED}?language=en",
    }  # fmt: skip
    assert entry.findtext(f"{ATOM}id") == f"{settings.PUBLIC_URL}/updates/{update.reference}/"
    told = {name: datetime.fromisoformat(entry.findtext(f"{ATOM}{name}")) for name in ("published", "updated")}
    assert told == {"published": update.published_at, "updated": update.in_force.published_at}
    assert root.findtext(f"{ATOM}updated")
    assert "The day was wrong" in entry.findtext(f"{ATOM}summary")


def test_names_and_first_dates_stay_when_a_text_changes(client):
    supervisor = UserFactory(supervisor=True)
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        update = UpdateFactory(published=True, by=supervisor)
    before = [read(client, address) for address in (RSS, FEED)]
    update.change(by=update.owner)
    UpdateVersion.objects.filter(pk=update.newest_id).update(title_en="Other hours", **WHY)
    update.send(by=update.owner)
    update.publish(by=supervisor, seen="1")
    after = [read(client, address) for address in (RSS, FEED)]

    for path in ("channel/item/guid", "channel/item/pubDate"):
        assert before[0].findtext(path) == after[0].findtext(path)
    assert before[1].findtext(f"{ATOM}entry/{ATOM}id") == after[1].findtext(f"{ATOM}entry/{ATOM}id")
    assert before[1].findtext(f"{ATOM}entry/{ATOM}published") == after[1].findtext(f"{ATOM}entry/{ATOM}published")
    assert before[1].findtext(f"{ATOM}entry/{ATOM}updated") < after[1].findtext(f"{ATOM}entry/{ATOM}updated")
    assert after[0].findtext("channel/item/title") == "Other hours"


@pytest.mark.parametrize(
    ("query", "cookie", "title"),
    [("", "", "Office hours"), ("?language=es", "", "Horario de oficina"), ("?language=xx", "", "Office hours"),
     ("", "es", "Office hours"), ("?language=es", "en", "Horario de oficina")],
)  # fmt: skip
@pytest.mark.parametrize("address", [RSS, FEED])
def test_language_is_that_of_the_address(client, address, query, cookie, title):
    UpdateFactory(published=True)
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    answer = client.get(address + query)

    assert title in answer.content.decode()
    assert answer.headers["Content-Language"] == ("es" if "=es" in query else "en")


def test_withdrawn_stays_for_a_month_with_its_reason(client):
    UpdateFactory(withdrawn=True, title_en="Canary")
    [item] = read(client, RSS).findall("channel/item")
    assert item.findtext("title") == "Withdrawn"
    assert "It was called off" in item.findtext("description")
    assert item.find("category") is None

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        assert read(client, RSS).findall("channel/item") == []


def test_newest_thirty_come_first(client):
    now = timezone.now()
    for number in range(32):
        with time_machine.travel(now - timedelta(days=40 - number), tick=False):
            UpdateFactory(published=True, title_en=f"Title {number:02}")
    titles = [item.findtext("title") for item in read(client, RSS).findall("channel/item")]

    assert titles == [f"Title {number:02}" for number in range(31, 1, -1)]


@pytest.mark.parametrize("address", [RSS, FEED])
def test_what_no_feed_may_hold_spoils_no_other_update(client, address):
    """A line pasted from a word processor brings a character that XML refuses: all updates were gone with it."""
    pasted = "a\x0b\x01\x1bb\ufffe"
    UpdateFactory(changed=True, title_en=f"First {pasted}", body_en=f"## {pasted}\n\n{pasted}")
    UpdateFactory(withdrawn=True)
    UpdateFactory(published=True, title_en="Other")
    text = " ".join(read(client, address).itertext())
    assert "Other" in text
    assert "First a b" in text


def test_empty_feeds_are_whole(client):
    assert read(client, RSS).findall("channel/item") == []
    assert read(client, FEED).findall(f"{ATOM}entry") == []


def test_feeds_ask_the_same_however_many(client, django_assert_num_queries):
    for _ in range(2):
        UpdateFactory(published=True)
        with django_assert_num_queries(1):
            client.get(RSS)


def test_pages_name_the_feeds_in_the_language_of_the_reader(client):
    for language in ("en", "es"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for page in ("/", "/updates/"):
            html = client.get(page).content.decode()
            assert 'type="application/rss+xml"' in html
            assert f'href="{RSS}?language={language}"' in html
            assert f'href="{FEED}?language={language}"' in html
