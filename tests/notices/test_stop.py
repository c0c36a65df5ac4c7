"""STOP holds at once, for every record that knows the address, and no answer tells who is known here."""

import time
from urllib.parse import urlencode

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from notices import inbound, stop
from notices.models import Channel, Consent, Notice, OptOut, Purpose, Task
from notices.reach import Allowed, Blocked, look_up_stops, may_reach
from notices.stop import meaning
from notices.templatetags.notices import contact_stop_url
from tests.factories.accounts import UserFactory
from tests.factories.notices import ContactFactory, NoticeFactory
from tests.notices.trial import mails  # noqa: F401 -- registers the kinds

KEY = "a key of the provider"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.INBOUND_KEYS = {"textline": KEY}
    settings.SMS_URL = "json://127.0.0.1:9/?:to={to}"


def said(client, text, address, *, provider="textline", key=KEY, at=None, mark="", **form):
    """What a provider posts when somebody wrote to us."""
    body, timestamp = urlencode({"from": address, "text": text, **form}).encode(), str(int(at or time.time()))
    signed = mark + inbound.signature(key, timestamp, body)
    return client.post(
        reverse("notices:inbound", args=[provider]),
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"X-Liaison-Timestamp": timestamp, "X-Liaison-Signature": signed},
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *((word, "stop") for word in ("STOP", "stop.", "Stop please", "please stop", "STOP texting me", "Unsubscribe")),
        *(
            (word, "stop")
            for word in ("ALTO", "Parar", "alto por favor", "¡Pare!", "BAJA", "no más", "Opt out", "cancel")
        ),
        *((word, "start") for word in ("START", "unstop", "Iniciar")),
        *(
            (text, "")
            for text in ("", "cancel my appointment", "At which stop do I get off?", "start the meeting", "👍", "ok")
        ),
    ],
)
def test_words_that_mean_stop(text, meant):
    assert meaning(text) == meant


def test_stop_by_text_holds_across_records_and_tells_the_owners(client, db):
    officer = UserFactory()
    first = ContactFactory(phone_e164="+12065550142")
    second = ContactFactory(phone_e164="+12065550142", purpose=Purpose.NEWS)
    waiting = NoticeFactory(contact=first, channel=Channel.SMS, owner=officer)
    by_mail = NoticeFactory(contact=first, channel=Channel.EMAIL)

    answer = said(client, "ALTO", "(206) 555-0142")

    assert (answer.status_code, answer.content) == (204, b"")
    day = timezone.now().replace(hour=17)
    assert may_reach(first, Channel.SMS, purpose=Purpose.CASE, at=day) == Blocked("stopped")
    assert may_reach(second, Channel.SMS, purpose=Purpose.NEWS, at=day) == Blocked("stopped")
    assert may_reach(first, Channel.EMAIL, purpose=Purpose.CASE, at=day) == Allowed()
    waiting.refresh_from_db()
    by_mail.refresh_from_db()
    assert (waiting.state, waiting.reason, by_mail.state) == ("void", "stopped", "pending")
    assert Task.objects.get().owner == officer
    assert AuditEntry.objects.get(act="optout.stop").facts["called_off"] == 1


@pytest.mark.parametrize(
    "written", ["+1 206 555 0142", "206-555-0142", "sms:+12065550142", "tel:(206) 555-0142", "\x00+12065550142"]
)
def test_number_is_known_however_a_provider_writes_it(client, db, written):
    contact = ContactFactory(phone="206.555.0142", phone_e164="")

    for text in ("STOP", "START", "STOP now"):
        assert said(client, text, written).status_code == 204

    assert contact.phone_e164 == "+12065550142"
    assert look_up_stops([contact])[0].stopped


def test_answers_do_not_tell_who_is_known(client, db):
    ContactFactory(phone_e164="+12065550142")

    answers = [said(client, text, number) for number in ("+12065550142", "+12065550199") for text in ("STOP", "hello")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}


@pytest.mark.parametrize(
    "change",
    [{"key": "another key"}, {"provider": "unknown"}, {"at": time.time() - 3600}, {"at": time.time() + 3600}],
)
def test_post_that_is_not_the_providers_changes_nothing(client, db, change):
    assert said(client, "STOP", "+12065550142", **change).status_code == 403
    assert OptOut.objects.count() == 0


def test_provider_without_a_key_is_refused_even_with_an_empty_one(client, db, settings):
    settings.INBOUND_KEYS = {"textline": ""}

    assert said(client, "STOP", "+12065550142", key="").status_code == 403


def test_body_that_is_too_long_is_refused(client, db):
    assert said(client, "STOP " * 5000, "+12065550142").status_code == 413


def test_start_opts_in_only_where_they_agreed(client, db):
    agreed = ContactFactory(phone_e164="+12065550142")
    ContactFactory(phone_e164="+12065550143", agreed=())
    for number in ("+12065550142", "+12065550143"):
        said(client, "STOP", number)
        said(client, "START", number)

    assert OptOut.objects.count() == 1
    Consent.objects.filter(contact=agreed).update(withdrawn_at=timezone.now())
    said(client, "STOP again", "+12065550142")
    said(client, "UNSTOP", "+12065550142")
    assert OptOut.objects.count() == 2


