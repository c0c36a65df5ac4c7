"""A creating form acts once, however often and however fast it is sent."""

import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponseRedirect
from django.test import Client
from django.urls import reverse

from core.models import IdempotencyKey, PersonRequest
from core.once import FIELD, once
from tests.factories.accounts import UserFactory

PRESSES, THREADS = 1_000, 8
URL = "core:request_create"


def fields(key, **changed):
    day = {"received_on_day": "20", "received_on_month": "11", "received_on_year": "2026"}
    return {"kind": "copy", "proof": "Seen", "name": "Ana Example", "idempotency_key": key, **day, **changed}


@pytest.mark.django_db(transaction=True)
def test_thousand_presses_at_once_make_one_record():
    user, key = UserFactory(records_officer=True), str(uuid.uuid4())
    answers, starting = [], threading.Barrier(THREADS)

    def press():
        client = Client()
        client.force_login(user)
        starting.wait(20)
        for _ in range(PRESSES // THREADS):
            answer = client.post(reverse(URL), fields(key))
            answers.append((answer.status_code, answer.headers.get("Location")))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len(answers) == PRESSES
    led_to = PersonRequest.objects.get().get_absolute_url()
    assert set(answers) == {(302, led_to)}
    assert led_to not in IdempotencyKey.objects.get().location


def test_form_with_errors_keeps_its_key_for_the_corrected_one(client, db):
    client.force_login(UserFactory(records_officer=True))
    key = str(uuid.uuid4())

    shown = client.post(reverse(URL), fields(key, proof=""))
    assert shown.status_code == 200
    assert f'value="{key}"' in shown.content.decode()
    assert client.post(reverse(URL), fields(key)).status_code == 302

    assert PersonRequest.objects.count() == 1


def test_another_key_makes_another_record(client, db):
    client.force_login(UserFactory(records_officer=True))

    for _ in range(2):
        client.post(reverse(URL), fields(str(uuid.uuid4())))

    assert PersonRequest.objects.count() == 2


@pytest.mark.parametrize("key", ["", "nonsense"])
def test_form_without_a_key_still_works(client, db, key):
    client.force_login(UserFactory(records_officer=True))

    assert client.post(reverse(URL), fields(key)).status_code == 302


def test_each_shown_form_has_a_fresh_key(client, db):
    client.force_login(UserFactory(records_officer=True))
    keys = {client.get(reverse(URL)).content.decode().split('name="idempotency_key" value="')[1][:36] for _ in range(3)}

    assert len(keys) == 3


def test_key_of_somebody_else_makes_nothing_and_shows_nothing(client, db):
    key = str(uuid.uuid4())
    client.force_login(UserFactory(records_officer=True))
    client.post(reverse(URL), fields(key))

    client.force_login(UserFactory(records_officer=True))
    answer = client.post(reverse(URL), fields(key))

    assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    assert PersonRequest.objects.count() == 1


@pytest.mark.parametrize(
    "led", ["/here/", "/here/?page=2#end", "/there/", "/here/further/", "/h%C3%A9re/", "/caf%C3%A9%20code/"]
)
def test_the_address_that_a_press_led_to_is_kept_locked(rf, db, led):
    """It may be a secret; a second press is led there all the same."""
    calls = []

    @once
    def view(request):
        calls.append(request)
        return HttpResponseRedirect(led)

    def press():
        request = rf.post("/here/?a=b", {FIELD: key})
        request.user = AnonymousUser()
        return view(request)

    key = str(uuid.uuid4())
    answers = [press() for _press in range(3)]
    assert len(calls) == 1
    assert led not in IdempotencyKey.objects.get().location
    assert {answer.url for answer in answers} == {led}
