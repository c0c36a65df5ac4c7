"""Invitations: a link by e-mail, good once and for seven days, whose token is stored nowhere."""

import re
import threading

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Role, User
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Contact, OptOut, Task
from notices.reach import address_digest
from tests.accounts.signing import BACKEND, HOME, is_signed_in, post_password
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.areas import AreaFactory

pytestmark = pytest.mark.django_db
SENTENCE = "an untold story of the harbor"


@pytest.fixture
def coordinator():
    return UserFactory(coordinator=True)


@pytest.fixture
def desk(coordinator):
    client = Client()
    client.force_login(coordinator, backend=BACKEND)
    return client


@pytest.fixture
def invite(desk, django_capture_on_commit_callbacks):
    """`invite(language="es")` fills in the form and gives the address in the mail."""

    def fill_in(**fields):
        data = {"email": "New@Example.org", "name": "Ofc. New", "language": "en", "roles": ["officer"], **fields}
        with django_capture_on_commit_callbacks(execute=True):
            response = desk.post(reverse("accounts:invitation_create"), data)
        assert response.status_code == 302
        return link_in(mail.outbox[-1])

    return fill_in


def link_in(message):
    return re.search(r"https?://[^/]+(/invitation/\S+)", message.body).group(1)


def accept(client, link, password=SENTENCE):
    return client.post(link, {"password": password, "again": password})


def test_whole_way_from_form_to_second_factor(invite, client, coordinator):
    area = AreaFactory()
    link = invite(roles=["officer", "mediator"], areas=[area.pk])
    assert mail.outbox[-1].to == ["new@example.org"]
    assert "Ofc. New" in client.get(link).content.decode()

    response = accept(client, link)
    assert response.url == reverse("mfa_index")
    user = User.objects.get(email="new@example.org")
    assert (user.name, user.roles, user.area_ids) == ("Ofc. New", {"officer", "mediator"}, (area.pk,))
    assert EmailAddress.objects.get(user=user).verified
    assert user.role_grants.first().granted_by == coordinator
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert is_signed_in(client)
    assert [entry.act for entry in AuditEntry.objects.order_by("id")] == [
        "invitation.send",
        "invitation.accept",
        "sign-in",
    ]


def test_link_is_good_once(invite, client):
    link = invite()
    accept(client, link)

    second = accept(Client(), link)
    assert second.status_code == 410
    assert User.objects.filter(email="new@example.org").count() == 1


def test_opening_the_link_uses_nothing_up(invite, client):
    link = invite()
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200

    assert accept(client, link).status_code == 302


def test_link_is_good_for_seven_days(invite, client, time_machine):
    time_machine.move_to("2026-11-20 12:00:00+00:00", tick=False)
    link = invite()
    time_machine.move_to("2026-11-27 11:59:59+00:00", tick=False)
    assert client.get(link).status_code == 200

    time_machine.move_to("2026-11-27 12:00:00+00:00", tick=False)
    assert client.get(link).status_code == 410
    assert accept(client, link).status_code == 410


def test_withdrawn_link_opens_nothing(invite, desk, client):
    link = invite()
    desk.post(reverse("accounts:invitation_withdraw", args=[Invitation.objects.get().reference]))

    assert accept(client, link).status_code == 410
    assert not User.objects.filter(email="new@example.org").exists()


def test_sent_again_the_first_link_stops_working(invite, desk, client, django_capture_on_commit_callbacks):
    first = invite()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("accounts:invitation_renew", args=[Invitation.objects.get().reference]))
    second = link_in(mail.outbox[-1])

    assert client.get(first).status_code == 410
    assert accept(client, second).status_code == 302


def test_token_is_stored_nowhere(invite):
    token = invite().split("/")[-2]
    assert len(token) == 22

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


def test_wrong_token_opens_nothing(client):
    assert client.get("/invitation/AAAAAAAAAAAAAAAAAAAAAA/").status_code == 410


@pytest.mark.parametrize("password", ["short", "password1234", "liaison2026!!", "new@example.org"])
def test_poor_password_is_refused(invite, client, password):
    link = invite()

    assert accept(client, link, password).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()


def test_two_different_passwords_are_refused(invite, client):
    response = client.post(invite(), {"password": SENTENCE, "again": PASSWORD})

    assert "The two passwords differ" in response.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_somebody_signed_in_is_asked_to_sign_out_first(invite, desk):
    link = invite()

    assert desk.get(link).status_code == 409
    assert accept(desk, link).status_code == 409
    assert Invitation.objects.open().exists()


def test_mail_is_written_in_the_language_asked_for(invite):
    invite(language="es")

    assert Contact.objects.get(email="new@example.org").language == "es"


