"""How a form without an account tells people from programs, without asking anybody else and without keeping addresses.

A field that no person sees stays empty, and nobody fills a form in within three seconds of its being shown. Whoever
is taken for a program by mistake is shown what they typed and sends it once more: nothing is lost.
"""

from datetime import timedelta

from django.core import signing

SALT = "events.register"
FASTEST, LONGEST = timedelta(seconds=3), timedelta(days=1)


def _signer():
    return signing.TimestampSigner(salt=SALT)


def stamp():
    """When the form was shown, signed."""
    return _signer().sign("shown")


def is_genuine(text):
    """Whether we made this stamp, within a day."""
    try:
        _signer().unsign(text, max_age=LONGEST)
    except signing.BadSignature:
        return False
    return True


def is_plausible(text):
    """Whether a form with this stamp was open for as long as people take."""
    if not is_genuine(text):
        return False
    try:
        _signer().unsign(text, max_age=FASTEST)
    except signing.SignatureExpired:
        return True
    return False
