"""How the records that speak of a person are found for their request: each knows them by a Contact."""

from django.db.models import Q
from django.db.models.functions import Lower


def same_person(rows, sought, contact="contact"):
    """(row, by what it was found) of each row whose Contact has the same phone or e-mail, or exactly this name.

    `contact` is the field that leads to it.
    """
    same = Q()
    if sought.email:
        same |= Q(**{f"{contact}__email__iexact": sought.email})
    if sought.phone:
        same |= Q(**{f"{contact}__phone_e164": sought.phone})
    if sought.name:
        same |= Q(called_so=sought.name)
    if not same:
        return
    found = rows.annotate(called_so=Lower(f"{contact}__name")).filter(same)
    for row in found.select_related(contact).order_by("id"):
        person = getattr(row, contact)
        known = {person.email.lower(), person.phone_e164} - {""}
        yield row, "address" if known & {sought.email, sought.phone} else "name"
