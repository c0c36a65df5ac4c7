"""The forms of an event: what it is, when and where, and what residents are told when it does not take place."""

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.forms import AreaChoice
from areas.models import Area
from core.forms import OFF, Helper
from core.versions import VersionedModelForm
from core.widgets import TimeField24
from events.models import CheckItem, Event, EventType, Part, Series
from events.models.doors import READERS
from events.repeats import LONGEST, SHORTEST
from notices.dated_forms import DatedForm, length_field, link_field
from notices.models.contact import LANGUAGE_NAMES
from partners.models import Organization

LANGUAGES = list(LANGUAGE_NAMES.items())


def several(label, choices, **options):
    """Several of a few, as boxes to tick."""
    return forms.MultipleChoiceField(label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **options)


def colleagues():
    """Who of us may lead an event or be there."""
    return get_user_model().objects.active().filter(role_grants__role__in=READERS).distinct()


class WhenAndWhere(DatedForm):
    """The day, time, length and place that drafting and moving have in common."""

    clock = TimeField24(label=_("Time"), help_text=_("On the 24-hour clock."))
    minutes = length_field(SHORTEST, LONGEST, 120)
    online = link_field(_("Link to take part online"), _("Everybody can read it."))

    class Meta(DatedForm.Meta):
        model = Event
        fields = ["day", "clock", "minutes", "venue", "place", "step_free", "online"]

    def clean(self):
        data = super().clean()
        if self.instance.published_at and not self.is_somewhere(data):
            self.add_error("venue", _("Residents read this event: say where it is"))
        return data


WHEN = Fieldset(_("When"), "day", Div("clock", "minutes", css_class="cluster fields"))
WHERE = Fieldset(_("Where"), "venue", "place", "step_free", "online")


