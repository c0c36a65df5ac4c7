"""Passwords that anybody who knows the unit would try first."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COMMON_HERE = ("liaison", "police", "community", "officer", "mediation", "password", "welcome")
ENOUGH = 8


class NotOurWords:
    """Refuse a password that has little left once the words of the house are taken out of it."""

    def validate(self, password, user=None):
        words = [*COMMON_HERE, *re.findall(r"\w{4,}", str(settings.AGENCY["name"]).lower())]
        rest = password.lower()
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(re.sub(r"[\W\d_]", "", rest)) < ENOUGH and rest != password.lower():
            raise ValidationError(self.get_help_text(), code="password_our_words")

    def get_help_text(self):
        return _("Do not build it from words such as “liaison”, “police” or the name of the agency.")
