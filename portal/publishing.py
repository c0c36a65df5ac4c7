"""Updates: what a verb owes when it is done."""

from django.db import transaction

from notices.models import Task
from portal import owed


@transaction.atomic
def publish(*, update, seen, by):
    """Residents read it, and on its day of review somebody looks at it again."""
    update.publish(by=by, seen=seen)
    owed.approval_ends(update, by=by)
    owed.review(update)


@transaction.atomic
def renew(*, update, review_on, by):
    """It still holds."""
    update.renew(review_on, by=by)
    Task.objects.finish_for(update.reference, owed.REVIEW, by=by)
    owed.review(update)


@transaction.atomic
def withdraw(*, update, by, **why):
    """Residents no longer read it, and nothing is owed to it."""
    update.withdraw(by=by, **why)
    owed.nothing_more(update)
