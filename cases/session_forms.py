"""The forms of appointments: book, move, cancel, record."""

from zoneinfo import available_timezones

from crispy_forms.layout import HTML, Div, Fieldset
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import processes, rules
from cases.models import Session
from core.forms import Helper, one_line
from core.widgets import TimeField24
from notices.dated_forms import DatedForm, length_field, link_field

SHORTEST, LONGEST = 5, 480


def zones():
    """Every zone that can be chosen, ours first."""
    others = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    return [(settings.TIME_ZONE, settings.TIME_ZONE), *((name, name) for name in others if name != settings.TIME_ZONE)]


def staff_of(case, user):
    """Who of us may be needed at an appointment: the officer, the facilitators, and the person who books it.

    Not so in a sealed case: whoever is not named in it opens it for a day, and the appointment comes later.
    """
    people = Q(pk=case.assigned_to_id) | Q(pk__in=case.facilitators.serving().values("user"))
    if not case.is_sealed:
        people |= Q(pk=user.pk)
    return get_user_model().objects.active().filter(people).distinct()


class WhenAndWhere(DatedForm):
    """The day, time, length and place that booking and moving have in common."""

    clock = TimeField24(label=_("Time"), help_text=_("On the 24-hour clock, as the clock on the wall there shows it."))
    minutes = length_field(SHORTEST, LONGEST, 60)
    online = link_field(
        _("Link to an online meeting"),
        _("Seen by the team. Give it to each party in the way that is safe for them: messages never say it."),
    )

    class Meta(DatedForm.Meta):
        model = Session
        fields = ["day", "clock", "minutes", "venue", "place", "online"]
        help_texts = {"place": _("Where there is no venue of ours: a home, by phone, by video. Messages never say it.")}

    def clean(self):
        data = super().clean()
        kind = data.get("kind") or self.instance.kind
        if not self.is_somewhere(data) and kind != Session.Kind.CALL:
            self.add_error("venue", _("Choose a venue, or write where you meet"))
        return data


class BookForm(WhenAndWhere):
    """A new appointment."""

    class Meta(WhenAndWhere.Meta):
        fields = ["kind", *WhenAndWhere.Meta.fields, "time_zone", "parties", "staff"]
        widgets = WhenAndWhere.Meta.widgets | {
            "kind": forms.RadioSelect,
            "parties": forms.CheckboxSelectMultiple,
            "staff": forms.CheckboxSelectMultiple,
        }
        error_messages = {"kind": {"required": _("Choose the kind of appointment")}}

    def __init__(self, *args, case, user, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.fields["kind"].choices = processes.kinds_of(case.process)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=zones(),
            required=False,
            initial=settings.TIME_ZONE,
            widget=forms.Select({"class": "w-m"}),
        )
        self.fields["parties"].queryset = case.parties.present().select_related("contact")
        self.fields["staff"].queryset = staff_of(case, user)
        stays = not case.is_sealed or rules.is_assigned(user, case) or rules.facilitates(user, case)
        self.initial.setdefault("staff", [user.pk] if stays else [])
        self.helper = Helper(
            "kind",
            Fieldset(
                _("When"), "day", Div("clock", "minutes", css_class="cluster fields"),
                HTML("<details><summary>{% translate 'Another time zone' %}</summary>"), "time_zone",
                HTML("</details>"),
            ),
            Fieldset(_("Where"), "venue", "place", "online"),
            Fieldset(_("Who"), "parties", "staff"),
            submit=_("Book the appointment"), cancel=cancel,
        )  # fmt: skip


class MoveForm(WhenAndWhere):
    """Another time or place for an appointment. `seen` notices that somebody moved it in the meantime."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.moved
        self.helper = Helper(
            "seen", "day", Div("clock", "minutes", css_class="cluster fields"), "venue", "place",
            "online", submit=_("Move the appointment"), cancel=cancel,
        )  # fmt: skip

    def changes(self):
        """What the verb needs."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "seen")}


class CancelForm(forms.Form):
    """Why an appointment will not take place."""

    reason = one_line(_("Why"), required=_("Enter why it is canceled"), help_text=_("No names. It is in no message."))


class RecordForm(forms.Form):
    """How an appointment went. What was said in it has no place here."""

    result = forms.ChoiceField(
        label=_("How did it go?"),
        widget=forms.RadioSelect,
        choices=[(state.value, state.label) for state in Session.RESULTS],
        error_messages={"required": _("Choose how it went")},
    )
    absent = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Who did not come?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, session, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.session = session
        self.fields["absent"].queryset = session.parties.select_related("contact")
        self.helper = Helper("result", "absent", submit=_("Record how it went"), cancel=cancel)

    def clean(self):
        data = super().clean()
        if data.get("result") and self.session.starts_at > timezone.now():
            self.add_error("result", _("It has not begun yet. If it will not take place, cancel it"))
        if data.get("result") == Session.State.NO_SHOW and not data.get("absent"):
            self.add_error("absent", _("Tick who did not come"))
        return data
