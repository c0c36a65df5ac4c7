"""Letters and forms: for one party, in each language, without a word of anybody else or of what was said in private."""

from itertools import product

import pytest
from django.urls import reverse
from django.utils import translation

from cases import letters
from cases.models import Communication, Wording
from core.models import AuditEntry
from tests.factories.cases import PartyFactory
from tests.factories.readiness import screened, wording

TITLES = {
    ("invitation", "en"): "An invitation to talk",
    ("invitation", "es"): "Una invitación a hablar",
    ("notice", "en"): "Confidentiality notice",
    ("notice", "es"): "Aviso de confidencialidad",
    ("consent", "en"): "Consent to mediate",
    ("closing", "es"): "Nuestro trabajo en esto ha terminado",
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
    page = sign_in(staff.assigned).get(reverse("cases:letter_list", args=[party.case.reference, party.handle]))
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
