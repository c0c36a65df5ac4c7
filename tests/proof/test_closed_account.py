"""A disabled account has no door left: its session ends at the next request, and no table holds a live credential."""

import re
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.hashers import is_password_usable
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.models import CalendarFeed, Invitation, User
from tests.accounts.signing import BACKEND, HOME, ask_for_new_password, code_of, is_signed_in, post_code, post_password
from tests.factories.accounts import PASSWORD, TOTP_SECRET, UserFactory

pytestmark = pytest.mark.django_db
SENTENCE = "an untold story of the harbor"
# Tables that open a door to whoever holds what is in them, and how to count what is live there for a person.
CREDENTIALS = {
    "accounts.User": lambda user: (
        User.objects.filter(pk=user.pk, is_active=True).count()
        + is_password_usable(User.objects.get(pk=user.pk).password)
    ),
    "accounts.Invitation": lambda user: Invitation.objects.open().filter(invited_by=user).count(),
    "accounts.CalendarFeed": lambda user: CalendarFeed.objects.filter(user=user).count(),
    "sessions.Session": lambda user: len(sessions.keys_of(user)),
    "usersessions.UserSession": lambda user: user.usersession_set.count(),
    "mfa.Authenticator": lambda user: user.authenticator_set.count(),
    "account.EmailConfirmation": lambda user: EmailConfirmation.objects.filter(email_address__user=user).count(),
}
# Tables about signing in that open nothing, and why.
NO_CREDENTIALS = {
    "account.EmailAddress": "an address is where mail goes; a link in that mail is what opens",
    "axes.AccessAttempt": "failures, counted",
    "axes.AccessAttemptExpiration": "when a count of failures ends",
    "axes.AccessFailureLog": "not written",
    "axes.AccessLog": "not written",
    "auth.Permission": "Django's own rights, which nothing here asks",
    "auth.Group": "Django's own groups, which nothing here asks",
    "auth.Group_permissions": "Django's own groups, which nothing here asks",
    "accounts.UserEvent": "the history of an account, without its password",
    "accounts.RoleGrant": "what somebody may do once they are in",
    "accounts.RoleGrantEvent": "history",
    "accounts.AreaServed": "where somebody may act once they are in",
    "accounts.AreaServedEvent": "history",
    "accounts.Duty": "who answers for an area on a day",
    "accounts.Invitation_areas": "where somebody invited will act",
    # Found by the name of a field, wherever they are.
    "core.IdempotencyKey": "a press of a button, which counts for its owner alone",
    "core.Job": "its key is half of an address; the page asks who is signed in",
    "core.StoredFile": "its key is where a file lies; no address leads there",
    "core.Finding": "the keys of records that are about a person who asked",
    "core.Erasure": "the keys of records that were erased",
    "cases.FollowUpLink": "a keyed hash of a code that opens one form to one party, and nothing to staff",
    "cases.AgencyLink": "a keyed hash of a code that opens one page to one agency, and nothing to staff",
    "events.Registration": "a keyed hash of a code that opens one page to whoever registered, and nothing to staff",
    "cases.ListEntry": "the code by which cases keep a source or a dispute",
    "cases.ListEntryEvent": "the same, as it was before",
    "events.EventType": "the code by which addresses name a type of event",
    "events.EventTypeEvent": "the same, as it was before",
    "events.Tap": "the key keeps a press at a door from counting twice",
    "areas.Area": "the code by which a city knows an area",
    "notices.Notice": "the key keeps a message from being sent twice",
    "notices.Task": "the key keeps a task from being owed twice",
    "notices.OptOut": "a keyed hash of an address that wants no messages",
}
APPS = {"auth", "sessions", "account", "mfa", "usersessions", "axes", "accounts"}
TELLING = re.compile(r"(^|_)(token|digest|key|secret|password|code|credential)s?($|_)")


def suspects(models):
    """The models of the apps about signing in, and those of others with a field that is called like a credential."""
    for model in models:
        fields = [field.name for field in model._meta.local_concrete_fields]
        if model._meta.app_label in APPS or any(map(TELLING.search, fields)):
            yield model._meta.label


def live(user):
    """How many live credentials of this person each table holds."""
    return {label: count for label, counted in CREDENTIALS.items() if (count := counted(user))}


@pytest.fixture
def insider():
    """A coordinator with every credential there is, and what opened their doors."""
    user, other = UserFactory(coordinator=True, officer=True, second_factor=True), UserFactory(coordinator=True)
    data = {"name": "Key", "passwordless": True, "credential": {}}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    code = user.authenticator_set.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    CalendarFeed.objects.make(user)
    _row, token = Invitation.objects.invite("second.mailbox@example.org", name="Me", roles=["coordinator"], by=user)
    ask_for_new_password(Client(), user.email)
    reset = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    clients = [Client(), Client()]
    post_password(clients[0], user)
    post_code(clients[0], code_of())
    clients[1].force_login(user, backend=BACKEND)
    clients[1].get(HOME)
    half = Client()
    post_password(half, user)
    invitation = reverse("accounts:invitation_accept", args=[token])
    doors = {"clients": clients, "half": half, "reset": reset, "invitation": invitation, "recovery": code}
    return SimpleNamespace(user=user, other=other, **doors)


