"""What organizations hold about people, and for how long."""

from django.utils.translation import gettext_lazy as _

from core.privacy import Keep, declare, register_source
from partners import people
from partners.models import Organization, OrganizationContact

declare(Organization, keep=Keep(forever=_("An organization is no person. One that nobody needs is marked inactive.")))
declare(OrganizationContact, personal=("role",), keep=Keep(with_="organization"))

register_source("partners", find=people.find, bundle=people.bundle, erase=people.erase, correct=people.correct)
