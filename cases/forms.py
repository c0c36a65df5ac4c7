"""The forms of a case, its parties and its contact log. Those of appointments are in `session_forms.py`."""

from datetime import time

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from areas.models import Area
from cases import controlled, gate, processes
from cases.models import Case, ContactAttempt, Facilitator, ListEntry, Party
from core.forms import OFF, Helper
from core.models import SavedView
from core.versions import VersionedModelForm
from core.widgets import DateField3, PastDateField, TimeField24
from notices.walltime import local_to_utc
from partners.models import Organization

MIDDAY = time(12, 0)
TAKES_CASES = (Role.OFFICER, Role.SUPERVISOR)


class Part(FormHelper):
    """The fields of one form among several in one <form>, whose page shows all errors together."""

    form_tag = False
    disable_csrf = True
    form_show_errors = False

    def __init__(self, *fields):
        super().__init__()
        self.layout = Layout(*fields)


def resume_draft(forms, draft):
    """Let untouched forms begin with what was typed before, read by their own controls as if it were posted."""
    posted = MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in draft.items()})
    for form in forms if draft else []:
        for name, field in form.fields.items():
            html_name = form.add_prefix(name)
            if not field.widget.value_omitted_from_data(posted, {}, html_name):
                form.initial[name] = field.widget.value_from_datadict(posted, {}, html_name)


def officers_for(area):
    """Who may be given a case of this area: officers and supervisors at work who serve it."""
    staff = get_user_model().objects.active().serving(area)
    return staff.filter(role_grants__role__in=TAKES_CASES).distinct()


def officers_of_each(area_ids):
    """{area id: its officers as (id, reference, name)}: `officers_for` of many areas in two statements."""
    staff = get_user_model().objects.active().filter(role_grants__role__in=TAKES_CASES).order_by("name", "id")
    serving = staff.values_list("id", "reference", "name", "areas_served__area").distinct()
    covering, serving = Area.objects.ids_covering_each(area_ids), list(serving)
    return {
        area: list(dict.fromkeys((pk, reference, name) for pk, reference, name, served in serving if served in ids))
        for area, ids in covering.items()
    }


def facilitators_for(area):
    """Who may facilitate: officers who serve the area, and mediators, who need not."""
    people = get_user_model().objects.active()
    return people.filter(Q(pk__in=officers_for(area).values("pk")) | Q(role_grants__role=Role.MEDIATOR)).distinct()


class ListField(forms.ChoiceField):
    """An entry of a controlled list: one that is offered today, or the one that the case has already."""

    def __init__(self, kind, *, empty, required, **options):
        told = {"required": required, "invalid_choice": _("This entry is no longer offered. Choose another one")}
        super().__init__(widget=forms.Select({"class": "w-m"}), error_messages=told, **options)
        self.kind, self.empty = kind, empty

    def begin(self, present):
        self.choices = [("", self.empty), *controlled.offered(self.kind, present)]


