"""Pages of the staff about places: areas, and the rooms where people meet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from areas import rules
from areas.facts import area_facts, venue_facts
from areas.forms import AreaForm, VenueForm
from areas.map import area_map
from areas.models import Area, Venue
from core.answers import require
from core.once import once

PAGE_SIZE = 50
# What a row of the list shows, and nothing more is read.
IN_ROWS = ("reference", "name", "code", "level", "population", "population_year", "valid_to", "parent__name")


def address_of(area):
    return area.get_absolute_url()


def levels():
    return Area.objects.order_by("level").values_list("level", flat=True).distinct()


def filtered_areas(user, query, known):
    """The areas that a filter row asks for; what it does not know it ignores."""
    areas = Area.objects.search(user, query["q"]) if query.get("q") else Area.objects.visible_to(user)
    areas = areas.former() if query.get("show") == "former" else areas.current()
    return areas.filter(level=query["level"]) if query.get("level") in known else areas


@require_safe
def area_list(request):
    query, known = request.GET, levels()
    areas = filtered_areas(request.user, query, known)
    former = query.get("show") == "former"
    rows = areas.select_related("parent").only(*IN_ROWS).order_by("level", "name", "id")
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(query.get("page")),
        "levels": known,
        "former": former,
        "prefix": reverse("areas:area_list"),
        "is_filtered": any(query.get(name) for name in ("q", "level", "show")),
        "map": None if former else area_map(areas, address=address_of),
    }
    return render(request, "areas/area_list.html", context)


def relations_of(area, areas):
    """What stands above, below and beside an area, and before and after it: (term, areas) pairs."""
    return [
        (_("Part of"), areas.filter(pk=area.parent_id)),
        (_("Its parts"), areas.current().filter(parent=area)),
        (_("Neighbors"), area.neighbors.all()),
        (_("Replaced"), area.predecessors.all()),
        (_("Replaced by"), area.successors.all()),
    ]


@require_safe
def area_detail(request, reference):
    areas = Area.objects.visible_to(request.user)
    area = get_object_or_404(areas.with_shapes(), reference=reference)
    level = areas.current().filter(level=area.level)
    context = {
        "area": area,
        "facts": area_facts(area),
        "relations": relations_of(area, areas),
        "venues": Venue.objects.visible_to(request.user).active().filter(area=area),
        "map": area_map(level, address=address_of, chosen=area) if area.is_current else None,
        "may_edit": rules.can_edit_areas(request.user),
    }
    return render(request, "areas/area_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def area_edit(request, reference):
    area = get_object_or_404(Area.objects.visible_to(request.user), reference=reference)
    require(rules.can_edit_areas(request.user))
    form = AreaForm(request.POST or None, instance=area, cancel=area.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("%(area)s is saved.") % {"area": area})
        return redirect(area)
    return render(request, "areas/area_edit.html", {"form": form, "area": area})


def filtered_venues(user, query):
    """The venues that a filter row asks for."""
    venues = Venue.objects.search(user, query["q"]) if query.get("q") else Venue.objects.visible_to(user)
    if query.get("show") != "all":
        venues = venues.active()
    wanted = {need: True for need in ("neutral", "step_free") if query.get(need)}
    return venues.filter(**wanted)


@require_safe
def venue_list(request):
    query = request.GET
    venues = filtered_venues(request.user, query)
    rows = venues.select_related("area").defer("area__geometry", "area__vector", "vector").order_by("name", "id")
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(query.get("page")),
        "prefix": reverse("areas:venue_list"),
        "is_filtered": any(query.get(name) for name in ("q", "show", "neutral", "step_free")),
        "may_edit": rules.can_edit_venues(request.user),
    }
    return render(request, "areas/venue_list.html", context)


@require_safe
def venue_detail(request, reference):
    """A room and when it is taken; what for is told by the record that took it, to those who may open that."""
    venue = get_object_or_404(Venue.objects.visible_to(request.user), reference=reference)
    context = {
        "venue": venue,
        "facts": venue_facts(venue),
        "taken": venue.bookings.filter(ends_at__gt=timezone.now()).order_by("starts_at", "id")[:30],
        "may_edit": rules.can_edit_venues(request.user),
    }
    return render(request, "areas/venue_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def venue_create(request):
    require(rules.can_edit_venues(request.user))
    form = VenueForm(request.POST or None, submit=_("Add the venue"), cancel=reverse("areas:venue_list"))
    if request.method == "POST" and form.is_valid():
        venue = form.save(by=request.user)
        messages.success(request, _("%(venue)s is added.") % {"venue": venue})
        return redirect(venue)
    return render(request, "areas/venue_create.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def venue_edit(request, reference):
    venue = get_object_or_404(Venue.objects.visible_to(request.user), reference=reference)
    require(rules.can_edit_venues(request.user))
    form = VenueForm(request.POST or None, instance=venue, submit=_("Save the venue"), cancel=venue.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        form.save(by=request.user)
        messages.success(request, _("%(venue)s is saved.") % {"venue": venue})
        return redirect(venue)
    return render(request, "areas/venue_edit.html", {"form": form, "venue": venue})
