"""The form of a sealed note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Communication, Session
from core.forms import Helper


class NoteForm(forms.ModelForm):
    """What was said, and whose it is. Nothing of it is kept before it is saved."""

    class Meta:
        model = Communication
        fields = ["kind", "party", "session", "text"]
        widgets = {"kind": forms.RadioSelect, "text": forms.Textarea({"rows": 8, "autocomplete": "off"})}
        error_messages = {"text": {"required": _("Write the note")}}
        help_texts = {
            "party": _("What one party said in private belongs to them: no letter to another party can hold it."),
        }

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.case = case
        self.fields["kind"].choices = Communication.Kind.choices
        self.fields["party"].queryset, self.fields["party"].empty_label = case.parties.sides(), _("Nobody alone")
        self.fields["session"].queryset = case.sessions.exclude(state=Session.State.CANCELED)
        self.fields["session"].empty_label = _("None")
        self.fields["session"].label_from_instance = lambda one: f"{one.get_kind_display()}, {one.day:%Y-%m-%d}"
        self.helper = Helper("kind", "party", "session", "text", submit=_("Keep the note"))

    def clean(self):
        data = super().clean()
        if data.get("kind") == Communication.Kind.CAUCUS and not data.get("party"):
            self.add_error("party", _("Choose who said it"))
        return data