def disable(insider):
    """As a coordinator does, on the page."""
    client = Client()
    client.force_login(insider.other, backend=BACKEND)
    answer = client.post(reverse("desk:leaving", args=[insider.user.reference]))
    assert answer.url == reverse("accounts:user_detail", args=[insider.user.reference])


def secrets_of(user):
    """Texts that open a door for whoever finds them: keys of sessions, the hash of the password, locked secrets."""
    texts = [user.password, *sessions.keys_of(user)]
    for row in user.authenticator_set.all():
        texts += [text for text in row.data.values() if isinstance(text, str) and len(text) > 8]
    return texts


def places_of(text):
    """The tables in which a text stands, in any column of any row."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, %s) > 0', [text])
            found += [table] * bool(cursor.fetchone()[0])
    return found


def test_disabling_ends_live_sessions_at_the_next_request(insider, figure):
    assert [is_signed_in(client) for client in insider.clients] == [True, True]
    disable(insider)

    figure("live sessions that outlive a disabled account", sum(map(is_signed_in, insider.clients)), "== 0")


def test_no_table_holds_a_live_credential(insider, figure):
    """Every kind was live before, so that its count can fall; then all are gone, in every table of the database."""
    before, secrets = live(insider.user), secrets_of(insider.user)
    assert before.keys() == CREDENTIALS.keys() - {"account.EmailConfirmation"}
    assert all(places_of(secret) for secret in secrets)
    # The password, two sessions, and what lies behind the codes and the recovery codes.
    assert len(secrets) == 5
    disable(insider)

    left = {place for secret in secrets for place in places_of(secret)}
    assert (live(insider.user), left) == ({}, set())
    figure("live credentials of a disabled account in any table", len(left) + sum(live(insider.user).values()), "== 0")


def test_no_door_opens_again(insider, figure):
    """What was sent or written down before is worth nothing, also once the account is enabled again."""
    disable(insider)
    opened = doors_that_open(insider)
    insider.user.refresh_from_db()
    insider.user.enable(by=insider.other)
    opened += doors_that_open(insider)

    assert opened == []
    figure("old credentials that open a closed account", len(opened), "== 0")


def doors_that_open(insider):
    tried = {"password": Client(), "half": insider.half, "recovery": Client(), "reset": Client()}
    post_password(tried["password"], insider.user)
    post_code(tried["half"], code_of())
    post_password(tried["recovery"], insider.user)
    post_code(tried["recovery"], insider.recovery)
    form = tried["reset"].get(insider.reset, follow=True).request["PATH_INFO"]
    tried["reset"].post(form, {"password1": SENTENCE, "password2": SENTENCE})
    opened = [name for name, client in tried.items() if is_signed_in(client)]
    insider.user.refresh_from_db()
    if insider.user.check_password(SENTENCE) or insider.user.check_password(PASSWORD):
        opened.append("a password")
    if Client().get(insider.invitation).status_code == 200:
        opened.append("an invitation of theirs")
    return opened


def test_the_same_doors_open_before(insider):
    """Or nothing that stays shut afterwards would prove anything."""
    # This passkey is none that a page could ask for.
    insider.user.authenticator_set.filter(type=Authenticator.Type.WEBAUTHN).delete()

    assert {"recovery", "a password", "an invitation of theirs"} <= set(doors_that_open(insider))


def test_a_forgotten_table_is_found(insider):
    """A copy of the secret in a table nobody thought of is live, whatever the lists above say."""
    key = sessions.keys_of(insider.user)[0]
    Session.objects.create(session_key="copy", session_data=key, expire_date="2030-01-01T00:00:00Z")
    disable(insider)

    assert places_of(key) == ["django_session"]


def test_every_table_that_could_hold_a_credential_is_classified(figure):
    found = set(suspects(apps.get_models(include_auto_created=True)))

    assert CREDENTIALS.keys() & NO_CREDENTIALS.keys() == set()
    assert found == CREDENTIALS.keys() | NO_CREDENTIALS.keys()
    figure("tables judged for credentials", len(found), "== 39")


def test_a_new_table_with_a_token_is_unclassified():
    meta = SimpleNamespace(app_label="feeds", label="feeds.Feed", local_concrete_fields=[SimpleNamespace(name="token")])

    assert list(suspects([SimpleNamespace(_meta=meta)])) == ["feeds.Feed"]


def test_the_secret_of_the_codes_lies_nowhere_in_clear(insider):
    assert places_of(TOTP_SECRET) == []
