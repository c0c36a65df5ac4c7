"""One page for each address that is only read: who reads it, where, and what its query string may ask for."""

from tests.fuzz.rows import Row, handle, of

COMMON = ("page", "size", "sort", "q", "next", "show", "state")
CASE_LIST = (*COMMON, "area", "assigned", "risk", "process", "dispute", "silent", "overdue", "mine", "view")
AUDIT = ("who", "kind", "act", "reference", "start", "end", "sealed", "before")
EVENT_LIST = ("area", "type", "held_in", "step_free")
DRAFT = ("form", "subject", "at", "path")

# What each page reads from its address beyond what is tried on all.
ASKS = {
    "cases:case_list": CASE_LIST,
    "cases:case_export": CASE_LIST,
    "cases:case_assign_several": CASE_LIST,
    "cases:case_merge": ("keep",),
    "cases:case_similar": ("place", "area"),
    "cases:case_timeline": ("tab", "page", "before", "kind"),
    "cases:case_detail": ("tab", "page"),
    "cases:contact_create": ("party",),
    "cases:consent_record": ("guardian",),
    "core:audit_list": AUDIT,
    "core:audit_export": AUDIT,
    "core:draft_detail": DRAFT,
    "accounts:staff_list": ("role", "area", "page", "q", "state"),
    "accounts:duty_roster": ("week",),
    "areas:area_list": ("level", "page", "q", "show"),
    "areas:venue_list": ("neutral", "step_free", "page", "q", "show"),
    "partners:organization_list": ("kind", "former", "page", "q"),
    "events:event_list": ("when", "type", "area", "mine", "page", "q", "state"),
    "public_events:event_calendar": (*EVENT_LIST, "page"),
    "public_events:event_month": (*EVENT_LIST, "month"),
    "public_events:event_map": EVENT_LIST,
    "public_events:event_feed": (*EVENT_LIST, "language", "expand"),
    "public_events:news_rss": (*EVENT_LIST, "language"),
    "public_events:news_atom": (*EVENT_LIST, "language"),
    "events:plan_month": ("month",),
    "events:event_figures": ("month",),
    "events:registration_list": ("page",),
    "events:check_in_list": ("q",),
    "events:program_list": ("state", "page"),
    "desk:supervisor": ("area",),
    "desk:outcomes": ("area", "span"),
    "portal:contact": ("area",),
    "portal:updates": ("kind", "page"),
    "portal:update_rss": ("language",),
    "portal:update_atom": ("language",),
    "portal:update_list": ("state", "kind", "page"),
    "portal:post_list": ("state", "page"),
    "portal:language": ("next",),
    "account_login": ("next", "login"),
}


def seen(world):
    return ["cases.case", world.case.reference]


