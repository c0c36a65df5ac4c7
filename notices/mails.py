"""The messages of notices itself, to staff."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from notices.kinds import Crash, Late, Message, kind
from notices.models import Purpose


@kind("notices.engine", purpose=Purpose.WORK, late=Late.SEND, crash=Crash.DOUBLE)
def engine(refs, language):
    """The reminder engine stood still; `ref` is since when."""
    page = settings.PUBLIC_URL + reverse("notices:operation")
    return {
        since: Message(
            subject=gettext("The reminder engine stood still"),
            body=render_to_string("messages/notices_engine.txt", {"since": since, "page": page}),
        )
        for since in refs
    }
