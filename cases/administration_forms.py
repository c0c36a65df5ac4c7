"""The forms of case administration: several cases for one officer, and two cases that are one."""

import re

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases import assigning, rules
from cases.forms import officers_of_each
from cases.models import Case
from core.forms import OFF, one_line
from core.references import PATTERN, tidy


class References(forms.Field):
    """References as a post names them, each once; what can be none is left out."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value):
        return [text for text in dict.fromkeys(value or ()) if re.fullmatch(PATTERN, text)]


class AssignSeveralForm(forms.Form):
    """Who takes which cases: those that are ticked, or all that were shown."""

    officer = forms.ModelChoiceField(
        queryset=None, label=_("Assigned officer"), empty_label=_("Choose an officer"),
        error_messages={"required": _("Choose an officer")}, widget=forms.Select({"class": "form-select w-m"}),
    )  # fmt: skip
    case = References(required=False)
    shown = References(required=False)
    all = forms.BooleanField(required=False)

    def __init__(self, *args, user, cases, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        # A case may have left the list since it was shown, and its officers with it.
        areas = user.area_ids if self.is_bound else {case.area_id for case in cases}
        officers = {pk for serving in officers_of_each(areas).values() for pk, _reference, _name in serving}
        staff = get_user_model().objects.active().filter(pk__in=officers)
        self.fields["officer"].queryset = staff.order_by("name", "pk")

    def clean(self):
        data = super().clean()
        named = data.get("shown") if data.get("all") else data.get("case")
        data["cases"] = assigning.chosen(self.user, named or [])
        if not data["cases"]:
            raise ValidationError(_("Choose at least one case"))
        return data

    @property
    def ticked(self):
        return set(self.cleaned_data.get("case") or ()) if self.is_bound else set()


class KeepForm(forms.Form):
    """Into which case a duplicate is merged."""

    keep = forms.CharField(
        label=_("Reference of the case to keep"), max_length=20, widget=forms.TextInput(OFF | {"class": "w-s"}),
        error_messages={"required": _("Enter the reference of the case to keep")},
    )  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_keep(self):
        """The case itself; one that is closed to this person is answered like one that does not exist."""
        cases = Case.objects.visible_to(self.user).select_related("area", "assigned_to")
        kept = cases.filter(reference=tidy(self.cleaned_data["keep"])).first()
        if kept is None:
            raise ValidationError(_("There is no case with this reference that you may open"))
        if not rules.can_decide(self.user, kept):
            raise ValidationError(_("You may open this case and not decide on it. Ask its officer or a supervisor"))
        return kept


class MergeForm(forms.Form):
    """Why two cases are one."""

    reason = one_line(
        _("Why they are the same"), required=_("Enter why they are the same"),
        help_text=_("No names. Seen by all who open the case."),
    )  # fmt: skip
