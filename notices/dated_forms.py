"""When and where something takes place: what the forms of everything that is Dated have in common."""

from django import forms
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import Venue
from core.forms import OFF
from core.widgets import DateField3
from notices.walltime import local_to_utc


def length_field(shortest, longest, usual):
    """How many minutes it lasts."""
    return forms.IntegerField(
        label=_("Length in minutes"), min_value=shortest, max_value=longest, initial=usual,
        widget=forms.NumberInput({"class": "w-date"}),
    )  # fmt: skip


def link_field(label, help_text):
    """Where people meet online; `help_text` says who reads it."""
    return forms.URLField(
        label=label, max_length=300, required=False, assume_scheme="https", validators=[URLValidator(["https"])],
        widget=forms.URLInput(OFF), help_text=help_text,
    )  # fmt: skip


class DatedForm(forms.ModelForm):
    """For rows with a venue of ours, a place in words or a link. Subclasses add the clock, the length and the link."""

    day = DateField3(label=_("Day"))

    class Meta:
        widgets = {"venue": forms.Select({"class": "w-m"}), "place": forms.TextInput(OFF)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["venue"].queryset = Venue.objects.filter(Q(active=True) | Q(pk=self.instance.venue_id))
        self.fields["venue"].empty_label = _("None of ours")

    def clean(self):
        """Nothing is planned for a time that has passed."""
        data = super().clean()
        if data.get("day") and data.get("clock"):
            zone = data.get("time_zone") or self.instance.zone
            if local_to_utc(data["day"], data["clock"], zone) <= timezone.now():
                self.add_error("day", _("Enter a time that has not passed"))
        return data

    def is_somewhere(self, data):
        return any(data.get(where) for where in ("venue", "place", "online"))
