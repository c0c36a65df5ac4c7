"""Kinds of message that exist in tests alone. A worker process started by a test finds them as an app."""

from django.utils.translation import gettext

from notices.kinds import Crash, Late, Message, kind
from notices.models import Purpose

# What tests change to make a message unwanted, or to give it an end.
unwanted, ends = set(), {}


def messages(refs):
    return {
        ref: None
        if ref in unwanted
        else Message(subject=gettext("Save"), body=f"Your appointment is near. {ref}", good_until=ends.get(ref))
        for ref in refs
    }


@kind("trial.note", purpose=Purpose.CASE, late=Late.WHILE_AHEAD, crash=Crash.DOUBLE)
def note(refs, language):
    return messages(refs)


@kind("trial.grave", purpose=Purpose.CASE, late=Late.WHILE_AHEAD, crash=Crash.STOP, tell_if_late=True)
def grave(refs, language):
    return messages(refs)


@kind("trial.newest", purpose=Purpose.CASE, late=Late.NEWEST, crash=Crash.DOUBLE)
def newest(refs, language):
    return messages(refs)


@kind("trial.work", purpose=Purpose.WORK, late=Late.SEND, crash=Crash.DOUBLE)
def work(refs, language):
    return messages(refs)


@kind("trial.broken", purpose=Purpose.CASE)
def broken(refs, language):
    raise ValueError(refs)
