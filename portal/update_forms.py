"""The forms of updates: write, send back, withdraw, look at again."""

from datetime import timedelta

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import OFF, Helper, one_line
from core.versions import VersionedModelForm
from core.widgets import DateField3
from portal.forms import PLAIN_TEXT, with_known_places
from portal.models import Update, UpdateVersion
from portal.models.update import LONGEST_REASON

# How long a page is believed where nobody says otherwise.
REVIEWED_AFTER = timedelta(days=180)
SPANISH = {"lang": "es"}


class ReviewField(DateField3):
    """The day on which somebody looks whether a page still holds."""

    default_error_messages = {"past": _("Enter a day that is still to come")}

    def validate(self, value):
        super().validate(value)
        if value is not None and value <= timezone.localdate():
            raise ValidationError(self.error_messages["past"], code="past")


class UpdateForm(VersionedModelForm):
    """The texts of an update. A draft may lack some; what residents read lacks none."""

    class Meta:
        model = UpdateVersion
        fields = ["kind", "title_en", "body_en", "title_es", "body_es", "why_en", "why_es", "review_on"]
        field_classes = {"review_on": ReviewField}
        widgets = {
            "kind": forms.RadioSelect,
            "title_en": forms.TextInput(OFF),
            "title_es": forms.TextInput(OFF | SPANISH),
            "body_en": forms.Textarea({"rows": 10} | OFF),
            "body_es": forms.Textarea({"rows": 10} | OFF | SPANISH),
            "why_en": forms.TextInput(OFF),
            "why_es": forms.TextInput(OFF | SPANISH),
        }
        help_texts = {
            "body_en": PLAIN_TEXT,
            "why_en": _("Residents read it beneath the page, with the day. Say what was wrong and what is right."),
            "review_on": _("You get a reminder to look whether it still holds. Residents read the day too."),
        }
        error_messages = {
            "kind": {"required": _("Choose what kind of update it is")},
            "title_en": {"required": _("Enter a title in English")},
        }

    def __init__(self, *args, submit, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = UpdateVersion.Kind.choices
        self.initial["review_on"] = self.instance.review_on or timezone.localdate() + REVIEWED_AFTER
        why = ["why_en", "why_es"]
        if not self.instance.is_change:
            for name in why:
                del self.fields[name]
        self.helper = Helper(
            "version", "kind",
            Fieldset(_("In English"), "title_en", "body_en"),
            Fieldset(_("In Spanish"), "title_es", "body_es"),
            *([Fieldset(_("What was changed and why"), *why)] if self.instance.is_change else []),
            "review_on", submit=submit, cancel=cancel,
        )  # fmt: skip

    def clean_title_en(self):
        return with_known_places(self.cleaned_data["title_en"])

    def clean_title_es(self):
        return with_known_places(self.cleaned_data["title_es"])

    def clean_body_en(self):
        return with_known_places(self.cleaned_data["body_en"])

    def clean_body_es(self):
        return with_known_places(self.cleaned_data["body_es"])

    def save(self, *, by):
        """The update, begun with this version or with its draft changed."""
        if self.instance.pk:
            self.instance.update.edit(self, by=by)
            return self.instance.update
        update = Update()
        update.write(self.instance, by=by)
        return update


class BackForm(forms.Form):
    """Why a text is to be changed before anybody lets it out."""

    note = one_line(
        _("What is to be changed"), required=_("Enter what is to be changed"), max_length=300,
        help_text=_("Whoever wrote it reads this."),
    )  # fmt: skip

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("note", submit=_("Send it back"), cancel=cancel)


class WithdrawForm(forms.Form):
    """Why residents no longer read an update, in words that they read instead."""

    why_en = one_line(
        _("Why, in English"), required=_("Enter why in English"), max_length=LONGEST_REASON,
        help_text=_("Residents read it. No names, and nothing of what should not have been published."),
    )  # fmt: skip
    why_es = one_line(_("Why, in Spanish"), required=_("Enter why in Spanish"), max_length=LONGEST_REASON)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why_es"].widget.attrs |= SPANISH


class RenewForm(forms.Form):
    """When somebody looks at a page again that was looked at now."""

    review_on = ReviewField(label=_("Look at it again on"))

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("review_on", timezone.localdate() + REVIEWED_AFTER)
        self.helper = Helper("review_on", submit=_("It still holds"), cancel=cancel)
