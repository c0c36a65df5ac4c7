from django import forms
from django.db import transaction
from django.utils.translation import gettext as now_in
from django.utils.translation import gettext_lazy as _

from areas.boundary_file import fold
from areas.models import Area, Venue
from core import audit
from core.forms import Helper
from core.versions import VersionedModelForm

MOST_ALIASES = 50


class AreaChoice(forms.ModelChoiceField):
    """One area from a list that tells areas of one name apart by their level."""

    def __init__(self, *args, queryset=None, **kwargs):
        super().__init__(*args, queryset=Area.objects.current() if queryset is None else queryset, **kwargs)

    def label_from_instance(self, area):
        return f"{area.name} ({area.level})"


class Lines(forms.CharField):
    """A list of short texts, one on each line; doubles and empty lines are left out."""

    widget = forms.Textarea

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        found = {fold(line): " ".join(line.split()) for line in reversed(super().to_python(value).splitlines())}
        return [line for key, line in reversed(found.items()) if key]

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class AreaForm(VersionedModelForm):
    """What a coordinator may say about an area. Its shape and its level come from files of boundaries alone."""

    parent = AreaChoice(label=_("Part of"), required=False, empty_label=_("None"))
    aliases = Lines(
        label=_("Other names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line. Search finds the area by these, and a file that uses one is understood."),
    )

    class Meta:
        model = Area
        fields = ["name", "aliases", "code", "parent", "population", "population_year", "population_source"]

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        area = self.instance
        below = Area.objects.ids_covered_by([area.pk])
        self.fields["parent"].queryset = Area.objects.current().exclude(pk__in=below).exclude(level=area.level)
        self.before = {"name": area.name, "aliases": list(area.aliases)}
        self.helper = Helper("version", *self.Meta.fields, submit=_("Save the area"), cancel=cancel)

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if (
            Area.objects.filter(level=self.instance.level, name=name, valid_to=None)
            .exclude(pk=self.instance.pk)
            .exists()
        ):
            raise forms.ValidationError(now_in("Another area of this level has this name"))
        return name

    def clean_aliases(self):
        aliases = self.cleaned_data["aliases"]
        if len(aliases) > MOST_ALIASES or any(len(alias) > 120 for alias in aliases):
            raise forms.ValidationError(now_in("Enter at most 50 names of at most 120 characters"))
        return aliases

    def clean(self):
        """A number of people says when it was counted and by whom, or it says nothing."""
        given = super().clean()
        if given.get("population") is not None:
            for name, why in (("population_year", _("Enter the year")), ("population_source", _("Enter the source"))):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, why)
        return given

    @transaction.atomic
    def save(self, *, by):
        """Write the area; a name that was changed stays findable among the other names."""
        area, was = self.instance, self.before["name"]
        if area.name != was:
            kept = [alias for alias in area.aliases if alias not in (was, area.name)]
            area.aliases = [was, *kept]
        self.save_version()
        audit.record(by, "area.edit", area, kind=audit.Kind.ADMINISTRATION, fields=sorted(self.changed_data))
        return area


class VenueForm(VersionedModelForm):
    """A room, with what people must know before they come to it."""

    area = AreaChoice(label=_("Area"), empty_label=_("Choose an area"))

    class Meta:
        model = Venue
        fields = ["name", "area", "address", "transport", "capacity", "neutral", "step_free", "note", "active"]

    def __init__(self, *args, submit, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # A room in an area that is no longer in force stays where it is until somebody moves it.
            areas = Area.objects.current() | Area.objects.filter(pk=self.instance.area_id)
            self.fields["area"].queryset = areas
        self.helper = Helper("version", *self.Meta.fields, submit=submit, cancel=cancel)

    @transaction.atomic
    def save(self, *, by):
        """Write the room, new or changed."""
        is_new = self.instance.pk is None
        venue = super().save() if is_new else self.save_version()
        facts = {} if is_new else {"fields": sorted(self.changed_data)}
        act = "venue.create" if is_new else "venue.edit"
        audit.record(by, act, venue, kind=audit.Kind.ADMINISTRATION, **facts)
        return venue
