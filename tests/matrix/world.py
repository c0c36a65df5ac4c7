"""One city with one of each actor, and a record of each kind that an address can be about.

Each kind of record carries a word that stands nowhere else, so that a page which shows it to a stranger is found by
reading the page.
"""

import uuid

from allauth.mfa.models import Authenticator
from django.core import signing
from django.urls import resolve
from django.utils import timezone

from accounts.models import CalendarFeed, Invitation
from cases import merging
from cases.models import (
    Agreement,
    Communication,
    Consent,
    FollowUp,
    FollowUpLink,
    JoinedAgency,
    NoticeGiven,
    Screening,
    SealLift,
    Term,
    Wording,
)
from core.models import Draft, Job, LegalHold, PersonRequest, StoredFile
from events.models import CalendarImport, Pairing, Promise, TypeCheck
from notices import stop
from notices.models import Notice
from notices.templatetags.notices import STOP_SALT
from portal.models import PageText
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
from tests.factories.notices import ContactFactory, NoticeFactory, TaskFactory
from tests.factories.partners import OrganizationContactFactory, OrganizationFactory
from tests.factories.portal import PostFactory, PostingFactory, UpdateFactory
from tests.factories.readiness import wording
from tests.matrix import actors
from tests.matrix.passkeys import credential

# What stands in an address for something that does not exist, by the name of the part.
ABSENT = {
    "reference": "M-26-00000",
    "session": "S-26-00000",
    "handle": uuid.UUID(int=4),
    "party": uuid.UUID(int=4),
    "key": uuid.UUID(int=4),
    "pk": 2_000_000_000,
    "slug": "nowhere",
    "label": "cases.nothing",
    "language": "xx",
    "version": 9_999,
    "code": "xx",
}
# Which actors may ever read each word.
SECRETS = {
    "casecanary": actors.TEAM,
    "unitcanary": actors.TEAM | {actors.COLLEAGUE},
    "sealedcanary": frozenset({actors.OFFICER, actors.MEDIATOR}),
    "restingcanary": actors.TEAM,
    # Communications and screening: the facilitators of the case, and nobody else on any page.
    "notecanary": frozenset({actors.MEDIATOR}),
    "screencanary": frozenset({actors.MEDIATOR}),
    "orgcanary": actors.READERS_OF_ORGANIZATIONS,
    "orgpersoncanary": actors.READERS_OF_ORGANIZATIONS,
    "placecanary": frozenset({actors.OFFICER, actors.SUPERVISOR, actors.COORDINATOR}),
    "childcanary": actors.OWNER,
    "requestcanary": actors.READERS_OF_REQUESTS,
    "holdcanary": actors.RECORDS_OFFICERS,
    "taskcanary": actors.OWNER,
    "jobcanary": actors.OWNER,
    "draftcanary": actors.OWNER,
    "importcanary": actors.OWNER,
    "unsentcanary": actors.OWNER,
    "passkeycanary": actors.OWNER,
    "textcanary": actors.COORDINATORS,
    "updatecanary": actors.WRITERS,
    "postcanary": actors.WRITERS,
    "invitedcanary": actors.COORDINATORS,
    "noticecanary": actors.COORDINATORS,
}


