"""The judges of the matrix: what is registered, what an answer must be, and what it may not tell."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.test import Client
from django.test.client import ClientHandler
from django.urls import get_resolver, reverse

from tests.matrix import actors, headers
from tests.matrix.world import SECRETS

# Forms take an empty post for none at all, so it holds a field that nobody asks for.
FORM, FORM_TYPE = "posted=1", "application/x-www-form-urlencoded"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# What is drawn anew for each answer, though it says the same.
DRAWN = re.compile(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]+"')
# What a page shows to anybody who holds its secret address.
SHOWN_BY_LINK = {
    "accounts:invitation_accept": {"invitedcanary"},
    "links:follow_up": {"casecanary"},
    "place:place_detail": {"placecanary"},
    "place:place_change": {"placecanary"},
}


@dataclass(frozen=True)
class Pattern:
    """One pattern of the URLconf with its full name."""

    name: str
    route: str
    view: object


def registered(urlconf=None):
    """Every pattern of the site; an address without a name would stand in no table, so it is named by its route."""
    return list(_below(get_resolver(urlconf)))


def _below(resolver, names="", prefix=""):
    for one in resolver.url_patterns:
        route = f"{prefix}{one.pattern}"
        if hasattr(one, "url_patterns"):
            yield from _below(one, f"{names}{one.namespace}:" if one.namespace else names, route)
        else:
            yield Pattern(names + one.name if one.name else route, route, one.callback)


def unclassified(patterns, table):
    """Names that only the URLconf or only the table knows."""
    return {pattern.name for pattern in patterns} ^ table.keys()


@dataclass(frozen=True)
class Place:
    """One line of the table: an address, and the object of the world that it is about."""

    name: str
    line: object

    def __str__(self):
        return f"{self.name} at {self.line.at}" if self.line.at else self.name

    def kwargs(self, world):
        return world.places[self.line.at] if self.line.at else {}

    def address(self, kwargs):
        path = reverse(self.name, kwargs=kwargs)
        return f"{path}?{self.line.query}" if self.line.query else path


class Browser(Client):
    """A client that keeps nothing of what was rendered, which would copy every context of every page."""

    def request(self, **request):
        response = self.handler(self._base_environ(**request))
        if response.streaming:
            # Read to the end, so that the file behind it is closed.
            response.streaming_content = [b"".join(response.streaming_content)]
        return response


class Browsers:
    """A signed-in client for each actor, which forgets after each request what the request left in it."""

    def __init__(self, world):
        self.clients = {actor: Browser() for actor in actors.ACTORS}
        for actor, person in world.people.items():
            client = self.clients[actor]
            client.force_login(person, backend=BACKEND)
            # The first request notes when the session began.
            client.get(reverse("accounts:my_settings"), secure=True)
        world.disable()
        self.cookies = {actor: client.cookies.output() for actor, client in self.clients.items()}

    def ask(self, actor, method, path, form=FORM, secure=True):
        client = self.clients[actor]
        client.cookies.clear()
        client.cookies.load(self.cookies[actor].replace("Set-Cookie: ", ""))
        return client.generic(method, path, form, content_type=FORM_TYPE, secure=secure)

    def forge(self, path):
        """A post from the page of somebody else, with our cookie and without our token."""
        client = Browser()
        client.handler = ClientHandler(enforce_csrf_checks=True)
        return client.generic("POST", path, FORM, content_type=FORM_TYPE, secure=True)


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(response, address):
    """What an answer says, without what is drawn anew for each and without the address itself."""
    text = DRAWN.sub("", body_of(response).decode())
    path = address.partition("?")[0]
    return text.replace(path, "…").replace(quote(path, safe=""), "…")


def told_to_strangers(body, actor, own=()):
    """The words of an answer that this actor may never read."""
    text = body.decode(errors="replace").lower()
    return {word for word, readers in SECRETS.items() if word in text and actor not in readers and word not in own}


def _raised(response):
    """What a 500 was about."""
    return f": {response.exc_info[1]!r}" if getattr(response, "exc_info", None) else ""


def faults(place, method, actor, response):
    """Everything that is wrong with the answer to one cell, in words."""
    wanted, got = place.line.answers(actor, method), response.status_code
    if got != wanted:
        yield f"{method} {place} answers {got} to {actor}, not {wanted}{_raised(response)}"
    if (
        wanted != 405
        and (entrance := way_in(place.line, actor))
        and not response.headers.get("Location", "").startswith(entrance)
    ):
        yield f"{method} {place} does not send {actor} to {entrance}"
    for word in told_to_strangers(body_of(response), actor, SHOWN_BY_LINK.get(place.name, ())):
        yield f"{method} {place} tells {actor} of {word}"
    for fault in headers.faults(response):
        yield f"{method} {place} ({got}): {fault}"


def way_in(line, actor):
    """Where somebody is sent who is not signed in, or half."""
    if line.kind in ("public", "closed"):
        return ""
    if actor == actors.HALF:
        return "" if line.half else reverse("mfa_index")
    return reverse("account_login") if actor in actors.OUTSIDE else ""
