"""Where a member of staff can go: the entries of the rail, of the Menu page and of the phone's bottom bar.

An entry that this person may not open is absent, so what is listed here may also be offered as a command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import rules as account_rules
from areas import rules as area_rules
from cases import rules as case_rules
from core import rules as core_rules
from core.kept import kept_in_each_language
from desk import rules
from events import rules as event_rules
from notices import rules as notice_rules
from partners import rules as partner_rules
from partners.models import READERS as ORGANIZATION_READERS


def everybody(user):
    return True


@dataclass(frozen=True)
class Place:
    """One page: what it is called, what it is for, who may open it, and the key that follows `g`."""

    url_name: str
    label: str
    icon: str
    words: str = ""
    may_open: Callable = everybody
    key: str = ""


MY_DAY = Place("desk:my_day", _("My day"), icon="sun", words=_("What you owe, and your appointments"), key="d")
REMINDERS = Place("notices:task_list", _("Reminders"), icon="bell", words=_("Everything that you owe"))
CASES = Place(
    "cases:case_list",
    _("Mediation"),
    icon="chat-square-text",
    words=_("The cases that you may open"),
    may_open=rules.works_on_cases,
    key="m",
)
AREAS = Place("areas:area_list", _("Areas"), icon="map", words=_("Precincts and neighborhoods"))
NEW = Place("desk:new", _("New"), icon="plus-lg")
MENU = Place("desk:menu", pgettext_lazy("list of pages", "Menu"), icon="list")

OPENED = Place(
    "cases:glass_list",
    _("Sealed cases opened"),
    icon="unlock",
    words=_("Who opened a sealed case, and why"),
    may_open=rules.hears_of_opened_seals,
)
ORGANIZATIONS = Place(
    "partners:organization_list",
    _("Organizations"),
    icon="building",
    words=_("Partners, services and others that we know"),
    may_open=lambda user: user.holds(*ORGANIZATION_READERS),
)
EVENTS = Place(
    "events:event_list",
    _("Events"),
    icon="calendar-event",
    words=_("What the unit holds for residents"),
    may_open=event_rules.can_plan,
    key="e",
)
VENUES = Place("areas:venue_list", _("Venues"), icon="geo-alt", words=_("Rooms to meet in"))
UPDATES = Place(
    "portal:update_list",
    _("Updates"),
    icon="newspaper",
    words=_("What residents read of our work"),
    may_open=rules.writes_for_residents,
)
DASHBOARD = Place(
    "desk:supervisor",
    _("Dashboard"),
    icon="speedometer2",
    words=_("The open caseload, its age, and what is silent"),
    may_open=rules.can_supervise,
)
OUTCOMES = Place(
    "desk:outcomes",
    _("Outcomes"),
    icon="bar-chart",
    words=_("What became of cases, and whether agreements hold"),
    may_open=rules.can_supervise,
)
STAFF = Place(
    "accounts:staff_list",
    _("Staff"),
    icon="person-badge",
    words=_("Accounts, roles and areas served"),
    may_open=account_rules.can_administer_staff,
)
ROSTER = Place(
    "accounts:duty_roster",
    _("Duty roster"),
    icon="calendar3",
    words=_("Which supervisor answers for an area on a day"),
    may_open=account_rules.can_keep_roster,
)
TEXTS = Place(
    "portal:text_list",
    _("Public texts"),
    icon="file-text",
    words=_("What residents read about privacy, access and contact"),
    may_open=rules.coordinates,
)
WORDINGS = Place(
    "cases:wording_list",
    _("Notice and consent texts"),
    icon="file-earmark-check",
    words=_("What parties are given before they agree to take part"),
    may_open=case_rules.can_word,
)
LISTS = Place(
    "cases:entry_list",
    _("Lists and definitions"),
    icon="list-check",
    words=_("Sources of referral and types of dispute"),
    may_open=case_rules.can_keep_lists,
)
OPERATION = Place(
    "notices:operation",
    _("Operation"),
    icon="activity",
    words=_("Whether messages go out"),
    may_open=notice_rules.can_operate,
)
AUDIT = Place(
    "core:audit_list",
    _("Audit"),
    icon="journal-text",
    words=_("Who did what to which record"),
    may_open=core_rules.can_read_audit,
)
RETENTION = Place(
    "core:retention_list",
    _("Retention"),
    icon="archive",
    words=_("How long things are kept, and legal holds"),
    may_open=core_rules.can_keep_retention,
)
REQUESTS = Place(
    "core:request_list",
    _("Requests by people"),
    icon="person-vcard",
    words=_("Copies, corrections and erasures that people ask for"),
    may_open=core_rules.can_see_requests,
)

# What can be begun. Logging a contact begins with choosing the case it belongs to.
NEW_CASE = Place(
    "cases:case_create",
    _("New case"),
    icon="chat-square-text",
    words=_("Somebody asks for mediation, or is referred to it"),
    may_open=case_rules.can_log,
)
LOG_CONTACT = Place(
    "desk:choose_case",
    _("Log contact"),
    icon="telephone-plus",
    words=_("You reached somebody of a case, or tried to"),
    may_open=rules.works_on_cases,
)
NEW_ORGANIZATION = Place(
    "partners:organization_create",
    _("New organization"),
    icon="building-add",
    words=_("A partner, a service, a landlord or a group"),
    may_open=partner_rules.can_edit,
)
NEW_VENUE = Place(
    "areas:venue_create",
    _("New venue"),
    icon="geo-alt",
    words=_("A room to meet in"),
    may_open=area_rules.can_edit_venues,
)
INVITATION = Place(
    "accounts:invitation_create",
    _("Invite staff"),
    icon="person-plus",
    words=_("Somebody new joins the unit"),
    may_open=account_rules.can_administer_staff,
)
NEW_EVENT = Place(
    "events:event_create",
    _("New event"),
    icon="calendar-plus",
    words=_("A town hall, coffee with an officer, a workshop"),
    may_open=event_rules.can_plan,
)
NEWS = (NEW_CASE, LOG_CONTACT, NEW_EVENT, NEW_ORGANIZATION, NEW_VENUE, INVITATION)

GROUPS = (
    ("", (MY_DAY, REMINDERS)),
    (pgettext_lazy("group of pages", "Casework"), (CASES, OPENED, ORGANIZATIONS)),
    (pgettext_lazy("group of pages", "Community"), (EVENTS, AREAS, VENUES, UPDATES)),
    (pgettext_lazy("group of pages", "Insight"), (DASHBOARD, OUTCOMES)),
    (
        pgettext_lazy("group of pages", "Administration"),
        (STAFF, ROSTER, TEXTS, WORDINGS, LISTS, OPERATION, AUDIT, RETENTION, REQUESTS),
    ),
)


def groups_for(user, view_name=""):
    """The groups of the rail with the entries that this person may open; empty groups are left out."""
    return _groups(open_to(user), view_name)


def open_to(user):
    """The names of the pages that this person may open: all that the rail and the bottom bar depend on."""
    return tuple(place.url_name for _heading, places in GROUPS for place in places if place.may_open(user))


def _groups(names, view_name):
    shown = []
    for heading, places in GROUPS:
        entries = [entry(place, view_name) for place in places if place.url_name in names]
        if entries:
            shown.append({"heading": heading, "entries": entries})
    return shown


@kept_in_each_language()
def drawn(template, names, view_name):
    """The rail or the bottom bar as HTML, the same for all who may open the same pages in that language."""
    return render_to_string(template, {"shell_rail": _groups(names, view_name), "shell_tabs": _tabs(names, view_name)})


def new_for(user):
    """What this person may begin."""
    return [entry(place, "") for place in NEWS if place.may_open(user)]


def _tabs(names, view_name):
    """The phone's bottom bar: my day, the list this person works from, New, reminders, and the rest as a page."""
    main = CASES if CASES.url_name in names else AREAS
    return [entry(place, view_name) for place in (MY_DAY, main, NEW, REMINDERS, MENU)]


def entry(place, view_name):
    return {
        "label": place.label,
        "url": address(place.url_name),
        "icon": place.icon,
        "words": place.words,
        "key": place.key,
        "current": place.url_name == view_name,
    }


@cache
def address(url_name):
    """Addresses of pages do not change while the program runs, and every page of staff shows all of these."""
    return reverse(url_name)
