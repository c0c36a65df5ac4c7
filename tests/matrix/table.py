"""What each address answers to whom: the one table to which every new address adds its line.

`public(...)` asks nobody who they are. `staff(...)` is for everybody on the staff. `role(who, ...)` answers 403 to all
others. `of(object, who, ...)` is about one record: others get 404, as for a record that does not exist, and those in
`knows`, who see the record and may not do this, 403. `get` and `post` are the statuses for those who may, of a bare
GET and of an empty form; None is 405. Anonymous people are sent to the sign-in page by all but public addresses.
"""

from dataclasses import dataclass, field

from tests.matrix.actors import (
    ANALYST,
    APPROVERS,
    COLLEAGUE,
    COORDINATOR,
    COORDINATORS,
    EDITORS_OF_ORGANIZATIONS,
    HALF,
    MEDIATOR,
    MEDIATORS,
    OFFICER,
    OFFICERS,
    OUTSIDE,
    OWNER,
    READERS_OF_ORGANIZATIONS,
    READERS_OF_REQUESTS,
    RECORDS_OFFICERS,
    STAFF,
    SUPERVISOR,
    SUPERVISORS,
    TEAM,
    WRITERS,
)

EVERYBODY = STAFF | OUTSIDE | {HALF}
NOT_ALLOWED, NOT_YOURS, NOT_KNOWN, ELSEWHERE = 405, 403, 404, 302


@dataclass(frozen=True)
class Line:
    """What one address answers, about one object of the world where it is about one."""

    kind: str
    may: frozenset
    get: int | None = None
    post: int | None = None
    at: str = ""
    knows: frozenset = frozenset()
    query: str = ""
    # What some actors get in spite of the rest: {actor: (get, post)}.
    but: dict = field(default_factory=dict, hash=False)
    # What somebody without a second factor gets of a page that sets one up; of all others they get nothing.
    half: tuple | None = None

    def answers(self, actor, method):
        """The status that this actor gets for a method."""
        if method not in ("GET", "HEAD", "POST"):
            return NOT_ALLOWED
        if self.kind == "closed":
            return NOT_KNOWN
        if self.kind != "public" and (actor in OUTSIDE or actor == HALF and self.half is None):
            return ELSEWHERE
        own = self.half if actor == HALF else None
        get, post = own or self.but.get(actor, (self.get, self.post))
        if {"GET": self.get, "HEAD": self.get, "POST": self.post}.get(method) is None:
            return NOT_ALLOWED
        if own or actor in self.but or actor in self.may:
            return (post if method == "POST" else get) or NOT_ALLOWED
        return NOT_YOURS if self.kind == "role" or actor in self.knows else NOT_KNOWN

    def absent(self, actor, method):
        """The status where the object does not exist: who would not learn of it gets what they always get."""
        answer = self.answers(actor, method)
        if actor in OUTSIDE | {HALF} or answer == NOT_ALLOWED:
            return answer
        return answer if self.kind == "role" and actor not in self.may else NOT_KNOWN


def public(get=None, post=None, *, inside=None, **more):
    """`inside` is what the staff gets where that differs: (get, post)."""
    but = dict.fromkeys({*STAFF, HALF}, inside) if inside else {}
    return [Line("public", EVERYBODY, get, post, but=but, **more)]


def staff(get=None, post=None, **more):
    return [Line("staff", STAFF, get, post, **more)]


def role(may, get=None, post=None, **more):
    return [Line("role", frozenset(may), get, post, **more)]


def of(at, may, get=None, post=None, **more):
    return [Line("object", frozenset(may), get, post, at=at, **more)]


def of_case(at, may, get=None, post=None, *, knows=(), colleague=False):
    """About a case of the team, and once more about one that the whole unit may read, which a colleague then may not
    work on unless `colleague` says so.
    """
    rest = frozenset(knows)
    reads = {"may": frozenset(may) | {COLLEAGUE}} if colleague else {"may": frozenset(may)}
    unit = Line("object", get=get, post=post, at=f"unit {at}", knows=rest | {COLLEAGUE}, **reads)
    return [*of(at, may, get, post, knows=rest), unit]


