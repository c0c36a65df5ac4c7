from django import forms
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.forms import Helper
from portal.models import PageText
from portal.texts import PLACE, PLACES

PLAIN_TEXT = _(
    "Plain text with an empty line between paragraphs. A line that starts with “## ” is a heading. "
    "Write {phone}, {email}, {hours}, {emergency} or {complaint_phone} where what the settings say belongs."
)


def with_known_places(text):
    """A text for residents as it was typed, refused where its braces name what no setting is called."""
    unknown = sorted({name for name in PLACE.findall(text) if name not in PLACES})
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        raise forms.ValidationError(
            _("There is no setting named %(names)s. Known are: %(known)s")
            % {"names": named, "known": ", ".join(f"{{{name}}}" for name in PLACES)}
        )
    return text


class PageTextForm(forms.ModelForm):
    """A new version of a public page; residents see it only after it is published."""

    class Meta:
        model = PageText
        fields = ["title", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 22})}
        help_texts = {"body": PLAIN_TEXT}

    def __init__(self, *args, cancel, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = Helper("title", "body", submit=_("Save and preview"), cancel=cancel)

    def clean_body(self):
        return with_known_places(self.cleaned_data["body"])

    @transaction.atomic
    def save(self, *, slug, language, by):
        """Write the next version. Coordinators who save at once wait for each other; no version is overwritten.

        What they wait for is the page in this language and not its newest row: a page without a text has no row, and
        whoever waited for a row would not see the newer one that came meanwhile.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"portal.page_text:{slug}:{language}"])
        latest = PageText.objects.latest_version(slug, language)
        text = self.instance
        text.slug, text.language, text.written_by = slug, language, by
        text.version = latest.version + 1 if latest else 1
        text.save()
        audit.record(by, "pagetext.write", text, kind=audit.Kind.ADMINISTRATION)
        return text
