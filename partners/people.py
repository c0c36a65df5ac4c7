"""How organizations answer requests by people: somebody who is a contact there."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.privacy import Found, Section
from notices.models import Contact, Task
from notices.people import same_person
from partners.models import Organization, OrganizationContact


def find(sought):
    """Contacts of organizations with the same phone or e-mail, or called exactly so."""
    for person, by in same_person(OrganizationContact.objects.select_related("organization"), sought):
        yield Found(
            key=str(person.handle),
            kind=_("Contact at an organization"),
            object_type=Organization._meta.label_lower,
            reference=person.organization.reference,
            rows=1,
            by=by,
        )


def _people(keys):
    return OrganizationContact.objects.filter(handle__in=keys).select_related("organization", "contact").order_by("id")


def bundle(keys):
    for person in _people(keys):
        yield Section(
            title=person.organization.name,
            facts=[
                (_("Name"), person.contact.name),
                (_("Role there"), person.role),
                (_("Phone"), person.contact.phone),
                (_("E-mail"), person.contact.email),
            ],
        )


def erase(keys, *, by):
    """They and how they were reached are deleted; the organization stays."""
    people = list(_people(keys))
    touched = {OrganizationContact: [person.pk for person in people], Contact: [person.contact_id for person in people]}
    for person in people:
        person.forget(by=by)
    return touched


def correct(keys, *, request):
    """Owe the correction to the coordinators, who keep the organizations."""
    for person in _people(keys):
        Task.objects.owe(
            f"partners.correct:{request.reference}:{person.handle}",
            text=gettext_noop("Correct a contact of an organization: request %(request)s"),
            values={"request": request.reference},
            role="coordinator",
            ref=person.organization.reference,
            link=person.organization.get_absolute_url(),
            due_at=timezone.now(),
        )
