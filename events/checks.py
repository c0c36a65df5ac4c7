"""What must be known of an event before residents read it."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Event


@dataclass(frozen=True)
class Missing:
    """One thing that is not known yet, and why it is asked for."""

    title: str
    why: str


WHAT = {
    "title_es": Missing(_("Title in Spanish"), _("Public pages are complete in English and in Spanish.")),
    "about_en": Missing(_("What it is about, in English"), _("People decide by it whether to come.")),
    "about_es": Missing(_("What it is about, in Spanish"), _("Public pages are complete in English and in Spanish.")),
    "place": Missing(_("Where it is"), _("A venue, a place or a link to take part online.")),
    "languages": Missing(_("Languages it is held in"), _("People need to know whether they will understand.")),
    "risk": Missing(_("Risk check"), _("Who could be harmed by coming, or by being seen there?")),
    "past": Missing(_("A day that is ahead"), _("It has begun already.")),
}


def missing_to_publish(event):
    """What is not known yet, in the order in which the form asks for it."""
    lacks = {
        "title_es": not event.title_es.strip(),
        "about_en": not event.about_en.strip(),
        "about_es": not event.about_es.strip(),
        "place": not event.where,
        "languages": not event.languages,
        "risk": event.risk == Event.Risk.UNCHECKED,
        "past": event.starts_at <= timezone.now(),
    }
    return [WHAT[name] for name, is_missing in lacks.items() if is_missing]
