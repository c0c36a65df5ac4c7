"""More of everything: the world of the addresses with so many further rows of each kind that a page can list."""

from datetime import time, timedelta
from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import Invitation
from areas.models import Booking, Venue
from cases import actions
from cases.models import (
    AgencyUpdate,
    Agreement,
    BreakGlass,
    Case,
    CirclePlan,
    Communication,
    ConflictDeclaration,
    Consent,
    ContactAttempt,
    Eligibility,
    Facilitator,
    FollowUp,
    FollowUpAnswer,
    FollowUpLink,
    GateOverride,
    JoinedAgency,
    ListEntry,
    NoticeGiven,
    Party,
    PreCircle,
    Screening,
    Term,
    TermAnswer,
)
from core import audit, people
from core.models import Draft, Heartbeat, Job, LegalHold, PersonRequest, SavedView
from events.models import (
    Attendance,
    CalendarImport,
    CloseOut,
    Enrollment,
    Event,
    EventType,
    ImportedEntry,
    Mentor,
    Pairing,
    Program,
    ProgramSession,
    Promise,
    Raised,
    Series,
    Workshop,
)
from notices.models import Notice
from partners.models import Organization
from portal.models import PageText, Post, Update
from tests.factories.accounts import UserFactory
from tests.factories.areas import AreaFactory, VenueFactory, square
from tests.factories.cases import CaseFactory, FacilitatorFactory, PartyFactory, SessionFactory
from tests.factories.events import (
    CheckItemFactory,
    ClearanceFactory,
    EnrollmentFactory,
    EventFactory,
    MentorFactory,
    PartFactory,
    ProgramFactory,
    ProgramSessionFactory,
    RegistrationFactory,
    found_entry,
)
from tests.factories.notices import ContactFactory, NoticeFactory, TaskFactory
from tests.factories.partners import OrganizationContactFactory, OrganizationFactory
from tests.factories.portal import PostFactory, PostingFactory, UpdateFactory
from tests.factories.readiness import wording
from tests.matrix import actors

# What an authenticator says about its user: present, verified, and a key is attached.
PRESENT_AND_VERIFIED = 0x45


def passkey(number):
    """What a browser sends when it makes a passkey, as it is kept: a key of its own under a name of its own."""
    made, name = ec.generate_private_key(ec.SECP256R1()).public_key(), f"passkey {number}".encode()
    made = AttestedCredentialData.create(bytes(16), name, ES256.from_cryptography_key(made))
    made = AuthenticatorData.create(sha256(b"localhost").digest(), PRESENT_AND_VERIFIED, 0, made)
    client = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    response = {"clientDataJSON": client, "attestationObject": AttestationObject.create("none", made, {})}
    answer = {"response": {part: websafe_encode(value) for part, value in response.items()}}
    return {**answer, "id": websafe_encode(name), "rawId": websafe_encode(name), "type": "public-key"}


def grow(world, rows):
    """Add so many rows to every list there is, each with its own of all that a row may point to."""
    # The pages that offer a passkey read those that there are.
    whole = {"name": "passkeycanary", "passwordless": True, "credential": passkey("canary")}
    Authenticator.objects.filter(**world.places["passkey"]).update(data=whole)
    begun = Case.objects.count()
    for number in range(begun, begun + rows):
        for add in (
            *(
                _case,
                _event,
                _program,
                _on_the_case,
                _in_the_circle,
                _place,
                _work,
                _organization,
                _staff,
                _kernel,
                _failed,
            ),
            _published,
        ):
            add(world, number)
    Heartbeat.beat("notices.tick")


def _case(world, number):
    """One more open case of the officer in an area of its own below theirs, and one more sealed case was opened."""
    area = AreaFactory(name=f"Ward {number}", parent=world.area, shape=square(number, 3))
    here = {"area": area, "assigned_to": world.officer, "opened_by": world.officer}
    case = CaseFactory(title=f"Canary noise on floor {number}, Test Court", place="Test Court", **here)
    contact = ContactFactory(name=f"Canary of flat {number}", may_call=True, neutral=True, rules_note="After 17:00")
    party = PartyFactory(case=case, contact=contact)
    SessionFactory(case=case, parties=[party], staff=[world.officer], day=timezone.localdate(), clock=time(23, 58))
    sealed = CaseFactory(sealed=True, **here)
    supervisor = world.people[actors.SUPERVISOR]
    until = timezone.now() + timedelta(hours=1)
    BreakGlass.objects.create(case=sealed, user=supervisor, reason="The officer is ill", until=until)


