"""Organizations for tests."""

import factory

from partners.models import Organization, OrganizationContact
from tests.factories.notices import ContactFactory


class OrganizationFactory(factory.django.DjangoModelFactory):
    """An active non-profit."""

    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Test Center {n}")
    kind = Organization.Kind.NONPROFIT


class OrganizationContactFactory(factory.django.DjangoModelFactory):
    """A person at an organization."""

    class Meta:
        model = OrganizationContact

    organization = factory.SubFactory(OrganizationFactory)
    contact = factory.SubFactory(ContactFactory)
    role = "Intake"
