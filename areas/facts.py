"""What is known of an area or a room, as (term, value) pairs for `_facts.html`; "" means that nobody knows."""

from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext as _

from areas import shapes

SQUARE_MILES = 0.386102


def area_facts(area):
    return [
        (_("Level"), area.level),
        (_("Code"), area.code or _("None")),
        (_("Other names"), ", ".join(area.aliases) or _("None")),
        (_("Population"), people_of(area)),
        (_("Ground"), ground_of(area)),
        (_("First day"), day(area.valid_from) if area.valid_from else _("Always")),
        (_("Last day"), day(area.valid_to) if area.valid_to else _("None set")),
    ]


def day(value):
    return formats.date_format(value, "DATE_FORMAT")


def people_of(area):
    """How many people live there, with the year and the source of the count."""
    if area.population is None:
        return ""
    told = ", ".join(filter(None, (str(area.population_year or ""), area.population_source)))
    return f"{area.population:,} ({told})" if told else f"{area.population:,}"


def ground_of(area):
    """How much ground it covers."""
    if area.shape is None:
        return ""
    kilometers = shapes.square_kilometers(area.shape)
    sizes = {"miles": f"{kilometers * SQUARE_MILES:,.1f}", "kilometers": f"{kilometers:,.1f}"}
    return _("%(miles)s square miles (%(kilometers)s km²)") % sizes


def venue_facts(venue):
    return [
        (_("Area"), format_html('<a href="{}">{}</a>', venue.area.get_absolute_url(), venue.area)),
        (_("Address"), venue.address),
        (_("How to get there"), venue.transport),
        (_("People it holds"), venue.capacity),
        (_("Neutral ground"), _("Yes") if venue.neutral else _("No")),
        (_("Step-free"), _("Yes") if venue.step_free else _("No")),
        (_("Note"), venue.note or _("None")),
    ]