def _on_the_case(world, number):
    """What a page of one case lists: parties, tries, appointments, facilitators, next steps."""
    case = Case.objects.get(**world.places["case"])
    party = PartyFactory(case=case, role="supporter", contact__name=f"Neighbor {number}", access_needs="Step-free room")
    for result in (ContactAttempt.Result.SPOKE, ContactAttempt.Result.NO_ANSWER):
        attempt = ContactAttempt(case=case, party=party, way="call", result=result)
        actions.log_contact(attempt=attempt, by=world.officer)
    SessionFactory(case=case, parties=[party], staff=[world.officer], venue=VenueFactory(), day=timezone.localdate())
    FacilitatorFactory(case=case, part=Facilitator.Part.CO)
    _readiness(world, case)
    link, due = case.get_absolute_url(), timezone.now() - timedelta(days=number % 5)
    TaskFactory(owner=world.officer, ref=case.reference, link=link, text=f"Call them back, {number}", due_at=due)


def _readiness(world, case):
    """What was told, asked, agreed, declared and overridden, what was said, and a promise, of the party with a page."""
    party = Party.objects.get(case=case, handle=world.places["party"]["handle"])
    by, facilitator = world.people[actors.MEDIATOR], case.facilitators.get(handle=world.places["facilitator"]["handle"])
    told = {"party": party, "by": by}
    # Older than the one that the page of an override is about.
    before = timezone.now() - timedelta(days=1)
    notice = NoticeGiven.objects.create(wording=wording("notice"), way="read", at=before, **told)
    Consent.objects.create(wording=wording("consent"), answer="consented", mode="signed", **told)
    Screening.objects.create(result="suitable", **told)
    ConflictDeclaration.objects.create(facilitator=facilitator, result="none", **told)
    GateOverride.objects.create(case=case, kind="conflict", lapsed=str(notice.pk), reason="Words", by=by)
    Communication.objects.create(case=case, text="Words", by=by, party=party)
    agreement = Agreement.objects.get(handle=world.places["agreement"]["handle"])
    Term.objects.create(agreement=agreement, who=party, what="Words")
    follow_up = FollowUp.objects.get(agreement=agreement)
    other = PartyFactory(case=case)
    agreement.between.add(other)
    FollowUpLink(follow_up=follow_up, party=other).issue_first()
    given = FollowUpAnswer.objects.create(follow_up=follow_up, party=other, holding="held", mode="call", by=by)
    TermAnswer.objects.create(answer=given, term=agreement.terms.first(), result="kept")
    _agencies(case, other, by)
    Agreement.objects.create(case=case, kind="partial", agreed_on=timezone.localdate(), by=by)


def _in_the_circle(world, number):
    """One more who sits in the circle, was met before it and after it, and has a place."""
    case = Case.objects.get(**world.places["circle"])
    party = PartyFactory(case=case, role="community", contact__name=f"Neighbor {number}", is_minor=number % 2)
    by = world.people[actors.MEDIATOR]
    for goes in (False, True):
        PreCircle(party=party, met_on=timezone.localdate(), ready=goes).record(by=by)
    first = Party.objects.get(handle=world.places["party of a circle"]["handle"])
    PreCircle(party=first, met_on=timezone.localdate()).record(by=by)
    Eligibility(case=case, responsibility="no", fits=False).decide(by=by)
    plan, _made = CirclePlan.objects.get_or_create(case=case, defaults={"rounds": "Why?\nWhat now?"})
    plan.seats.create(party=party, place=number + 1)
    SessionFactory(case=case, kind="post_circle", state="held", parties=[party], staff=[world.officer])


