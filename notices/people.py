"""How the records that speak of a person are found for their request: each knows them by a Contact."""

from django.db.models import Q
from django.db.models.functions import Lower


def same_person(rows, sought):
    """(row, by what it was found) of each row whose `contact` has the same phone or e-mail, or exactly this name."""
    same = Q()
    if sought.email:
        same |= Q(contact__email__iexact=sought.email)
    if sought.phone:
        same |= Q(contact__phone_e164=sought.phone)
    if sought.name:
        same |= Q(called_so=sought.name)
    if not same:
        return
    found = rows.annotate(called_so=Lower("contact__name")).filter(same)
    for row in found.select_related("contact").order_by("id"):
        known = {row.contact.email.lower(), row.contact.phone_e164} - {""}
        yield row, "address" if known & {sought.email, sought.phone} else "name"
