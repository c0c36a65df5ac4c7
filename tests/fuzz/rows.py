"""One row for each address that takes a post: who posts there, at what, and a body that is accepted as it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests.accounts.signing import code_of
from tests.factories.accounts import PASSWORD
from tests.factories.events import shown
from tests.factories.readiness import wording
from tests.fuzz.nasty import File

CREDENTIAL = '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}, "clientExtensionResults": {}}'
ENTRY = {
    "label_en": "Town court", "label_es": "Tribunal del pueblo", "definition_en": "A town or village court sent it.",
    "definition_es": "La envió un tribunal del pueblo.", "position": 35,
}  # fmt: skip
TAPPED = "6f1cbb0e-8a5e-4f43-9a5d-2f0f3c7c9b11"
REASON = "A neighbor called about it"
UPDATE = {
    "kind": "safety", "title_en": "Lights", "title_es": "Luces", "body_en": "## How\n\nCall {phone}.",
    "body_es": "Llame al {phone}.", "review_on": "2028-02-29",
}  # fmt: skip
POST = {
    "title": "Lights", "long_en": "Lights for your bicycle", "long_es": "Luces para su bicicleta",
    "medium_en": "", "medium_es": "", "short_en": "Lights", "short_es": "Luces", "update": "",
    "event": "",
}  # fmt: skip
CALENDAR = File(
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one@example.org\r\nDTSTART:20270601T180000Z\r\nSUMMARY:Story hour\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def nothing(world):
    return {}


def nowhere(world):
    return []


@dataclass(frozen=True)
class Row:
    """`done` are the answers that mean that something was done; every other answer must leave no trace.

    `key` marks forms that only somebody with the device could fill in: their body as it stands is refused.
    """

    name: str
    who: str
    args: Callable = nowhere
    body: Callable = nothing
    query: str = ""
    done: tuple = (302, 303)
    key: bool = False
    sign: bool = False

    def url(self, world):
        return reverse(self.name, args=self.args(world)) + (f"?{self.query}" if self.query else "")


def of(name):
    """The reference of something of the world, as the only part of an address."""
    return lambda world: [getattr(world, name).reference]


def case_and(name):
    """The case, and the handle or reference of something in it."""

    def args(world):
        thing = getattr(world, name)
        return [world.case.reference, getattr(thing, "handle", None) or thing.reference]

    return args


def handle(name):
    return lambda world: [getattr(world, name).handle]


def program_and(name):
    """The program, and the handle of something in it."""
    return lambda world: [world.program.reference, getattr(world, name).handle]


def fixed(**fields):
    return lambda world: dict(fields)


CHILD = {"called": "Milo", "band": "from_12", "language": "es", "phone": "206-555-0123", "email": "milo@example.org"}


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def answers_of(world):
    """What a side may say when it is asked whether an agreement holds."""
    said = {"holding": "partly", "relationship": "same", "police_again": "no", "would_again": "unsure", "call_me": "on"}
    scales = dict.fromkeys(("fairness", "voice", "satisfaction"), "4")
    return {f"term_{world.term.handle.hex}": "kept", **said, **scales}


CONTACT = {
    "contact-name": "Marta Villar", "contact-language": "es", "contact-phone": "206-555-0123", "contact-may_call": "on",
    "contact-no_safe_phone": "", "contact-chat": "", "contact-rules_note": "After six",
    "contact-email": "marta@example.org", "contact-may_email": "on", "contact-agreed": "on",
    "contact-hours_from": "09:00", "contact-hours_to": "17:00", "contact-reconfirm_on": "2027-02-28",
}  # fmt: skip


def case_body(world):
    return {
        "title": "Barking at night, Fenwick Close", "source": "self", "process": "mediation", "dispute": "pets",
        "area": world.area.pk, "risk": "unknown", "received_on": in_days(0), "place": "Fenwick Close",
        "summary": "Dogs bark.", "court_place": "", "court_on": "2028-02-29", "source_detail": "",
        "version": world.case.version,
    }  # fmt: skip


def program_body(world):
    return {
        "name": "Youth Academy", "purpose": "How the city works.", "begins_on": in_days(-3), "ends_on": in_days(90),
        "area": world.area.pk, "age_from": 12, "age_to": 17, "capacity": 20, "guardian_consent": "on",
        "lead": world.staff["officer"].pk, "staff": [world.staff["coded"].pk], "absences": 2,
    }  # fmt: skip


def workshop_body(world):
    counts = {f"{time}_{point}": point for time in ("before", "after") for point in range(1, 6)}
    said = {"outline": "How to begin a hard talk", "hours": "1.5", "trainer": "", "trainer_named": "Ana"}
    return said | counts | {"question": "How sure are you?", "version": 1}


def new_case_body(world):
    return case_body(world) | CONTACT | {"access": "team", "party-access_needs": "", "party-beside": ""}


def party_body(world):
    return CONTACT | {
        "party-role": "supporter", "party-organization": world.organization.pk, "party-beside": world.party.pk,
        "party-access_needs": "", "party-version": 1,
    }  # fmt: skip


def edited_party_body(world):
    return party_body(world) | {"party-role": "initiating", "party-beside": "", "party-version": world.party.version}


def booking_body(world):
    return {
        "kind": "call", "day": "2028-02-29", "clock": "02:30", "minutes": "60", "venue": world.venue.pk, "place": "",
        "time_zone": "America/New_York", "parties": [world.party.pk], "staff": [world.staff["officer"].pk],
    }  # fmt: skip


def move_body(world):
    return {"seen": 0, "day": in_days(9), "clock": "14:00", "minutes": 45, "venue": world.venue.pk, "place": ""}


def agency_body(world):
    return {
        "person": "Ana Example", "purpose": "Repairs", "starts_on": in_days(0), "ends_on": in_days(60),
        "sees": ["summary", "stage"], "consented": [world.party.pk, world.other_party.pk],
    }  # fmt: skip


def venue_body(world):
    return {
        "name": "Library, upper room", "area": world.area.pk, "address": "1 Main St", "transport": "Bus 5",
        "capacity": "12", "neutral": "on", "note": "", "active": "on", "version": 1,
    }  # fmt: skip


def event_body(world):
    return {
        "type": world.event.type.pk, "title_en": "Coffee at the library", "title_es": "Café en la biblioteca",
        "about_en": "Come and ask.", "about_es": "Venga y pregunte.", "access": "public", "purpose": "social",
        "area": world.area.pk, "languages": ["en", "es"], "interpreters": ["so"], "children": "care", "capacity": "40",
        "registers": "", "lead": world.staff["officer"].pk, "staff": [world.staff["supervisor"].pk],
        "budget_line": "Grant 7", "budget": "120.50", "outreach": ["flyer", "school"], "materials": "Cups",
        "risk": "low", "risk_note": "Stairs", "version": 1,
    }  # fmt: skip


def moved_event_body(world):
    return {
        "seen": 0, "day": "2028-02-29", "clock": "02:30", "minutes": "60", "venue": world.venue.pk, "place": "",
        "online": "meet.example/room",
    }  # fmt: skip


def closed_out_body(world):
    counts = {f"{who}_{visit}": 3 for who in ("adults", "youth") for visit in ("new", "returning", "unknown")}
    return counts | {"conversations": 7, "photos": "on", "cost": "45.50", "next_time": "More chairs"}


def paper_body(world):
    return {
        f"{world.expected.handle.hex}-came": 2, f"{world.expected.handle.hex}-was": "", "adults_new": 3,
        f"{world.there.handle.hex}-came": "", f"{world.there.handle.hex}-was": "1",
        f"{world.there.handle.hex}-missed": "on", "adults_returning": "", "adults_unknown": "", "youth_new": "",
        "youth_returning": 1, "youth_unknown": 0,
    }  # fmt: skip


def new_event_body(world):
    return event_body(world) | moved_event_body(world)


def place_body(world):
    return {
        "adults": "2", "children": "1", "needs": ["hearing"], "needs_note": "A seat at the front", "language": "es",
        "called": "Marta", "way": "email", "email": "marta@example.org", "phone": "", "neutral": "on", "more": "on",
    }  # fmt: skip


def registration_and(name):
    """The event that somebody registered for, and the handle of their registration."""

    def args(world):
        place = getattr(world, name)
        return [place.event.reference, place.handle]

    return args


def token(name):
    return lambda world: [getattr(world, name).token]


def area_body(world):
    return {
        "name": "Eastgate", "aliases": "The Gate\nGate", "code": "E1", "parent": "", "population": "1200",
        "population_year": "2020", "population_source": "Census", "version": world.area.version,
    }  # fmt: skip


def organization_body(world):
    return {
        "name": "Harbor Mediation", "kind": "nonprofit", "area": world.area.pk, "website": "harbor.example",
        "note": "", "active": "on", "version": 1,
    }  # fmt: skip


def person_body(world):
    return CONTACT | {"part-role": "Intake", "part-is_main": "on"}


def duties(world):
    supervisor = world.staff["supervisor"].reference
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    shown = {f"initial-duty-{world.area.pk}-{day}": "" for day in days}
    return {f"duty-{world.area.pk}-{day}": supervisor for day in days} | shown


def public(world):
    return [world.mail_token]


CASE = [
    Row("cases:case_create", "officer", body=new_case_body),
    Row("cases:case_edit", "officer", of("case"), case_body),
    Row("cases:case_assign", "officer", of("case"), lambda w: {"officer": w.staff["supervisor"].pk}),
    Row("cases:case_hold", "officer", of("case"), lambda w: {"until": in_days(30), "reason": "The court decides"}),
    Row("cases:case_resume", "officer", of("held")),
    Row("cases:case_refer_out", "officer", of("case"), fixed(to="Harbor Mediation")),
    Row("cases:case_close", "officer", of("held"), fixed(reason="improved")),
    Row("cases:case_reopen", "officer", of("closed"), fixed(reason="The agreement does not hold")),
    Row(
        "cases:case_merge", "officer", of("double"),
        lambda w: {"keep": w.case.reference, "reason": "The same quarrel, called in twice"},
    ),
    Row("cases:case_merge_undo", "officer", of("merged")),
    Row(
        "cases:case_assign_several", "supervisor", query="state=open",
        body=lambda w: {"case": [w.leavers_case.reference, w.held.reference], "shown": [w.case.reference],
                        "officer": w.staff["coded"].pk},
    ),
    Row("cases:case_access", "officer", of("case"), fixed(access="unit")),
    Row("cases:case_break_glass", "second", of("sealed"), fixed(reason=REASON)),
    Row("cases:seal_lift_ask", "officer", of("sealed"), fixed(reason=REASON)),
    Row("cases:seal_lift_decide", "officer", of("asked"), fixed(decision="lift")),
    Row(
        "cases:contact_create", "officer", of("case"),
        lambda w: {"party": w.party.pk, "way": "call", "result": "spoke", "note": "Rang twice", "day": in_days(-2),
                   "clock": "9.30"},
    ),
    Row("cases:party_add", "officer", of("case"), party_body),
    Row("cases:party_edit", "officer", case_and("party"), edited_party_body),
    Row("cases:party_remove", "officer", case_and("other_party")),
    Row(
        "cases:facilitator_add", "officer", of("case"),
        lambda w: {"kind": "volunteer", "user": w.mediator.pk, "organization": "", "part": "lead"},
    ),
    Row("cases:facilitator_end", "officer", case_and("facilitator")),
    Row(
        "cases:conflict_declare", "officer", case_and("helping"), lambda w: {"party": w.party.pk, "result": "none"}
    ),
    Row(
        "cases:screening_record", "officer", case_and("party"),
        fixed(alone="on", concerns=["power"], result="with_changes", changes=["rooms"], note="Comes by bus"),
    ),
    Row(
        "cases:notice_give", "officer", case_and("other_party"),
        lambda w: {"wording": wording("notice").pk, "way": "read"},
    ),
    Row(
        "cases:consent_record", "officer", case_and("other_party"),
        lambda w: {"answer": "consented", "voluntary": "on", "mode": "verbal", "witness": "Ofc. B. Two",
                   "wording": wording("consent").pk},
    ),
    Row(
        "cases:pre_circle_record", "officer", lambda w: [w.circle.reference, w.harmed.handle],
        lambda w: {"met_on": in_days(-1), "ready": "on", "willing": "on", "able": "on", "safe": "on"},
    ),
    Row("cases:circle_fits", "officer", of("circle"), fixed(responsibility="partly", voluntary="on", fits="yes")),
    Row(
        "cases:circle_plan", "officer", of("circle"),
        lambda w: {"version": 1, f"place_{w.harmed.handle.hex}": 1, "with_harmed": "on", "talking_piece": "A stone",
                   "opening": "Welcome", "guidelines": "One speaks", "rounds": "What happened?", "closing": "Thanks"},
    ),
    Row("cases:consent_withdraw", "officer", case_and("consent")),
    Row(
        "cases:gate_override", "supervisor", lambda w: [w.case.reference, "notice", w.notice.pk], fixed(reason=REASON)
    ),
    Row(
        "cases:agreement_create", "officer", of("case"),
        lambda w: {"kind": "partial", "agreed_on": in_days(0), "review_on": in_days(30)},
    ),
    Row(
        "cases:agreement_detail", "officer", case_and("agreement"),
        lambda w: {"who": w.party.pk, "what": "Pay the rest", "by_when": in_days(30), "known_by": "A receipt",
                   "amount": "120.50"},
    ),
    Row(
        "cases:agreement_sign", "officer", case_and("agreement"), lambda w: {"party": w.party.pk, "mode": "paper"}
    ),
    Row(
        "cases:agreement_share", "officer", case_and("agreement"),
        lambda w: {"recipient": "The housing office", "purpose": "The lease",
                   "consented": [w.party.pk, w.other_party.pk]},
    ),
    Row("cases:follow_up_detail", "officer", case_and("follow_up"), lambda w: {"day": in_days(9)}),
    Row(
        "cases:follow_up_hear", "officer",
        lambda w: [w.case.reference, w.follow_up.handle, w.party.handle],
        lambda w: {"mode": "call", **answers_of(w)},
    ),
    Row("cases:follow_up_link", "officer", lambda w: [w.case.reference, w.follow_up.handle, w.party.handle]),
    Row("links:code", "nobody", body=lambda w: {"code": w.link.code}),
    Row("links:follow_up", "nobody", lambda w: [w.link.code], answers_of),
    Row("cases:agency_join", "officer", of("case"), lambda w: agency_body(w) | {"organization": w.organization.pk}),
    Row("cases:agency_detail", "officer", case_and("agency"), lambda w: agency_body(w) | {"seen": "0", "anew": "on"}),
    Row("cases:agency_end", "officer", case_and("agency")),
    Row("cases:agency_link", "officer", case_and("agency"), done=(200,)),
    Row("cases:agency_revoke", "officer", case_and("agency")),
    Row("links:agency", "nobody", lambda w: [w.agency_link.code], fixed(text="The boiler is replaced")),
    Row("cases:term_settle", "officer", case_and("term"), fixed(state="done")),
    Row("cases:term_drop", "officer", case_and("term")),
    Row(
        "cases:note_list", "officer", of("case"),
        lambda w: {"kind": "caucus", "party": w.party.pk, "session": w.past.pk, "text": "What was said"},
    ),
    Row("cases:note_forget", "officer", case_and("note")),
    Row("cases:wording_publish", "coordinator", lambda w: ["notice", "es"], fixed(body="El aviso de ahora")),
    Row("cases:entry_create", "coordinator", lambda w: ["dispute"], fixed(**ENTRY)),
    Row("cases:entry_edit", "coordinator", lambda w: ["source", "court"], fixed(**ENTRY, version=1)),
    Row("cases:entry_retire", "coordinator", lambda w: ["source", "court"]),
    Row("cases:entry_restore", "coordinator", lambda w: ["dispute", "parking"]),
    Row("cases:session_book", "officer", of("case"), booking_body),
    Row("cases:session_move", "officer", case_and("session"), move_body),
    Row("cases:session_cancel", "officer", case_and("session"), fixed(reason="The room is closed")),
    Row(
        "cases:session_record", "officer", case_and("past"), lambda w: {"result": "no_show", "absent": [w.party.pk]}
    ),
    Row("cases:case_export", "officer", query="state=all", body=fixed(reason=REASON), done=(200,)),
    Row("cases:view_save", "officer", body=fixed(name="Noise", query="dispute=noise", is_default="on", shared="on")),
    Row("cases:view_delete", "officer", body=fixed(name="Mine")),
]  # fmt: skip

CORE = [
    Row("core:audit_export", "records", query="kind=sign_in", body=fixed(reason=REASON), done=(200,)),
    Row(
        "core:hold_create", "records",
        body=lambda w: {"object_type": "cases.case", "reference": w.held.reference, "reason": "A lawsuit"},
    ),
    Row("core:hold_lift", "records", lambda w: ["cases.case", w.case.reference]),
    Row(
        "core:request_create", "records",
        body=lambda w: {"kind": "copy", "received_on": in_days(-1), "proof": "Identity card", "name": "Marta",
                        "address": "marta@example.org"},
    ),
    Row("core:request_match", "records", of("received")),
    Row("core:request_choose", "records", of("matched"), fixed(chosen=[])),
    Row("core:request_approve", "second", of("matched"), lambda w: {"seen": w.matched.choice}),
    Row("core:request_refuse", "records", of("matched"), fixed(reason=REASON)),
    Row("core:request_begin", "records", of("approved")),
    Row("core:request_download", "records", of("ready"), done=(200,)),
    Row("core:job_download", "officer", lambda w: [w.job.key], done=(200, 302)),
    Row("core:draft_save", "officer", query="form=cases:case_create&path=/cases/new/", body=fixed(title="Half a case")),
    Row("core:draft_discard", "officer", body=fixed(form="cases:case_create", subject="", next="/desk/")),
]  # fmt: skip

PLACES = [
    Row("areas:at", "nobody", body=fixed(longitude="-39.99", latitude="37.01", level="beat"), done=(200,)),
    Row("areas:venue_create", "coordinator", body=venue_body),
    Row("areas:venue_edit", "coordinator", of("venue"), venue_body),
    Row("areas:area_edit", "coordinator", of("area"), area_body),
    Row("partners:organization_create", "officer", body=organization_body),
    Row("partners:organization_edit", "officer", of("organization"), organization_body),
    Row("partners:contact_add", "officer", of("organization"), person_body),
    Row("partners:contact_edit", "officer", lambda w: [w.organization.reference, w.person.handle], person_body),
    Row("partners:contact_remove", "officer", lambda w: [w.organization.reference, w.person.handle]),
]

EVENTS = [
    Row("events:event_create", "officer", body=new_event_body),
    Row("events:event_edit", "officer", of("event"), event_body),
    Row("events:event_plan", "officer", of("draft_event")),
    Row("events:event_publish", "officer", of("planned_event")),
    Row("events:event_move", "officer", of("event"), moved_event_body),
    Row("events:event_postpone", "officer", of("event"), fixed(told_en="Rain.", told_es="Lluvia.")),
    Row("events:event_cancel", "officer", of("event"), fixed(told_en="Rain.", told_es="Lluvia.")),
    Row("events:event_hold", "officer", of("begun_event")),
    Row("events:event_tally", "officer", of("event"), lambda w: {"key": TAPPED, "age": "adult", "visit": "new"}),
    Row("events:tally_undo", "officer", of("event")),
    Row("events:check_in", "officer", registration_and("expected"), fixed(key=TAPPED, came=2)),
    Row("events:check_in_undo", "officer", registration_and("there"), fixed(key=TAPPED)),
    Row("events:check_in_paper", "officer", of("door_event"), paper_body),
    Row("events:event_close_out", "officer", of("begun_event"), closed_out_body),
    Row("events:raised_note", "officer", of("event"), fixed(what="No light on Test Street", voices=4)),
    Row(
        "events:promise_make",
        "officer",
        of("event"),
        lambda w: {"what": "A lamp", "who": w.staff["officer"].pk, "due_on": "2028-02-29"},
    ),
    Row(
        "events:promise_end",
        "officer",
        lambda w: [w.event.reference, w.promise.handle],
        fixed(kept="no", said="The street is not ours"),
    ),
    Row("events:event_repeat", "officer", of("event"), fixed(every="month", times=3)),
    Row("events:check_add", "officer", of("event"), fixed(text="Call the venue", days=7)),
    Row("events:check_drop", "officer", lambda w: [w.event.reference, w.check_item.handle]),
    Row("events:part_add", "officer", of("event"), lambda w: {"organization": w.organization.pk, "what": "Coffee"}),
    Row("events:part_drop", "officer", lambda w: [w.event.reference, w.part.handle]),
    Row(
        "events:import_create",
        "officer",
        body=lambda w: {
            "organization": w.organization.pk,
            "area": w.area.pk,
            "type": w.event.type.pk,
            "file": CALENDAR,
        },
    ),
    Row("events:import_take", "officer", lambda w: [w.calendar_import.handle]),
    Row(
        "public_events:event_register",
        "nobody",
        of("open_event"),
        lambda w: place_body(w) | {"website": "", "shown": shown()},
    ),
    Row("place:place_find", "nobody", body=lambda w: {"code": w.coming.code}),
    Row("place:place_change", "nobody", token("coming"), lambda w: place_body(w) | {"seen": "1"}),
    Row("place:place_cancel", "nobody", token("coming")),
    Row("place:place_accept", "nobody", token("offered")),
    Row("place:place_wait", "nobody", token("lapsed")),
    Row("events:registration_add", "officer", of("open_event"), lambda w: place_body(w) | {"asked": "on"}),
    Row("events:registration_change", "officer", registration_and("coming"), lambda w: place_body(w) | {"seen": "1"}),
    Row("events:registration_cancel", "officer", registration_and("coming")),
    Row("events:registration_offer", "officer", registration_and("waits")),
    Row("events:registration_accept", "officer", registration_and("offered")),
    Row("events:registration_export", "officer", of("open_event"), fixed(reason=REASON), done=(200,)),
    Row("events:workshop_edit", "officer", of("event"), workshop_body),
    Row("events:program_create", "officer", body=program_body),
    Row("events:program_edit", "officer", of("program"), lambda w: program_body(w) | {"version": 1}),
    Row("events:program_open", "officer", of("draft_program")),
    Row("events:program_run", "officer", of("program")),
    Row("events:program_end", "officer", of("program")),
    Row("events:session_add", "officer", of("program"), lambda w: {"event": w.event.pk, "whole": "on"}),
    Row("events:session_drop", "officer", program_and("program_session")),
    Row(
        "events:attendance_mark",
        "officer",
        program_and("program_session"),
        lambda w: {f"mark_{w.child_enrolled.handle.hex}": "present", f"initial-mark_{w.child_enrolled.handle.hex}": ""},
    ),
    Row("events:enrollment_add", "officer", of("program"), fixed(**CHILD)),
    Row("events:enrollment_change", "officer", program_and("child_enrolled"), fixed(**CHILD)),
    Row(
        "events:consent_take",
        "officer",
        program_and("child_asked"),
        lambda w: {"called": "Marta", "phone": "206-555-0123", "on": in_days(-1), "how": "paper"},
    ),
    Row("events:consent_withdraw", "officer", program_and("child_enrolled")),
    Row("events:enrollment_enroll", "officer", program_and("child_agreed")),
    Row("events:enrollment_wait", "officer", program_and("child_asked")),
    Row("events:enrollment_leave", "officer", program_and("child_enrolled")),
    Row("events:enrollment_complete", "officer", program_and("child_enrolled")),
    Row("events:mentor_add", "officer", of("program"), fixed(named="Silvan")),
    Row("events:mentor_leave", "officer", program_and("program_mentor")),
    Row(
        "events:clearance_enter",
        "officer",
        program_and("program_mentor"),
        lambda w: {"kind": "background", "result": "clear", "checked_on": in_days(-9), "expires_on": "2048-02-29"},
    ),
    Row(
        "events:pairing_make", "officer", program_and("program_mentor"), lambda w: {"enrollment": w.child_alone.handle}
    ),
    Row("events:pairing_resume", "officer", program_and("program_pairing")),
    Row("events:pairing_end", "officer", program_and("program_pairing")),
    Row("events:type_create", "coordinator", body=lambda w: ENTRY | {"label_en": "Story hour", "label_es": "Cuentos"}),
    Row(
        "events:type_edit",
        "coordinator",
        lambda w: [w.event.type.code],
        lambda w: ENTRY | {"label_en": "Story hour", "label_es": "Cuentos", "version": 1},
    ),
    Row("events:type_check_add", "coordinator", lambda w: [w.event.type.code], fixed(text="Call the venue", days=7)),
    Row("events:type_check_drop", "coordinator", lambda w: [w.event.type.code, w.type_check.handle]),
    Row("events:type_retire", "coordinator", lambda w: [w.event.type.code]),
    Row("events:type_restore", "coordinator", lambda w: [w.retired_type.code]),
]

MESSAGES = [
    Row("notices:task_done", "officer", handle("task"), fixed(next="/desk/")),
    Row("notices:task_snooze", "officer", handle("task"), lambda w: {"until": "", "day": in_days(5)}),
    Row("notices:task_undo", "officer", handle("done_task"), fixed(next="/desk/")),
    Row("notices:contact_stop", "officer", lambda w: [w.stop_token], fixed(next="/desk/")),
    Row("notices:notice_retry", "coordinator", handle("dead")),
    Row("notices:notice_give_up", "coordinator", handle("dead")),
    Row("notices:inbound", "nobody", lambda w: ["texts"], fixed(**{"from": "+12065550123", "text": "STOP"}),
        done=(204,), sign=True),
    Row("notices:unsubscribe", "nobody", public, fixed(**{"List-Unsubscribe": "One-Click"}), done=(200,)),
]  # fmt: skip

STAFF = [
    Row(
        "accounts:invitation_create", "coordinator",
        body=lambda w: {"email": "newer@example.org", "name": "Ofc. Newer", "language": "en", "roles": ["officer"],
                        "areas": [w.area.pk]},
    ),
    Row("accounts:invitation_renew", "coordinator", of("invitation")),
    Row("accounts:invitation_withdraw", "coordinator", of("invitation")),
    Row("accounts:invitation_accept", "nobody", lambda w: [w.token],
        fixed(password="a sentence that nobody guesses", again="a sentence that nobody guesses")),
    Row(
        "accounts:user_access", "coordinator", of("leaver"),
        lambda w: {"name": "Ofc. L. Eaver", "roles": ["officer", "mediator"], "areas": [w.area.pk]},
    ),
    Row("accounts:user_enable", "coordinator", of("disabled")),
    Row("accounts:user_end_sessions", "coordinator", of("leaver")),
    Row("accounts:user_release", "coordinator", of("leaver")),
    Row("accounts:user_reset_factor", "coordinator", of("with_codes"), fixed(reason="Lost phone, came in person")),
    Row("accounts:duty_roster", "coordinator", body=duties),
    Row("accounts:my_display", "officer", body=fixed(public_name="on", shortcuts="on")),
    Row("accounts:my_calendar", "officer"),
    Row(
        "accounts:my_contact", "officer",
        body=fixed(phone="206-555-0142", may_sms="on", may_email="on", hours_from="08:00", hours_to="", language="es"),
    ),
    Row("accounts:unsent_drop", "officer", lambda w: [w.unsent.pk]),
    Row("desk:leaving", "coordinator", of("leaver")),
    Row("desk:hand_over", "supervisor", of("leaver"),
        lambda w: {w.leavers_case.reference: w.staff["officer"].reference}),
    Row("desk:ask_to_disable", "supervisor", of("leaver")),
    Row("portal:theme", "nobody", body=fixed(theme="dark", next="/about/privacy/")),
    Row("portal:text_edit", "coordinator", lambda w: ["privacy", "en"],
        fixed(title="Privacy", body="## What we keep\n\nLittle. Call {phone}.")),
    Row("portal:text_publish", "coordinator", lambda w: ["privacy", "en", 1]),
]  # fmt: skip

PUBLISHING = [
    Row("portal:update_create", "officer", body=fixed(**UPDATE)),
    Row(
        "portal:update_edit", "officer", of("update"),
        lambda w: {**UPDATE, "version": w.update.newest.version},
    ),
    Row("portal:update_send", "officer", of("update")),
    Row("portal:update_approve", "supervisor", of("waiting"), lambda w: {"seen": w.waiting.newest.version}),
    Row("portal:update_send_back", "supervisor", of("waiting"), fixed(note="Say which library")),
    Row("portal:update_change", "officer", of("public")),
    Row(
        "portal:update_withdraw", "supervisor", of("other_public"),
        fixed(why_en="It was called off", why_es="Fue cancelado"),
    ),
    Row("portal:update_renew", "officer", of("other_public"), lambda w: {"review_on": in_days(200)}),
    Row("portal:post_create", "officer", body=lambda w: {**POST, "update": w.public.pk}),
    Row("portal:post_edit", "officer", of("post"), lambda w: {**POST, "event": w.event.pk, "version": w.post.version}),
    Row("portal:post_send", "officer", of("post")),
    Row("portal:post_approve", "supervisor", of("waiting_post"), lambda w: {"seen": w.waiting_post.version}),
    Row("portal:post_send_back", "supervisor", of("waiting_post"), fixed(note="Shorter")),
    Row("portal:post_schedule", "officer", of("approved_post"), lambda w: {"day": in_days(3), "clock": "10:30"}),
    Row("portal:post_now", "officer", of("approved_post")),
    Row(
        "portal:post_by_hand", "officer", of("approved_post"),
        fixed(which="long-es", place="Library", link="https://social.example/7"),
    ),
    Row("portal:post_withdraw", "officer", of("approved_post"), fixed(why="The day is over")),
    Row("portal:post_correct", "officer", of("posted")),
    Row("portal:posting_retry", "officer", lambda w: [w.posted.reference, w.failed.handle]),
    Row("portal:posting_confirm", "officer", lambda w: [w.posted.reference, w.failed.handle]),
]  # fmt: skip

SIGN_IN = [
    Row("account_login", "nobody", body=lambda w: {"login": w.staff["officer"].email, "password": PASSWORD}),
    Row("account_logout", "officer"),
    Row("account_reauthenticate", "officer", body=fixed(password=PASSWORD)),
    Row("account_change_password", "officer",
        body=fixed(oldpassword=PASSWORD, password1="another long sentence", password2="another long sentence")),
    Row("account_reset_password", "nobody", body=lambda w: {"email": w.leaver.email}),
    Row("account_reset_password_from_key", "resetting", lambda w: [w.reset_uid, "set-password"],
        fixed(password1="another long sentence", password2="another long sentence")),
    Row("mfa_authenticate", "half", body=lambda w: {"code": code_of()}),
    Row("mfa_reauthenticate", "coded", body=lambda w: {"code": code_of()}),
    Row("mfa_activate_totp", "officer", body=fixed(code="123456"), key=True),
    Row("mfa_deactivate_totp", "coded"),
    Row("mfa_generate_recovery_codes", "coded"),
    Row("mfa_add_webauthn", "officer", body=fixed(name="My key", passwordless="on", credential=CREDENTIAL), key=True),
    Row("mfa_reauthenticate_webauthn", "keyed", body=fixed(credential=CREDENTIAL), key=True),
    Row("mfa_login_webauthn", "nobody", body=fixed(credential=CREDENTIAL), key=True),
    Row("mfa_edit_webauthn", "keyed", lambda w: [w.passkey.pk], fixed(name="Key at home")),
    Row("mfa_remove_webauthn", "keyed", lambda w: [w.passkey.pk]),
    Row("usersessions_list", "officer"),
]  # fmt: skip

ROWS = [*CASE, *CORE, *PLACES, *EVENTS, *MESSAGES, *STAFF, *SIGN_IN, *PUBLISHING]