def _agencies(case, side, by):
    """One more agency, an update of each, and what the agency with a page may read: the newest side consents too."""
    day = timezone.localdate()
    about = {"person": "Ana", "purpose": "Words", "sees": ["stage"], "starts_on": day, "ends_on": day, "by": by}
    JoinedAgency.objects.create(case=case, organization=OrganizationFactory(), **about)
    for agency in case.agencies.all():
        agency.consented.add(side)
        AgencyUpdate.objects.create(agency=agency, text="Words")
    SessionFactory(case=case, kind="joint")


def _place(world, number):
    """A room, a booking of the room that has a page, and an entry of a list."""
    words = {f"label_{language}": f"Canary {number}" for language in ("en", "es")}
    ListEntry.objects.create(kind="dispute", code=f"canary_{number}", position=number, **words)
    VenueFactory(area=world.area, name=f"Library, room {number}", capacity=12)
    venue = Venue.objects.get(**world.places["venue"])
    starts = timezone.now() + timedelta(days=1, hours=2 * number)
    Booking.objects.create(ref="S-26-XXXXX", venue=venue, starts_at=starts, ends_at=starts + timedelta(hours=1))


def _work(world, number):
    """What is the officer's own: a task, drafts, a view of the list, a passkey, a session elsewhere."""
    TaskFactory(owner=world.officer, text=f"Ask room {number}", due_at=timezone.now() + timedelta(days=number % 9))
    kept = {"user": world.officer, "path": "/cases/new/"}
    Draft.objects.create(form="cases:case_edit", subject=f"n{number}", fields={"title": ["Half a case"]}, **kept)
    Draft.objects.create(
        form="unsent", subject=f"/n{number}/", fields={"values": {"note": ["Words"]}, "files": 0}, **kept
    )
    SavedView.objects.create(user=world.officer, page="cases", name=f"View {number}", query=f"size={number}")
    Job.objects.create(kind="trial", title="A list", owner=world.officer, state="running", done=3, total=9)
    data = {"name": f"Key {number}", "passwordless": True, "credential": passkey(number)}
    Authenticator.objects.create(user=world.officer, type=Authenticator.Type.WEBAUTHN, data=data)
    UserSession.objects.create(
        user=world.officer, session_key=f"elsewhere-{number}", ip="127.0.0.1", user_agent="A browser"
    )


def _event(world, number):
    """One more event ahead, one more time of the series of the event that has a page, an item, a partner, a type."""
    event = Event.objects.get(**world.places["event"])
    if event.series is None:
        series = Series(day=event.day, clock=event.clock, starts_at=event.starts_at, every="week", times=60)
        series.save()
        event.series, event.stands_for = series, event.day
        event.save(update_fields=["series", "stands_for"])
    day = event.day + timedelta(weeks=number)
    again = {"series": event.series, "stands_for": day + timedelta(days=1), "day": day, "published": True}
    EventFactory(area=world.area, venue=VenueFactory(area=world.area), **again)
    over = EventFactory(state=Event.State.CLOSED_OUT, day=timezone.localdate())
    CloseOut.objects.create(event=over, adults_new=number, cost=number, by=world.officer)
    CheckItemFactory(event=event, text=f"Call them, {number}")
    PartFactory(event=event)
    Promise.objects.create(event=event, what=f"A lamp, {number}", who=world.officer, due_on=event.day)
    Raised.objects.create(event=event, what=f"No light, {number}", by=world.officer)
    event.staff.add(UserFactory(officer=True, name=f"Ofc. Helper {number}"))
    file = CalendarImport.objects.get(**world.places["calendar file"])
    file.entries += [found_entry(uid=f"{number}@example.org"), found_entry(uid=f"known {number}@example.org")]
    file.save(update_fields=["entries"])
    known = {"source": file.organization, "uid": f"known {number}@example.org"}
    ImportedEntry.objects.create(event=EventFactory(area=world.area), **known)
    open_event = Event.objects.get(**world.places["registering event"])
    needs = {"needs": ["hearing", "quiet"], "needs_note": f"A seat in row {number}", "children": 2}
    for trait in ("waiting", "offered", "pending"):
        RegistrationFactory(event=open_event, contact__name=f"Canary of flat {number}", **needs, **{trait: True})
    door = Event.objects.get(**world.places["begun registering event"])
    for trait in ("waiting", "offered", "attended", "no_show", "pending"):
        RegistrationFactory(event=door, contact__name=f"Canary of flat {number}", children=2, **{trait: True})
    type = EventType.objects.get(**world.places["type"])
    type.checks.create(text=f"Call them, {number}", days=7)


