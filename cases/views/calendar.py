"""The appointments of a member of staff for a calendar of their own, without a word about cases."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import CalendarFeed
from cases.mails import entry_of
from cases.models import Case, Session
from notices import calendars

BEFORE, AHEAD = timedelta(days=30), timedelta(days=366)
MOST = 500


@login_not_required
@require_safe
def calendar_feed(request, token):
    """Who holds the secret address reads it: of cases that its owner may still open, 30 days back and a year ahead."""
    feed = CalendarFeed.objects.opened_by(token).select_related("user").first()
    if feed is None:
        raise Http404
    now = timezone.now()
    theirs = Session.objects.filter(staff=feed.user, case__in=Case.objects.visible_to(feed.user))
    theirs = theirs.filter(starts_at__gt=now - BEFORE, starts_at__lt=now + AHEAD)
    sessions = theirs.select_related("venue").order_by("starts_at", "id")[:MOST]
    entries = [entry_of(session, place=session.venue.name if session.venue else "") for session in sessions]
    answer = HttpResponse(calendars.feed(entries), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="appointments.ics"'
    return answer
