"""Letters and forms: for one party, in each language, without a word of anybody else or of what was said in private."""

from itertools import product

import pytest
from django.urls import reverse
from django.utils import translation

from cases import letters
from cases.models import Communication, Wording
from cases.readiness_forms import ScreeningForm
from core.models import AuditEntry
from tests.factories.cases import PartyFactory
from tests.factories.partners import OrganizationFactory
from tests.factories.readiness import screened, wording

TITLES = {
    ("invitation", "en"): "An invitation to talk",
    ("invitation", "es"): "Una invitación a hablar",
    ("notice", "en"): "Confidentiality notice",
    ("notice", "es"): "Aviso de confidencialidad",
    ("consent", "en"): "Consent to mediate",
    ("closing", "es"): "Nuestro trabajo en esto ha terminado",
    ("reach", "en"): "How may we reach you?",
}


@pytest.fixture
def party(case):
    for kind, language in product(Wording.Kind.values, ("en", "es")):
        wording(kind, language)
    return PartyFactory(case=case, contact__name="Teodora K.")


def address(party, kind, language):
    return reverse("cases:letter_print", args=[party.case.reference, party.handle, kind, language])


@pytest.mark.parametrize(("kind", "language"), TITLES)
def test_each_is_a_tagged_pdf_in_its_language(party, staff, sign_in, kind, language):
    answer = sign_in(staff.assigned).get(address(party, kind, language))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert b"pdfuaid" in answer.content
    assert f">{TITLES[kind, language]}<".encode() in answer.content
    assert AuditEntry.objects.filter(act="case.open", facts__page="letter_print", facts__letter=kind).count() == 1


def test_the_page_offers_every_letter_in_every_language(party, staff, sign_in):
    page = sign_in(staff.facilitator).get(reverse("cases:letter_list", args=[party.case.reference, party.handle]))
    said = page.content.decode()
    for kind in letters.Kind.values:
        for language in ("en", "es"):
            assert address(party, kind, language) in said


def test_where_there_is_violence_the_page_warns_of_paper(party, staff, sign_in):
    page, client = reverse("cases:letter_list", args=[party.case.reference, party.handle]), sign_in(staff.assigned)
    assert "A letter can be read by others" not in client.get(page).content.decode()
    party.case.note_violence(by=staff.assigned)
    assert "A letter can be read by others" in client.get(page).content.decode()


def test_no_letter_holds_another_party_or_what_was_said_in_private(case, party, staff):
    other = PartyFactory(case=case, responding=True, contact__name="Othercanary P.")
    screened(party, case.facilitators.serving().get().user, note="privatecanary")
    for kind, whose in (("caucus", party), ("caucus", other), ("working", None)):
        Communication(case=case, kind=kind, party=whose, text="privatecanary").write(by=staff.facilitator)
    type(case).objects.filter(pk=case.pk).update(title="Titlecanary", summary="Summarycanary", place="Placecanary")
    party.case.refresh_from_db()

    for language in ("en", "es"):
        with translation.override(language):
            for kind in letters.Kind:
                words = str(letters.words_of(kind, party))
                assert "Teodora K." in words, "what is printed is looked at"
                assert "canary" not in words.lower()


def test_no_paper_is_filled_in(case, party, staff):
    """What a party said of safety, or how they are reached, stands on no paper: it may be left lying."""
    contact = {"phone": "555-0177", "email": "kept@example.org", "rules_note": "kept note", "may_call": True}
    type(party.contact).objects.filter(pk=party.contact.pk).update(**contact)
    party.contact.refresh_from_db()
    asked = {kind: letters.words_of(kind, party) for kind in letters.Kind}
    screened(party, staff.facilitator, concerns=["fear"], result="with_changes", changes=["rooms"], note="kept note")
    party.refresh_from_db()

    assert {kind: letters.words_of(kind, party) for kind in letters.Kind} == asked
    for kept in ("555-0177", "kept@example.org", "kept note"):
        assert kept not in str(asked)


def test_blank_screening_is_for_the_facilitators_and_of_a_side_alone(case, party, staff, sign_in):
    page = reverse("cases:letter_list", args=[case.reference, party.handle])
    asked = address(party, "screening", "en")
    officer, facilitator = sign_in(staff.assigned), sign_in(staff.facilitator)
    assert asked not in officer.get(page).content.decode()
    assert (officer.get(asked).status_code, facilitator.get(asked).status_code) == (403, 200)
    assert sign_in(staff.officer_elsewhere).get(asked).status_code == 404
    supporter = PartyFactory(case=case, role="supporter")
    assert facilitator.get(address(supporter, "screening", "en")).status_code == 404


def test_paper_asks_what_the_screen_asks(party):
    form = ScreeningForm(party=party, cancel="")
    asked = letters.words_of(letters.Kind.SCREENING, party)["questions"]
    boxes = [box for question in asked for box in question["boxes"]]
    for name in ("concerns", "result", "changes"):
        assert {str(label) for value, label in form.fields[name].choices} <= set(boxes)
    assert str(form.fields["partner_violence"].label) in boxes
    assert len(asked) == len(form.fields)
    assert [question["lines"] for question in asked if not question["boxes"]] == [4]


def test_a_letter_names_the_organization_beside_the_person(case):
    tenant = PartyFactory(case=case, contact__name="Ines R.", organization=OrganizationFactory(name="Elm Housing"))
    words = letters.words_of(letters.Kind.INVITATION, tenant)
    assert words["to"] == "Ines R., Elm Housing"
    assert "Dear Ines R.," in words["paragraphs"]


def test_what_comes_back_on_paper_can_be_found(party):
    words = letters.words_of(letters.Kind.CONSENT, party)
    assert party.case.reference in words["foot"]
    assert "version 1" in words["foot"]
    assert words["boxes"] == ("I agree to take part.", "I do not agree to take part.")


def test_a_minor_s_consent_has_a_line_for_a_guardian(case, party):
    minor = PartyFactory(case=case, is_minor=True)
    assert "Signature of a parent or guardian" in letters.words_of(letters.Kind.CONSENT, minor)["lines"]


def test_the_text_in_force_is_printed_and_one_that_is_missing_is_not_found(party, staff, sign_in):
    Wording.objects.all().delete()
    client = sign_in(staff.assigned)
    assert client.get(address(party, "notice", "en")).status_code == 404
    wording("notice")
    Wording(kind="notice", language="en", body="The newest words").publish(by=staff.coordinator)
    assert letters.words_of(letters.Kind.NOTICE, party)["paragraphs"] == ["The newest words"]
    assert client.get(address(party, "notice", "en")).status_code == 200


@pytest.mark.parametrize(("kind", "language"), [("nothing", "en"), ("notice", "xx")])
def test_what_there_is_not_is_not_found(party, staff, sign_in, kind, language):
    assert sign_in(staff.assigned).get(address(party, kind, language)).status_code == 404
