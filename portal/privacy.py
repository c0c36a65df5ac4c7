"""Texts for residents name no resident; they are what we once said, so they are kept as public records."""

from django.utils.translation import gettext_lazy as _

from core.privacy import Keep, declare
from portal.models import PageText, Post, Posting, Update, UpdateVersion

TOLD = _("Old versions show what residents were told, and when.")
POSTED = _("What the unit said in its channels is a public record, with what corrected it.")

for model in (PageText, Update, UpdateVersion):
    declare(model, keep=Keep(forever=TOLD))
for model in (Post, Posting):
    declare(model, keep=Keep(forever=POSTED))
