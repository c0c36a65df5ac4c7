"""Where updates and posts stand, in the words and chips of their lists and pages."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.kept import kept_in_each_language
from core.templatetags.liaison import chip, word
from portal.models import Post, Posting, Update, UpdateVersion

UPDATE_KINDS = {
    Update.State.DRAFT: "quiet",
    Update.State.WAITING: "wait",
    Update.State.PUBLISHED: "good",
    Update.State.WITHDRAWN: "stop",
}
UPDATE_ICONS = {
    Update.State.DRAFT: "pencil",
    Update.State.WAITING: "hourglass-split",
    Update.State.PUBLISHED: "check-circle",
    Update.State.WITHDRAWN: "slash-circle",
}
POST_KINDS = {
    Post.State.DRAFT: "quiet",
    Post.State.WAITING: "wait",
    Post.State.APPROVED: "info",
    Post.State.SCHEDULED: "info",
    Post.State.POSTED: "good",
    Post.State.WITHDRAWN: "quiet",
}
POST_ICONS = {
    Post.State.DRAFT: "pencil",
    Post.State.WAITING: "hourglass-split",
    Post.State.APPROVED: "check2",
    Post.State.SCHEDULED: "clock",
    Post.State.POSTED: "check-circle",
    Post.State.WITHDRAWN: "slash-circle",
}
POSTING_KINDS = {
    Posting.State.WAITING: "info",
    Posting.State.UNDER_WAY: "info",
    Posting.State.SENT: "good",
    Posting.State.FAILED: "stop",
    Posting.State.UNSURE: "stop",
    Posting.State.BY_HAND: "good",
}
POSTING_ICONS = {
    Posting.State.WAITING: "clock",
    Posting.State.UNDER_WAY: "clock",
    Posting.State.SENT: "check-circle",
    Posting.State.FAILED: "exclamation-circle",
    Posting.State.UNSURE: "question-circle",
    Posting.State.BY_HAND: "check-circle",
}


@kept_in_each_language()
def update_chip(state):
    return chip(UPDATE_KINDS[state], UPDATE_ICONS[state], Update.State(state).label)


@kept_in_each_language()
def post_chip(state):
    return chip(POST_KINDS[state], POST_ICONS[state], Post.State(state).label)


@kept_in_each_language()
def posting_chip(state):
    return chip(POSTING_KINDS[state], POSTING_ICONS[state], Posting.State(state).label)


@kept_in_each_language()
def kind_word(kind):
    return str(UpdateVersion.Kind(kind).label)


@kept_in_each_language()
def trouble_chip():
    return chip("stop", "exclamation-circle", _("A channel may not have it"))


def chips_of_update(update):
    """Where the work stands, and what residents read meanwhile."""
    chips = [update_chip(update.state)]
    if update.is_shown and update.in_force != update.newest:
        chips.append(
            chip("good", "check-circle", _("Version %(number)s is public") % {"number": update.in_force.number})
        )
    return chips


def update_rows(updates):
    """What the list says of each."""
    return [
        {
            "reference": update.reference,
            "title": update.newest.title_en,
            "chips": chips_of_update(update),
            "kind": kind_word(update.newest.kind),
            "review": review_word(update),
            "owner": update.owner,
        }
        for update in updates
    ]


def review_word(update):
    """The day on which somebody looks again, marked where it has passed."""
    if update.is_withdrawn:
        return ""
    version = update.in_force or update.newest
    day = date_format(version.review_on, "DATE_FORMAT")
    return word("stop", "exclamation-circle-fill", day) if update.is_shown and version.review_is_due else day


def post_rows(posts):
    """What the list says of each. `trouble` says whether some channel may not have it."""
    return [
        {
            "reference": post.reference,
            "title": post.title,
            "chips": [post_chip(post.state), *([trouble_chip()] if post.trouble else [])],
            "when": when(post),
            "corrects": post.corrects,
            "owner": post.owner,
        }
        for post in posts
    ]


def when(post):
    """When it went out, or will."""
    moment = post.posted_at or post.due_at
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""
