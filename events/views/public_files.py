"""What programs of residents read about events: calendars, readers of news, printers."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_safe

from core import calendar_files, polled
from events import calendars, flyer, news_feed, share_card
from events.public_filters import PublicFilter, readable

SPOKEN = dict(settings.LANGUAGES)


def in_language(request):
    """What a program reads is in the language that its address asks for, else in that of the browser or cookie."""
    asked = request.GET.get("language", "")
    return translation.override(asked if asked in SPOKEN else translation.get_language())


@login_not_required
@require_safe
def event_feed(request):
    """The feed that calendars follow; `expand=1` is for those that know no rules of repetition."""
    expand = request.GET.get("expand") == "1"
    with in_language(request):
        content = calendars.feed(calendars.rows(PublicFilter(request.GET), expand=expand), expand=expand)
    return polled.answer(request, content, kind=calendar_files.KIND, newest=calendars.newest())


def _news(request, kind):
    with in_language(request):
        events = news_feed.rows(PublicFilter(request.GET))
        content = news_feed.written(events, kind=kind, own_address=request.get_full_path())
    return polled.answer(request, content, kind=kind, newest=calendars.newest())


@login_not_required
@require_safe
def news_rss(request):
    return _news(request, "application/rss+xml")


@login_not_required
@require_safe
def news_atom(request):
    return _news(request, "application/atom+xml")


@login_not_required
@require_safe
def event_file(request, reference):
    """One event for a calendar."""
    event = get_object_or_404(readable().select_related("type", "venue"), reference=reference)
    with in_language(request):
        content = calendars.file(event)
    return polled.answer(request, content, kind=calendar_files.KIND, newest=event.changed_at)


def _to_come(reference, language):
    """An event that is to take place, for what is drawn in one language."""
    if language not in SPOKEN:
        raise Http404
    return get_object_or_404(readable().live().ahead().select_related("type", "venue"), reference=reference)


@login_not_required
@require_safe
def event_flyer(request, reference, language):
    """The flyer of an event that is to take place, in one language."""
    event = _to_come(reference, language)
    with translation.override(language):
        response = HttpResponse(flyer.render(event), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{event.reference}-{language}.pdf"'
    return response


@login_not_required
@require_safe
def event_card(request, reference, language):
    """The picture beside a shared link to an event that is to take place, in one language."""
    event = _to_come(reference, language)
    with translation.override(language):
        return HttpResponse(share_card.render(event), content_type="image/png")
