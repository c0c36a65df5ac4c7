"""The pages of coordinators: who may open them, and what each button does."""

import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Duty, Invitation, Role, User
from accounts.urls import urlpatterns
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Notice
from tests.accounts.signing import BACKEND, HOME, is_signed_in, post_password
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory

GET, POST = "get", "post"
# Each verb and page about another person: who gets what. Anybody but coordinators does not learn that the person is.
ROUTES = [
    ("user_detail", GET, 200),
    ("user_access", GET, 200),
    ("user_access", POST, 302),
    ("user_enable", POST, 409),
    ("user_end_sessions", POST, 302),
    ("user_release", POST, 302),
    ("user_reset_factor", GET, 200),
    ("user_reset_factor", POST, 302),
]
POSTED = {
    "user_access": {"name": "Ofc. Other", "roles": ["officer"]},
    "user_reset_factor": {"reason": "lost, in person"},
}
OTHERS = [role for role in Role if role != Role.COORDINATOR]


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def coordinator(db):
    return UserFactory(coordinator=True)


@pytest.fixture
def person(db):
    return UserFactory(officer=True, second_factor=True)


def ask(client, name, method, person):
    return getattr(client, method)(reverse(f"accounts:{name}", args=[person.reference]), POSTED.get(name, {}))


@pytest.mark.parametrize(("name", "method", "status"), ROUTES)
def test_coordinator_about_somebody_else(coordinator, person, name, method, status):
    assert ask(signed_in(coordinator), name, method, person).status_code == status


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize(("name", "method", "status"), ROUTES)
def test_others_do_not_learn_who_is_there(db, person, role, name, method, status):
    assert ask(signed_in(UserFactory(**{role.value: True})), name, method, person).status_code == 404


@pytest.mark.parametrize(("name", "method", "status"), ROUTES)
def test_nobody_changes_their_own_account(coordinator, name, method, status):
    UserFactory(coordinator=True)
    before = User.objects.get(pk=coordinator.pk)
    answer = ask(signed_in(coordinator), name, method, coordinator)

    assert answer.status_code == (200 if name == "user_detail" else 403)
    after = User.objects.get(pk=coordinator.pk)
    assert (after.is_active, after.roles, after.name) == (before.is_active, before.roles, before.name)


@pytest.mark.parametrize(("name", "method", "status"), ROUTES)
def test_visitors_are_sent_to_sign_in(person, name, method, status):
    assert ask(Client(), name, method, person).url.startswith("/accounts/login/")


def test_table_of_routes_is_whole():
    assert {path.name for path in urlpatterns if path.name.startswith("user_")} == {name for name, *_ in ROUTES}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", ["staff_list", "invitation_create"])
def test_lists_are_for_coordinators(db, role, name):
    expected = 200 if role == Role.COORDINATOR else 403

    assert signed_in(UserFactory(**{role.value: True})).get(reverse(f"accounts:{name}")).status_code == expected


def test_disable_now_leaves_no_live_credential(coordinator, person):
    person.set_roles(["supervisor"], by=coordinator)
    area = AreaFactory()
    Duty.objects.put(area, datetime.date(2126, 1, 1), person, by=coordinator)
    Invitation.objects.invite("new@example.org", name="N. Ew", roles=["officer"], by=person)
    phone, desk = signed_in(person), Client()
    Authenticator.objects.filter(user=person).delete()
    post_password(desk, person)
    assert is_signed_in(phone)
    assert is_signed_in(desk)
    assert UserSession.objects.filter(user=person).count() == 1

    signed_in(coordinator).post(reverse("desk:leaving", args=[person.reference]))

    assert [client.get(HOME).status_code for client in (phone, desk)] == [302, 302]
    post_password(desk, person)
    assert not is_signed_in(desk)
    person = User.objects.get(pk=person.pk)
    assert not person.has_usable_password()
    assert live_credentials(person) == 0
    assert AuditEntry.objects.get(act="user.disable").facts == {"sessions": 2, "invitations": 1, "duties": 1}


def live_credentials(person):
    """Rows anywhere by which somebody could still come in as this person."""
    sessions = sum(row.get_decoded().get("_auth_user_id") == str(person.pk) for row in Session.objects.all())
    rows = (Authenticator.objects.filter(user=person), UserSession.objects.filter(user=person))
    return sessions + sum(row.count() for row in rows) + Invitation.objects.open().filter(invited_by=person).count()


def test_the_count_of_live_credentials_can_fail(person):
    signed_in(person)

    assert live_credentials(person) == 3


def test_disabling_twice_is_not_now(coordinator, person):
    person.disable(by=coordinator)

    with pytest.raises(MoveNotAllowed):
        person.disable(by=coordinator)


def test_enabled_again_they_need_a_new_password(coordinator, person):
    person.disable(by=coordinator)
    ask(signed_in(coordinator), "user_enable", POST, person)

    person = User.objects.get(pk=person.pk)
    assert (person.is_active, person.has_usable_password(), person.has_second_factor) == (True, False, False)
    assert EmailAddress.objects.filter(user=person, verified=True).exists()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert not is_signed_in(client)


