"""The way in for those who have a code on paper or heard it on the phone."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper
from core.guessing import wrong_try


class CodeForm(forms.Form):
    """A code of a secret link; `find(told)` gives the link, which then stands in `link`."""

    code = forms.CharField(
        label=_("Your code"), max_length=40, widget=forms.TextInput(OFF | {"class": "w-m", "spellcheck": "false"}),
        help_text=_("Four groups of letters and numbers. Capitals, spaces and dashes do not matter."),
        error_messages={"required": _("Enter the code from our message or paper")},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.link = None
        self.helper = Helper("code", submit=_("Continue"))

    def find(self, told):
        """The link that a code opens now, or None."""
        raise NotImplementedError

    def clean_code(self):
        self.link = self.find(self.cleaned_data["code"])
        if self.link is None:
            wrong_try()
            raise ValidationError(_("We find nothing under this code. Check each letter, or call us."))
        return self.cleaned_data["code"]
