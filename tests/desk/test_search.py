import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry
from desk import commands, finding
from partners.models import Organization
from tests.factories.areas import VenueFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory
from tests.factories.events import EventFactory
from tests.factories.notices import ContactFactory


def titles(user, text):
    return {kind.name: [hit.title for hit in kind.hits] for kind in finding.found(user, text)}


@pytest.fixture
def case(area, staff):
    return CaseFactory(
        area=area,
        assigned_to=staff.officer,
        opened_by=staff.officer,
        title="Loud drums, Peña Street",
        summary="Between two homes",
    )


@pytest.mark.parametrize("text", ["drum", "DRUMS", "pena", "Peña", "dru pen", "two homes", "between"])
def test_the_beginning_of_every_word_is_enough_and_accents_are_forgiven(staff, case, text):
    assert titles(staff.officer, text) == {"cases": ["Loud drums, Peña Street"]}


@pytest.mark.parametrize("text", ["", "d", "rums", "drums trumpet", "%", "' OR 1=1 --", "\x00", ":*", "a" * 3000])
def test_what_matches_nothing_finds_nothing(staff, case, text):
    assert titles(staff.officer, text) == {}


WHO_SEES = {
    "officer": True,
    "colleague": False,
    "supervisor": True,
    "mediator": True,
    "coordinator": False,
    "analyst": False,
    "records_officer": False,
    "victim_advocate": False,
    "nobody": False,
    "officer_elsewhere": False,
    "supervisor_elsewhere": False,
}


@pytest.mark.parametrize(("role", "sees"), WHO_SEES.items())
def test_nobody_learns_of_a_case_or_person_they_may_not_open(sign_in, staff, case, text_of, role, sees):
    FacilitatorFactory(case=case, user=staff.mediator)
    PartyFactory(case=case, contact=ContactFactory(name="Álvaro Nubeclara"))
    client = sign_in(getattr(staff, role))
    for text in ("drums", "alvaro", "nubecl"):
        page = text_of(client.get("/desk/search/", {"q": text}))
        assert ("Loud drums" in page) is sees
        assert (case.reference in page) is sees
        assert ("Nothing that you may open" in page) is not sees
    opened = client.get("/desk/search/", {"q": case.reference})
    assert (opened.status_code == 302) is sees


def test_the_truth_table_names_everybody(staff):
    assert set(WHO_SEES) == set(vars(staff))


def test_a_sealed_case_is_found_by_its_team_alone(sign_in, staff, area):
    sealed = CaseFactory(area=area, sealed=True, assigned_to=staff.officer, title="Sealed drums")
    assert titles(staff.officer, "drums") == {"cases": ["Sealed drums"]}
    assert titles(staff.supervisor, "drums") == {}
    # By its number a supervisor reaches the page that asks for a reason; others learn nothing.
    assert sign_in(staff.supervisor).get("/desk/search/", {"q": sealed.reference}).status_code == 302
    assert sign_in(staff.colleague).get("/desk/search/", {"q": sealed.reference}).status_code == 200


def test_people_are_found_inside_their_case_alone(staff, case, area):
    PartyFactory(case=case, contact=ContactFactory(name="Tamsin Quickthorn"))
    PartyFactory(case=CaseFactory(area=area, assigned_to=staff.colleague), contact=ContactFactory(name="Tamsin Else"))
    ContactFactory(name="Tamsin of an organization")
    assert titles(staff.officer, "tamsin") == {"people": ["Tamsin Quickthorn"]}


def test_a_party_that_left_is_not_found(staff, case):
    party = PartyFactory(case=case, contact=ContactFactory(name="Tamsin Quickthorn"))
    party.leave(by=staff.officer)
    assert titles(staff.officer, "tamsin") == {}


