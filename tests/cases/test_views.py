"""The pages of a case, through the browser's eyes."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.hanging import hanging_on
from cases.models import Case, Party
from cases.timeline import page_of
from cases.urls import urlpatterns
from core.models import AuditEntry, Draft
from notices.models import Task
from tests.factories.cases import ContactAttemptFactory, PartyFactory, SessionFactory

NEW = "/cases/new/"


def posted(area, **more):
    return {
        "title": "Barking at night, Fenwick Close", "source": "self", "process": "mediation", "dispute": "pets",
        "area": area.pk, "risk": "unknown", "access": "team", "received_on": timezone.localdate().isoformat(),
    } | more  # fmt: skip


WITH_PARTY = {
    "contact-name": "Marta Villar", "contact-language": "es", "contact-phone": "206-555-0123", "contact-may_call": "on",
    "contact-email": "marta@example.org", "contact-may_email": "on", "contact-agreed": "on",
    "party-needs_interpreter": "on",
}  # fmt: skip


def test_logging_a_case_with_its_initiating_party(area, staff, sign_in):
    answer = sign_in(staff.opener).post(NEW, posted(area, **WITH_PARTY))

    case = Case.objects.get()
    assert answer.url == case.get_absolute_url()
    assert (case.opened_by, case.state, case.access) == (staff.opener, Case.State.INTAKE, Case.Access.TEAM)
    party = case.parties.get()
    assert (party.role, party.needs_interpreter) == (Party.Role.INITIATING, True)
    assert (party.contact.language, party.contact.may_email, party.contact.may_letter) == ("es", True, False)
    kinds = AuditEntry.objects.filter(reference=case.reference).values_list("act", "kind")
    assert set(kinds) == {("case.open_case", "collection"), ("party.join", "collection")}


def test_pressing_twice_logs_one_case(area, staff, sign_in):
    client, key = sign_in(staff.opener), str(uuid.uuid4())
    answers = [client.post(NEW, posted(area, idempotency_key=key)) for _ in range(2)]

    assert Case.objects.count() == 1
    assert answers[0].url == answers[1].url


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": ""}, "Enter a short name for the case"),
        ({"source": ""}, "Choose who referred this case"),
        ({"received_on": "2026-11-31"}, "November has 30 days"),
        ({"received_on": "2999-01-01"}, "not in the future"),
        ({"contact-name": "Marta", "contact-language": "en"}, "Add a phone number, or tick"),
    ],
)
def test_errors_say_how_to_mend_them_and_keep_what_was_typed(fields, said, area, staff, sign_in):
    page = sign_in(staff.opener).post(NEW, posted(area, place="Fenwick Close 3", **fields)).content.decode()

    assert said in page
    assert "<title>Error:" in page
    assert 'value="Fenwick Close 3"' in page
    assert not Case.objects.exists()


def test_only_areas_served_are_offered(area, staff, sign_in):
    elsewhere = staff.officer_elsewhere.areas_served.get().area

    answer = sign_in(staff.opener).post(NEW, posted(elsewhere))
    assert answer.status_code == 200
    assert not Case.objects.exists()


def test_a_draft_comes_back_and_goes_with_the_case(area, staff, sign_in):
    client = sign_in(staff.opener)
    page = client.get(NEW)
    draft_url = page.context["draft_url"]
    typed = posted(
        area, title="Half a ca", risk="high", received_on_day="3", received_on_month="2", received_on_year="2026"
    )
    del typed["received_on"]
    client.post(draft_url, typed | WITH_PARTY)

    again = client.get(NEW)
    assert again.context["case_form"]["title"].value() == "Half a ca"
    assert again.context["contact_form"]["name"].value() == "Marta Villar"
    assert 'value="2026"' in again.content.decode()
    assert sign_in(staff.assigned).get(NEW).context["case_form"]["title"].value() is None
    client.post(NEW, posted(area))
    assert not Draft.objects.exists()


def test_similar_cases_are_shown_on_the_new_form(open_case, staff, sign_in):
    case = open_case(place="Fenwick Close 3")
    client = sign_in(staff.opener)
    fragment = client.get(f"/cases/similar/?place=Fenwick&area={case.area_id}", headers={"HX-Request": "true"})

    assert case.reference in fragment.content.decode()
    assert "<html" not in fragment.content.decode()
    assert case.reference not in client.get("/cases/similar/?place=Heron").content.decode()
    assert case.reference not in client.get("/cases/similar/?place=").content.decode()


# The page of a case -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_a_case_costs_seven_queries_whatever_it_holds(count, open_case, staff, sign_in, django_assert_num_queries):
    case = open_case()
    for _ in range(count):
        party = PartyFactory(case=case)
        ContactAttemptFactory(case=case, party=party)
        SessionFactory(case=case, parties=[party], staff=[staff.assigned])
    client = sign_in(staff.supervisor)
    client.get(case.get_absolute_url())

    with django_assert_num_queries(7):
        client.get(case.get_absolute_url())


def test_each_opening_is_one_entry_and_fragments_are_none(case, staff, sign_in):
    client, party = sign_in(staff.assigned), PartyFactory(case=case)
    client.get(case.get_absolute_url())
    client.get(reverse("cases:case_timeline", args=[case.reference]), headers={"HX-Request": "true"})
    client.get(reverse("cases:case_print", args=[case.reference]))
    client.get(reverse("cases:case_edit", args=[case.reference]))
    client.get(reverse("cases:party_edit", args=[case.reference, party.handle]))
    client.get(reverse("cases:case_timeline", args=[case.reference]))

    entries = AuditEntry.objects.filter(act="case.open", reference=case.reference, actor=staff.assigned.email)
    assert [entry.facts for entry in entries.order_by("id")] == [
        {},
        *({"page": page} for page in ("print", "edit", "party_edit", "timeline")),
    ]


def test_the_page_offers_only_what_its_reader_may_do(open_case, staff, sign_in):
    case = open_case(unit=True)
    edit, close = (reverse(f"cases:case_{verb}", args=[case.reference]) for verb in ("edit", "close"))
    pages = {
        name: sign_in(getattr(staff, name)).get(case.get_absolute_url()).content.decode()
        for name in ("assigned", "colleague")
    }

    assert edit in pages["assigned"]
    assert close in pages["assigned"]
    assert edit not in pages["colleague"]
    assert close not in pages["colleague"]


@pytest.mark.parametrize(
    ("tab", "shown", "hidden"),
    [
        ("all", ["Spoke with them", "booked for", "Case logged"], []),
        ("contacts", ["Spoke with them"], ["booked for", "Case logged"]),
        ("appointments", ["booked for"], ["Spoke with them", "Case logged"]),
        ("changes", ["Case logged", "added as"], ["Spoke with them", "booked for"]),
    ],
)
def test_the_timeline_has_tabs(tab, shown, hidden, case, staff, sign_in):
    party = PartyFactory(case=case)
    ContactAttemptFactory(case=case, party=party)
    SessionFactory(case=case)
    for address in (f"{case.get_absolute_url()}?show={tab}", f"/cases/{case.reference}/timeline/?show={tab}"):
        page = sign_in(staff.assigned).get(address).content.decode()
        panel = page[page.index('id="timeline"') :]
        assert all(words in panel for words in shown)
        assert not any(words in panel for words in hidden)


def test_the_timeline_tells_changes_with_who_made_them(case, staff, sign_in):
    client = sign_in(staff.supervisor)
    client.post(reverse("cases:case_assign", args=[case.reference]), {"officer": staff.colleague.pk})
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    client.post(reverse("cases:case_hold", args=[case.reference]), {"until": until, "reason": "Waits for the court"})
    client.post(reverse("cases:case_access", args=[case.reference]), {"access": "unit"})

    told = [(entry.title, entry.by, entry.text) for entry in client.get(case.get_absolute_url()).context["entries"]]
    who = staff.supervisor.name
    assert (f"Assigned to {staff.colleague.name}", who, "") in told
    assert ("Stage: On hold", who, "Waits for the court") in told
    assert ("Who may open it: unit", who, "") in told


def test_long_timelines_begin_with_the_latest(case, staff, sign_in):
    for days in range(60):
        ContactAttemptFactory(case=case, at=timezone.now() - timedelta(days=days))
    client = sign_in(staff.assigned)

    def page(number):
        found = client.get(f"{case.get_absolute_url()}?show=contacts&page={number}").context
        return found["entries"], found["page"].earlier

    pages = [page(number) for number in (1, 2, 3)]
    assert [(len(entries), earlier) for entries, earlier in pages] == [(25, 35), (25, 10), (10, 0)]
    shown = [entry.at for entries, _earlier in pages for entry in entries]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 60
    for nonsense in ("4", "0", "-1", "x", "99999999999"):
        assert page(nonsense) == pages[0]


def test_pages_of_all_entries_leave_nothing_out(case, staff):
    for days in range(20):
        ContactAttemptFactory(case=case, at=timezone.now() - timedelta(days=days))
        SessionFactory(case=case, booked_at=timezone.now() - timedelta(days=days, hours=1))
    for one in case.sessions.all()[:10]:
        one.cancel("The room is closed", by=staff.assigned)
    hanging = hanging_on(case)
    whole = [entry for number in (1, 2, 3) for entry in page_of(case, hanging, number=number).entries]

    kinds = Counter(entry.icon for entry in whole)
    assert (kinds["calendar-plus"], kinds["calendar-x-fill"], len(whole) >= 50) == (20, 10, True)
    assert [entry.at for entry in whole] == sorted((entry.at for entry in whole), reverse=True)


def test_next_steps_show_who_owes_what(case, staff, sign_in):
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)

    page = sign_in(staff.facilitator).get(case.get_absolute_url()).content.decode()
    assert "First contact with whoever asked us" in page
    assert staff.assigned.name in page


def test_paper_holds_the_summary_and_nobodys_name(open_case, staff, sign_in):
    case = open_case(summary="Two households disagree.", place="Kestrel Court 4")
    party = PartyFactory(case=case)
    page = sign_in(staff.assigned).get(reverse("cases:case_print", args=[case.reference])).content.decode()
    paper = page[page.index("<article") : page.index("</article>")]

    assert "Two households disagree." in paper
    for hidden in (party.contact.name, case.place, staff.opener.name):
        assert hidden not in paper


# Lost edits ---------------------------------------------------------------------------------------------------------
def test_two_editors_lose_nothing(case, area, staff, sign_in):
    address = reverse("cases:case_edit", args=[case.reference])
    first, second = sign_in(staff.assigned), sign_in(staff.opener)

    assert first.post(address, posted(area, title="First", version=1)).status_code == 302
    answer = second.post(address, posted(area, title="Second", version=1))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "First" in page
    assert "Second" in page
    case.refresh_from_db()
    assert (case.title, case.version) == ("First", 2)


def test_an_edit_does_not_take_back_a_move_made_meanwhile(case, area, staff, sign_in, monkeypatch):
    """The row is read for the form, closed by somebody else, then saved: it stays closed."""
    is_valid = type(case).full_clean

    def close_meanwhile(instance, *args, **kwargs):
        if instance.pk:
            Case.objects.get(pk=instance.pk).close(Case.ClosingReason.DUPLICATE, by=staff.supervisor)
        return is_valid(instance, *args, **kwargs)

    monkeypatch.setattr(Case, "full_clean", close_meanwhile)
    sign_in(staff.assigned).post(reverse("cases:case_edit", args=[case.reference]), posted(area, version=1))
    case.refresh_from_db()
    assert (case.is_closed, case.title) == (True, "Barking at night, Fenwick Close")


def test_the_day_received_stays_unless_it_is_changed(open_case, area, staff, sign_in):
    received = timezone.now() - timedelta(days=3, hours=2)
    case = open_case(received_at=received)
    address = reverse("cases:case_edit", args=[case.reference])
    client = sign_in(staff.assigned)

    client.post(address, posted(area, version=1, received_on=timezone.localdate(received).isoformat()))
    case.refresh_from_db()
    assert case.received_at == received
    client.post(address, posted(area, version=2, received_on="2026-01-05"))
    case.refresh_from_db()
    assert timezone.localtime(case.received_at).strftime("%Y-%m-%d %H") == "2026-01-05 12"


def test_every_view_is_named_like_its_template():
    # They save, or answer with a file.
    acts = {"view_save", "view_delete", "agreement_print", "letter_print", "follow_up_print"}

    assert len(urlpatterns) == 73
    for pattern in urlpatterns:
        assert pattern.callback.__name__ == pattern.name
        if pattern.name not in acts:
            assert get_template(f"cases/{pattern.name}.html")


def test_my_tasks_lead_to_pages_that_open(case, staff, sign_in):
    actions.assign(case=case, officer=staff.assigned, by=staff.supervisor)
    actions.hold_case(
        case=case, until=timezone.localdate() + timedelta(days=3), reason="Court first", by=staff.assigned
    )
    client = sign_in(staff.assigned)

    links = set(Task.objects.open().values_list("link", flat=True))
    assert len(links) == 2
    assert {client.get(link).status_code for link in links} == {200}
