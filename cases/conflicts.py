"""Whether the records show a possible conflict of interest between a facilitator and a party.

It looks over all cases, also those that the person asking may not open, and answers yes or no: never which case, never
what about. Who wants to know more asks a supervisor of the area.
"""

from django.db.models import Q
from django.db.models.functions import Lower

from cases.models import Party


def shows_conflict(facilitator, party):
    """The same phone or e-mail, an earlier case in which they had to do with the party, or the same organization."""
    if facilitator.organization_id is not None:
        return facilitator.organization_id == party.organization_id
    user, contact = facilitator.user, party.contact
    own = {user.email.lower(), user.contact.email.lower()} - {""}
    phones = {user.contact.phone_e164} - {""}
    if contact.email.lower() in own or contact.phone_e164 in phones:
        return True
    return _met_before(user, party)


def _met_before(user, party):
    """Somebody with the party's phone or e-mail was a party of another case in which this person worked."""
    contact = party.contact
    same = Q(pk__in=[])
    if contact.phone_e164:
        same |= Q(contact__phone_e164=contact.phone_e164)
    if contact.email:
        same |= Q(address=contact.email.lower())
    worked = Q(case__assigned_to=user) | Q(case__opened_by=user) | Q(case__facilitators__user=user)
    parties = Party.objects.alias(address=Lower("contact__email")).filter(same).exclude(case=party.case_id)
    return parties.filter(worked).exists()
