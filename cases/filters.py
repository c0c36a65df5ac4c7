"""The filter of the list of cases. Its query string is the filter, in saved views, links and exports too."""

from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from cases import controlled
from cases.models import Case
from core.kept import kept_in_each_language
from core.membership import IsOneOf
from core.prepared import prepared
from core.search import search_query
from notices.models import Task

OPEN, ALL, NOBODY = "open", "all", "nobody"
STATES = [(OPEN, _("Open")), *Case.State.choices, (ALL, _("Open and closed"))]
SILENT = [("", _("Any time")), ("14", _("14 days and more")), ("30", _("30 days and more"))]
ANY = [("", _("Any"))]
SELECTED = SafeString(" selected")
# What this person may choose: the areas they serve, and for a supervisor whoever is an officer today. A test holds it
# to what the ORM answers; it is written out because asking through the ORM cost a tenth of the list.
CHOICES = """
    SELECT 'area', name::text, reference::text FROM areas_area WHERE id = ANY(%(areas)s::bigint[])
    UNION ALL
    SELECT 'assigned', u.name::text, u.reference::text
    FROM accounts_user u JOIN accounts_rolegrant r ON r.user_id = u.id
    WHERE %(officers)s AND u.is_active AND r.role = 'officer'
    ORDER BY 1, 2, 3
"""

# The choices that are the same for everybody.
FIXED = {
    "state": STATES,
    "risk": ANY + Case.Risk.choices,
    "process": ANY + Case.Process.choices,
    "silent": SILENT,
}


def disputes():
    """What the list of disputes says today, retired entries too: a case may have one."""
    return ((ANY[0][0], str(ANY[0][1])), *controlled.words("dispute").items())


def drawn(choices, chosen):
    """The options of a select."""
    rows = ((value, SELECTED if value == chosen else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@kept_in_each_language()
def _drawn_once(name, chosen):
    """The options of a select whose choices are the same for everybody."""
    return drawn(FIXED[name], chosen)


@lru_cache(maxsize=200)
def _drawn_again(choices, chosen):
    """The options of a select whose words are kept by coordinators: drawn once as long as they stay the same."""
    return drawn(choices, chosen)


class CaseFilter(forms.Form):
    """Reads the query string. What it does not understand is left out, so that an old link still opens a list."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=STATES)
    area = forms.CharField(required=False, max_length=20)
    assigned = forms.CharField(required=False, max_length=20)
    risk = forms.ChoiceField(required=False, choices=ANY + Case.Risk.choices)
    process = forms.ChoiceField(required=False, choices=ANY + Case.Process.choices)
    dispute = forms.ChoiceField(required=False, choices=disputes)
    silent = forms.ChoiceField(required=False, choices=SILENT)
    overdue = forms.BooleanField(required=False)
    mine = forms.BooleanField(required=False)

    LABELS = {
        "q": _("Words"),
        "state": _("Stage"),
        "area": _("Area"),
        "assigned": _("Officer"),
        "risk": _("Risk"),
        "process": _("Process"),
        "dispute": _("Dispute"),
        "silent": _("No contact for"),
        "overdue": _("Something overdue"),
        "mine": _("Mine"),
    }

    def __init__(self, query, *, user):
        super().__init__(query)
        self.user = user
        self.is_valid()
        # Open cases are what the list shows unasked, so asking for them is no filter in force.
        self.asked = {name: value for name, value in self.cleaned_data.items() if value and value != OPEN}

    def apply(self, cases):
        """These cases, narrowed to what was asked for."""
        for name, value in self.asked.items():
            cases = getattr(self, f"_by_{name}")(cases, value)
        return cases if "state" in self.asked else cases.open()

    def _by_q(self, cases, text):
        query = search_query(text)
        return cases if query is None else cases.filter(vector=query)

    def _by_state(self, cases, state):
        return cases if state == ALL else cases.filter(state=state)

    def _by_area(self, cases, reference):
        asked = Area.objects.filter(reference=reference).values_list("pk")
        return cases.filter(area__in=Area.objects.ids_covered_by(asked))

    def _by_assigned(self, cases, reference):
        return cases.filter(assigned_to=None) if reference == NOBODY else cases.filter(assigned_to__reference=reference)

    def _by_risk(self, cases, risk):
        return cases.filter(risk=risk)

    def _by_process(self, cases, process):
        return cases.filter(process=process)

    def _by_dispute(self, cases, dispute):
        return cases.filter(dispute=dispute)

    def _by_silent(self, cases, days):
        return cases.silent_since(timezone.now() - timedelta(days=int(days)))

    def _by_overdue(self, cases, _yes):
        return cases.filter(reference__in=Task.objects.open().filter(due_at__lt=timezone.now()).values("ref"))

    def _by_mine(self, cases, _yes):
        return cases.filter(
            Q(assigned_to=self.user) | Q(IsOneOf("pk", self.user.facilitating.serving().values("case")))
        )

    def rows(self):
        """The controls of the filter row, ready for a plain template: name, label, kind, choices, value."""
        options = self._options()
        for name, label in self.LABELS.items():
            if name in options:
                value = self._value(name)
                drawing = self._drawing(name, options[name], value)
                yield {"name": name, "label": label, "choices": options[name], "options": drawing}

    @staticmethod
    def _drawing(name, choices, chosen):
        if name == "dispute":
            return _drawn_again(choices, chosen)
        return _drawn_once(name, chosen) if name in FIXED else drawn(choices, chosen)

    def _value(self, name):
        return str(self.asked.get(name, OPEN if name == "state" else ""))

    def _options(self):
        """Areas and officers come from one query; the rest is fixed, or remembered."""
        options = {"area": [("", _("Any"))], "dispute": disputes()}
        if self.user.is_supervisor:
            options["assigned"] = [("", _("Any")), (NOBODY, _("Nobody yet"))]
        with prepared() as cursor:
            cursor.execute(CHOICES, {"areas": list(self.user.area_ids), "officers": self.user.is_supervisor})
            for select, name, reference in cursor:
                options[select].append((reference, name))
        return FIXED | options

    def chips(self, options):
        """Each filter in force: what it says and the address of the list without it."""
        said = {row["name"]: dict(row["choices"]) for row in options}
        for name, value in self.asked.items():
            words = said.get(name, {}).get(str(value), value if name in ("q", "assigned", "area") else "")
            yield {"label": self.LABELS[name], "words": words, "url": "?" + self.query_without(name)}

    def query_without(self, left_out):
        return urlencode({name: value for name, value in self.query().items() if name != left_out} or {"state": OPEN})

    def query_string(self):
        return urlencode(self.query())

    def told(self):
        """The filter as the audit may keep it: that words were searched for, not which."""
        return self.query() | ({"q": "…"} if "q" in self.asked else {})

    def query(self):
        """The filter as it stands in an address."""
        return {name: "1" if value is True else str(value) for name, value in self.asked.items()}
