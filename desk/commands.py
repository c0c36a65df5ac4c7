"""What can be typed into the search field besides words: the name of a page, or an act and a record number."""

import unicodedata
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cases import rules as case_rules
from cases.models import Case
from desk import finding, rail


@dataclass(frozen=True)
class Command:
    label: str
    url: str
    icon: str


def folded(text):
    """Small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def is_meant(text, label):
    """Whether each word typed begins a word of the command, whatever the order."""
    words = folded(label).split()
    return all(any(word.startswith(typed) for word in words) for typed in folded(text).split())


def meant(user, text):
    """The commands that what was typed may mean, of those this person may give."""
    reference = finding.reference_in(text)
    if reference:
        rest = " ".join(word for word in text.split() if finding.reference_in(word) != reference)
        return [command for command in _on_case(user, reference) if is_meant(rest, command.label)]
    return [command for command in _anywhere(user) if is_meant(text, command.label)]


def _anywhere(user):
    """New things, then every page of the rail."""
    for place in rail.new_for(user):
        yield Command(place["label"], place["url"], place["icon"])
    for group in rail.groups_for(user):
        for entry in group["entries"]:
            yield Command(entry["label"], entry["url"], entry["icon"])


def _on_case(user, reference):
    """What can be done with a case that this person may open."""
    case = Case.objects.visible_to(user).prefetch_related("facilitators").filter(reference=reference).first()
    if case is None:
        return
    yield Command(_("Open %(record)s") % {"record": reference}, case.get_absolute_url(), icon="arrow-right-circle")
    if case_rules.can_log_contact(user, case):
        url = reverse("cases:contact_create", args=[reference])
        yield Command(_("Log contact, %(record)s") % {"record": reference}, url, icon="telephone-plus")
    if case_rules.can_work_on(user, case):
        url = reverse("cases:session_book", args=[reference])
        yield Command(_("Book an appointment, %(record)s") % {"record": reference}, url, icon="calendar-plus")
        url = reverse("cases:party_add", args=[reference])
        yield Command(_("Add a party, %(record)s") % {"record": reference}, url, icon="person-plus")
