"""The texts of public pages name no resident; their versions are what we once promised, so they are kept."""

from django.utils.translation import gettext_lazy as _

from core.privacy import Keep, declare
from portal.models import PageText

declare(PageText, keep=Keep(forever=_("Old versions show what residents were told, and when.")))
