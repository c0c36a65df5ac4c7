"""Areas and rooms tell about no person. A booking says where a member of staff was, so it goes when nobody needs it."""

from django.utils.translation import gettext_lazy as _

from areas.models import Area, Booking, Succession, Venue
from core.privacy import Keep, declare

declare(Area, keep=Keep(forever=_("Records stay where they were made, so the ground they lie on stays known.")))
declare(Succession, keep=Keep(forever=_("It tells which areas of today stand for those of an old record.")))
declare(Venue, keep=Keep(forever=_("Past appointments name the room. A room nobody uses is marked so.")))
declare(Booking, personal=("staff",), keep=Keep(days=90, after="ends_at", since=_("it ended"), hold="ref"))