def of_text(at, may, get=None, post=None):
    """About an update or a post: all who write for residents see it."""
    return of(at, may, get, post, knows=WRITERS - frozenset(may))


CLOSED = [Line("closed", EVERYBODY)]
APPOINTS = TEAM - {MEDIATOR}

KERNEL = {
    "healthz": public(200),
    "readyz": public(200),
    "core:audit_list": role(RECORDS_OFFICERS, 200),
    "core:audit_export": role(RECORDS_OFFICERS, 200, 200),
    "core:history_detail": role(RECORDS_OFFICERS, 200, at="history"),
    "core:retention_list": role(RECORDS_OFFICERS, 200),
    "core:hold_create": role(RECORDS_OFFICERS, 200, 200),
    "core:hold_lift": role(RECORDS_OFFICERS, 200, 302, at="hold"),
    "core:request_list": role(READERS_OF_REQUESTS, 200),
    "core:request_create": role(RECORDS_OFFICERS, 200, 200),
    "core:request_detail": of("request", READERS_OF_REQUESTS, 200),
    "core:request_match": of("request", RECORDS_OFFICERS, None, 302, knows=SUPERVISORS),
    "core:request_choose": of("request", RECORDS_OFFICERS, None, 302, knows=SUPERVISORS),
    "core:request_approve": of("request", SUPERVISORS, None, 409, knows=RECORDS_OFFICERS),
    "core:request_refuse": of("request", READERS_OF_REQUESTS, 200, 200),
    "core:request_begin": of("request", RECORDS_OFFICERS, None, 409, knows=SUPERVISORS),
    "core:request_download": of("request", RECORDS_OFFICERS, None, 409, knows=SUPERVISORS),
    "core:job_detail": of("job", OWNER, 200),
    "core:job_download": of("job", OWNER, None, 200),
    "core:draft_save": staff(None, 302, query="form=cases:case_create&path=/cases/new/"),
    "core:draft_detail": of("draft", OWNER, 200, query="form=cases:case_edit&subject=kept&at=/cases/"),
    "core:draft_discard": staff(None, 302),
}
PORTAL = {
    "portal:home": public(200),
    "portal:page": public(200, at="page"),
    "portal:contact": public(200),
    "portal:display": public(200),
    "portal:theme": public(None, 302),
    "portal:language": public(302, at="language"),
    "portal:robots": public(200),
    "portal:security": public(200),
    "portal:text_list": role(COORDINATORS, 200),
    "portal:text_edit": role(COORDINATORS, 200, 200, at="page in a language"),
    "portal:text_preview": role(COORDINATORS, 200, at="text"),
    "portal:text_publish": role(COORDINATORS, None, 302, at="text"),
}
# What the officer began: they work on it, and those who let such texts out.
WORKING = APPROVERS | OWNER
PUBLISHING = {
    "portal:updates": public(200),
    "portal:update_rss": public(200),
    "portal:update_atom": public(200),
    "portal:update": [*public(200, at="public update"), *public(410, at="withdrawn update")],
    "portal:update_list": role(WRITERS, 200),
    "portal:update_create": role(WRITERS, 200, 200),
    "portal:update_detail": of_text("update", WRITERS, 200),
    "portal:update_edit": of_text("update", WORKING, 200, 200),
    "portal:update_send": of_text("update", WORKING, None, 302),
    # Nobody approves what they were not shown.
    "portal:update_approve": of_text("waiting update", APPROVERS, None, 409),
    "portal:update_send_back": of_text("waiting update", WORKING, 200, 200),
    "portal:update_change": of_text("public update", WORKING, None, 302),
    "portal:update_withdraw": of_text("public update", APPROVERS, 200, 200),
    "portal:update_renew": of_text("public update", WORKING, 200, 200),
    "portal:post_list": role(WRITERS, 200),
    "portal:post_create": role(WRITERS, 200, 200),
    "portal:post_detail": of_text("post", WRITERS, 200),
    "portal:post_edit": of_text("post", WORKING, 200, 200),
    "portal:post_send": of_text("post", WORKING, None, 302),
    "portal:post_approve": of_text("waiting post", APPROVERS, None, 409),
    "portal:post_send_back": of_text("waiting post", WORKING, 200, 200),
    "portal:post_schedule": of_text("approved post", WORKING, 200, 200),
    # No channel is set up here.
    "portal:post_now": of_text("approved post", WORKING, None, 409),
    "portal:post_by_hand": of_text("approved post", WORKING, 200, 200),
    "portal:post_withdraw": of_text("approved post", WORKING, 200, 200),
    "portal:post_correct": of_text("posted post", WORKING, None, 302),
    "portal:posting_retry": of_text("failed posting", WORKING, None, 302),
    "portal:posting_confirm": of_text("failed posting", WORKING, None, 302),
}
NOTICES = {
    "notices:task_list": staff(200),
    "notices:task_detail": of("task", OWNER, 200),
    "notices:task_done": of("task", OWNER, None, 302),
    "notices:task_snooze": of("task", OWNER, None, 422),
    "notices:task_undo": of("task", OWNER, None, 302),
    "notices:contact_stop": of("contact", OWNER, None, 302),
    "notices:operation": role(COORDINATORS, 200),
    "notices:notice_retry": role(COORDINATORS, None, 302, at="notice"),
    "notices:notice_give_up": role(COORDINATORS, None, 302, at="notice"),
    # Nothing that is not signed by a provider is even read.
    "notices:inbound": public(None, 403, at="provider"),
    "notices:unsubscribe": public(200, 200, at="stop link"),
}
# Who holds the link uses it; nobody signs in for it, and being signed in changes nothing.
LINKS = {
    "links:code": public(200, 200),
    "links:follow_up": public(200, 200, at="link of a follow-up"),
    "links:agency": public(200, 200, at="link of an agency"),
    "links:calendar": public(200, at="calendar"),
}
DESK = {
    "desk:my_day": staff(200),
    "desk:supervisor": role(SUPERVISORS, 200),
    "desk:outcomes": role(SUPERVISORS, 200),
    "desk:search": staff(200, query="q=canary"),
    "desk:new": staff(200),
    "desk:choose_case": role(OFFICERS | SUPERVISORS | MEDIATORS, 200),
    "desk:menu": staff(200),
    "desk:keys": staff(200),
    "desk:drafts": staff(200),
    "desk:leaving": of("person", COORDINATORS, 200, 302, knows=OWNER | SUPERVISORS),
    "desk:hand_over": of("person", SUPERVISORS | OWNER, 200, 302, knows=COORDINATORS),
    "desk:ask_to_disable": of("person", SUPERVISORS | OWNER, None, 302, knows=COORDINATORS),
}
AREAS = {
    "areas:at": public(None, 400),
    "areas:venue_list": staff(200),
    "areas:venue_create": role(COORDINATORS, 200, 200),
    "areas:venue_detail": of("venue", STAFF, 200),
    "areas:venue_edit": of("venue", COORDINATORS, 200, 200, knows=STAFF),
    "areas:area_list": staff(200),
    "areas:area_detail": of("area", STAFF, 200),
    "areas:area_edit": of("area", COORDINATORS, 200, 200, knows=STAFF),
}
CASES = {
    "cases:case_list": staff(200),
    "cases:case_export": role(OFFICERS | SUPERVISORS, 200, 200),
    "cases:case_assign_several": role(SUPERVISORS, 200, 200),
    "cases:view_save": role(OFFICERS | SUPERVISORS | MEDIATORS, None, 302),
    "cases:view_delete": staff(None, 404),
    "cases:case_create": role(OFFICERS | SUPERVISORS, 200, 200),
    "cases:case_similar": staff(200),
    "cases:case_sources": staff(200),
    "cases:override_list": role(SUPERVISORS, 200),
    "cases:wording_list": role(COORDINATORS, 200),
    "cases:wording_publish": role(COORDINATORS, 200, 200, at="wording"),
    "cases:entry_list": role(COORDINATORS, 200),
    "cases:entry_create": role(COORDINATORS, 200, 200, at="list"),
    "cases:entry_edit": role(COORDINATORS, 200, 200, at="entry"),
    "cases:entry_retire": role(COORDINATORS, 200, 302, at="entry"),
    "cases:entry_restore": role(COORDINATORS, 200, 302, at="retired entry"),
    "cases:glass_list": role(SUPERVISORS | COORDINATORS, 200),
    "cases:case_detail": [
        *of_case("case", TEAM, 200, colleague=True),
        # Supervisors of the area are led to the page that asks for their reason.
        *of("sealed case", {OFFICER, MEDIATOR}, 200, but={SUPERVISOR: (302, None)}),
    ],
    "cases:case_timeline": [*of_case("case", TEAM, 200, colleague=True), *of("sealed case", {OFFICER, MEDIATOR}, 200)],
    "cases:case_print": [*of_case("case", TEAM, 200, colleague=True), *of("sealed case", {OFFICER, MEDIATOR}, 200)],
    "cases:case_edit": [*of_case("case", TEAM, 200, 200), *of("sealed case", {OFFICER, MEDIATOR}, 200, 200)],
    "cases:case_assign": of_case("case", APPOINTS, 200, 200, knows={MEDIATOR}),
    "cases:case_hold": of_case("case", TEAM, 200, 200),
    "cases:case_resume": of("held case", TEAM, 200, 302),
    "cases:case_refer_out": of_case("case", TEAM, 200, 200),
    "cases:case_close": of_case("case", TEAM, 200, 200),
    "cases:case_reopen": of("closed case", TEAM, 200, 200),
    "cases:case_merge": of_case("case", TEAM, 200, 200),
    "cases:case_merge_undo": of("merged case", TEAM, 200, 302),
    "cases:case_access": of_case("case", TEAM, 200, 200),
    "cases:case_break_glass": of("sealed case", {SUPERVISOR}, 200, 200),
    "cases:seal_lift_ask": of("sealed case", {OFFICER, MEDIATOR}, 200, 200),
    "cases:seal_lift_decide": of(
        "sealed case", {OFFICER, MEDIATOR, SUPERVISOR}, 200, 302, but={OFFICER: (200, NOT_YOURS)}
    ),
    "cases:contact_create": of_case("case", TEAM, 200, 200, colleague=True),
    "cases:party_add": of_case("case", TEAM, 200, 200),
    "cases:party_edit": of_case("party", TEAM, 200, 200),
    "cases:party_remove": of_case("party", TEAM, 200, 302),
    "cases:facilitator_add": of_case("case", APPOINTS, 200, 200, knows={MEDIATOR}),
    "cases:facilitator_end": of_case("facilitator", APPOINTS, 200, 302, knows={MEDIATOR}),
    # Everybody declares for themselves, and screening is for the facilitators alone.
    "cases:conflict_declare": of_case("facilitator", {MEDIATOR}, 200, 200, knows=APPOINTS),
    "cases:screening_record": of_case("party", {MEDIATOR}, 200, 200, knows=APPOINTS),
    "cases:pre_circle_record": of_case("party of a circle", {MEDIATOR}, 200, 200, knows=APPOINTS),
    "cases:circle_detail": of_case("circle", TEAM, 200, colleague=True),
    "cases:circle_fits": of_case("circle", TEAM, 200, 200),
    "cases:circle_plan": of_case("circle", TEAM, 200, 409),
    "cases:letter_list": of_case("party", TEAM, 200),
    "cases:letter_print": [
        *of_case("letter", TEAM, 200),
        *of_case("blank screening", {MEDIATOR}, 200, knows=APPOINTS),
    ],
    "cases:notice_give": of_case("party", TEAM, 200, 200),
    "cases:consent_record": of_case("party", TEAM, 200, 200),
    "cases:consent_withdraw": of_case("consent", TEAM, 200, 302),
    "cases:gate_override": of_case("lapsed", {SUPERVISOR}, 200, 200, knows=TEAM - {SUPERVISOR}),
    "cases:agreement_create": of_case("case", TEAM, 200, 200),
    "cases:agreement_detail": of_case("agreement", TEAM, 200, 200),
    "cases:agreement_sign": of_case("agreement", TEAM, 200, 200),
    "cases:agreement_share": of_case("agreement", TEAM, 200, 200),
    "cases:agreement_print": of_case("agreement in a language", TEAM, 200),
    "cases:term_settle": of_case("term", TEAM, 200, 200),
    "cases:term_drop": of_case("term", TEAM, 200, 302),
    "cases:follow_up_detail": of_case("follow-up", TEAM, 200, 200),
    "cases:follow_up_hear": of_case("follow-up of a side", TEAM, 200, 200),
    "cases:follow_up_link": of_case("follow-up of a side", TEAM, 200, 302),
    "cases:follow_up_print": of_case("follow-up of a side in a language", TEAM, 200),
    "cases:agency_join": of_case("case", TEAM, 200, 200),
    "cases:agency_detail": of_case("agency", TEAM, 200, 200),
    "cases:agency_end": of_case("agency", TEAM, 200, 302),
    "cases:agency_link": of_case("agency", TEAM, 200, 200),
    "cases:agency_revoke": of_case("agency", TEAM, 200, 302),
    "cases:note_list": of_case("case", {MEDIATOR}, 200, 200, knows=APPOINTS),
    "cases:note_forget": of_case("note", {MEDIATOR}, 200, 302, knows=APPOINTS),
    "cases:session_book": of_case("case", TEAM, 200, 200),
    "cases:session_move": of_case("session", TEAM, 200, 200),
    "cases:session_cancel": of_case("session", TEAM, 200, 200),
    "cases:session_record": of_case("session", TEAM, 200, 200),
}
ONLY_READ = READERS_OF_ORGANIZATIONS - EDITORS_OF_ORGANIZATIONS
PARTNERS = {
    "partners:organization_list": staff(200),
    "partners:organization_create": role(EDITORS_OF_ORGANIZATIONS, 200, 200),
    "partners:organization_detail": of("organization", READERS_OF_ORGANIZATIONS, 200),
    "partners:organization_edit": of("organization", EDITORS_OF_ORGANIZATIONS, 200, 200, knows=ONLY_READ),
    "partners:contact_add": of("organization", EDITORS_OF_ORGANIZATIONS, 200, 200, knows=ONLY_READ),
    "partners:contact_edit": of("organization's person", EDITORS_OF_ORGANIZATIONS, 200, 200, knows=ONLY_READ),
    "partners:contact_remove": of("organization's person", EDITORS_OF_ORGANIZATIONS, 200, 302, knows=ONLY_READ),
}
PLANNERS = OFFICERS | SUPERVISORS | COORDINATORS
# The officer leads the events of the world, which lie in their area.
CHANGE = {OFFICER, SUPERVISOR, COORDINATOR}