class World:
    """`people[actor]` is a member of staff, `places[name]` what fills an address about that object."""

    def __init__(self):
        self.area, self.elsewhere = AreaFactory(name="Eastgate"), AreaFactory(name="Mill Row")
        self.people = self._people()
        self.officer = self.people[actors.OFFICER]
        self.places = {**self._cases(), **self._work(), **self._kernel(), **self._public(), **self._accounts()}
        self.places |= self._events() | self._registrations() | self._programs() | self._publishing()

    def _people(self):
        here, there = {"areas": [self.area]}, {"areas": [self.elsewhere]}
        kinds = {
            actors.OFFICER: {"officer": True, **here},
            actors.COLLEAGUE: {"officer": True, **here},
            actors.OFFICER_ELSEWHERE: {"officer": True, **there},
            actors.SUPERVISOR: {"supervisor": True, **here},
            actors.SUPERVISOR_ELSEWHERE: {"supervisor": True, **there},
            actors.COORDINATOR: {"coordinator": True, **here},
            actors.ANALYST: {"analyst": True, **here},
            actors.RECORDS: {"records_officer": True, **here},
            actors.MEDIATOR: {"mediator": True},
            actors.MEDIATOR_ELSEWHERE: {"mediator": True},
            actors.ADVOCATE: {"victim_advocate": True, **here},
            # With every right there is, but for the one thing that each of them lacks.
            actors.DISABLED: {"supervisor": True, "coordinator": True, "records_officer": True, **here},
            actors.HALF: {"supervisor": True, "coordinator": True, "records_officer": True, **here},
        }
        UserFactory(coordinator=True)
        return {actor: UserFactory(second_factor=actor != actors.HALF, **kind) for actor, kind in kinds.items()}

    def _case(self, word, **traits):
        who = {"area": self.area, "assigned_to": self.officer, "opened_by": self.officer}
        case = CaseFactory(title=f"About {word}", summary=f"What {word} is about", **(who | traits))
        facilitator = FacilitatorFactory(case=case, user=self.people[actors.MEDIATOR])
        return case, facilitator

    def _case_places(self, name, word, **traits):
        """A case with a party, a facilitator and an appointment, each under its name."""
        case, facilitator = self._case(word, **traits)
        party = PartyFactory(case=case, contact=ContactFactory(name=f"A party of {word}"))
        session = SessionFactory(case=case, parties=[party], staff=[self.officer])
        # Given with the first version of the text, of which `_public` publishes a second.
        given = {"party": party, "by": self.officer, "at": timezone.now()}
        notice = NoticeGiven.objects.create(wording=wording("notice"), way="read", **given)
        consent = Consent.objects.create(wording=wording("consent"), answer="consented", mode="signed", **given)
        agreement = Agreement(case=case, kind="full", agreed_on=timezone.localdate())
        agreement.record(by=self.officer)
        term = Term(agreement=agreement, who=party, what=f"No drums after ten, {word}")
        term.add(by=self.officer)
        follow_up = FollowUp.objects.create(agreement=agreement, days=30, due_on=timezone.localdate())
        link = FollowUpLink(follow_up=follow_up, party=party)
        link.issue_first()
        # What it may see holds none of the words of the case.
        agency = JoinedAgency(
            case=case, organization=OrganizationFactory(), person="Ana", purpose=f"Repairs, {word}",
            sees=["stage", "appointments"], starts_on=timezone.localdate(), ends_on=timezone.localdate(),
        )  # fmt: skip
        agency.join([party], by=self.officer)
        note = Communication(case=case, kind="caucus", party=party, text="They said notecanary")
        note.write(by=self.people[actors.MEDIATOR])
        screening = Screening(party=party, result="suitable", concerns=["fear"], note="They said screencanary")
        screening.record(by=self.people[actors.MEDIATOR])
        of_case = {"reference": case.reference}
        return {
            f"{name}case": of_case,
            f"{name}party": {**of_case, "handle": party.handle},
            f"{name}letter": {**of_case, "handle": party.handle, "kind": "invitation", "language": "es"},
            f"{name}blank screening": {**of_case, "handle": party.handle, "kind": "screening", "language": "en"},
            f"{name}facilitator": {**of_case, "handle": facilitator.handle},
            f"{name}session": {**of_case, "session": session.reference},
            f"{name}consent": {**of_case, "handle": consent.handle},
            f"{name}agreement": {**of_case, "handle": agreement.handle},
            f"{name}agreement in a language": {**of_case, "handle": agreement.handle, "language": "en"},
            f"{name}follow-up": {**of_case, "handle": follow_up.handle},
            f"{name}follow-up of a side": {**of_case, "handle": follow_up.handle, "party": party.handle},
            f"{name}follow-up of a side in a language": {
                **of_case,
                "handle": follow_up.handle,
                "party": party.handle,
                "language": "es",
            },
            f"{name}link of a follow-up": {"code": link.code},
            f"{name}agency": {**of_case, "handle": agency.handle},
            f"{name}link of an agency": {"code": agency.issue_link(by=self.officer).code},
            f"{name}term": {**of_case, "handle": term.handle},
            f"{name}note": {**of_case, "handle": note.handle},
            f"{name}lapsed": {**of_case, "kind": "notice", "lapsed": str(notice.pk)},
        }

    def _circle_places(self, name, word, **traits):
        """A case of restorative work with somebody who sits in the circle."""
        case, _facilitator = self._case(word, process="restorative", **traits)
        party = PartyFactory(case=case, role="responsible", contact=ContactFactory(name=f"A party of {word}"))
        of_case = {"reference": case.reference}
        return {f"{name}circle": of_case, f"{name}party of a circle": {**of_case, "handle": party.handle}}

    def _cases(self):
        places = self._case_places("", "casecanary") | self._case_places("unit ", "unitcanary", unit=True)
        places |= self._circle_places("", "casecanary") | self._circle_places("unit ", "unitcanary", unit=True)
        sealed, _facilitator = self._case("sealedcanary", sealed=True)
        SealLift.objects.create(case=sealed, reason="The danger is over", asked_by=self.officer)
        places["sealed case"] = {"reference": sealed.reference}
        for name, trait in (("held case", "on_hold"), ("closed case", "closed")):
            places[name] = {"reference": self._case("restingcanary", **{trait: True})[0].reference}
        duplicate, kept = (self._case("restingcanary")[0] for _each in range(2))
        PartyFactory(case=duplicate)
        merging.merge(duplicate=duplicate, kept=kept, reason="The same quarrel", by=self.officer)
        places["merged case"] = {"reference": duplicate.reference}
        return places

    def _work(self):
        """What is somebody's own: a task, a message that failed, a link in a mail, a job, drafts, a passkey."""
        contact = ContactFactory()
        task = TaskFactory(owner=self.officer, text="Call about taskcanary")
        ended = {"state": Notice.State.DEAD, "ended_at": timezone.now()}
        notice = NoticeFactory(kind="noticecanary", contact=contact, owner=self.officer, **ended)
        file = StoredFile.keep("jobcanary.csv", "text/csv", b"1,2\n", by=self.officer)
        done = {"state": Job.State.DONE, "ended_at": timezone.now(), "result": file}
        job = Job.objects.create(kind="trial", title="A jobcanary", owner=self.officer, **done)
        kept = {"user": self.officer, "path": "/cases/new/"}
        Draft.objects.create(form="cases:case_edit", subject="kept", fields={"title": ["draftcanary"]}, **kept)
        fields = {"values": {"title": ["unsentcanary"]}, "files": 0}
        unsent = Draft.objects.create(form="unsent", subject="/cases/new/", fields=fields, **kept)
        data = {"name": "passkeycanary", "passwordless": True, "credential": credential()}
        passkey = Authenticator.objects.create(user=self.officer, type=Authenticator.Type.WEBAUTHN, data=data)
        stop_link = resolve(stop.unsubscribe_url(contact.email).partition("localhost")[2]).kwargs
        return {
            "task": {"handle": task.handle},
            "calendar": {"token": CalendarFeed.objects.make(self.officer).token},
            "notice": {"handle": notice.handle},
            "contact": {"token": signing.dumps([contact.pk, self.officer.pk], salt=STOP_SALT)},
            "absent contact": {"token": signing.dumps([2_000_000_000, self.officer.pk], salt=STOP_SALT)},
            "stop link": stop_link,
            "job": {"key": job.key},
            "draft": {},
            "unsent": {"pk": unsent.pk},
            "passkey": {"pk": passkey.pk},
        }

    def _kernel(self):
        records, organization = self.people[actors.RECORDS], OrganizationFactory(name="The orgcanary", area=self.area)
        person = OrganizationContactFactory(
            organization=organization, contact=ContactFactory(name="An orgpersoncanary")
        )
        asked = PersonRequest(kind="copy", name="A requestcanary", proof="Identity card seen")
        asked.receive(by=records)
        hold = LegalHold(object_type="cases.case", reference="holdcanary", reason="A court asked")
        hold.place(by=records)
        return {
            "organization": {"reference": organization.reference},
            "organization's person": {"reference": organization.reference, "handle": person.handle},
            "request": {"reference": asked.reference},
            "hold": {"label": hold.object_type, "reference": hold.reference},
            "history": {"label": "partners.organization", "reference": organization.reference},
        }

    def _public(self):
        coordinator = self.people[actors.COORDINATOR]
        text = PageText.objects.create(
            slug="privacy", language="en", version=1, title="A textcanary", body="Words", written_by=coordinator
        )
        page = {"slug": text.slug, "language": text.language}
        Wording(kind="notice", language="en", body="The second notice").publish(by=coordinator)
        deliver_lists()
        entry("dispute", "parking").retire(by=coordinator)
        return {
            "area": {"reference": self.area.reference},
            "venue": {"reference": VenueFactory(area=self.area).reference},
            "page": {"slug": text.slug},
            "page in a language": page,
            "text": {**page, "version": text.version},
            "wording": {"kind": "notice", "language": "en"},
            "list": {"kind": "source"},
            "entry": {"kind": "source", "code": "court"},
            "retired entry": {"kind": "dispute", "code": "parking"},
            "language": {"code": "es"},
            "provider": {"provider": "anybody"},
        }

    def _events(self):
        """Events that the officer leads, with what belongs to them, and the types of events."""
        ours = {"area": self.area, "lead": self.officer}
        event = EventFactory(**ours, published=True)
        item, part = CheckItemFactory(event=event), PartFactory(event=event)
        promise = Promise.objects.create(event=event, what="A lamp", who=self.officer, due_on=event.day)
        retired = EventTypeFactory(code="gone", retired_at=timezone.now(), retired_by=self.people[actors.COORDINATOR])
        check = TypeCheck.objects.create(type=event.type, text="Call the venue", days=7)
        entries = [found_entry(title="An importcanary")]
        file = CalendarImport(organization=OrganizationFactory(), area=self.area, type=event.type, entries=entries)
        file.upload(by=self.officer)
        states = {"draft": {}, "planned": {"planned": True}, "begun": {"published": True, "begun": True}}
        return {
            "event": {"reference": event.reference},
            "event in a language": {"reference": event.reference, "language": "es"},
            "calendar file": {"handle": file.handle},
            "item of an event": {"reference": event.reference, "handle": item.handle},
            "promise at an event": {"reference": event.reference, "handle": promise.handle},
            "part in an event": {"reference": event.reference, "handle": part.handle},
            "type": {"code": event.type.code},
            "item of a type": {"code": event.type.code, "handle": check.handle},
            "retired type": {"code": retired.code},
            **{
                f"{name} event": {"reference": EventFactory(**ours, **traits).reference}
                for name, traits in states.items()
            },
        }

    def _publishing(self):
        """What the officer writes for residents, in each state that an address is about."""
        mine = {"owner": self.officer, "by": self.people[actors.SUPERVISOR]}
        secret = {"title_en": "About updatecanary"}
        updates = {
            "update": UpdateFactory(**mine, **secret),
            "waiting update": UpdateFactory(waiting=True, **mine, **secret),
            "public update": UpdateFactory(changed=True, **mine),
            "withdrawn update": UpdateFactory(withdrawn=True, **mine, **secret),
        }
        posts = {
            name: PostFactory(title="About postcanary", **mine, **state)
            for name, state in (
                ("post", {}),
                ("waiting post", {"waiting": True}),
                ("approved post", {"approved": True}),
                ("posted post", {"posted": True}),
            )
        }
        failed = PostingFactory(post=posts["posted post"], failed=True)
        places = {name: {"reference": one.reference} for name, one in (updates | posts).items()}
        return places | {"failed posting": {"reference": failed.post.reference, "handle": failed.handle}}

    def _registrations(self):
        """Who wants to come to an event that the officer leads, and their links."""
        event = EventFactory(area=self.area, lead=self.officer, published=True, registers=True, capacity=9)
        traits = {"": {}, "waiting ": {"waiting": True}, "offered ": {"offered": True}, "lapsed ": {"lapsed": True}}
        places = {"registering event": {"reference": event.reference}}
        for name, trait in traits.items():
            contact = ContactFactory(name=f"A {name}placecanary", may_email=False, may_sms=False)
            place = RegistrationFactory(event=event, contact=contact, **trait)
            places[f"{name}registration"] = {"reference": event.reference, "handle": place.handle}
            places[f"{name}place"] = {"token": place.token}
        begun = EventFactory(area=self.area, lead=self.officer, published=True, begun=True, registers=True)
        contact = ContactFactory(name="A begun placecanary", may_email=False, may_sms=False)
        place = RegistrationFactory(event=begun, contact=contact)
        places["begun registering event"] = {"reference": begun.reference}
        places["begun registration"] = {"reference": begun.reference, "handle": place.handle}
        return places

    def _programs(self):
        """A program that the officer leads, with those who take part, in the states that addresses are about."""
        ours = {"area": self.area, "lead": self.officer}
        program = ProgramFactory(**ours)
        session = ProgramSessionFactory(program=program)
        child, parent = {"contact__name": "A childcanary"}, {"guardian__name": "A parent of childcanary"}
        people = {
            "enrollment": parent,
            "enrollment that was asked for": {"asked": True},
            "enrollment that was agreed to": {"agreed": True, **parent},
        }
        rows = {name: EnrollmentFactory(program=program, **child, **more) for name, more in people.items()}
        mentor = MentorFactory(program=program, named="A mentor of childcanary", cleared=True)
        pairing = Pairing.objects.create(
            mentor=mentor, enrollment=rows["enrollment"], state="suspended", made_by=self.officer
        )
        parts = {**rows, "session of a program": session, "mentor": mentor, "suspended pairing": pairing}
        return {
            "program": {"reference": program.reference},
            "draft program": {"reference": ProgramFactory(**ours, draft=True).reference},
            **{name: {"reference": program.reference, "handle": one.handle} for name, one in parts.items()},
        }

    def _accounts(self):
        by = self.people[actors.COORDINATOR]
        invitation, token = Invitation.objects.invite(
            "invited@example.org", name="An invitedcanary", roles=["officer"], by=by
        )
        return {
            "person": {"reference": self.officer.reference},
            "invitation": {"reference": invitation.reference},
            "invitation link": {"token": token},
            "reset link": {"uidb36": "1", "key": "abc-def"},
            "confirmation": {"key": "abc"},
        }

    def disable(self):
        """Take an account away from under its live session, as a coordinator does in the next room."""
        person, by = self.people[actors.DISABLED], self.people[actors.COORDINATOR]
        ended = {"is_active": False, "disabled_at": timezone.now(), "disabled_by": by}
        type(person).objects.filter(pk=person.pk).update(**ended)

    def absent(self, at):
        """What fills an address about something that does not exist: each part replaced in turn."""
        if at == "contact":
            return [self.places["absent contact"]]
        kwargs = self.places[at]
        return [{**kwargs, name: ABSENT[name]} for name in kwargs if name in ABSENT]

    def mixed(self, at):
        """The team's own case with a part of another case."""
        other = self.places.get(f"unit {at}", {})
        return [{**other, "reference": self.places[at]["reference"]}] if len(other) > 1 else []
