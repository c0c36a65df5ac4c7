"""What messages and reminders hold about people, and for how long. A Contact goes with the record that names it."""

from django.utils.translation import gettext_lazy as _

from core.privacy import Keep, declare
from notices.models import Consent, Contact, Notice, OptOut, Task

declare(
    Contact,
    personal=(
        "name",
        "language",
        "time_zone",
        "phone",
        "phone_e164",
        "email",
        "chat",
        "hours_from",
        "hours_to",
        "rules_note",
    ),
    keep=Keep(while_used=True),
)
declare(Consent, keep=Keep(with_="contact"))
declare(
    OptOut, keep=Keep(forever=_("STOP holds until the person takes it back; of the address only a keyed hash is kept."))
)
# Of messages no text is kept, only when which kind was sent about which record.
declare(Notice, keep=Keep(days=365, after="ended_at", since=_("it ended"), hold="ref"))
declare(Task, personal=("text", "values"), keep=Keep(days=365, after="ended_at", since=_("it ended"), hold="ref"))
