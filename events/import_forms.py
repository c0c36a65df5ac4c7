"""A partner's calendar file, before anything is made of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.forms import AreaChoice
from core.forms import Helper
from events import partner_entries
from events.models import CalendarImport, EventType
from events.partner_file import MOST_BYTES, NotACalendar
from partners.models import Organization

# What browsers say of a calendar file; those that do not know the kind of a file say that they do not.
KINDS = {"text/calendar", "application/ics", "application/octet-stream", ""}


class ImportForm(forms.ModelForm):
    """Whose calendar it is, and what its entries have in common here."""

    area = AreaChoice(label=_("Area"), empty_label=_("Choose an area"))
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("A file that ends in .ics, of at most 1 MB. Save it from the partner's calendar first."),
        widget=forms.FileInput({"accept": ".ics,text/calendar"}),
        error_messages={"required": _("Choose the file"), "empty": _("The file is empty")},
    )

    class Meta:
        model = CalendarImport
        fields = ["organization", "area", "type"]
        widgets = {"organization": forms.Select({"class": "w-m"}), "type": forms.Select({"class": "w-m"})}
        error_messages = {
            "organization": {"required": _("Choose whose calendar it is")},
            "type": {"required": _("Choose what kind of events they are")},
        }

    def __init__(self, *args, user, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.visible_to(user).active()
        self.fields["organization"].empty_label = _("Choose an organization")
        self.fields["type"].queryset = EventType.objects.offered().in_order()
        self.fields["type"].empty_label = _("Choose a type")
        self.helper = Helper("organization", "area", "type", "file", submit=_("Look at the entries"), cancel=cancel)

    def clean_file(self):
        """Read the file: its entries are what is kept of it."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB"))
        if not file.name.lower().endswith(".ics") or (file.content_type or "") not in KINDS:
            raise forms.ValidationError(_("Choose a calendar file, which ends in .ics"))
        try:
            self.instance.entries, self.instance.notes = partner_entries.entries(file.read())
        except NotACalendar as error:
            raise forms.ValidationError(_("The file holds no calendar")) from error
        if not self.instance.entries:
            raise forms.ValidationError(_("The file holds no events"))
        return file
