"""An entry of a list, as coordinators word it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper
from core.versions import VersionedModelForm


class ListedForm(VersionedModelForm):
    """Its words and what it means, in both languages, and where it stands."""

    class Meta:
        fields = ["label_en", "label_es", "definition_en", "definition_es", "position"]
        widgets = {
            "label_en": forms.TextInput(OFF),
            "label_es": forms.TextInput(OFF | {"lang": "es"}),
            "definition_en": forms.Textarea({"rows": 2} | OFF),
            "definition_es": forms.Textarea({"rows": 2, "lang": "es"} | OFF),
            "position": forms.NumberInput({"class": "w-s"}),
        }
        error_messages = {
            "label_en": {"required": _("Enter the words in English")},
            "label_es": {"required": _("Enter the words in Spanish")},
            "definition_en": {"required": _("Enter in English what it means")},
            "definition_es": {"required": _("Enter in Spanish what it means")},
            "position": {"required": _("Enter a number")},
        }

    def __init__(self, *args, submit, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("version", *self.Meta.fields, submit=submit, cancel=cancel)

    def clean_label_en(self):
        return self._one_of_a_name("label_en")

    def clean_label_es(self):
        return self._one_of_a_name("label_es")

    def _one_of_a_name(self, name):
        """Two entries that read the same would be chosen at random, and no figure by them could be believed."""
        words = " ".join(self.cleaned_data[name].split())
        if self.instance.twins().filter(**{f"{name}__iexact": words}).exists():
            raise forms.ValidationError(_("Another entry of this list has these words"))
        return words

    def save(self, *, by):
        entry = self.instance
        if entry.pk:
            entry.edit(self, by=by)
        else:
            entry.add(by=by)
        return entry
