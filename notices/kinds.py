"""The kinds of message there are. Each app registers its own in `mails.py`:

    @kind("cases.session", purpose=Purpose.CASE, late=Late.WHILE_AHEAD, crash=Crash.DOUBLE, about=about_session)
    def session(refs, language):
        \"\"\"An appointment is near.\"\"\"
        return {ref: Message(...) or None for ref in refs}

A function renders many refs at once, so that a batch is read in few queries, and answers None for what is no longer
wanted. `still` looks at the people instead: of (ref, contact id) pairs it gives back those to whom it is still owed.
It is called with its language active. No message says what a case is about: date, time, kind of place and
our phone are all it may hold.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_info

from notices.calendars import Entry
from notices.models import Purpose

registered = {}


class Late(Enum):
    """What becomes of a message whose time passed while the worker was dead."""

    SEND = "send however late"
    WHILE_AHEAD = "send while what it speaks of is ahead (Message.good_until), else let it expire"
    NEWEST = "as WHILE_AHEAD, and of several late ones about one thing to one person only the newest"


class Crash(Enum):
    """What becomes of a message whose worker died between sending it and noting so."""

    DOUBLE = "send it again: twice is harmless, an appointment for example"
    STOP = "let a person look: never twice, anything sensitive"


@dataclass(frozen=True)
class Message:
    """What one message says, in one language. The neutral words are for people whose screen may be seen by others:
    they name neither who writes nor police nor what it is about. Without neutral words a neutral message only asks
    for a call. `short` is for texts and chat; without it the body serves.
    """

    subject: str
    body: str
    short: str = ""
    neutral_subject: str = ""
    neutral_body: str = ""
    neutral_short: str = ""
    good_until: datetime | None = None
    # The appointment that it is about, for the calendar of whoever gets it as a mail.
    entry: Entry | None = None

    def __post_init__(self):
        # Lazy translations are settled here, while their language is active.
        for text in fields(self):
            if text.name not in ("good_until", "entry"):
                object.__setattr__(self, text.name, str(getattr(self, text.name)))


@dataclass(frozen=True)
class About:
    """Which record a ref belongs to, for the task of the person who must act when the message cannot go out."""

    record: str
    link: str = ""


@dataclass(frozen=True)
class Kind:
    name: str
    purpose: Purpose
    late: Late
    crash: Crash
    tell_if_late: bool
    render: Callable
    about: Callable
    still: Callable | None = None

    @property
    def to_staff(self):
        return self.purpose == Purpose.WORK


class UnknownKind(Exception):
    """No `mails.py` registers this kind."""


def kind(name, *, purpose, late=Late.WHILE_AHEAD, crash=Crash.DOUBLE, tell_if_late=False, about=About, still=None):
    """Register a kind of message over the function that renders it.

    tell_if_late: its owner gets a task when it expired unsent. about: the record and link behind a ref. still: of
    {(ref, contact id)} those who are still to get it, asked anew for each batch; all where it is left out.
    """

    def register(render):
        if name in registered and registered[name].render is not render:
            raise ValueError(f"Two functions render {name}.")
        registered[name] = Kind(name, Purpose(purpose), late, crash, tell_if_late, render, about, still)
        return render

    return register


def get(name):
    try:
        return registered[name]
    except KeyError:
        raise UnknownKind(name) from None


def language_of(contact):
    """The language their messages are written in: theirs where it is translated, else that of the installation."""
    known = {code for code, _ in settings.LANGUAGES}
    return next((code for code in (contact.language, contact.language.split("-")[0]) if code in known), "en")


def render(name, refs, language):
    """The messages of one kind in one language: {ref: Message or None}."""
    with translation.override(language):
        return get(name).render(list(dict.fromkeys(refs)), language)


def still_owed(name, owed):
    """Of {(ref, contact id)} of one kind those who are still to get it."""
    still = get(name).still
    return owed if still is None else still(owed)


@dataclass(frozen=True)
class Letter:
    """A message as one person will read it. Mail has a body, texts and chat a short text; each is made when asked."""

    subject: str
    neutral: bool
    language: str
    long: str
    short: str
    context: dict
    entry: Entry | None = None

    @property
    def body(self):
        with translation.override(self.language):
            whole = render_to_string("messages/mail.txt", self.context | {"body": self.long.strip()})
        return whole.strip() + "\n"

    @property
    def text(self):
        with translation.override(self.language):
            whole = render_to_string("messages/text.txt", self.context | {"body": self.short})
        return " ".join(whole.split())


def letter(message, contact, *, to_staff=False, stop_url=""):
    """Choose the words that this person's rules ask for, and add who we are and how to make it stop."""
    neutral = contact.plainly_neutral and not to_staff
    language = language_of(contact)
    context = {
        "agency": settings.AGENCY,
        "neutral": neutral,
        "to_staff": to_staff,
        "stop_url": "" if neutral else stop_url,
        "untranslated": _own_name(contact) if language.split("-")[0] != contact.language.split("-")[0] else "",
    }
    subject, body, short = message.subject, message.body, message.short or message.body
    if neutral:
        with translation.override(language):
            subject = message.neutral_subject or render_to_string("messages/neutral_subject.txt", context)
            body = message.neutral_body or render_to_string("messages/neutral_body.txt", context)
        short = message.neutral_short or body
    # A header is one line: a line break in it could smuggle in headers of somebody else's choice.
    entry = None if neutral else message.entry
    return Letter(" ".join(subject.split()), neutral, language, body, short, context, entry)


def _own_name(contact):
    """The name of their language in that language, where Django knows it, else its code."""
    try:
        return get_language_info(contact.language)["name_local"]
    except KeyError:
        return contact.language


def render_all(refs_of_kinds, contact):
    """Every letter of these refs, {kind: refs}, in each language, as it is and neutral, to one contact.

    This is the one place that renders messages without sending them: tests look here for what must never be said.
    """
    for name, refs in refs_of_kinds.items():
        for language, _ in settings.LANGUAGES:
            for ref, message in render(name, refs, language).items():
                for neutral in (False, True):
                    contact.language, contact.neutral = language, neutral
                    if message is not None:
                        yield name, ref, language, letter(message, contact, to_staff=get(name).to_staff)