class WhatItIs(forms.ModelForm):
    """What an event is, for whom, and who makes it happen."""

    area = AreaChoice(label=_("Area"), empty_label=_("Choose an area"))
    languages = several(_("Languages it is held in"), LANGUAGES, required=False)
    interpreters = several(_("Interpreters"), LANGUAGES, required=False)
    outreach = several(_("How people hear of it"), Event.Outreach.choices, required=False)

    class Meta:
        model = Event
        fields = [
            "type", "title_en", "title_es", "about_en", "about_es", "access", "purpose", "area", "languages",
            "interpreters", "children", "capacity", "registers", "lead", "staff", "budget_line", "budget", "outreach",
            "materials", "risk", "risk_note",
        ]  # fmt: skip
        widgets = {
            "type": forms.Select({"class": "w-m"}),
            "title_en": forms.TextInput(OFF),
            "title_es": forms.TextInput(OFF | {"lang": "es"}),
            "about_en": forms.Textarea({"rows": 5} | OFF),
            "about_es": forms.Textarea({"rows": 5, "lang": "es"} | OFF),
            "access": forms.RadioSelect,
            "purpose": forms.RadioSelect,
            "children": forms.RadioSelect,
            "capacity": forms.NumberInput({"class": "w-s"}),
            "lead": forms.Select({"class": "w-m"}),
            "staff": forms.CheckboxSelectMultiple,
            "budget_line": forms.TextInput(OFF | {"class": "w-m"}),
            "budget": forms.TextInput(OFF | {"inputmode": "decimal", "class": "w-s"}),
            "materials": forms.Textarea({"rows": 3} | OFF),
            "risk": forms.RadioSelect,
            "risk_note": forms.Textarea({"rows": 3} | OFF),
        }
        error_messages = {
            "type": {"required": _("Choose what kind of event it is")},
            "title_en": {"required": _("Enter a title in English")},
            "purpose": {"required": _("Choose what it is for")},
            "lead": {"required": _("Choose who leads it")},
        }

    # How the form is laid out, with a place for when and where.
    PARTS = (
        (Fieldset(_("What"), "type", "title_en", "title_es", "about_en", "about_es", "purpose", "access"),),
        (
            Fieldset(
                _("For whom"),
                "area",
                Div("languages", css_class="in-columns"),
                Div("interpreters", css_class="in-columns"),
                "children",
                "capacity",
                "registers",
            ),
            Fieldset(_("Who makes it happen"), "lead", Div("staff", css_class="in-columns")),
            Fieldset(_("What it needs"), "outreach", "materials", "budget_line", "budget"),
            Fieldset(_("Safety"), "risk", "risk_note"),
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        event = self.instance
        kept = Q(retired_at=None) | Q(pk=event.type_id)
        self.fields["type"].queryset = EventType.objects.filter(kept).in_order()
        self.fields["type"].empty_label = _("Choose a type")
        self.fields["lead"].empty_label = _("Choose who leads it")
        self.fields["purpose"].choices = Event.Purpose.choices
        people = colleagues()
        if event.pk:
            self.fields["area"].queryset = Area.objects.current() | Area.objects.filter(pk=event.area_id)
            people = get_user_model().objects.filter(Q(pk=event.lead_id) | Q(pk__in=people.values("pk")))
        self.fields["lead"].queryset = self.fields["staff"].queryset = people

    def clean(self):
        """What residents read stays complete."""
        data = super().clean()
        for name in ("title_es", "about_en", "about_es", "languages") if self.instance.published_at else ():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Residents read this event: do not leave it empty"))
        return data


class DraftForm(WhatItIs, WhenAndWhere):
    """A new event."""

    class Meta(WhatItIs.Meta):
        fields = [*WhatItIs.Meta.fields, *WhenAndWhere.Meta.fields]
        widgets = WhatItIs.Meta.widgets | WhenAndWhere.Meta.widgets

    def __init__(self, *args, user, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("lead", user.pk)
        what, rest = self.PARTS
        self.helper = Helper(*what, WHEN, WHERE, *rest, submit=_("Save the draft"), cancel=cancel)


class EditForm(WhatItIs, VersionedModelForm):
    """What an event is. When and where have a page of their own, because people are told of that."""

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        what, rest = self.PARTS
        self.helper = Helper("version", *what, *rest, submit=_("Save the event"), cancel=cancel)


class MoveForm(WhenAndWhere):
    """Another time or place. `seen` notices that somebody changed it in the meantime."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.sequence
        self.helper = Helper("seen", WHEN, WHERE, submit=_("Move the event"), cancel=cancel)

    def changes(self):
        """What the verb needs."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "seen")}


def _told(label, **attrs):
    return forms.CharField(
        label=label, max_length=300, required=False, widget=forms.Textarea({"rows": 2} | OFF | attrs)
    )


class TellForm(forms.Form):
    """What residents are told of why an event does not take place on its day."""

    told_en = _told(_("What residents are told, in English"))
    told_es = _told(_("What residents are told, in Spanish"), lang="es")

    def clean(self):
        """Nobody is told in one language what others are not told."""
        data = super().clean()
        if bool(data.get("told_en")) != bool(data.get("told_es")):
            self.add_error("told_es" if data.get("told_en") else "told_en", _("Say it in both languages, or in none"))
        return data


class CancelForm(TellForm):
    """The same, and whether those that come after it in its series go with it."""

    whole = forms.BooleanField(label=_("Also all that come after it in its series"), required=False)

    def __init__(self, *args, event, **kwargs):
        super().__init__(*args, **kwargs)
        if event.series_id is None:
            del self.fields["whole"]

    def told(self):
        return {name: self.cleaned_data[name] for name in ("told_en", "told_es")}


class RepeatForm(forms.ModelForm):
    """How often an event comes again."""

    class Meta:
        model = Series
        fields = ["every", "times"]
        widgets = {"every": forms.RadioSelect, "times": forms.NumberInput({"class": "w-s"})}
        help_texts = {"times": _("The first one counts. Each is a draft of its own until you plan and publish it.")}
        error_messages = {
            "every": {"required": _("Choose how often it comes")},
            "times": {"required": _("Enter how many times it takes place")},
        }

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["every"].choices = Series.Every.choices
        self.helper = Helper("every", "times", submit=_("Repeat the event"), cancel=cancel)


class CheckForm(forms.ModelForm):
    """One more thing to do before an event, or before every event of a type."""

    class Meta:
        model = CheckItem
        fields = ["text", "days"]
        widgets = {"text": forms.TextInput(OFF), "days": forms.NumberInput({"class": "w-s"})}
        error_messages = {
            "text": {"required": _("Enter what is to be done")},
            "days": {"required": _("Enter how many days before")},
        }

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("text", "days", submit=_("Add it to the checklist"), cancel=cancel)


class PartForm(forms.ModelForm):
    """Another organization takes part."""

    class Meta:
        model = Part
        fields = ["organization", "what", "shown"]
        widgets = {"organization": forms.Select({"class": "w-m"}), "what": forms.TextInput(OFF)}
        error_messages = {"organization": {"required": _("Choose the organization")}}

    def __init__(self, *args, event, user, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.event = event
        there = event.parts.values("organization")
        self.fields["organization"].queryset = Organization.objects.visible_to(user).active().exclude(pk__in=there)
        self.fields["organization"].empty_label = _("Choose an organization")
        self.helper = Helper("organization", "what", "shown", submit=_("Add the partner"), cancel=cancel)