PROGRAM = ("program_detail", "enrollment_list", "attendance_grid", "mentor_list")
PAGES = [
    *(Row(name, "nobody") for name in ("healthz", "readyz", "portal:home", "portal:contact", "portal:display")),
    *(Row(name, "nobody") for name in ("portal:robots", "portal:security", "account_inactive")),
    *(Row(name, "nobody") for name in ("account_reset_password_done", "account_reset_password_from_key_done")),
    Row("portal:page", "nobody", lambda w: ["privacy"]),
    Row("portal:language", "nobody", lambda w: ["es"]),
    *(
        Row(f"desk:{name}", "supervisor")
        for name in ("my_day", "supervisor", "outcomes", "search", "new", "choose_case")
    ),
    *(Row(f"desk:{name}", "officer") for name in ("menu", "keys", "drafts")),
    *(Row(f"cases:{name}", "officer") for name in ("case_list", "case_similar", "case_sources")),
    *(Row(f"cases:{name}", "officer", of("case")) for name in ("case_detail", "case_timeline", "case_print")),
    Row("cases:circle_detail", "officer", of("circle")),
    Row("links:calendar", "nobody", lambda w: [w.feed.token]),
    Row("cases:glass_list", "supervisor"),
    Row("cases:override_list", "supervisor"),
    Row("cases:agreement_print", "officer", lambda w: [w.case.reference, w.agreement.handle, "es"]),
    Row("cases:follow_up_print", "officer", lambda w: [w.case.reference, w.follow_up.handle, w.party.handle, "es"]),
    Row("cases:letter_list", "officer", lambda w: [w.case.reference, w.party.handle]),
    Row("cases:letter_print", "officer", lambda w: [w.case.reference, w.party.handle, "consent", "es"]),
    Row("cases:wording_list", "coordinator"),
    Row("cases:entry_list", "coordinator"),
    *(Row(f"core:{name}", "records") for name in ("audit_list", "retention_list", "request_list")),
    Row("core:history_detail", "records", seen),
    Row("core:request_detail", "records", of("matched")),
    Row("core:job_detail", "officer", lambda w: [w.job.key]),
    Row("core:draft_detail", "officer", query="form=cases:case_create&at=/cases/new/"),
    *(Row(f"areas:{name}", "officer") for name in ("venue_list", "area_list")),
    Row("areas:venue_detail", "officer", of("venue")),
    Row("areas:area_detail", "officer", of("area")),
    Row("partners:organization_list", "officer"),
    Row("partners:organization_detail", "officer", of("organization")),
    Row("public_events:event_calendar", "nobody"),
    *(Row(f"public_events:{name}", "nobody") for name in ("event_month", "event_map", "event_feed")),
    *(Row(f"public_events:{name}", "nobody") for name in ("news_rss", "news_atom")),
    *(Row(f"public_events:{name}", "nobody", of("event")) for name in ("event_page", "event_file")),
    Row("public_events:event_flyer", "nobody", lambda w: [w.event.reference, "es"]),
    Row("public_events:event_card", "nobody", lambda w: [w.event.reference, "es"]),
    Row("events:plan_month", "officer"),
    Row("events:event_figures", "supervisor"),
    Row("events:import_detail", "officer", lambda w: [w.calendar_import.handle]),
    Row("place:place_detail", "nobody", lambda w: [w.coming.token]),
    *(Row(f"events:registration_{name}", "officer", of("open_event")) for name in ("list", "print")),
    Row("events:check_in_list", "officer", of("door_event")),
    Row("events:event_list", "officer"),
    Row("events:program_list", "officer"),
    *(Row(f"events:{name}", "officer", of("program")) for name in PROGRAM),
    Row("events:enrollment_detail", "officer", lambda w: [w.program.reference, w.child_enrolled.handle]),
    Row("events:event_detail", "officer", of("event")),
    Row("events:type_list", "coordinator"),
    Row("notices:task_list", "officer"),
    Row("notices:task_detail", "officer", handle("task")),
    Row("notices:operation", "coordinator"),
    Row("accounts:staff_list", "coordinator"),
    Row("accounts:user_detail", "coordinator", of("leaver")),
    *(Row(f"accounts:{name}", "officer") for name in ("my_settings", "unsent")),
    Row("portal:text_list", "coordinator"),
    *(Row(f"portal:{name}", "nobody") for name in ("updates", "update_rss", "update_atom")),
    Row("portal:update", "nobody", of("public")),
    *(Row(f"portal:{name}", "officer") for name in ("update_list", "post_list")),
    Row("portal:update_detail", "officer", of("waiting")),
    Row("portal:post_detail", "officer", of("posted")),
    Row("portal:text_preview", "coordinator", lambda w: ["privacy", "en", 1]),
    *(Row(name, "coded") for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes")),
    Row("mfa_list_webauthn", "keyed"),
    Row("account_home", "officer"),
]

# Addresses of allauth at which nothing answers here (accounts/closed_urls.py).
CLOSED = {
    *("account_signup", "account_email", "account_email_verification_sent", "account_confirm_email"),
    *("account_confirm_login_code", "account_set_password"),
}

# allauth notes on the row of the recovery codes that they were looked at.
WRITTEN_BY_READING = dict.fromkeys(("mfa_view_recovery_codes", "mfa_download_recovery_codes"), ("mfa_authenticator",))
