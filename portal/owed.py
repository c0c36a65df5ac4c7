"""The tasks that updates and posts owe: approve, change, look again, look what became of it."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_noop

from notices.models import Task
from notices.walltime import due_in_working_days, morning_of
from portal.rules import APPROVERS

# What the keys begin with, followed by the reference of the record.
APPROVE, SENT_BACK, REVIEW = "portal.approve:", "portal.sent_back:", "portal.review:"
NOT_POSTED, POSTING, OVERTAKEN = "portal.not_posted:", "portal.posting:", "portal.overtaken:"
APPROVE_WITHIN, CHANGE_WITHIN = 2, 3
# A page that nobody looked at again for so long is one for the supervisors.
ESCALATE_AFTER = timedelta(days=7)


def _owner(text):
    """Whoever answers for it; coordinators where that person has left."""
    return text.owner if text.owner.is_active else None


def _once(moment):
    """What tells one time from the next in a key."""
    return f"{moment:%Y%m%d%H%M%S%f}"


def approval(text):
    """A second person is asked: those who had a hand in it are left out, so a role they hold is asked by name."""
    writers = set(text.writers.values_list("pk", flat=True))
    for who in second_people(writers):
        name = who["owner"].reference if "owner" in who else who["role"]
        Task.objects.owe(
            f"{APPROVE}{text.reference}:{_once(text.sent_at)}:{name}",
            text=gettext_noop("A text for residents waits for a second person: approve it or send it back"),
            due_at=due_in_working_days(APPROVE_WITHIN),
            ref=text.reference,
            link=text.get_absolute_url(),
            **who,
        )


def second_people(writers):
    for role in APPROVERS:
        holders = get_user_model().objects.active().with_role(role)
        if holders.filter(pk__in=writers).exists():
            yield from ({"owner": person} for person in holders.exclude(pk__in=writers).order_by("pk"))
        else:
            yield {"role": role}


def approval_ends(text, *, by):
    """It was approved or sent back: nobody waits any more."""
    Task.objects.finish_for(text.reference, APPROVE, by=by)


def sent_back(text, *, by):
    """Its owner is told, unless it was they who took it back."""
    if text.owner_id != by.pk:
        Task.objects.owe(
            f"{SENT_BACK}{text.reference}:{_once(text.back_at)}",
            text=gettext_noop("A text for residents was sent back to you: read why and change it"),
            owner=_owner(text),
            due_at=due_in_working_days(CHANGE_WITHIN),
            ref=text.reference,
            link=text.get_absolute_url(),
        )


def sent(text, *, by):
    """What it was sent back for, or waited for, is written."""
    for kind in (SENT_BACK, OVERTAKEN):
        Task.objects.finish_for(text.reference, kind, by=by)


def review(update):
    """On its day of review somebody looks whether it still holds. It replaces what was owed for another day."""
    Task.objects.void_for(update.reference, REVIEW)
    version = update.in_force
    due_at = morning_of(version.review_on)
    Task.objects.owe(
        f"{REVIEW}{update.reference}:{version.number}:{_once(timezone.now())}",
        text=gettext_noop("An update for residents is to be looked at again: does it still hold?"),
        owner=_owner(update),
        due_at=due_at,
        escalate_at=due_at + ESCALATE_AFTER,
        ref=update.reference,
        link=update.get_absolute_url(),
    )


def nothing_more(text):
    """It is withdrawn: whatever it owed is no longer needed."""
    Task.objects.void_for(text.reference, "portal.")


def not_posted(post):
    """Its time came and it could not go out."""
    Task.objects.owe(
        f"{NOT_POSTED}{post.reference}:{_once(post.due_at)}",
        text=gettext_noop("A scheduled post did not go out: look why, and post it or choose another time"),
        owner=_owner(post),
        ref=post.reference,
        link=post.get_absolute_url(),
    )


def decided(post, *, by):
    """It was posted or scheduled anew."""
    Task.objects.finish_for(post.reference, NOT_POSTED, by=by)


def in_trouble(posting):
    """Whether a channel has a text is for a person to see."""
    Task.objects.owe(
        f"{POSTING}{posting.post.reference}:{posting.handle}:{posting.tries}:{_once(posting.ended_at)}",
        text=gettext_noop("A post may not have reached %(channel)s: look there, then try again or mark it as posted"),
        values={"channel": posting.channel},
        owner=_owner(posting.post),
        ref=posting.post.reference,
        link=posting.post.get_absolute_url(),
    )


def settled(posting, *, by):
    """Somebody looked."""
    Task.objects.finish_for(posting.post.reference, f"{POSTING}{posting.post.reference}:{posting.handle}", by=by)


def overtaken(post):
    """Its event was moved, postponed or canceled. It replaces what was owed for an earlier change of the event."""
    out = gettext_noop("The event that a post leads to was moved or called off: put the post right by another one")
    ahead = gettext_noop("The event that a post leads to was moved or called off: change the post before it goes out")
    Task.objects.void_for(post.reference, OVERTAKEN)
    Task.objects.owe(
        f"{OVERTAKEN}{post.reference}:s{post.event.sequence}",
        text=out if post.is_posted else ahead,
        owner=_owner(post),
        ref=post.reference,
        link=post.get_absolute_url(),
    )


def put_right(post, *, by):
    """It is out, and what it corrects is put right by it."""
    if post.corrects is not None:
        Task.objects.finish_for(post.corrects.reference, OVERTAKEN, by=by)
