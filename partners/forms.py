"""Organizations, and the people at them."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import URLField
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.forms import Helper
from core.versions import VersionedModelForm
from partners.models import Organization, OrganizationContact


def _form_field(field, **options):
    """An address typed without its scheme is meant as https."""
    return (
        field.formfield(**options, assume_scheme="https") if isinstance(field, URLField) else field.formfield(**options)
    )


class OrganizationForm(VersionedModelForm):
    """What an organization is and where; the people there have a page of their own."""

    class Meta:
        model = Organization
        formfield_callback = _form_field
        fields = ["name", "kind", "area", "website", "note", "active"]
        widgets = {"kind": forms.Select({"class": "w-m"}), "area": forms.Select({"class": "w-m"})}
        help_texts = {
            "note": _("No names of people: they are contacts of the organization."),
            "active": _("An organization that is not active is no longer offered in forms."),
        }
        error_messages = {"name": {"required": _("Enter the name of the organization")}}

    def __init__(self, *args, cancel, submit, **kwargs):
        super().__init__(*args, **kwargs)
        current = Area.objects.current()
        if self.instance.area_id:
            current = current | Area.objects.filter(pk=self.instance.area_id)
        self.fields["area"].queryset = current
        self.fields["area"].empty_label = _("None")
        self.fields["kind"].choices = [("", _("Choose a kind")), *Organization.Kind.choices]
        self.helper = Helper(
            "version", "name", "kind", "area", "website", "note", "active", submit=submit, cancel=cancel
        )


class OrganizationContactForm(forms.ModelForm):
    """The part that a person plays there; how to reach them is a form of notices beside this one."""

    class Meta:
        model = OrganizationContact
        fields = ["role", "is_main"]

    def __init__(self, *args, organization, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.organization = organization
        self.helper = FormHelper()
        self.helper.form_tag = self.helper.form_show_errors = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout("role", "is_main")