def test_role_taken_away_applies_at_the_next_click(coordinator, person):
    other = signed_in(UserFactory(coordinator=True, email="second@example.org"))
    second = User.objects.get(email="second@example.org")
    assert other.get(reverse("accounts:staff_list")).status_code == 200
    second.set_roles([], by=coordinator)

    assert other.get(reverse("accounts:staff_list")).status_code == 403


def test_reset_of_a_second_factor_is_recorded_told_and_ends_sessions(coordinator, person):
    theirs = signed_in(person)
    ask(signed_in(coordinator), "user_reset_factor", POST, person)

    assert not person.has_second_factor
    assert not is_signed_in(theirs)
    facts = AuditEntry.objects.get(act="user.second_factor_reset").facts
    assert facts == {"factors": 2, "sessions": 1, "reason": "lost, in person"}
    assert Notice.objects.get(kind="accounts.factor_reset").contact == person.contact


def test_reset_of_a_second_factor_needs_a_reason(coordinator, person):
    url = reverse("accounts:user_reset_factor", args=[person.reference])

    assert signed_in(coordinator).post(url, {"reason": " "}).status_code == 200
    assert person.has_second_factor


def test_release_of_a_lock(coordinator):
    person = UserFactory()
    client = Client()
    for _ in range(5):
        post_password(client, person, "wrong")
    page = ask(signed_in(coordinator), "user_detail", GET, person).content.decode()
    assert "Locked by wrong passwords" in page

    ask(signed_in(coordinator), "user_release", POST, person)
    assert not AccessAttempt.objects.exists()
    assert post_password(client, person).status_code == 302
    assert AuditEntry.objects.filter(act="user.release", actor=coordinator.email).count() == 1


def test_sessions_are_shown_and_ended(coordinator):
    person, theirs = UserFactory(), Client(headers={"User-Agent": "Trial browser"})
    post_password(theirs, person)
    assert "Trial browser" in ask(signed_in(coordinator), "user_detail", GET, person).content.decode()

    ask(signed_in(coordinator), "user_end_sessions", POST, person)
    assert not is_signed_in(theirs)


def test_access_form_saves_roles_areas_and_name(coordinator, person):
    area = AreaFactory()
    url = reverse("accounts:user_access", args=[person.reference])
    data = {"name": "Sgt. Other", "roles": ["supervisor", "mediator"], "areas": [area.pk]}
    signed_in(coordinator).post(url, data | {"is_active": "", "email": "x@example.org", "password": "x"})

    person = User.objects.select_related("contact").get(pk=person.pk)
    assert (person.name, person.contact.name) == ("Sgt. Other", "Sgt. Other")
    assert person.roles == {"supervisor", "mediator"}
    assert person.area_ids == (area.pk,)
    assert person.is_active
    assert person.email != "x@example.org"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Ofc. Ana", "Sgt. Ben", "Kay"}),
        ("q=ana", {"Ofc. Ana"}),
        ("q=ben%40example", {"Sgt. Ben"}),
        ("role=supervisor", {"Sgt. Ben"}),
        ("state=disabled", {"Ofc. Gone"}),
        ("state=all", {"Ofc. Ana", "Sgt. Ben", "Kay", "Ofc. Gone"}),
        ("q=%00", {"Ofc. Ana", "Sgt. Ben", "Kay"}),
        ("role=nonsense&area=x&page=-3", {"Ofc. Ana", "Sgt. Ben", "Kay"}),
        ("area=999999", set()),
    ],
)
def test_filters_of_the_list(db, query, found):
    coordinator = UserFactory(coordinator=True, name="Kay", email="kay@example.org")
    UserFactory(officer=True, name="Ofc. Ana", email="ana@example.org")
    UserFactory(supervisor=True, name="Sgt. Ben", email="ben@example.org")
    UserFactory(name="Ofc. Gone", email="gone@example.org").disable(by=coordinator)
    page = signed_in(coordinator).get(f"{reverse('accounts:staff_list')}?{query}")

    assert {person.name for person in page.context["page_obj"]} == found


def test_list_makes_a_fixed_number_of_queries(coordinator):
    client, areas, counted = signed_in(coordinator), [AreaFactory() for _ in range(3)], []
    client.get(HOME)
    for _ in range(3):
        UserFactory(officer=True, mediator=True, areas=areas)
        Invitation.objects.invite(f"new{len(counted)}@example.org", name="N", roles=["officer"], by=coordinator)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:staff_list"))
        counted.append(len(queries))

    assert len(set(counted)) == 1
    assert counted[0] <= 14


def test_own_settings_are_saved(client, person):
    client.force_login(person, backend=BACKEND)
    client.post(reverse("accounts:my_display"), {"public_name": "", "is_active": "", "email": "x@example.org"})

    person.refresh_from_db()
    assert (person.public_name, person.shortcuts, person.is_active) == (False, False, True)
    assert person.email != "x@example.org"


def test_own_contact_is_saved_with_its_number_whole(client, person):
    client.force_login(person, backend=BACKEND)
    data = {"phone": "(206) 555-0142", "may_sms": "on", "language": "es", "hours_from": "8", "hours_to": "17:30"}
    response = client.post(reverse("accounts:my_contact"), data)

    assert response.status_code == 302
    person.contact.refresh_from_db()
    assert person.contact.phone_e164 == "+12065550142"
    assert (person.contact.may_sms, person.contact.may_email, person.contact.language) == (True, False, "es")
