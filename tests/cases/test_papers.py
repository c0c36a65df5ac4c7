"""Paper that comes back: the questions of a follow-up, and the code by which each paper finds its page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cases import agreeing, letters, paper, paper_codes
from cases.follow_up_forms import AnswerForm
from cases.models import Agreement, Communication, FollowUpAnswer, Party, Term
from cases.paper_codes import Paper, code_of, page_of
from core.models import AuditEntry
from tests.factories.cases import CaseFactory, PartyFactory
from tests.factories.partners import OrganizationFactory
from tests.factories.readiness import screened, wording

SEARCH = "/desk/search/"


@pytest.fixture
def sides(case):
    return PartyFactory(case=case, contact__name="Teodora K."), PartyFactory(
        case=case, responding=True, contact__name="Othercanary P."
    )


@pytest.fixture
def follow_up(case, sides, staff):
    agreement = Agreement(case=case, kind="full", agreed_on=timezone.localdate() - timedelta(days=30))
    agreeing.record(agreement=agreement, by=staff.assigned)
    for who, what in zip(sides, ("No drums after ten", "A knock before a call"), strict=True):
        agreeing.add_term(term=Term(agreement=agreement, who=who, what=what), by=staff.assigned)
    return agreement.follow_ups.get(days=30)


def address(name, follow_up, party, *more):
    return reverse(f"cases:{name}", args=[follow_up.case.reference, follow_up.handle, party.handle, *more])


# The questions of a follow-up --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "title"), [("en", "How are things going?"), ("es", "¿Cómo van las cosas?")])
def test_the_questions_are_a_tagged_pdf_in_the_language_of_a_side(follow_up, sides, staff, sign_in, language, title):
    client, asked = sign_in(staff.assigned), address("follow_up_print", follow_up, sides[0], language)
    assert asked in client.get(address("follow_up_hear", follow_up, sides[0])).content.decode()
    answer = client.get(asked)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert b"pdfuaid" in answer.content
    assert f">{title}<".encode() in answer.content
    assert AuditEntry.objects.filter(act="case.open", facts__page="follow_up_print").count() == 1


def test_paper_asks_word_for_word_what_the_link_asks(follow_up, sides):
    form = AnswerForm(follow_up=follow_up, party=sides[0], submit="")
    asked = letters.words_of_follow_up(follow_up, sides[0])["questions"]
    said = str(asked)

    assert len(asked) == len(form.fields)
    for what in ("No drums after ten", "A knock before a call"):
        assert f"“{what}” Was that kept?" in said
    for field in form.fields.values():
        assert str(field.label) in said
    assert {"text": "", "boxes": ["Please call me, I want to talk about it"], "lines": 0} in asked
    assert "rather not say" not in said


def test_it_says_where_it_goes_back_to(follow_up, sides, settings):
    settings.AGENCY = settings.AGENCY | {"address": "1 Main Street", "phone": "555-0199"}
    words = str(letters.words_of_follow_up(follow_up, sides[0]))
    assert "1 Main Street" in words
    assert "555-0199" in words


def test_the_questions_hold_nothing_of_the_other_side_or_of_what_was_said(follow_up, sides, staff):
    case = follow_up.case
    screened(sides[0], staff.facilitator, note="privatecanary")
    Communication(case=case, kind="caucus", party=sides[0], text="privatecanary").write(by=staff.facilitator)
    FollowUpAnswer(follow_up=follow_up, party=sides[1], holding="broken", mode="call").give({}, by=staff.assigned)
    asked = {}
    for language in ("en", "es"):
        with translation.override(language):
            asked[language] = letters.words_of_follow_up(follow_up, sides[0])
            assert "Teodora K." in str(asked[language])
            assert "canary" not in str(asked[language]).lower()
    FollowUpAnswer(follow_up=follow_up, party=sides[0], holding="held", mode="call").give({}, by=staff.assigned)
    assert letters.words_of_follow_up(follow_up, sides[0])["questions"] == asked["en"]["questions"]


def test_only_who_is_asked_gets_them_and_only_in_our_languages(case, follow_up, sides, staff, sign_in):
    client, late = sign_in(staff.assigned), PartyFactory(case=case)
    supporter = PartyFactory(case=case, role="supporter")
    for party, language in ((late, "en"), (supporter, "en"), (sides[0], "xx")):
        assert client.get(address("follow_up_print", follow_up, party, language)).status_code == 404
    asked = address("follow_up_print", follow_up, sides[0], "en")
    assert sign_in(staff.officer_elsewhere).get(asked).status_code == 404
    assert client.post(asked).status_code == 405


def test_where_there_is_violence_the_page_warns_of_paper(follow_up, sides, staff, sign_in):
    client, page = sign_in(staff.assigned), address("follow_up_hear", follow_up, sides[0])
    assert "A letter can be read by others" not in client.get(page).content.decode()
    follow_up.case.note_violence(by=staff.assigned)
    assert "A letter can be read by others" in client.get(page).content.decode()


# The code ----------------------------------------------------------------------------------------------------------
def page(name, case, handle):
    return reverse(f"cases:{name}", args=[case.reference, handle])


def test_every_paper_of_a_party_carries_a_code_that_leads_to_its_page(case, sides, staff):
    for kind in ("notice", "consent"):
        wording(kind)
    party, logged = sides[0], reverse("cases:contact_create", args=[case.reference]) + f"?party={sides[0].handle}"
    pages = {
        letters.Kind.INVITATION: logged,
        letters.Kind.NOTICE: page("notice_give", case, party.handle),
        letters.Kind.CONSENT: page("consent_record", case, party.handle),
        letters.Kind.CLOSING: logged,
        letters.Kind.REACH: page("party_edit", case, party.handle),
        letters.Kind.SCREENING: page("screening_record", case, party.handle),
    }
    feet = {kind: letters.words_of(kind, party)["foot"].split(" · ")[0] for kind in letters.Kind}

    assert {kind: page_of(staff.facilitator, foot) for kind, foot in feet.items()} == pages
    assert all(foot.startswith(f"{case.reference}/") for foot in feet.values())
    assert len(set(feet.values())) == len(letters.Kind)


def test_the_papers_of_an_agreement_and_of_a_follow_up_lead_to_theirs(case, follow_up, sides, staff):
    agreement = follow_up.agreement
    foot = paper.words_of(agreement)["foot"]
    assert page_of(staff.assigned, foot) == page("agreement_sign", case, agreement.handle)
    feet = [letters.words_of_follow_up(follow_up, side)["foot"].split(" · ")[0] for side in sides]
    assert [page_of(staff.assigned, foot) for foot in feet] == [
        address("follow_up_hear", follow_up, side) for side in sides
    ]
    later = agreement.follow_ups.get(days=90)
    assert letters.words_of_follow_up(later, sides[0])["foot"] not in feet


def test_what_nobody_asks_of_a_supporter_is_logged_as_a_contact(case, staff):
    supporter = PartyFactory(case=case, role="supporter")
    found = page_of(staff.assigned, code_of(Paper.CONSENT, case, supporter))
    assert found == reverse("cases:contact_create", args=[case.reference]) + f"?party={supporter.handle}"


@pytest.mark.parametrize("typed", [str.lower, str.upper, lambda code: code.replace("/", " "), lambda code: f" {code} ",
                                   lambda code: code.replace("/", "").replace("-", ""),
                                   lambda code: code[0] + code[1:].replace("0", "O").replace("1", "l")])  # fmt: skip
def test_a_code_is_found_as_people_type_it(case, sides, staff, typed):
    code = code_of(Paper.REACH, case, sides[0])
    assert page_of(staff.assigned, typed(code)) == page("party_edit", case, sides[0].handle)


def test_typed_into_the_search_field_it_opens_the_page_for_those_who_may_open_the_case(case, sides, staff, sign_in):
    code = code_of(Paper.CONSENT, case, sides[0])
    answer = sign_in(staff.assigned).get(SEARCH, {"q": code})
    assert (answer.status_code, answer.url) == (302, page("consent_record", case, sides[0].handle))
    opened = {name for name, user in vars(staff).items() if sign_in(user).get(SEARCH, {"q": code}).status_code == 302}
    assert opened == {"opener", "assigned", "facilitator", "supervisor", "second_supervisor"}
    said = sign_in(staff.officer_elsewhere).get(SEARCH, {"q": code}).content.decode()
    assert "Nothing that you may open" in said
    assert str(sides[0]) not in said


@pytest.mark.parametrize("change", [lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), lambda code: code[:-1],
                                    lambda code: code + "0", lambda code: code.replace("/C/", "/R/"),
                                    lambda code: code.replace("/C/", "/B/"), lambda code: "", lambda code: "\x00" * 13,
                                    lambda code: code.replace("M-", "N-")])  # fmt: skip
def test_a_wrong_code_leads_nowhere(case, sides, staff, change):
    assert page_of(staff.assigned, change(code_of(Paper.CONSENT, case, sides[0]))) == ""


def test_a_code_is_of_its_case_and_of_who_is_still_in_it(case, sides, staff):
    other = CaseFactory(area=case.area, assigned_to=staff.assigned)
    code = code_of(Paper.CONSENT, case, sides[0])
    assert page_of(staff.assigned, code.replace(case.reference, other.reference)) == ""
    sides[0].leave(by=staff.assigned)
    assert page_of(staff.assigned, code) == ""


def test_of_two_with_one_mark_neither_is_taken(case, sides, staff, monkeypatch):
    monkeypatch.setattr(paper_codes, "secret", lambda purpose, length: "0" * length)
    assert page_of(staff.assigned, code_of(Paper.CONSENT, case, sides[0])) == ""
    Party.objects.filter(pk=sides[1].pk).update(left_at=timezone.now())
    assert page_of(staff.assigned, code_of(Paper.CONSENT, case, sides[0])) == page(
        "consent_record", case, sides[0].handle
    )


# Whom a party stands for -------------------------------------------------------------------------------------------
def test_an_agreement_names_the_organization_beside_the_person(case, staff, sign_in):
    housing = OrganizationFactory(name="Elm Housing")
    party = PartyFactory(case=case, contact__name="Ines R.", organization=housing)
    agreement = agreeing.record(
        agreement=Agreement(case=case, kind="full", agreed_on=timezone.localdate()), by=staff.assigned
    )
    agreeing.add_term(term=Term(agreement=agreement, who=party, what="Mends the door"), by=staff.assigned)
    words = paper.words_of(agreement)

    assert words["signers"] == ["Ines R., Elm Housing"]
    assert words["terms"][0]["who"] == "Ines R., Elm Housing"
    assert "Ines R., Elm Housing" in sign_in(staff.assigned).get(agreement.get_absolute_url()).content.decode()


def test_paper_of_a_minor_beside_a_side_of_a_circle_finds_its_page(open_case, staff, sign_in):
    """They answer for themselves, so what they signed is entered where that of a side is; they are not screened."""
    case = open_case(process="restorative")
    harmed = PartyFactory(case=case, role="harmed")
    minor = PartyFactory(case=case, role="supporter", beside=harmed, is_minor=True)
    client = sign_in(staff.facilitator)
    page = client.get(minor.get_absolute_url()).content.decode()
    for kind, name in ((Paper.NOTICE, "notice_give"), (Paper.CONSENT, "consent_record")):
        there = reverse(f"cases:{name}", args=[case.reference, minor.handle])
        answer = client.get(SEARCH, {"q": code_of(kind, case, minor)})
        assert answer.headers.get("Location", "") == there
        assert there in page
    assert reverse("cases:screening_record", args=[case.reference, minor.handle]) not in page
