"""Where updates and posts stand, in the words and chips of their lists and pages."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.kept import kept_in_each_language
from core.templatetags.liaison import chip, word
from portal.models import Post, Posting, Update, UpdateVersion

# Kind and icon of each.
UPDATE_CHIPS = {
    Update.State.DRAFT: ("quiet", "pencil"),
    Update.State.WAITING: ("wait", "hourglass-split"),
    Update.State.PUBLISHED: ("good", "check-circle"),
    Update.State.WITHDRAWN: ("stop", "slash-circle"),
}
POST_CHIPS = {
    Post.State.DRAFT: ("quiet", "pencil"),
    Post.State.WAITING: ("wait", "hourglass-split"),
    Post.State.APPROVED: ("info", "check2"),
    Post.State.SCHEDULED: ("info", "clock"),
    Post.State.POSTED: ("good", "check-circle"),
    Post.State.WITHDRAWN: ("quiet", "slash-circle"),
}
POSTING_CHIPS = {
    Posting.State.WAITING: ("info", "clock"),
    Posting.State.UNDER_WAY: ("info", "clock"),
    Posting.State.SENT: ("good", "check-circle"),
    Posting.State.FAILED: ("stop", "exclamation-circle"),
    Posting.State.UNSURE: ("stop", "question-circle"),
    Posting.State.BY_HAND: ("good", "check-circle"),
}


@kept_in_each_language()
def update_chip(state):
    return chip(*UPDATE_CHIPS[state], Update.State(state).label)


@kept_in_each_language()
def post_chip(state):
    return chip(*POST_CHIPS[state], Post.State(state).label)


@kept_in_each_language()
def posting_chip(state):
    return chip(*POSTING_CHIPS[state], Posting.State(state).label)


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
