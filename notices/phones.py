"""Phone numbers as people write them, and as machines compare them."""

import phonenumbers
from django.conf import settings


def e164(text):
    """A phone number with its country and without punctuation; empty if it is not a whole number."""
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
