"""What residents see without an account, and the choices of display that need none."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language, get_language_info, override
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from areas.map import area_map
from areas.models import Area
from core.answers import is_ours, remember
from core.context import THEMES
from portal import feeds
from portal.models import Page, Update, UpdateVersion
from portal.texts import text_for, update_text

YEAR = timedelta(days=365)
ALLOWED = ("/$", "/about/", "/contact/", "/events/", "/updates/", "/static/")
ROBOTS = "".join(["User-agent: *\n", *(f"Allow: {path}\n" for path in ALLOWED), "Disallow: /\n"])
NEWEST, UPDATES = 3, 10


@login_not_required
@require_safe
def home(request):
    newest = Update.objects.published().select_related("in_force")[:NEWEST]
    return render(request, "portal/home.html", {"areas": Area.objects.current(), "updates": newest})


@login_not_required
@require_safe
def page(request, slug):
    if slug not in Page.values:
        raise Http404
    text = text_for(slug, get_language())
    other = get_language_info(text.other_language)["name_local"] if text.other_language else ""
    return render(request, "portal/page.html", {"text": text, "other_language": other})


@login_not_required
@require_safe
def updates(request):
    """What the unit tells residents, the newest first."""
    kind, found = request.GET.get("kind", ""), Update.objects.published().select_related("in_force")
    if kind in UpdateVersion.Kind.values:
        found = found.filter(in_force__kind=kind)
    page = Paginator(found, UPDATES).get_page(request.GET.get("page"))
    context = {"page_obj": page, "kind": kind, "kinds": UpdateVersion.Kind.choices, "prefix": request.path}
    return render(request, "portal/updates.html", context)


@login_not_required
@require_safe
def update(request, reference):
    """One update with what was changed of it since it was first published; of what was withdrawn, only why."""
    row = get_object_or_404(Update.objects.shown().select_related("in_force"), reference=reference)
    if row.is_withdrawn:
        return render(request, "portal/update_withdrawn.html", {"update": row}, status=410)
    changes = row.versions.exclude(published_at=None).exclude(number=1)
    context = {"update": row, "text": update_text(row.in_force, get_language()), "changes": changes}
    return render(request, "portal/update.html", context)


@login_not_required
@require_safe
def update_rss(request):
    return _feed(request, feeds.Rss())


@login_not_required
@require_safe
def update_atom(request):
    return _feed(request, feeds.Atom())


def _feed(request, feed):
    """A feed in the language that its address names, because whoever reads it for a person has none of its own."""
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with override(language):
        response = feed(request)
    response.headers["Content-Language"] = language
    return response


@login_not_required
@require_safe
def contact(request):
    """Who answers for an area: officers by the name they sign with, if they agreed that residents see it."""
    areas = Area.objects.current()
    chosen = areas.filter(name=request.GET.get("area", "")).first()
    officers = []
    if chosen is not None:
        officers = User.objects.holding(Role.OFFICER, chosen, timezone.localdate())
    context = {
        "areas": areas,
        "chosen": chosen,
        "officers": [o.name for o in officers if o.public_name],
        "map": area_map(areas, address=lambda area: f"?{urlencode({'area': area.name})}", chosen=chosen),
    }
    return render(request, "portal/contact.html", context)


@login_not_required
@require_safe
def display(request):
    return render(request, "portal/display.html")


def back(address):
    """Return to a page of this site and to no other."""
    return HttpResponseRedirect(address if is_ours(address) else "/")


@login_not_required
@require_safe
def language(request, code):
    """Remember a language and return. It is a link, so that it works everywhere; it changes nothing but this cookie."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = back(request.GET.get("next", ""))
    remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@login_not_required
@require_POST
def theme(request):
    response = back(request.POST.get("next", ""))
    if request.POST.get("theme") in THEMES:
        remember(response, settings.THEME_COOKIE_NAME, request.POST["theme"])
    return response


@login_not_required
@require_safe
def robots(request):
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def security(request):
    """Where to report a weakness of this site (RFC 9116)."""
    ends = (timezone.now() + YEAR).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{settings.AGENCY['email']}",
        f"Expires: {ends}",
        f"Preferred-Languages: {', '.join(code for code, _ in settings.LANGUAGES)}",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
