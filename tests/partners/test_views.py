"""Organizations and the people at them."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Role
from core.models import AuditEntry
from core.privacy import Sought
from notices.models import Contact, Task
from partners import people
from partners.models import Organization
from partners.urls import urlpatterns
from tests.factories.accounts import UserFactory
from tests.factories.partners import OrganizationContactFactory, OrganizationFactory

LIST = "/organizations/"
READERS = {"officer", "supervisor", "coordinator", "mediator", "victim_advocate"}
EDITORS = {"officer", "supervisor", "coordinator"}
PERSON = {
    "contact-name": "Asha Rowe", "contact-language": "en", "contact-phone": "206-555-0111", "contact-may_call": "on",
    "part-role": "Intake", "part-is_main": "on",
}  # fmt: skip


@pytest.fixture
def officer(sign_in):
    return sign_in(UserFactory(officer=True))


@pytest.mark.parametrize("role", Role.values)
def test_who_reads_and_who_changes(role, sign_in):
    person = OrganizationContactFactory()
    client, reference = sign_in(UserFactory(**{role: True})), person.organization.reference
    seen = 200 if role in READERS else 404
    changed = 200 if role in EDITORS else 403 if role in READERS else 404
    handle = {"contact_edit": [person.handle], "contact_remove": [person.handle]}

    assert client.get(reverse("partners:organization_detail", args=[reference])).status_code == seen
    listed = person.organization.name in client.get(LIST).content.decode()
    assert listed is (role in READERS)
    assert len(urlpatterns) == 7
    for name in ("organization_edit", "contact_add", "contact_edit", "contact_remove"):
        address = reverse(f"partners:{name}", args=[reference, *handle.get(name, [])])
        assert client.get(address).status_code == changed, name
    assert client.get(reverse("partners:organization_create")).status_code == (200 if role in EDITORS else 403)


def test_adding_once_and_editing(officer):
    key = str(uuid.uuid4())
    fields = {
        "name": "Harbor Mediation",
        "kind": "nonprofit",
        "active": "on",
        "website": "harbor.example",
        "version": "",
    }
    for _ in range(2):
        answer = officer.post(reverse("partners:organization_create"), fields | {"idempotency_key": key})

    organization = Organization.objects.get()
    assert answer.url == organization.get_absolute_url()
    assert organization.website == "https://harbor.example"
    edit = reverse("partners:organization_edit", args=[organization.reference])
    assert officer.post(edit, fields | {"version": 1, "name": "Harbor Center"}).status_code == 302
    assert officer.post(edit, fields | {"version": 1, "name": "Harbour"}).status_code == 409
    organization.refresh_from_db()
    assert organization.name == "Harbor Center"
    acts = AuditEntry.objects.filter(reference=organization.reference).values_list("act", flat=True)
    assert set(acts) == {"organization.add", "organization.edit"}


def test_the_list_is_searched_and_leaves_out_those_no_longer_active(officer):
    for name, kind, active in (
        ("Peña School", "school", True),
        ("Harbor Church", "faith", True),
        ("Old Mill", "other", False),
    ):
        OrganizationFactory(name=name, kind=kind, active=active)

    def found(query):
        page = officer.get(f"{LIST}?{query}")
        return [one.name for one in page.context["page_obj"]]

    assert found("") == ["Harbor Church", "Peña School"]
    assert found("q=pena") == ["Peña School"]
    assert found("q=har") == ["Harbor Church"]
    assert found("kind=school") == ["Peña School"]
    assert found("former=1") == ["Harbor Church", "Old Mill", "Peña School"]
    assert "No organization matches." in officer.get(f"{LIST}?q=nothing").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three(count, officer, django_assert_num_queries):
    people = [OrganizationContactFactory() for _ in range(count)]
    for _ in range(count):
        OrganizationContactFactory(organization=people[0].organization)
    officer.get(LIST)

    with django_assert_num_queries(6):
        officer.get(LIST)
    with django_assert_num_queries(7):
        officer.get(people[0].organization.get_absolute_url())


def test_people_are_added_the_last_main_contact_counts_and_removal_deletes(officer):
    organization = OrganizationFactory()
    add = reverse("partners:contact_add", args=[organization.reference])
    assert officer.post(add, PERSON).status_code == 302
    assert officer.post(add, PERSON | {"contact-name": "Noor Vale"}).status_code == 302

    assert [str(person.contact) for person in organization.people.filter(is_main=True)] == ["Noor Vale"]
    asha = organization.people.get(contact__name="Asha Rowe")
    edit = reverse("partners:contact_edit", args=[organization.reference, asha.handle])
    assert officer.post(edit, PERSON | {"contact-name": ""}).status_code == 200
    assert officer.post(edit, PERSON | {"part-role": "Director", "part-is_main": ""}).status_code == 302
    asha.refresh_from_db()
    assert (asha.role, asha.is_main) == ("Director", False)
    remove = reverse("partners:contact_remove", args=[organization.reference, asha.handle])
    assert officer.post(remove).status_code == 302
    assert not Contact.objects.filter(name="Asha Rowe").exists()
    assert officer.post(remove).status_code == 404


def test_requests_by_people_reach_contacts_of_organizations(db):
    person = OrganizationContactFactory(contact__name="Asha Rowe", contact__email="asha@example.org")
    (found,) = people.find(Sought(name="asha rowe"))
    assert (found.reference, found.by) == (person.organization.reference, "name")
    assert [one.by for one in people.find(Sought(email="asha@example.org"))] == ["address"]

    (section,) = people.bundle([found.key])
    assert dict(section.facts)["E-mail"] == "asha@example.org"
    people.correct([found.key], request=type("Request", (), {"reference": "Q-26-AAAAA"}))
    assert Task.objects.get().role == "coordinator"
    people.erase([found.key], by="worker")
    assert not Contact.objects.filter(name="Asha Rowe").exists()
    assert people.erase([found.key], by="worker")