def test_replayed_start_cannot_undo_a_later_stop(client, db):
    ContactFactory(phone_e164="+12065550142")
    at = time.time() - 60
    said(client, "START", "+12065550142", at=at)
    said(client, "STOP", "+12065550142")

    said(client, "START", "+12065550142", at=at)

    assert OptOut.objects.count() == 1


def test_only_a_keyed_hash_of_the_address_is_kept(client, db):
    said(client, "STOP", "+12065550142")

    assert "5550142" not in OptOut.objects.get().digest


def test_page_of_the_mail_link_stops_on_a_press_and_not_on_opening(client, db):
    notice = NoticeFactory(owner=UserFactory())
    url = stop.unsubscribe_url(notice.contact.email.upper()).removeprefix("https://localhost")

    assert client.get(url, headers={"Accept-Language": "es"}).status_code == 200
    assert OptOut.objects.count() == 0
    assert notice.contact.email not in url

    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert may_reach(notice.contact, Channel.EMAIL, purpose=Purpose.CASE) == Blocked("stopped")
    notice.refresh_from_db()
    assert notice.state == Notice.State.VOID


@pytest.mark.parametrize("token", ["nonsense", "abc:def", "AAAA:BBBB:CCCC"])
def test_link_that_we_did_not_make_is_not_found(client, db, token):
    assert client.post(reverse("notices:unsubscribe", args=[token])).status_code == 404
    assert OptOut.objects.count() == 0


def test_button_they_asked_us_to_stop(client, db, rf):
    officer, contact = UserFactory(officer=True), ContactFactory()
    notice = NoticeFactory(contact=contact, owner=officer)
    request = rf.get("/")
    request.user = officer
    url = contact_stop_url({"request": request}, contact)

    client.force_login(UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(url).status_code == 404
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(url).status_code == 405
    assert client.post(url, {"next": "https://evil.example/"}).headers["Location"] == reverse("notices:task_list")

    assert set(OptOut.objects.values_list("channel", flat=True)) == {"email", "sms"}
    notice.refresh_from_db()
    assert notice.state == Notice.State.VOID
    assert client.post(reverse("notices:contact_stop", args=["old"])).status_code == 400


def test_members_of_staff_take_no_stop_back(client, db, rf):
    officer, contact = UserFactory(officer=True), ContactFactory()
    request = rf.get("/")
    request.user = officer
    client.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = contact_stop_url({"request": request}, contact)
    client.post(url)
    look_up_stops([contact])
    html = render_to_string("notices/_safe_contact.html", {"contact": contact, "can_stop": True}, request)

    assert "Only they can take that back" in html
    assert "<form" not in html
    assert client.post(url.replace("/stop/", "/start/")).status_code == 404
    assert look_up_stops([contact])[0].stopped
    said(client, "START", contact.phone_e164)
    assert may_reach(contact, Channel.EMAIL, purpose=Purpose.CASE) == Blocked("stopped")


def test_who_stopped_by_the_link_takes_it_back_by_the_link(client, db):
    contact = ContactFactory()
    url = stop.unsubscribe_url(contact.email).removeprefix("https://localhost")
    client.post(url)
    assert may_reach(contact, Channel.EMAIL, purpose=Purpose.CASE) == Blocked("stopped")

    answer = client.post(url, {"again": "1"})

    assert "You get e-mail from us again" in answer.content.decode()
    assert may_reach(contact, Channel.EMAIL, purpose=Purpose.CASE) == Allowed()
    assert AuditEntry.objects.get(act="optout.start").facts["agreed"] is True


@pytest.mark.parametrize("told_first", [True, False])
def test_the_link_does_not_undo_what_they_told_staff(client, db, told_first):
    """Whoever reads their mail must not turn our messages on again."""
    contact, officer = ContactFactory(), UserFactory()
    url = stop.unsubscribe_url(contact.email).removeprefix("https://localhost")
    acts = [lambda: stop.stop_contact(contact, by=officer), lambda: client.post(url)]
    for act in acts if told_first else acts[::-1]:
        act()

    answer = client.post(url, {"again": "1"})

    assert "This address was stopped in another way" in answer.content.decode()
    assert may_reach(contact, Channel.EMAIL, purpose=Purpose.CASE) == Blocked("stopped")


def test_the_mark_of_a_signature_makes_no_second_post(client, db):
    """The same signed post with and without "sha256=" before the signature is one post: a replay changes nothing."""
    contact, at = ContactFactory(phone_e164="+12065550142"), time.time()
    assert said(client, "START", contact.phone_e164, at=at, mark="sha256=").status_code == 204
    said(client, "STOP", contact.phone_e164)
    assert OptOut.objects.count() == 1

    for mark in ("", "sha256="):
        assert said(client, "START", contact.phone_e164, at=at, mark=mark).status_code == 204
        assert OptOut.objects.count() == 1
    # The mark is taken off once: a signature with two of them is none.
    assert said(client, "START", contact.phone_e164, mark="sha256=sha256=").status_code == 403