def _program(world, number):
    """One more program, and in the one with pages one more session, child, mark, mentor, check and pairing."""
    ProgramFactory(area=world.area, lead=world.officer)
    program = Program.objects.get(**world.places["program"])
    program.staff.add(UserFactory(officer=True, name=f"Ofc. Runner {number}"))
    session = ProgramSessionFactory(program=program)
    child = EnrollmentFactory(program=program, contact__name=f"Canary of flat {number}")
    EnrollmentFactory(program=program, contact__name=f"Canary of flat {number}", asked=True)
    mentor = MentorFactory(program=program, cleared=True)
    first = Mentor.objects.get(handle=world.places["mentor"]["handle"])
    ClearanceFactory(mentor=first, kind="background")
    Pairing.objects.create(mentor=mentor, enrollment=child, made_by=world.officer)
    one = Enrollment.objects.get(handle=world.places["enrollment"]["handle"])
    for enrollment in (child, one):
        Attendance.objects.create(session=session, enrollment=enrollment, mark="absent", by=world.officer)
    event = Event.objects.get(**world.places["event"])
    said = {"outline": "Words", "hours": 2, "question": "Words", "before": [number] * 5, "after": [1] * 5}
    Workshop.objects.update_or_create(event=event, defaults=said)
    ProgramSession.objects.get_or_create(event=event, defaults={"program": program})


def _organization(world, number):
    OrganizationFactory(name=f"Canary center {number}", area=world.area)
    OrganizationContactFactory(organization=Organization.objects.get(**world.places["organization"]))


def _staff(world, number):
    """A colleague who serves the area, and somebody invited."""
    UserFactory(officer=True, supervisor=True, areas=[world.area], name=f"Ofc. Colleague {number}", public_name=True)
    by = world.people[actors.COORDINATOR]
    Invitation.objects.invite(f"new{number}@example.org", name=f"Ofc. New {number}", roles=["officer"], by=by)


def _kernel(world, number):
    """An entry of the audit, a request by a person, a legal hold, a version of a text."""
    records = world.people[actors.RECORDS]
    audit.record(records, "retention.purge", rows=number, models={})
    address = f"asks{number}@example.org"
    PartyFactory(case=CaseFactory(closed=True), contact__email=address)
    asked = PersonRequest(kind="copy", name=f"Person {number}", address=address, proof="Card seen")
    asked.receive(by=records)
    people.match(asked, by=records)
    LegalHold(object_type="cases.case", reference=f"M-26-H{number:04}", reason="Order 12").place(by=records)
    text = {"slug": "privacy", "language": "en", "title": "Privacy", "body": "Words"}
    PageText.objects.create(version=number + 10, written_by=world.people[actors.COORDINATOR], **text)


def _published(world, number):
    """One more update and post of each kind, a version of what residents read, a channel that may not have a text."""
    mine = {"owner": world.officer, "by": world.people[actors.SUPERVISOR]}
    UpdateFactory(waiting=True, **mine)
    UpdateFactory(changed=True, **mine)
    PostFactory(approved=True, **mine)
    update = Update.objects.get(**world.places["public update"])
    update.change(by=world.officer)
    type(update.newest).objects.filter(pk=update.newest_id).update(why_en="Words", why_es="Palabras")
    update.send(by=world.officer)
    update.publish(by=mine["by"], seen="1")
    posted = Post.objects.get(**world.places["posted post"])
    PostingFactory(post=posted, channel=f"channel {number}", failed=True)
    PostingFactory(post=Post.objects.get(**world.places["post"]), channel=f"channel {number}", failed=True)
    posted.correct(by=world.officer)
    UpdateFactory(withdrawn=True, **mine)


def _failed(world, number):
    """A message that could not be sent, and one that may not be."""
    ended = {"ended_at": timezone.now(), "owner": world.officer}
    NoticeFactory(state=Notice.State.DEAD, reason="tries", attempts=8, **ended)
    NoticeFactory(state=Notice.State.BLOCKED, reason="stopped", **ended)