class CaseForm(VersionedModelForm):
    """A case as it is logged and edited. Stage, officer and sealing have verbs of their own."""

    source = ListField(
        ListEntry.Kind.SOURCE,
        label=_("Referred by"),
        empty=_("Choose a source"),
        required=_("Choose who referred this case"),
    )
    dispute = ListField(
        ListEntry.Kind.DISPUTE,
        label=_("Dispute"),
        empty=_("Choose what it is about"),
        required=_("Choose what the dispute is about"),
    )
    received_on = PastDateField(label=_("Date received"))
    court_on = DateField3(label=_("Court date"), required=False)
    access = forms.ChoiceField(
        label=_("Who may open it"),
        choices=[(Case.Access.TEAM, Case.Access.TEAM.label), (Case.Access.UNIT, Case.Access.UNIT.label)],
        initial=Case.Access.TEAM,
        widget=forms.RadioSelect,
        help_text=_(
            "Team: who logged it, the assigned officer, facilitators and supervisors of the area. "
            "Unit: also officers who serve the area."
        ),
    )

    class Meta:
        model = Case
        fields = [
            "title", "source", "source_detail", "process", "dispute", "area", "place", "risk", "violence_indicated",
            "summary", "court_place", "court_on", "access",
        ]  # fmt: skip
        widgets = {
            "title": forms.TextInput(OFF),
            "source_detail": forms.TextInput(OFF | {"class": "w-s"}),
            "process": forms.RadioSelect,
            "area": forms.Select({"class": "w-m"}),
            "place": forms.TextInput(OFF),
            "risk": forms.RadioSelect,
            "summary": forms.Textarea({"rows": 4} | OFF),
            "court_place": forms.TextInput(OFF | {"class": "w-m"}),
        }
        error_messages = {
            "title": {"required": _("Enter a short name for the case")},
            "area": {"required": _("Choose the area")},
        }

    def __init__(self, *args, user, sources_url, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = self._areas(user)
        self.fields["area"].empty_label = _("Choose an area")
        if self.is_bound:
            # What is sent is held to the lists as they stand now.
            controlled.forget()
        for name in ListEntry.Kind.values:
            self.fields[name].begin(getattr(self.instance, name))
        self.fields["source"].help_text = _(
            'The exact source. <a href="{url}" target="_blank" rel="noopener">What each one means (new tab)</a>'
        ).format(url=sources_url)
        self.fields["dispute"].help_text = _(
            "What it is mainly about. "
            '<a href="{url}#h-dispute" target="_blank" rel="noopener">What each one means (new tab)</a>'
        ).format(url=sources_url)
        if self.instance.pk:
            self.initial["received_on"] = timezone.localdate(self.instance.received_at)
            # Widening and sealing are an act of their own, which fewer people may do than edit.
            del self.fields["access"]
        else:
            self.initial.setdefault("received_on", timezone.localdate())
        self.helper = Part(*self._layout())

    def _areas(self, user):
        """Areas that this person serves and that are in force, and the one the case lies in already."""
        served = Area.objects.current().filter(pk__in=user.area_ids)
        return served | Area.objects.filter(pk=self.instance.area_id) if self.instance.area_id else served

    def _layout(self):
        access = ["access"] if "access" in self.fields else []
        return (
            "version",
            Fieldset(
                _("The request"),
                "title",
                "source",
                "source_detail",
                "received_on",
                "process",
                "dispute",
                "area",
                "place",
            ),
            Fieldset(_("Safety"), "risk", "violence_indicated"),
            Fieldset(_("For others to read"), "summary", *access),
            Fieldset(_("Court"), "court_place", "court_on"),
        )

    def clean(self):
        data = super().clean()
        if "received_on" in data:
            # Named like the column, so that saving an edit writes it too.
            data["received_at"] = self.instance.received_at = self._received_at(data["received_on"])
        if self.instance.pk and self.instance.violence_indicated and not data.get("violence_indicated"):
            why = gate.why_the_sign_stays(self.instance)
            if why:
                self.add_error("violence_indicated", why)
        return data

    def _received_at(self, day):
        """The moment behind the day: kept where the day is unchanged, now where it is today, else midday."""
        if self.instance.pk and timezone.localdate(self.instance.received_at) == day:
            return self.instance.received_at
        return timezone.now() if day == timezone.localdate() else local_to_utc(day, MIDDAY)


class PartyForm(VersionedModelForm):
    """A party's part in the case. How they may be reached is a form of notices beside this one."""

    class Meta:
        model = Party
        fields = ["role", "organization", "beside", "is_minor", "needs_interpreter", "access_needs"]
        widgets = {"role": forms.RadioSelect, "access_needs": forms.TextInput(OFF)}
        error_messages = {"role": {"required": _("Choose their part in the case")}}
        help_texts = {
            "beside": _("For supporters, representatives, guardians and interpreters."),
            "is_minor": _("A parent or guardian has to be a party too."),
            "needs_interpreter": _("Never a child and never another party."),
            "organization": _("If they are here for one."),
        }

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.fields["role"].choices = processes.roles_of(case.process, self.instance.role)
        # Asked by key: a case that is being logged has no parties yet. A minor beside a side has guardians too.
        stood_by = Party.objects.present().filter(Q(role__in=Party.SIDES) | Q(is_minor=True), case=case.pk)
        self.fields["beside"].queryset = stood_by.exclude(pk=self.instance.pk).select_related("contact")
        self.fields["organization"].queryset = Organization.objects.filter(
            Q(active=True) | Q(pk=self.instance.organization_id)
        )
        self.fields["beside"].empty_label, self.fields["organization"].empty_label = _("Nobody"), _("None")
        self.helper = Part("version", "role", "beside", "organization", "is_minor", "needs_interpreter", "access_needs")

    def clean(self):
        data = super().clean()
        if self.instance.pk and data.get("role"):
            why = processes.why_no_recast(self.instance.case.process, self.instance, data["role"])
            if why:
                self.add_error("role", why)
        if data.get("beside") and data.get("role") in Party.SIDES:
            self.add_error("beside", _("A side of the case stands for itself: leave this empty"))
        return data


class AssignForm(forms.Form):
    """The officer of a case, among those who serve its area."""

    officer = forms.ModelChoiceField(
        queryset=None, label=_("Assigned officer"), error_messages={"required": _("Choose an officer")}
    )

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers_for(case.area)
        self.fields["officer"].empty_label = _("Choose an officer")
        self.initial.setdefault("officer", case.assigned_to_id)
        self.helper = Helper("officer", submit=_("Assign"), cancel=cancel)


class FacilitatorForm(forms.ModelForm):
    """Who leads the process: a person with an account, or a service outside."""

    class Meta:
        model = Facilitator
        fields = ["kind", "user", "organization", "part"]
        widgets = {"kind": forms.RadioSelect, "part": forms.RadioSelect}

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        serving = case.facilitators.serving()
        self.fields["user"].queryset = facilitators_for(case.area).exclude(
            pk__in=serving.exclude(user=None).values("user")
        )
        self.fields["organization"].queryset = Organization.objects.filter(active=True)
        self.fields["user"].empty_label, self.fields["organization"].empty_label = _("Nobody"), _("None")
        self.fields["kind"].choices, self.fields["part"].choices = Facilitator.Kind.choices, Facilitator.Part.choices
        self.helper = Helper("kind", "user", "organization", "part", submit=_("Add the facilitator"), cancel=cancel)

    def clean(self):
        data = super().clean()
        external = data.get("kind") == Facilitator.Kind.EXTERNAL
        wanted, other = ("organization", "user") if external else ("user", "organization")
        if not data.get(wanted):
            self.add_error(wanted, _("Choose the service") if external else _("Choose the person"))
        data[other] = None
        if data.get("part") == Facilitator.Part.LEAD and self._has_lead():
            self.add_error("part", _("This case has a lead facilitator. End their part first, or add a co-facilitator"))
        return data

    def _has_lead(self):
        return self.instance.case.facilitators.serving().filter(part=Facilitator.Part.LEAD).exists()


class ContactAttemptForm(forms.ModelForm):
    """Log a contact: with whom, how, what came of it, and a note. Four fields; the time only where it was not now."""

    day = DateField3(label=_("Day"), required=False)
    clock = TimeField24(label=_("Time"), required=False)

    class Meta:
        model = ContactAttempt
        fields = ["party", "way", "result", "note"]
        widgets = {
            "way": forms.RadioSelect,
            "result": forms.RadioSelect,
            "note": forms.Textarea({"rows": 3} | OFF),
        }
        error_messages = {
            "way": {"required": _("Choose how you tried to reach them")},
            "result": {"required": _("Choose what came of it")},
        }

    def __init__(self, *args, case, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.fields["party"].queryset = case.parties.present().select_related("contact")
        self.fields["party"].empty_label = _("Nobody of the parties")
        self.fields["way"].choices = ContactAttempt.Way.choices
        self.fields["result"].choices = ContactAttempt.Result.choices
        earlier = Div("day", "clock", css_class="cluster fields")
        self.helper = Helper(
            "party", "way", "result", "note",
            HTML("<details><summary>{% translate 'It was not just now' %}</summary>"), earlier, HTML("</details>"),
            submit=_("Log the contact"), cancel=cancel,
        )  # fmt: skip

    def clean(self):
        data = super().clean()
        day, clock = data.get("day"), data.get("clock")
        if day and not clock:
            self.add_error("clock", _("Enter the time too"))
        elif clock:
            at = local_to_utc(day or timezone.localdate(), clock)
            if at > timezone.now():
                self.add_error("day" if day else "clock", _("Enter a moment that has passed"))
            self.instance.at = at
        return data

    def save(self, commit=True):
        attempt = super().save(commit=False)
        attempt.against_rules = attempt.party is not None and attempt.breaks(attempt.party.contact)
        return attempt


class SavedViewForm(forms.ModelForm):
    """A name for the filter of the list, and who sees it."""

    class Meta:
        model = SavedView
        fields = ["name", "shared", "is_default"]

    def keep(self, *, user, page, query):
        """Save it under its name, in place of an older one of the same name; at most one view is the default."""
        if self.cleaned_data["is_default"]:
            SavedView.objects.filter(user=user, page=page).update(is_default=False)
        SavedView.objects.update_or_create(
            user=user, page=page, name=self.cleaned_data["name"],
            defaults={"query": query[:500], **{name: self.cleaned_data[name] for name in ("shared", "is_default")}},
        )  # fmt: skip
