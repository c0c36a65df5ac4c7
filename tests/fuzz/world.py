"""A small city in which every form of the product has something to work on, and what lies beyond its readers' reach."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import CalendarFeed, Invitation
from cases import merging
from cases.models import (
    Agreement,
    BreakGlass,
    Communication,
    Consent,
    FollowUp,
    FollowUpLink,
    JoinedAgency,
    NoticeGiven,
    Term,
    Wording,
)
from core import people
from core.models import Draft, Job, LegalHold, PersonRequest, SavedView, StoredFile
from events import closing
from events.models import CalendarImport, Pairing, Promise, TypeCheck
from notices.models import Notice
from notices.stop import unsubscribe_url
from notices.templatetags.notices import STOP_SALT
from portal.models import PageText
from tests.accounts.signing import post_password
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory, SessionFactory
from tests.factories.events import (
    CheckItemFactory,
    EnrollmentFactory,
    EventFactory,
    EventTypeFactory,
    MentorFactory,
    PartFactory,
    ProgramFactory,
    ProgramSessionFactory,
    RegistrationFactory,
    found_entry,
)
from tests.factories.lists import deliver_lists, entry
from tests.factories.notices import NoticeFactory, TaskFactory
from tests.factories.partners import OrganizationContactFactory, OrganizationFactory
from tests.factories.portal import PostFactory, PostingFactory, UpdateFactory
from tests.factories.readiness import wording


def build():
    """Everything, by name. Whoever is in `staff` is signed in through the page."""
    world = SimpleNamespace(area=AreaFactory(name="Eastgate"), elsewhere=AreaFactory(name="Mill Row"))
    world.staff = staff_of(world.area)
    for part in (places, events, programs, casework, records, messages, accounts, published):
        part(world, SimpleNamespace(**world.staff))
    world.foreign = beyond_reach(world)
    world.cookies = {name: signed_in(user) for name, user in world.staff.items()}
    world.cookies |= {"nobody": Client().cookies, "half": half_signed_in(world.with_codes)}
    world.cookies["resetting"] = resetting(world)
    return world


def staff_of(area):
    return {
        "officer": UserFactory(officer=True, areas=[area]),
        "supervisor": UserFactory(supervisor=True, areas=[area]),
        "coordinator": UserFactory(coordinator=True, areas=[area]),
        "records": UserFactory(records_officer=True, areas=[area]),
        "second": UserFactory(records_officer=True, supervisor=True, areas=[area]),
        "coded": UserFactory(officer=True, areas=[area], second_factor=True),
        "keyed": UserFactory(officer=True, areas=[area]),
    }


def places(world, staff):
    world.venue = VenueFactory(area=world.area)
    world.organization = OrganizationFactory()
    world.person = OrganizationContactFactory(organization=world.organization)


def events(world, staff):
    ours = {"area": world.area, "lead": staff.officer}
    world.event, world.draft_event = EventFactory(**ours, published=True), EventFactory(**ours)
    world.planned_event = EventFactory(**ours, planned=True)
    world.begun_event = EventFactory(**ours, published=True, begun=True)
    world.check_item, world.part = CheckItemFactory(event=world.event), PartFactory(event=world.event)
    world.promise = Promise.objects.create(event=world.event, what="A lamp", who=staff.officer, due_on=world.event.day)
    # Something to take back.
    closing.tap(event=world.event, key=uuid4(), age="adult", visit="new", by=staff.officer)
    world.type_check = TypeCheck.objects.create(type=world.event.type, text="Call the venue", days=7)
    world.calendar_import = CalendarImport(
        organization=world.organization, area=world.area, type=world.event.type, entries=[found_entry()]
    )
    world.calendar_import.upload(by=staff.officer)
    world.open_event = EventFactory(**ours, published=True, registers=True, capacity=12)
    world.coming = RegistrationFactory(event=world.open_event)
    world.waits = RegistrationFactory(event=world.open_event, waiting=True)
    world.offered = RegistrationFactory(event=world.open_event, offered=True)
    world.lapsed = RegistrationFactory(event=world.open_event, lapsed=True)
    world.door_event = EventFactory(**ours, published=True, begun=True, registers=True)
    world.expected = RegistrationFactory(event=world.door_event, adults=2)
    world.there = RegistrationFactory(event=world.door_event, attended=True)
    world.retired_type = EventTypeFactory(retired_at=timezone.now(), retired_by=staff.coordinator)


def programs(world, staff):
    ours = {"area": world.area, "lead": staff.officer}
    world.program, world.draft_program = ProgramFactory(**ours), ProgramFactory(**ours, draft=True)
    world.program_session = ProgramSessionFactory(program=world.program)
    world.child_enrolled = EnrollmentFactory(program=world.program)
    world.child_asked = EnrollmentFactory(program=world.program, asked=True)
    world.child_agreed = EnrollmentFactory(program=world.program, agreed=True)
    world.program_mentor = MentorFactory(program=world.program, cleared=True)
    world.child_alone = EnrollmentFactory(program=world.program)
    made = {"mentor": world.program_mentor, "enrollment": world.child_enrolled, "made_by": staff.officer}
    world.program_pairing = Pairing.objects.create(**made, state="suspended")


def casework(world, staff):
    mine = {"area": world.area, "opened_by": staff.officer, "assigned_to": staff.officer}
    world.case = CaseFactory(**mine, contacting=True)
    world.party = PartyFactory(case=world.case)
    world.other_party = PartyFactory(case=world.case, responding=True)
    world.facilitator = FacilitatorFactory(case=world.case, part="co")
    world.helping = FacilitatorFactory(case=world.case, user=staff.officer, kind="officer", part="co")
    told = {"party": world.party, "by": staff.officer}
    world.notice = NoticeGiven.objects.create(wording=wording("notice"), way="read", **told)
    world.consent = Consent.objects.create(wording=wording("consent"), answer="consented", mode="signed", **told)
    world.agreement = Agreement(case=world.case, kind="full", agreed_on=timezone.localdate())
    world.agreement.record(by=staff.officer)
    world.term = Term(agreement=world.agreement, who=world.party, what="No drums after ten")
    world.term.add(by=staff.officer)
    world.follow_up = FollowUp.objects.create(agreement=world.agreement, days=30, due_on=timezone.localdate())
    world.link = FollowUpLink(follow_up=world.follow_up, party=world.party)
    world.link.issue_first()
    world.agency = JoinedAgency(
        case=world.case, organization=OrganizationFactory(), person="Ana", purpose="Repairs", sees=["stage"],
        starts_on=timezone.localdate(), ends_on=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    world.agency.join([world.party, world.other_party], by=staff.officer)
    world.agency_link = world.agency.issue_link(by=staff.officer)
    world.note = Communication(case=world.case, text="What was said")
    world.note.write(by=staff.officer)
    Wording(kind="notice", language="en", body="The second notice").publish(by=staff.coordinator)
    deliver_lists()
    # Tests that empty the tables take away what a migration delivered.
    for kind in Wording.Kind.values:
        wording(kind, "es")
    entry("dispute", "parking").retire(by=staff.coordinator)
    world.session = SessionFactory(case=world.case, parties=[world.party], staff=[staff.officer])
    begun = timezone.now() - timedelta(hours=3)
    world.past = SessionFactory(
        case=world.case, parties=[world.party], starts_at=begun, day=begun.date(), clock=begun.time()
    )
    world.circle = CaseFactory(**mine, process="restorative")
    world.harmed = PartyFactory(case=world.circle, role="harmed")
    FacilitatorFactory(case=world.circle, user=staff.officer, kind="officer")
    world.held = CaseFactory(**mine, on_hold=True)
    world.closed = CaseFactory(**mine, closed=True)
    world.sealed = CaseFactory(**mine, sealed=True)
    world.asked = CaseFactory(**mine, sealed=True)
    world.asked.seal_lifts.create(reason="It was sealed by mistake", asked_by=staff.supervisor)
    BreakGlass.objects.create(
        case=world.asked, user=staff.second, reason="A neighbor called", until=timezone.now() + timedelta(hours=1)
    )
    world.double, world.merged = CaseFactory(**mine), CaseFactory(**mine)
    PartyFactory(case=world.merged)
    merging.merge(duplicate=world.merged, kept=CaseFactory(**mine), reason="The same quarrel", by=staff.officer)
    world.mediator = UserFactory(mediator=True)


def records(world, staff):
    world.hold = LegalHold(object_type="cases.case", reference=world.case.reference, reason="A lawsuit")
    world.hold.place(by=staff.records)
    world.received = received(staff.records, matched=False)
    world.matched = received(staff.records)
    world.approved = begun(staff, state="failed")
    world.ready = begun(staff, state="done", result=a_copy(staff.records))
    world.job = Job.objects.create(
        kind="trial", title="A table", owner=staff.officer, state="done", ended_at=timezone.now(),
        result=a_copy(staff.officer),
    )  # fmt: skip


def a_copy(by):
    return StoredFile.keep("copy.zip", "application/zip", b"PK", by=by)


def begun(staff, **job):
    """A request that a second person approved, and how far the worker came with it."""
    request = received(staff.records)
    people.approve(request, by=staff.second, seen=request.choice)
    request.refresh_from_db()
    assert Job.objects.filter(pk=request.job_id).update(ended_at=timezone.now(), **job) == 1
    return request


def received(by, *, matched=True):
    request = PersonRequest(kind="copy", proof="Identity card seen", name="Nobody Known", address="nobody@example.org")
    request.receive(by=by)
    if matched:
        people.match(request, by=by)
    request.refresh_from_db()
    return request


def messages(world, staff):
    world.task = TaskFactory(owner=staff.officer)
    world.done_task = TaskFactory(owner=staff.officer)
    world.done_task.finish(by=staff.officer)
    world.dead = NoticeFactory(
        kind="cases.session", ref=world.session.reference, contact=world.party.contact, state=Notice.State.DEAD,
        ended_at=timezone.now(), reason="tries", owner=staff.officer,
    )  # fmt: skip
    world.feed = CalendarFeed.objects.make(staff.officer)
    world.stop_token = signing.dumps([world.party.contact.pk, staff.officer.pk], salt=STOP_SALT)
    world.mail_token = unsubscribe_url("somebody@example.org").rstrip("/").rpartition("/")[2]


def accounts(world, staff):
    world.invitation, world.token = Invitation.objects.invite(
        "new@example.org", name="Ofc. New", roles=["officer"], by=staff.coordinator
    )
    world.disabled = UserFactory(disabled=True)
    world.leaver = UserFactory(officer=True, areas=[world.area])
    world.leavers_case = CaseFactory(area=world.area, opened_by=staff.officer, assigned_to=world.leaver)
    world.with_codes = UserFactory(officer=True, second_factor=True)
    world.text = PageText.objects.create(
        slug="privacy", language="en", version=1, title="Privacy", body="We keep little.", written_by=staff.coordinator
    )
    SavedView.objects.create(user=staff.officer, page="cases", name="Mine", query="mine=1")
    world.unsent = Draft.objects.create(
        user=staff.officer, form="unsent", subject="/cases/new/", path="/cases/new/",
        fields={"values": {"title": ["Half a ca"]}, "files": 0},
    )  # fmt: skip
    Draft.objects.create(user=staff.officer, form="cases:case_create", path="/cases/new/", fields={"title": ["Half"]})
    world.passkey = Authenticator.objects.create(user=staff.keyed, type="webauthn", data={"name": "My key"})
    world.reset_uid = user_pk_to_url_str(world.leaver)
    world.reset_key = default_token_generator.make_token(world.leaver)


def published(world, staff):
    mine = {"owner": staff.officer, "by": staff.supervisor}
    world.update, world.waiting = UpdateFactory(**mine), UpdateFactory(waiting=True, **mine)
    world.public, world.other_public = UpdateFactory(published=True, **mine), UpdateFactory(published=True, **mine)
    world.withdrawn = UpdateFactory(withdrawn=True, **mine)
    world.post, world.waiting_post = PostFactory(**mine), PostFactory(waiting=True, **mine)
    world.approved_post, world.posted = PostFactory(approved=True, **mine), PostFactory(posted=True, **mine)
    world.failed = PostingFactory(post=world.posted, failed=True)


def beyond_reach(world):
    """Rows of others and rows out of use: no post may bind anything of ours to one of these."""
    officer = UserFactory(officer=True, areas=[world.elsewhere])
    case = CaseFactory(area=world.elsewhere, opened_by=officer, assigned_to=officer)
    party = PartyFactory(case=case)
    session = SessionFactory(case=case, parties=[party], booked_by=officer)
    gone = UserFactory(officer=True, areas=[world.area], disabled=True)
    return [
        *(case, party, party.contact, session, officer, gone),
        VenueFactory(area=world.area, active=False),
        OrganizationFactory(active=False),
        # Residents cannot read them, so no post leads there.
        *(UpdateFactory(owner=officer), EventFactory(area=world.elsewhere, lead=officer)),
    ]


def signed_in(user):
    """The cookies of somebody who signed in a moment ago, with the code where one is needed."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/my/settings/")
    return client.cookies


def half_signed_in(user):
    """The cookies of somebody who gave the password and not yet the code."""
    client = Client()
    post_password(client, user)
    return client.cookies


def resetting(world):
    """The cookies of somebody who opened the link of a password reset: its key lies in their session."""
    client = Client()
    link = reverse("account_reset_password_from_key", args=[world.reset_uid, world.reset_key])
    assert client.get(link).status_code == 302
    return client.cookies