def of_event(at, get=None, post=None):
    return of(at, CHANGE, get, post, knows=PLANNERS - CHANGE)


def of_program(at, get=None, post=None):
    return of(at, CHANGE, get, post, knows=PLANNERS - CHANGE)


def of_names(at, get=None, post=None):
    """Who takes part in a program is read by the officer, who leads it, and by nobody who is not on its staff."""
    return of(at, OWNER, get, post, knows=PLANNERS - OWNER)


EVENTS = {
    "public_events:event_calendar": public(200),
    "public_events:event_month": public(200),
    "public_events:event_map": public(200),
    "public_events:event_feed": public(200),
    "public_events:news_rss": public(200),
    "public_events:news_atom": public(200),
    "public_events:event_page": public(200, at="event"),
    "public_events:event_file": public(200, at="event"),
    "public_events:event_flyer": public(200, at="event in a language"),
    "public_events:event_card": public(200, at="event in a language"),
    "public_events:event_register": public(200, 200, at="registering event"),
    "place:place_find": public(200, 200),
    "place:place_detail": public(200, at="place"),
    "place:place_change": public(200, 200, at="place"),
    "place:place_cancel": public(200, 302, at="place"),
    "place:place_accept": public(None, 302, at="offered place"),
    "place:place_wait": public(None, 302, at="lapsed place"),
    "events:event_list": role(PLANNERS, 200),
    "events:event_create": role(PLANNERS, 200, 200),
    "events:plan_month": role(PLANNERS, 200),
    "events:event_figures": role(SUPERVISORS | COORDINATORS | {ANALYST}, 200),
    "events:import_create": role(PLANNERS, 200, 200),
    # The officer uploaded it; everybody learns of no file but their own.
    "events:import_detail": of("calendar file", OWNER, 200),
    "events:import_take": of("calendar file", OWNER, None, 302),
    "events:type_list": role(COORDINATORS, 200),
    "events:type_create": role(COORDINATORS, 200, 200),
    "events:type_edit": role(COORDINATORS, 200, 200, at="type"),
    "events:type_check_add": role(COORDINATORS, 200, 200, at="type"),
    "events:type_check_drop": role(COORDINATORS, None, 302, at="item of a type"),
    "events:type_retire": role(COORDINATORS, 200, 302, at="type"),
    "events:type_restore": role(COORDINATORS, 200, 302, at="retired type"),
    "events:event_detail": of("event", PLANNERS, 200),
    "events:event_edit": of_event("event", 200, 200),
    "events:event_plan": of_event("draft event", 200, 302),
    "events:event_publish": of_event("planned event", 200, 302),
    "events:event_move": of_event("event", 200, 200),
    "events:event_postpone": of_event("event", 200, 302),
    "events:event_cancel": of_event("event", 200, 302),
    "events:event_hold": of_event("begun event", None, 302),
    "events:event_repeat": of_event("event", 200, 200),
    "events:workshop_edit": of_event("event", 200, 200),
    "events:event_tally": of_event("event", 200, 422),
    "events:tally_undo": of_event("event", None, 302),
    "events:check_in_list": of_event("begun registering event", 200),
    "events:check_in": of_event("begun registration", None, 422),
    "events:check_in_undo": of_event("begun registration", None, 422),
    "events:check_in_paper": of_event("begun registering event", 200, 302),
    "events:event_close_out": of_event("begun event", 200, 200),
    "events:raised_note": of_event("event", 200, 200),
    "events:promise_make": of_event("event", 200, 200),
    "events:promise_end": of_event("promise at an event", 200, 200),
    "events:check_add": of_event("event", 200, 200),
    "events:check_drop": of_event("item of an event", None, 302),
    "events:part_add": of_event("event", 200, 200),
    "events:part_drop": of_event("part in an event", None, 302),
    # Names are for those who make the event happen.
    "events:registration_list": of_event("registering event", 200),
    "events:registration_add": of_event("registering event", 200, 200),
    "events:registration_print": of_event("registering event", 200),
    "events:registration_export": of_event("registering event", 200, 200),
    "events:registration_change": of_event("registration", 200, 200),
    "events:registration_cancel": of_event("registration", 200, 302),
    "events:registration_offer": of_event("waiting registration", None, 302),
    "events:registration_accept": of_event("offered registration", None, 302),
    "events:program_list": role(PLANNERS, 200),
    "events:program_create": role(PLANNERS, 200, 200),
    "events:program_detail": of("program", PLANNERS, 200),
    "events:program_edit": of_program("program", 200, 200),
    "events:program_open": of_program("draft program", None, 302),
    "events:program_run": of_program("program", None, 302),
    "events:program_end": of_program("program", 200, 302),
    "events:session_add": of_program("program", 200, 200),
    "events:session_drop": of_program("session of a program", None, 302),
    "events:attendance_grid": of_names("program", 200),
    # A page on which nothing was changed is saved as it is.
    "events:attendance_mark": of_names("session of a program", 200, 302),
    "events:enrollment_list": of_names("program", 200),
    "events:enrollment_add": of_names("program", 200, 200),
    "events:enrollment_detail": of_names("enrollment", 200),
    "events:enrollment_change": of_names("enrollment", 200, 200),
    "events:consent_take": of_names("enrollment that was asked for", 200, 200),
    "events:consent_withdraw": of_names("enrollment", 200, 302),
    # Nobody goes round a guardian.
    "events:enrollment_enroll": [
        *of_names("enrollment that was asked for", None, 409),
        *of_names("enrollment that was agreed to", None, 302),
    ],
    "events:enrollment_wait": of_names("enrollment that was asked for", None, 302),
    "events:enrollment_leave": of_names("enrollment", None, 302),
    "events:enrollment_complete": of_names("enrollment", None, 302),
    "events:mentor_list": of_names("program", 200),
    "events:mentor_add": of_names("program", 200, 200),
    "events:mentor_leave": of_names("mentor", None, 302),
    "events:clearance_enter": of_names("mentor", 200, 200),
    "events:pairing_make": of_names("mentor", 200, 200),
    "events:pairing_resume": of_names("suspended pairing", None, 302),
    "events:pairing_end": of_names("suspended pairing", None, 302),
}
ACCOUNTS = {
    "accounts:staff_list": role(COORDINATORS, 200),
    "accounts:invitation_create": role(COORDINATORS, 200, 200),
    "accounts:invitation_renew": of("invitation", COORDINATORS, None, 302),
    "accounts:invitation_withdraw": of("invitation", COORDINATORS, None, 302),
    # The person is the officer, who finds their own account and may not change it.
    "accounts:user_detail": of("person", COORDINATORS, 200, knows=OWNER),
    "accounts:user_access": of("person", COORDINATORS, 200, 200, knows=OWNER),
    "accounts:user_enable": of("person", COORDINATORS, None, 409, knows=OWNER),
    "accounts:user_end_sessions": of("person", COORDINATORS, None, 302, knows=OWNER),
    "accounts:user_release": of("person", COORDINATORS, None, 302, knows=OWNER),
    "accounts:user_reset_factor": of("person", COORDINATORS, 200, 200, knows=OWNER),
    "accounts:duty_roster": role(SUPERVISORS | COORDINATORS, 200, 302),
    "accounts:my_settings": staff(200),
    "accounts:my_display": staff(None, 302),
    "accounts:my_contact": staff(None, 200),
    "accounts:my_calendar": staff(None, 302),
    "accounts:unsent": staff(200),
    "accounts:unsent_drop": of("unsent", OWNER, None, 302),
    "accounts:invitation_accept": public(200, 200, at="invitation link", inside=(409, 409)),
}
SIGN_IN = {
    "account_home": staff(302, 302),
    "account_signup": CLOSED,
    "account_email": CLOSED,
    "account_email_verification_sent": CLOSED,
    "account_confirm_email": [Line("closed", EVERYBODY, at="confirmation")],
    "account_confirm_login_code": CLOSED,
    "account_set_password": CLOSED,
    "account_login": public(200, 200, inside=(302, 302)),
    "account_logout": public(302, 302, inside=(200, 302)),
    "account_inactive": public(200),
    "account_reauthenticate": staff(200, 200, half=(200, 200)),
    "account_change_password": staff(200, 200),
    "account_reset_password": public(200, 200),
    "account_reset_password_done": public(200),
    "account_reset_password_from_key": public(200, 200, at="reset link"),
    "account_reset_password_from_key_done": public(200),
    "mfa_index": staff(200, half=(200, None)),
    "mfa_authenticate": public(302, 302),
    "mfa_reauthenticate": staff(200, 200, half=(302, 302)),
    "mfa_activate_totp": staff(302, 302, half=(200, 200)),
    "mfa_deactivate_totp": staff(200, 302),
    "mfa_view_recovery_codes": staff(200, half=(404, None)),
    "mfa_generate_recovery_codes": staff(200, 302),
    "mfa_download_recovery_codes": staff(200),
    "mfa_list_webauthn": staff(200, half=(200, None)),
    "mfa_add_webauthn": staff(200, 200, half=(200, 200)),
    # Only somebody with a passkey is asked for it.
    "mfa_reauthenticate_webauthn": staff(302, 302, but={OFFICER: (200, 302)}, half=(302, 302)),
    "mfa_remove_webauthn": of("passkey", OWNER, 200, 302),
    "mfa_edit_webauthn": of("passkey", OWNER, 200, 200),
    "mfa_login_webauthn": public(302, 302),
    "usersessions_list": staff(200, 302),
}
TABLE = KERNEL | PORTAL | PUBLISHING | NOTICES | LINKS | DESK | AREAS | CASES | EVENTS | PARTNERS | ACCOUNTS | SIGN_IN
