"""How coordinators write the texts that residents read."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import require
from core.once import once
from portal import rules
from portal.forms import PageTextForm
from portal.models import Page, PageText
from portal.texts import built_in_body, shown


@require_safe
def text_list(request):
    require(rules.can_write_texts(request.user))
    texts = PageText.objects.visible_to(request.user)
    in_force, newest = texts.exclude(published_at=None).newest_of_each(), texts.newest_of_each()
    rows = [
        {"page": page, "language": code, "in_force": in_force.get((page, code)), "latest": newest.get((page, code))}
        for page in Page
        for code, _name in settings.LANGUAGES
    ]
    return render(request, "portal/text_list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@once
def text_edit(request, slug, language):
    require(rules.can_write_texts(request.user))
    if slug not in Page.values or language not in dict(settings.LANGUAGES):
        raise Http404
    initial = starting_text(slug, language)
    form = PageTextForm(request.POST or None, initial=initial, cancel=reverse("portal:text_list"))
    if request.method == "POST" and form.is_valid():
        text = form.save(slug=slug, language=language, by=request.user)
        return redirect("portal:text_preview", slug, language, text.version)
    context = {"form": form, "page": Page(slug), "language": language}
    return render(request, "portal/text_edit.html", context)


def starting_text(slug, language):
    """What the form begins with: the newest version, or the text that is built in."""
    latest = PageText.objects.latest_version(slug, language)
    if latest is not None:
        return {"title": latest.title, "body": latest.body}
    with override(language):
        return {"title": str(Page(slug).label), "body": built_in_body(slug)}


def get_text(user, slug, language, version):
    return get_object_or_404(PageText.objects.visible_to(user), slug=slug, language=language, version=version)


@require_safe
def text_preview(request, slug, language, version):
    require(rules.can_write_texts(request.user))
    row = get_text(request.user, slug, language, version)
    return render(request, "portal/text_preview.html", {"row": row, "text": shown(row)})


@require_POST
def text_publish(request, slug, language, version):
    require(rules.can_write_texts(request.user))
    row = get_text(request.user, slug, language, version)
    row.publish(by=request.user)
    messages.success(request, _("Published: residents read version %(version)s now.") % {"version": row.version})
    return redirect("portal:text_list")
