"""Agreements: recorded, written as terms, signed by each side, printed, and asked about."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cases import agreeing, belonging, mails, paper, people
from cases.models import Agreement, AgreementShare, Case, Communication, FollowUpLink, Party, Signature, Term
from core.models import AuditEntry
from core.states import MoveNotAllowed
from notices.models import Task
from tests.factories.cases import CaseFactory, PartyFactory
from tests.factories.readiness import consented, informed, screened


@pytest.fixture
def sides(case):
    return PartyFactory(case=case), PartyFactory(case=case, responding=True)


@pytest.fixture
def agreement(case, sides, staff):
    wanted = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
    return agreeing.record(agreement=wanted, by=staff.assigned)


def add(agreement, who, by, **fields):
    return agreeing.add_term(term=Term(agreement=agreement, who=who, **{"what": "No drums after ten"} | fields), by=by)


def address(name, agreement, *more):
    handle = more[0] if more else agreement.handle
    return reverse(f"cases:{name}", args=[agreement.case.reference, handle, *more[1:]])


@pytest.mark.parametrize(
    ("state", "kind", "becomes"),
    [
        ("in_process", "full", "agreement"),
        ("in_process", "partial", "partial"),
        ("in_process", "verbal", "in_process"),
        ("contacting", "full", "contacting"),
    ],
)
def test_a_case_in_process_comes_out_with_its_agreement(open_case, staff, sign_in, state, kind, becomes):
    case = open_case()
    Case.objects.filter(pk=case.pk).update(state=state)
    posted = {"kind": kind, "agreed_on": timezone.localdate().isoformat()}
    answer = sign_in(staff.assigned).post(reverse("cases:agreement_create", args=[case.reference]), posted)

    assert answer.url == Agreement.objects.get().get_absolute_url()
    case.refresh_from_db()
    assert case.state == becomes


def test_terms_are_written_in_the_words_of_the_sides(case, agreement, sides, staff, sign_in):
    day = timezone.localdate() + timedelta(days=10)
    posted = {"who": sides[1].pk, "what": "I pay for\nthe fence", "by_when": day.isoformat(), "amount": "120.50"}
    page = sign_in(staff.assigned).post(address("agreement_detail", agreement), posted, follow=True).content.decode()

    term = Term.objects.get()
    assert (term.who, term.amount, term.state) == (sides[1], Decimal("120.50"), "pending")
    assert "I pay for<br>the fence" in page
    dues = Task.objects.open().filter(key__startswith=f"cases.term:{term.handle}:").order_by("due_at")
    assert [(timezone.localdate(task.due_at) - day).days for task in dues] == [-3, 0, 3]
    assert {task.owner for task in dues} == {staff.assigned}
    assert "fence" not in "".join(task.text for task in dues)


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"what": "x"}, "Choose who promises it"),
        ({"what": ""}, "Write what they promise"),
        ({"what": "x", "amount": "-5"}, "greater than or equal to 0"),
        ({"what": "x", "by_when": "soon"}, "Enter"),
    ],
)
def test_a_term_that_is_none_is_not_kept(agreement, sides, staff, sign_in, posted, told):
    posted = ({"who": sides[0].pk} if "Choose who" not in told else {}) | posted
    page = sign_in(staff.assigned).post(address("agreement_detail", agreement), posted).content.decode()

    assert told in page
    assert not Term.objects.exists()


def test_a_party_of_another_case_promises_nothing_here(agreement, staff, sign_in):
    stranger = PartyFactory(case=CaseFactory())
    sign_in(staff.assigned).post(address("agreement_detail", agreement), {"who": stranger.pk, "what": "x"})

    assert not Term.objects.exists()


def test_once_a_side_has_signed_the_terms_stand(agreement, sides, staff, sign_in):
    term = add(agreement, sides[0], staff.assigned)
    client = sign_in(staff.assigned)
    client.post(address("agreement_sign", agreement), {"party": sides[0].pk, "mode": "paper"})

    assert Signature.objects.get().party == sides[0]
    assert AuditEntry.objects.get(act="agreement.sign").facts == {"mode": "paper"}
    page = client.get(address("agreement_detail", agreement)).content.decode()
    assert "Add the term" not in page
    assert client.post(address("agreement_detail", agreement), {"who": sides[0].pk, "what": "x"}).status_code == 409
    assert client.post(address("term_drop", agreement, term.handle)).status_code == 409
    assert Term.objects.get() == term


def test_nobody_signs_twice(agreement, sides, staff, sign_in):
    client, posted = sign_in(staff.assigned), {"party": sides[0].pk, "mode": "screen"}
    client.post(address("agreement_sign", agreement), posted)
    client.post(address("agreement_sign", agreement), posted)

    assert Signature.objects.count() == 1
    with pytest.raises(MoveNotAllowed):
        Signature(agreement=agreement, party=sides[0], mode="paper").sign(by=staff.assigned)


@pytest.mark.parametrize(("state", "left"), [("done", 0), ("broken", 0), ("changed", 0), ("late", 3)])
def test_how_a_term_stands_ends_what_is_asked_about_it(agreement, sides, staff, sign_in, state, left):
    term = add(agreement, sides[0], staff.assigned, by_when=timezone.localdate())
    sign_in(staff.assigned).post(address("term_settle", agreement, term.handle), {"state": state})

    term.refresh_from_db()
    assert term.state == state
    assert Task.objects.open().filter(key__startswith=f"cases.term:{term.handle}").count() == left
    with pytest.raises(MoveNotAllowed):
        term.settle(state, by=staff.assigned)


def test_a_term_that_is_taken_out_takes_its_tasks_along(agreement, sides, staff, sign_in):
    term = add(agreement, sides[0], staff.assigned, by_when=timezone.localdate())
    sign_in(staff.assigned).post(address("term_drop", agreement, term.handle))

    assert not Term.objects.exists()
    assert not Task.objects.open().filter(key__startswith="cases.term:").exists()


@pytest.mark.parametrize(("language", "title"), [("en", "Agreement"), ("es", "Acuerdo")])
def test_it_prints_as_a_tagged_pdf_in_each_language(agreement, sides, staff, sign_in, language, title):
    add(agreement, sides[0], staff.assigned, by_when=timezone.localdate(), amount=Decimal("20"))
    answer = sign_in(staff.assigned).get(address("agreement_print", agreement, agreement.handle, language))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"%PDF")
    assert b"pdfuaid" in answer.content
    assert f">{title}<".encode() in answer.content
    assert sign_in(staff.assigned).get(address("agreement_print", agreement, agreement.handle, "xx")).status_code == 404


def test_no_paper_holds_what_was_said_in_private(case, agreement, sides, staff):
    add(agreement, sides[0], staff.assigned, what="termcanary")
    screened(sides[0], case.facilitators.serving().get().user, note="privatecanary")
    for kind, party in (("caucus", sides[0]), ("working", None)):
        Communication(case=case, kind=kind, party=party, text="privatecanary").write(by=staff.facilitator)

    words = str(paper.words_of(agreement))
    assert "termcanary" in words, "what is printed is looked at"
    assert "privatecanary" not in words


def test_erasing_a_person_empties_what_they_promised_and_its_history(case, agreement, sides, staff):
    add(agreement, sides[0], staff.assigned, what="Marta pays", known_by="a receipt")
    add(agreement, sides[1], staff.assigned, what="The dog stays in")
    Case.objects.filter(pk=case.pk).update(
        state="closed", closing_reason="agreement", closed_at=timezone.now(), closed_by=staff.assigned
    )
    touched = people.erase([str(sides[0].handle)], by=staff.records_officer)

    assert sorted(Term.objects.values_list("what", "known_by")) == [("", ""), ("The dog stays in", "")]
    assert touched[Term] == [Term.objects.get(who=sides[0]).pk]


def test_a_copy_for_a_person_holds_what_they_agreed_to_and_nothing_sealed(case, agreement, sides, staff):
    add(agreement, sides[0], staff.assigned, what="termcanary")
    informed(sides[0], staff.facilitator)
    consented(sides[0], staff.facilitator)
    screened(sides[0], staff.facilitator, note="privatecanary")
    Communication(case=case, kind="caucus", party=sides[0], text="privatecanary").write(by=staff.facilitator)

    [section] = people.bundle([str(sides[0].handle)])
    told = str(section.entries)
    assert "termcanary" in told
    assert "Confidentiality notice" in told
    assert "Agreed to take part" in told
    assert "privatecanary" not in str(section)


def test_a_closed_case_takes_no_agreement(open_case, staff, sign_in):
    case = open_case(closed=True)
    assert sign_in(staff.assigned).get(reverse("cases:agreement_create", args=[case.reference])).status_code == 409
    with pytest.raises(MoveNotAllowed):
        agreeing.record(agreement=Agreement(case=case, kind="full", agreed_on=timezone.localdate()), by=staff.assigned)


def test_an_agreement_is_shared_with_the_written_consent_of_every_side_alone(agreement, sides, staff, sign_in):
    client, page = sign_in(staff.assigned), address("agreement_share", agreement)
    posted = {"recipient": "Housing court", "purpose": "The hearing in May"}
    refused = client.post(page, posted | {"consented": [sides[0].pk]})
    assert refused.status_code == 409
    assert f"Missing: {sides[1]}" in refused.content.decode()
    assert "Tick who consented in writing" in client.post(page, posted).content.decode()
    assert not AgreementShare.objects.exists()

    shown = client.post(page, posted | {"consented": [party.pk for party in sides]}, follow=True).content.decode()
    assert "Housing court" in shown
    share = AgreementShare.objects.get()
    assert set(share.consented.all()) == set(sides)
    assert AuditEntry.objects.get(act="agreement.share").kind == "disclosure"
    [section] = people.bundle([str(sides[0].handle)])
    assert "Housing court" in str(section.entries)


def test_a_third_side_must_consent_as_well(case, sides, staff, sign_in):
    PartyFactory(case=case, responding=True)
    wanted = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
    agreement = agreeing.record(agreement=wanted, by=staff.assigned)
    posted = {"recipient": "Court", "purpose": "The hearing", "consented": [party.pk for party in sides]}
    assert sign_in(staff.assigned).post(address("agreement_share", agreement), posted).status_code == 409


def test_whoever_joined_later_has_no_part_in_an_earlier_agreement(case, agreement, sides, staff, sign_in):
    late = PartyFactory(case=case, responding=True, contact__name="Came Later")
    assert str(late) not in paper.words_of(agreement)["signers"]

    client = sign_in(staff.assigned)
    told = "record a new agreement with them"
    for name in ("agreement_detail", "agreement_sign"):
        page = client.get(address(name, agreement)).content.decode()
        assert str(sides[0]) in page
        assert "Came Later" not in page
        assert told in page
    assert client.post(address("agreement_sign", agreement), {"party": late.pk, "mode": "paper"}).status_code == 200
    assert not Signature.objects.exists()

    share = AgreementShare(agreement=agreement, recipient="The housing office", purpose="A new lease")
    share.share(sides, by=staff.assigned)
    assert AgreementShare.objects.count() == 1


def test_an_agreement_of_everybody_says_nothing_of_others(agreement, staff, sign_in):
    page = sign_in(staff.assigned).get(address("agreement_sign", agreement)).content.decode()
    assert "record a new agreement with them" not in page


# Whose word it is --------------------------------------------------------------------------------------------
def leave(party, staff):
    belonging.remove_party(party=party, by=staff.assigned)


def stand_elsewhere(party, staff):
    """As it could be edited once, and as rows from then may be."""
    Party.objects.filter(pk=party.pk).update(role="affected")


@pytest.mark.parametrize("since", [leave, stand_elsewhere])
def test_nobody_loses_their_word_on_an_agreement_by_leaving_it(agreement, sides, staff, sign_in, since):
    since(sides[1], staff)
    client, page = sign_in(staff.assigned), address("agreement_share", agreement)
    posted = {"recipient": "Housing court", "purpose": "The hearing in May", "consented": [sides[0].pk]}
    refused = client.post(page, posted)

    assert (refused.status_code, f"Missing: {sides[1]}" in refused.content.decode()) == (409, True)
    assert not AgreementShare.objects.exists()
    assert client.post(page, posted | {"consented": [side.pk for side in sides]}).status_code == 302


def test_an_agreement_of_nobody_is_shared_with_nobody(case, staff):
    agreement = Agreement(case=case, kind="verbal", agreed_on=timezone.localdate())
    agreement.record(by=staff.assigned)
    with pytest.raises(MoveNotAllowed, match="names no side"):
        AgreementShare(agreement=agreement, recipient="Court", purpose="A hearing").share([], by=staff.assigned)


def test_who_left_is_neither_printed_nor_asked_to_sign(agreement, sides, staff, sign_in):
    leave(sides[1], staff)
    assert paper.words_of(agreement)["signers"] == [str(sides[0])]
    form = sign_in(staff.assigned).get(address("agreement_sign", agreement)).context["form"]
    assert list(form.fields["party"].queryset) == [sides[0]]
    assert list(agreement.follow_ups.first().sides()) == [sides[0]]


def test_whoever_becomes_a_side_later_reads_nothing_of_it(case, sides, staff, sign_in, client):
    supporter = PartyFactory(case=case, role="supporter", contact__name="Came Along")
    wanted = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
    agreement = agreeing.record(agreement=wanted, by=staff.assigned)
    add(agreement, sides[0], staff.assigned)
    Party.objects.filter(pk=supporter.pk).update(role="responding")

    assert "Came Along" not in str(paper.words_of(agreement))
    follow_up = agreement.follow_ups.first()
    page = reverse("cases:follow_up_link", args=[case.reference, follow_up.handle, supporter.handle])
    assert sign_in(staff.assigned).post(page).status_code == 404
    # Nor by a link that was made for them before this was so.
    link = FollowUpLink(follow_up=follow_up, party=supporter)
    link.issue_first()
    assert client.get(link.address).status_code == 410
    assert mails.follow_up([str(link.handle)], "en") == {str(link.handle): None}
    share = AgreementShare(agreement=agreement, recipient="The housing office", purpose="A new lease")
    share.share(sides, by=staff.assigned)


def test_a_side_of_an_agreement_stays_a_side(agreement, sides, staff, sign_in):
    fields = {"party-role": "affected", "party-version": 1, "contact-name": "A. Person", "contact-language": "en"}
    answer = sign_in(staff.assigned).post(sides[1].get_absolute_url(), fields | {"contact-no_safe_phone": "on"})
    assert "Take them out and add them again" in answer.content.decode()


def test_a_migration_writes_down_between_whom_older_agreements_are(case, sides, agreement, staff):
    gone, late = PartyFactory(case=case), PartyFactory(case=case, responding=True)
    supporter, signer = (PartyFactory(case=case, role="supporter") for _each in range(2))
    before, after = agreement.at - timedelta(days=1), agreement.at + timedelta(days=1)
    Party.objects.exclude(pk=late.pk).update(added_at=before)
    Party.objects.filter(pk=late.pk).update(added_at=after)
    Party.objects.filter(pk=gone.pk).update(left_at=after)
    Signature(agreement=agreement, party=signer, mode="paper").sign(by=staff.assigned)
    agreement.between.clear()
    write_down = import_module("cases.migrations.0014_agreement_between").write_down
    for _again in range(2):
        write_down(apps, SimpleNamespace(connection=connection))

    assert set(agreement.between.all()) == {*sides, gone, signer}
    assert supporter not in agreement.between.all()