def test_places_and_organizations_are_found(staff, area, sign_in):
    VenueFactory(name="Eastgate Library", area=area)
    Organization.objects.create(name="Eastgate Tenants", kind="tenants")
    assert titles(staff.officer, "eastg") == {
        "organizations": ["Eastgate Tenants"],
        "areas": ["Eastgate"],
        "venues": ["Eastgate Library"],
    }
    client = sign_in(staff.officer)
    urls = [hit.url for kind in finding.found(staff.officer, "eastg") for hit in kind.hits]
    assert [client.get(url).status_code for url in urls] == [200] * 3


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{spoken}"])
def test_a_record_number_alone_opens_the_record(sign_in, staff, case, typed):
    reference = case.reference
    text = typed.format(reference, lower=reference.lower(), spoken=reference.replace("0", "o").replace("1", "l"))
    response = sign_in(staff.officer).get("/desk/search/", {"q": text})
    assert (response.status_code, response.headers["Location"]) == (302, f"/cases/{reference}/")


def test_the_numbers_of_places_organizations_and_events_open_them_too(sign_in, staff, area):
    organization = Organization.objects.create(name="Tenants", kind="tenants")
    venue, event = VenueFactory(area=area), EventFactory(area=area)
    client = sign_in(staff.officer)
    for record in (organization, venue, area, event):
        response = client.get("/desk/search/", {"q": record.reference})
        assert response.headers["Location"] == record.get_absolute_url()
    assert sign_in(staff.mediator).get("/desk/search/", {"q": event.reference}).status_code == 200


@pytest.mark.parametrize("reference", ["M-26-ZZZZZ", "S-26-7K4QF", "X-26-7K4QF", "U-26-7K4QF"])
def test_a_number_that_is_nothing_to_them_is_answered_like_any_text(sign_in, staff, text_of, reference):
    page = text_of(sign_in(staff.officer).get("/desk/search/", {"q": reference}))
    assert f"Nothing that you may open matches “{reference}”" in page


def labels(user, text):
    return [command.label for command in commands.meant(user, text)]


def test_commands_are_those_this_person_may_give(staff):
    assert labels(staff.officer, "new ca") == ["New case"]
    assert labels(staff.officer, "case new") == ["New case"]
    assert labels(staff.mediator, "new case") == []
    assert labels(staff.coordinator, "staff") == ["Invite staff", "Staff"]
    assert labels(staff.officer, "staff") == []


def test_acts_on_a_case_are_offered_with_its_number(staff, case, sign_in):
    assert labels(staff.officer, f"log contact {case.reference.lower()}") == [f"Log contact, {case.reference}"]
    assert labels(staff.officer, f"{case.reference} book") == [f"Book an appointment, {case.reference}"]
    assert len(labels(staff.officer, case.reference)) == 4
    assert labels(staff.colleague, f"log contact {case.reference}") == []
    page = sign_in(staff.officer).get("/desk/search/", {"q": f"log {case.reference}"}).content.decode()
    assert f'href="/cases/{case.reference}/contacts/new/"' in page


def test_a_search_that_found_something_is_recorded_without_its_words(sign_in, staff, case):
    client = sign_in(staff.officer)
    client.get("/desk/search/", {"q": "drums"})
    client.get("/desk/search/", {"q": "trumpets"})
    entry = AuditEntry.objects.get(act="desk.search")
    assert (entry.kind, entry.facts) == ("consultation", {"cases": 1})


def test_more_than_a_handful_is_one_link_to_the_list(sign_in, staff, area):
    for _ in range(finding.AT_MOST + 1):
        CaseFactory(area=area, assigned_to=staff.officer, title="Drums again")
    page = sign_in(staff.officer).get("/desk/search/", {"q": "drums"}).content.decode()
    assert page.count("Drums again") == finding.AT_MOST
    assert 'href="/cases/?q=drums&amp;state=all"' in page


def test_the_queries_of_a_search_do_not_grow(sign_in, staff, area):
    client, counted = sign_in(staff.officer), []
    for count in (1, 3):
        for _ in range(count):
            case = CaseFactory(area=area, assigned_to=staff.officer, title="Eastgate drums")
            PartyFactory(case=case, contact=ContactFactory(name="Eastgate Person"))
            VenueFactory(name=f"Eastgate {case.reference}", area=area)
            Organization.objects.create(name="Eastgate Tenants", kind="tenants")
        client.get("/desk/search/", {"q": "eastgate"})
        with CaptureQueriesContext(connection) as found:
            client.get("/desk/search/", {"q": "eastgate"})
        counted.append(len(found))
    assert counted[0] == counted[1] <= 15
