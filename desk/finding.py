"""The one search field: records by their words or reference, people inside cases one may open, and commands.

Each feature answers for its own rows through `search(user, text)`, so nothing is found, named or counted that this
person may not open.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from areas.models import Area, Venue
from cases.models import Case, Party
from core import references
from core.gathering import together
from events.models import Event
from partners.models import Organization

AT_MOST = 10
SHORTEST = 2
LONGEST = 100
PARTY = ("contact__name", "role", "case__reference", "case__title")


@dataclass(frozen=True)
class Hit:
    """One line of the results: a link and what tells it from its likes."""

    title: str
    url: str
    reference: str = ""
    words: str = ""


@dataclass(frozen=True)
class Found:
    """The hits of one kind. `more_url` is the list that shows all of them, where there are more."""

    name: str
    heading: str
    icon: str
    hits: list[Hit]
    more_url: str = ""


def reference_in(text):
    """The first record number in what was typed, tidied, or ""."""
    tidied = map(references.tidy, text.split())
    return next((word for word in tidied if re.fullmatch(references.PATTERN, word)), "")


def record(user, reference):
    """The record with this number that this person may open, or may ask to open; None for any other."""
    if reference.startswith(f"{Case.LETTER}-"):
        openable = Case.objects.visible_to(user) | Case.objects.behind_glass_for(user)
    else:
        models = {model.LETTER: model for model in (Organization, Area, Venue, Event)}
        if reference[0] not in models:
            return None
        openable = models[reference[0]].objects.visible_to(user)
    return openable.filter(reference=reference).first()


def found(user, text):
    """What this person may open and that matches every word, by kind; kinds without a hit are left out."""
    if len(text) < SHORTEST:
        return []
    # Asked once for both: who may see a case is the longest question of a search.
    cases = Case.objects.visible_to(user)
    rows = together(
        cases=cases.matching(text).values("reference", "title", "state", "area__name")[: AT_MOST + 1],
        people=Party.objects.filter(case__in=cases).matching(text).values(*PARTY)[:AT_MOST],
        organizations=Organization.objects.search(user, text).values("name", "reference", "kind")[:AT_MOST],
        areas=Area.objects.search(user, text).values("name", "reference", "level")[:AT_MOST],
        venues=Venue.objects.search(user, text).values("name", "reference", "address")[:AT_MOST],
    )
    kinds = (_cases(rows["cases"], text), _people(rows["people"]), _organizations(rows["organizations"]))
    return [kind for kind in (*kinds, _areas(rows["areas"]), _venues(rows["venues"])) if kind.hits]


def _cases(rows, text):
    prefix, states = reverse("cases:case_list"), dict(Case.State.choices)
    hits = [
        Hit(
            row["title"],
            f"{prefix}{row['reference']}/",
            row["reference"],
            f"{states[row['state']]}, {row['area__name']}",
        )
        for row in rows
    ]
    more = f"{prefix}?{urlencode({'q': text, 'state': 'all'})}" if len(hits) > AT_MOST else ""
    return Found("cases", _("Cases"), icon="chat-square-text", hits=hits[:AT_MOST], more_url=more)


def _people(rows):
    """Parties by the name they want to be called: each inside its case, for there is no register of people."""
    prefix, roles = reverse("cases:case_list"), dict(Party.Role.choices)
    hits = [
        Hit(
            row["contact__name"],
            f"{prefix}{row['case__reference']}/",
            row["case__reference"],
            f"{roles[row['role']]}, {row['case__title']}",
        )
        for row in rows
    ]
    return Found("people", _("People in cases"), icon="people", hits=hits)


def _organizations(rows):
    prefix, kinds = reverse("partners:organization_list"), dict(Organization.Kind.choices)
    hits = [Hit(row["name"], f"{prefix}{row['reference']}/", row["reference"], kinds[row["kind"]]) for row in rows]
    return Found("organizations", _("Organizations"), icon="building", hits=hits)


def _areas(rows):
    prefix = reverse("areas:area_list")
    hits = [Hit(row["name"], f"{prefix}{row['reference']}/", "", row["level"]) for row in rows]
    return Found("areas", _("Areas"), icon="map", hits=hits)


def _venues(rows):
    prefix = reverse("areas:venue_list")
    hits = [Hit(row["name"], f"{prefix}{row['reference']}/", "", row["address"]) for row in rows]
    return Found("venues", _("Venues"), icon="geo-alt", hits=hits)