def test_mail_server_down_is_said_and_can_be_mended(invite, desk, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "localhost", 1, 1
    data = {"email": "new@example.org", "name": "Ofc. New", "language": "en", "roles": ["officer"]}
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("accounts:invitation_create"), data)

    assert "The mail was not sent" in desk.get(reverse("accounts:staff_list")).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("accounts:invitation_renew", args=[Invitation.objects.get().reference]))
    assert "The mail was not sent" not in desk.get(reverse("accounts:staff_list")).content.decode()


def test_address_that_said_stop_is_not_written_to(desk, django_capture_on_commit_callbacks):
    OptOut.objects.create(channel="email", digest=address_digest("email", "new@example.org"), source="trial")
    data = {"email": "new@example.org", "name": "Ofc. New", "language": "en", "roles": ["officer"]}
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("accounts:invitation_create"), data)

    assert mail.outbox == []
    assert Invitation.objects.get().mailed_at is None


def test_pressed_twice_one_invitation_is_made(desk, django_capture_on_commit_callbacks):
    key = "6b1f6b1e-58b6-4a8e-9e29-3f0a4d6f1c11"
    data = {"email": "new@example.org", "name": "N", "language": "en", "roles": ["officer"], "idempotency_key": key}
    with django_capture_on_commit_callbacks(execute=True):
        answers = [desk.post(reverse("accounts:invitation_create"), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Invitation.objects.count() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("taken", ["has an account", "is invited"])
def test_address_taken_is_refused(desk, coordinator, taken):
    if taken == "has an account":
        UserFactory(email="new@example.org")
    else:
        Invitation.objects.invite("new@example.org", name="N", roles=["officer"], by=coordinator)
    data = {"email": "NEW@example.org", "name": "N", "language": "en", "roles": ["officer"]}

    assert desk.post(reverse("accounts:invitation_create"), data).status_code == 200
    with pytest.raises((MoveNotAllowed, IntegrityError)):
        Invitation.objects.invite("NEW@example.org", name="N", roles=["officer"], by=coordinator)[0].accept(
            password="x"
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_racing_acceptances_one_wins():
    coordinator = UserFactory(coordinator=True)
    invitation, _token = Invitation.objects.invite("new@example.org", name="N", roles=["officer"], by=coordinator)
    outcomes, start = [], threading.Barrier(4)

    def press():
        mine = Invitation.objects.get(pk=invitation.pk)
        start.wait()
        try:
            outcomes.append(mine.accept(password=SENTENCE).email)
        except MoveNotAllowed:
            outcomes.append("no")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["new@example.org", "no", "no", "no"]


def test_first_coordinator_comes_in_by_the_command(client, capsys):
    call_command("invite_coordinator", "first@example.org", "F. Irst")
    link = re.search(r"(/invitation/\S+)", capsys.readouterr().out).group(1)
    accept(client, link)

    assert User.objects.get().roles == {Role.COORDINATOR}
    assert is_signed_in(client)
    with pytest.raises(CommandError, match="has an account already"):
        call_command("invite_coordinator", "first@example.org", "F. Irst")


def test_command_again_gives_a_fresh_link(client, capsys):
    links = []
    for _ in range(2):
        call_command("invite_coordinator", "first@example.org", "F. Irst")
        links.append(re.search(r"(/invitation/\S+)", capsys.readouterr().out).group(1))

    assert [client.get(link).status_code for link in links] == [410, 200]


def test_command_refuses_what_is_no_address():
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("invite_coordinator", "first", "F. Irst")


def test_new_account_signs_in_by_its_password(invite, client):
    accept(client, invite())
    other = Client()

    assert post_password(other, "new@example.org", SENTENCE).url == HOME


@pytest.mark.parametrize(
    ("roles", "told"), [(["supervisor"], 1), (["records_officer"], 1), (["coordinator"], 1), (["officer"], 0)]
)
def test_invitation_to_wide_access_is_shown_to_another_coordinator(
    desk, coordinator, django_capture_on_commit_callbacks, roles, told
):
    other = UserFactory(coordinator=True)
    UserFactory(records_officer=True)
    data = {"email": "new@example.org", "name": "N", "language": "en", "roles": roles, "areas": [AreaFactory().pk]}
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("accounts:invitation_create"), data)

    assert Invitation.objects.count() == 1
    assert list(Task.objects.values_list("owner", flat=True)) == [other.pk] * told


def test_invitation_to_wide_access_falls_to_records_officers_where_one_coordinator_is_all(
    desk, coordinator, django_capture_on_commit_callbacks
):
    officer = UserFactory(records_officer=True)
    data = {"email": "new@example.org", "name": "N", "language": "en", "roles": ["records_officer"]}
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("accounts:invitation_create"), data)

    assert list(Task.objects.values_list("owner", flat=True)) == [officer.pk]
