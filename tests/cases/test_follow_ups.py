"""Whether an agreement held: asked of each side apart, by link or by phone, and what the answers come to."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import actions, agreeing, belonging, following, mails, people
from cases.following import Outcome, outcome, outcome_of_term
from cases.models import Agreement, Case, FollowUp, FollowUpAnswer, FollowUpLink, Party, Term, TermAnswer
from core.models import AuditEntry, IdempotencyKey
from core.states import MoveNotAllowed
from notices.models import Notice, Task
from notices.tasks import deliver_due
from tests.factories.cases import CaseFactory, PartyFactory
from tests.factories.notices import ContactFactory

TODAY = timezone.localdate


def side(case, **fields):
    return PartyFactory(case=case, contact=ContactFactory(email=f"{len(fields)}@example.org", may_email=True), **fields)


@pytest.fixture
def sides(case):
    return side(case), side(case, responding=True)


@pytest.fixture
def agreement(case, sides, staff):
    wanted = Agreement(case=case, kind="full", agreed_on=TODAY() - timedelta(days=31))
    agreeing.record(agreement=wanted, by=staff.assigned)
    agreeing.add_term(term=Term(agreement=wanted, who=sides[0], what="No drums after ten"), by=staff.assigned)
    return wanted


@pytest.fixture
def follow_up(agreement):
    return agreement.follow_ups.get(days=30)


def link_of(follow_up, party):
    return follow_up.links.get(party=party)


def say(follow_up, party, holding, of_terms=(), by=None, **more):
    given = FollowUpAnswer(follow_up=follow_up, party=party, holding=holding, mode="call" if by else "link", **more)
    following.answer(given, dict(of_terms), by=by)
    return given


def on_page(follow_up, user, sign_in):
    return sign_in(user).get(follow_up.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("said", "sides", "comes_to"),
    [
        ([], 0, "waiting"),
        ([], 2, "waiting"),
        (["held"], 2, "waiting"),
        (["held", "held"], 2, "held"),
        (["held", "broken"], 2, "disputed"),
        (["held", "broken"], 3, "disputed"),
        (["held", "held", "broken"], 3, "disputed"),
        (["broken", "broken"], 2, "broken"),
        (["held", "partly"], 2, "partly"),
        (["broken", "partly"], 2, "partly"),
    ],
)
def test_held_and_broken_take_every_side_to_say_so(said, sides, comes_to):
    assert outcome(said, sides) == Outcome(comes_to)


@pytest.mark.parametrize(
    ("said", "comes_to"),
    [
        ([], "waiting"),
        (["not_yet", "not_yet"], "waiting"),
        (["kept", "not_yet"], "held"),
        (["kept", "not_kept"], "disputed"),
        (["not_kept"], "broken"),
        (["partly", "kept"], "partly"),
    ],
)
def test_a_term_comes_to_what_the_sides_say_of_it(said, comes_to):
    assert outcome_of_term(said) == Outcome(comes_to)


def test_an_agreement_is_followed_up_after_30_and_90_days(agreement, sides, staff, settings):
    found = agreement.follow_ups.all()
    assert [(one.days, (one.due_on - agreement.agreed_on).days) for one in found] == [(30, 30), (90, 90)]
    for one in found:
        tasks = Task.objects.open().filter(key__startswith=f"cases.follow_up:{one.handle}:").order_by("due_at")
        assert [(timezone.localdate(task.due_at) - one.due_on).days for task in tasks] == [-3, 0]
        assert [task.escalate_at and (task.escalate_at - task.due_at).days for task in tasks] == [None, 7]
        assert set(tasks.values_list("owner", flat=True)) == {staff.assigned.pk}
        assert set(one.links.values_list("party", flat=True)) == {party.pk for party in sides}
        due = Notice.objects.filter(ref__in=[str(link.handle) for link in one.links.all()])
        assert [timezone.localdate(notice.due_at) for notice in due] == [one.due_on] * 2


def test_the_days_are_set_for_an_installation(case, sides, staff, settings):
    settings.FOLLOW_UP_DAYS = [14]
    agreement = agreeing.record(agreement=Agreement(case=case, kind="partial", agreed_on=TODAY()), by=staff.assigned)
    assert list(agreement.follow_ups.values_list("days", flat=True)) == [14]


def test_each_side_gets_a_link_of_its_own_that_says_nothing_of_the_matter(follow_up, sides, mailoutbox):
    deliver_due()
    mine = [mail for mail in mailoutbox if link_of(follow_up, sides[0]).address in mail.body]
    assert [mail.to for mail in mine] == [[sides[0].contact.email]]
    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        for said in (follow_up.case.reference, follow_up.case.title, "agreement", "case", "drums", str(sides[1])):
            assert said.lower() not in (mail.subject + mail.body).lower().replace(
                link_of(follow_up, sides[0]).address, ""
            )


def test_whoever_is_reached_without_our_name_gets_no_link(follow_up, sides, mailoutbox):
    for party in sides:
        type(party.contact).objects.filter(pk=party.contact.pk).update(neutral=True)
    deliver_due()
    assert len(mailoutbox) == 2
    assert not [mail for mail in mailoutbox if "/answer/" in mail.body]


def test_with_a_sign_of_violence_only_people_ask(follow_up, sides, staff, mailoutbox, client):
    follow_up.case.note_violence(by=staff.assigned)
    deliver_due()
    assert mailoutbox == []
    assert client.get(link_of(follow_up, sides[0]).address).status_code == 410
    later = following.link_for(follow_up, side(follow_up.case, role="affected"), by=staff.assigned)
    assert not Notice.objects.filter(ref=str(later.handle)).exists()


@pytest.mark.parametrize("why", [{"is_minor": True}, {"contact__may_email": False}])
def test_a_child_and_whoever_may_not_be_written_to_are_asked_by_a_person(case, staff, why, mailoutbox):
    party = PartyFactory(case=case, contact__email="somebody@example.org", **{"contact__may_email": True} | why)
    agreement = Agreement(case=case, kind="full", agreed_on=TODAY() - timedelta(days=31))
    agreeing.record(agreement=agreement, by=staff.assigned)
    deliver_due()

    assert mailoutbox == []
    assert not Notice.objects.filter(kind="cases.follow_up", contact=party.contact).exists()
    assert not Task.objects.filter(key__startswith="notices.").exists()
    assert Task.objects.open().filter(key__startswith="cases.follow_up:").exists()


def test_a_side_answers_without_an_account(follow_up, sides, client):
    link, term = link_of(follow_up, sides[0]), Term.objects.get()
    page = client.get(link.address)
    assert "No drums after ten" in page.content.decode()
    assert str(sides[1]) not in page.content.decode()
    assert page.headers["Cache-Control"].startswith("no-store") or "no-store" in page.headers["Cache-Control"]

    posted = {"holding": "partly", f"term_{term.handle.hex}": "kept", "fairness": "4", "police_again": "no"}
    thanks = client.post(link.address, posted, follow=True).content.decode()

    assert "We have your answer" in thanks
    given = FollowUpAnswer.objects.get()
    assert (given.party, given.mode, given.by, given.holding) == (sides[0], "link", None, "partly")
    assert (given.fairness, given.voice, given.police_again) == (4, None, False)
    assert list(TermAnswer.objects.values_list("term", "result")) == [(term.pk, "kept")]
    assert "partly" not in client.get(link.address).content.decode().lower()
    assert AuditEntry.objects.filter(act="followup.answer", actor="resident").count() == 1
    sides[0].refresh_from_db()
    assert sides[0].stage == Party.Stage.FOLLOWED_UP


def test_the_whole_must_be_answered_and_the_rest_may_be_passed_over(follow_up, sides, client):
    link = link_of(follow_up, sides[0])
    assert "Choose whether the agreement holds" in client.post(link.address, {"fairness": "4"}).content.decode()
    for nonsense in ({"holding": "never"}, {"holding": "held", "fairness": "9"}, {"holding": "held", "voice": "x"}):
        client.post(link.address, nonsense)
    assert not FollowUpAnswer.objects.exists()
    client.post(link.address, {"holding": "held"})
    assert FollowUpAnswer.objects.get().holding == "held"


def test_a_second_answer_of_a_side_changes_nothing(follow_up, sides, client, staff):
    link = link_of(follow_up, sides[0])
    for holding in ("held", "broken"):
        client.post(link.address, {"holding": holding})
    assert FollowUpAnswer.objects.get().holding == "held"
    with pytest.raises(MoveNotAllowed, match="answered already"):
        say(follow_up, sides[0], "broken", by=staff.assigned)


@pytest.mark.parametrize(
    "spoil", [lambda code: code[:-1] + ("A" if code[-1] != "A" else "B"), lambda code: "x", str.lower]
)
def test_a_code_is_forgiven_its_case_and_nothing_else(follow_up, sides, client, spoil):
    code = link_of(follow_up, sides[0]).code
    typed = spoil(code)
    answer = client.post(reverse("links:code"), {"code": typed.replace("-", " ")})
    if typed.upper() == code:
        assert answer.url == reverse("links:follow_up", args=[link_of(follow_up, sides[0]).token])
    else:
        assert "We find nothing under this code" in answer.content.decode()
        assert client.get(reverse("links:follow_up", args=[typed])).status_code == 410


def test_a_lost_code_is_replaced(follow_up, sides, sign_in, staff, client):
    link = link_of(follow_up, sides[0])
    page = reverse("cases:follow_up_link", args=[follow_up.case.reference, follow_up.handle, sides[0].handle])
    shown = sign_in(staff.assigned)
    assert link.code in shown.get(page).content.decode()
    shown.post(page)

    fresh = link_of(follow_up, sides[0])
    assert client.get(link.address).status_code == 410
    assert client.get(fresh.address).status_code == 200
    assert fresh.code in shown.get(page).content.decode()
    kept = str(FollowUpLink.objects.values())
    assert not [secret for secret in (fresh.code.replace("-", ""), fresh.token) if secret in kept]


def test_what_is_typed_holds_80_bits_and_what_is_clicked_130(follow_up, sides, client):
    links = [link_of(follow_up, party) for party in sides]
    assert {len(link.code.replace("-", "")) for link in links} == {16}
    assert {len(link.token) for link in links} == {26}
    assert len({link.code for link in links} | {link.token[:16] for link in links}) == 4
    for secret in (links[0].code, links[0].token):
        assert client.get(reverse("links:follow_up", args=[secret])).status_code == 200


def test_wrong_codes_are_counted_slowed_and_reported_and_a_right_one_opens(
    follow_up, sides, client, settings, monkeypatch
):
    waited = []
    monkeypatch.setattr("core.guessing.time.sleep", waited.append)
    settings.WRONG_CODE_WAIT = 1.0
    for number in range(7):
        client.post(reverse("links:code"), {"code": f"wrong{number}"})
        posted = {"holding": "held", "idempotency_key": str(uuid.uuid4())}
        client.post(reverse("links:follow_up", args=[f"wrong{number}"]), posted)

    assert waited == [1.0] * 4
    assert AuditEntry.objects.filter(act="code.wrong", actor="guest").count() == 10
    assert AuditEntry.objects.filter(act="code.guessing", kind="refusal").count() == 1
    assert client.get(link_of(follow_up, sides[0]).address).status_code == 200
    assert waited == [1.0] * 4


def test_a_press_is_of_one_browser_and_leaves_no_link_in_the_database(follow_up, sides):
    address = reverse("links:follow_up", args=[link_of(follow_up, sides[0]).code])
    key = {"idempotency_key": str(uuid.uuid4())}
    mine, other = Client(), Client()
    for browser in (mine, other):
        browser.get(address)

    first = mine.post(address, {"holding": "held", **key})
    again, stolen = mine.post(address, {"holding": "broken", **key}), other.post(address, {"holding": "broken", **key})
    assert (first.url, again.url) == (address, address)
    assert (stolen.status_code, stolen.headers.get("Location")) == (400, None)
    kept = IdempotencyKey.objects.get()
    assert link_of(follow_up, sides[0]).code not in kept.location
    assert mine.cookies["csrf"].value not in f"{kept.location} {kept.owner}"
    assert FollowUpAnswer.objects.get().holding == "held"


def test_a_link_ends(follow_up, sides, client):
    link = link_of(follow_up, sides[0])
    FollowUp.objects.filter(pk=follow_up.pk).update(due_on=TODAY() - FollowUpLink.LASTS)
    assert client.get(link.address).status_code == 200
    FollowUp.objects.filter(pk=follow_up.pk).update(due_on=TODAY() - FollowUpLink.LASTS - timedelta(days=1))
    assert client.get(link.address).status_code == 410


def test_who_joined_after_it_was_agreed_reads_no_word_of_it(follow_up, sides, staff, sign_in, client):
    late = side(follow_up.case, responding=True)
    Party.objects.filter(pk=late.pk).update(added_at=timezone.now() + timedelta(minutes=1))
    parts = [follow_up.case.reference, follow_up.handle, late.handle]
    desk = sign_in(staff.assigned)
    for name in ("follow_up_hear", "follow_up_link"):
        assert desk.get(reverse(f"cases:{name}", args=parts)).status_code == 404
        assert desk.post(reverse(f"cases:{name}", args=parts)).status_code == 404
    assert not follow_up.links.filter(party=late).exists()

    for party in sides:
        say(follow_up, party, "held")
    assert "Held, say all sides" in on_page(follow_up, staff.assigned, sign_in)
    assert not Task.objects.open().filter(key__startswith=f"cases.follow_up:{follow_up.handle}").exists()


def test_who_left_the_case_answers_no_more(follow_up, sides, staff, client):
    belonging.remove_party(party=sides[0], by=staff.assigned)
    assert client.get(link_of(follow_up, sides[0]).address).status_code == 410


def test_an_officer_enters_what_a_side_said(follow_up, sides, staff, sign_in):
    page = reverse("cases:follow_up_hear", args=[follow_up.case.reference, follow_up.handle, sides[1].handle])
    client = sign_in(staff.assigned)
    assert "Choose how they answered" in client.post(page, {"holding": "held"}).content.decode()
    client.post(page, {"holding": "held", "mode": "call"})

    given = FollowUpAnswer.objects.get()
    assert (given.mode, given.by, given.party) == ("call", staff.assigned, sides[1])


def test_sides_that_disagree_are_offered_to_talk_and_count_as_not_held(follow_up, sides, staff, sign_in):
    term = Term.objects.get()
    say(follow_up, sides[0], "held", {term: "kept"})
    assert "Waiting for answers" in on_page(follow_up, staff.assigned, sign_in)
    say(follow_up, sides[1], "broken", {term: "not_kept"})

    page = on_page(follow_up, staff.assigned, sign_in)
    assert page.count("The sides disagree") == 2
    assert "Offer each side a new session" in page
    assert reverse("cases:session_book", args=[follow_up.case.reference]) in page
    [task] = Task.objects.open().filter(key__startswith="cases.talk_again:")
    assert str(sides[1].handle) in task.key
    assert task.owner == staff.assigned


def test_the_tasks_end_when_every_side_has_answered(follow_up, sides):
    def open_tasks():
        return Task.objects.open().filter(key__startswith=f"cases.follow_up:{follow_up.handle}").count()

    say(follow_up, sides[0], "held")
    assert open_tasks() == 2
    say(follow_up, sides[1], "held")
    assert open_tasks() == 0
    assert not Task.objects.filter(key__startswith="cases.talk_again:").exists()
    waiting = Notice.objects.waiting().filter(ref__in=[str(link.handle) for link in follow_up.links.all()])
    assert not waiting.exists()


def test_a_case_with_an_outcome_comes_to_its_follow_up(follow_up, sides):
    case = follow_up.case
    Case.objects.filter(pk=case.pk).update(state="agreement")
    say(FollowUp.objects.get(pk=follow_up.pk), sides[0], "held")
    case.refresh_from_db()
    assert case.state == "follow_up"


def test_a_closed_case_is_followed_up_all_the_same(follow_up, sides, staff, client, sign_in):
    actions.close_case(case=follow_up.case, reason="agreement", by=staff.assigned)
    assert Task.objects.open().filter(key__startswith=f"cases.follow_up:{follow_up.handle}").count() == 2
    client.post(link_of(follow_up, sides[0]).address, {"holding": "broken", "call_me": "on"})

    assert Task.objects.open().filter(key__startswith="cases.talk_again:").exists()
    say(follow_up, sides[1], "held", by=staff.assigned)
    page = on_page(follow_up, staff.assigned, sign_in)
    assert reverse("cases:case_reopen", args=[follow_up.case.reference]) in page
    assert "Asks to be called" in page


def test_the_day_of_asking_moves_with_its_tasks_and_messages(follow_up, sides, staff, sign_in):
    day = TODAY() + timedelta(days=20)
    client = sign_in(staff.assigned)
    page = client.post(follow_up.get_absolute_url(), {"day": (TODAY() - timedelta(days=1)).isoformat()})
    assert "Enter a day that is still to come" in page.content.decode()
    client.post(follow_up.get_absolute_url(), {"day": day.isoformat()})

    waiting = Notice.objects.waiting().filter(ref__in=[str(link.handle) for link in follow_up.links.all()])
    assert [timezone.localdate(notice.due_at) for notice in waiting] == [day] * 2
    due = Task.objects.open().filter(key__startswith=f"cases.follow_up:{follow_up.handle}").order_by("-due_at")
    assert timezone.localdate(due[0].due_at) == day


def test_no_side_sees_what_the_other_said(follow_up, sides, client):
    say(follow_up, sides[0], "broken", call_me=True)
    link = link_of(follow_up, sides[1])
    before = client.get(link.address).content.decode()
    FollowUpAnswer.objects.all().delete()
    assert strip(client.get(link.address).content.decode()) == strip(before)


def strip(page):
    """Without what is drawn anew for every page."""
    return [
        line for line in page.splitlines() if "csrf" not in line and "idempotency" not in line and "nonce" not in line
    ]


def test_messages_are_rendered_in_few_queries_and_for_nobody_who_answered(follow_up, sides, django_assert_num_queries):
    refs = [str(link_of(follow_up, party).handle) for party in sides]
    with django_assert_num_queries(1):
        assert all(mails.follow_up(refs, "en").values())
    say(follow_up, sides[0], "held")
    assert [ref for ref, message in mails.follow_up(refs, "en").items() if message is None] == [refs[0]]


def test_a_copy_for_a_person_tells_what_they_answered_and_erasure_takes_the_link(follow_up, sides, staff):
    say(follow_up, sides[0], "held")
    [section] = people.bundle([str(sides[0].handle)])
    assert "It holds" in str(section.entries)
    actions.close_case(case=follow_up.case, reason="agreement", by=staff.assigned)
    people.erase([str(sides[0].handle)], by=staff.assigned)
    assert not FollowUpLink.objects.filter(party=sides[0]).exists()


def test_a_follow_up_of_another_case_is_not_found(follow_up, staff, sign_in):
    other = CaseFactory(assigned_to=staff.assigned, area=follow_up.case.area)
    client = sign_in(staff.assigned)
    assert client.get(reverse("cases:follow_up_detail", args=[other.reference, follow_up.handle])).status_code == 404
