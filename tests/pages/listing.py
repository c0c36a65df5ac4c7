"""The list of pages: every address that shows one by GET, as the first actor of an order who may open it.

It is made from the table of addresses, so a new address is visited as soon as it has its line there. What shows no
page is named in NO_PAGE and proved to show none, so nothing is left out by being forgotten.
"""

import contextlib
from dataclasses import dataclass

from django.urls import reverse

from tests.matrix import actors
from tests.matrix.table import TABLE

SHOWS = 200
# Whose page is looked at: who sees most on it comes first.
ORDER = (
    actors.ANONYMOUS,
    actors.OFFICER,
    actors.SUPERVISOR,
    actors.COORDINATOR,
    actors.RECORDS,
    actors.MEDIATOR,
    actors.COLLEAGUE,
)
# Files, one-word answers, moves to elsewhere, what only a post may do, and addresses at which nothing answers.
NO_PAGE = frozenset({
    "healthz", "readyz", "portal:robots", "portal:security", "portal:theme", "portal:language", "notices:inbound",
    "core:request_match", "core:request_choose", "core:request_approve", "core:request_begin", "core:request_download",
    "core:job_download", "cases:agreement_print", "cases:letter_print", "cases:follow_up_print",
    "core:draft_save", "core:draft_discard", "portal:text_publish", "portal:update_rss", "portal:update_atom",
    "portal:update_send", "portal:update_approve", "portal:update_change", "portal:post_send", "portal:post_approve",
    "portal:post_now", "portal:post_correct", "portal:posting_retry", "portal:posting_confirm",
    "notices:task_done", "notices:task_snooze", "notices:task_undo", "notices:contact_stop", "notices:notice_retry",
    "notices:notice_give_up", "desk:ask_to_disable", "areas:at", "cases:view_save", "cases:view_delete",
    "accounts:invitation_renew", "accounts:invitation_withdraw", "accounts:user_enable", "accounts:user_end_sessions",
    "accounts:user_release", "accounts:my_display", "accounts:my_contact", "accounts:my_calendar", "links:calendar",
    "accounts:unsent_drop",
    "public_events:event_feed", "public_events:news_rss", "public_events:news_atom", "public_events:event_file",
    "public_events:event_flyer", "public_events:event_card", "events:import_take",
    "events:event_hold", "events:tally_undo", "events:check_drop", "events:part_drop", "events:type_check_drop",
    "events:check_in", "events:check_in_undo",
    "events:program_open", "events:program_run", "events:session_drop", "events:enrollment_enroll",
    "events:enrollment_wait", "events:enrollment_leave", "events:enrollment_complete", "events:mentor_leave",
    "events:pairing_resume", "events:pairing_end",
    "events:registration_offer", "events:registration_accept", "place:place_accept", "place:place_wait", "account_home",
    "account_signup", "account_email", "account_email_verification_sent", "account_confirm_email",
    "account_confirm_login_code", "account_set_password", "mfa_download_recovery_codes", "mfa_login_webauthn",
})  # fmt: skip
# Pages that are shown only in the middle of signing in; tests/browser/test_every_page.py goes there.
ON_THE_WAY = frozenset({"mfa_authenticate", "mfa_activate_totp"})


@dataclass(frozen=True)
class Page:
    """One page as one person sees it. `first` is false for a page that another actor or record shows once more."""

    name: str
    actor: str
    url: str
    first: bool = True
    status: int = SHOWS

    def __str__(self):
        return f"{self.name} as {self.actor}"


def pages(world):
    """Every page of the table in this world, each about each of its records."""
    found = []
    for name, lines in TABLE.items():
        if name in NO_PAGE | ON_THE_WAY:
            continue
        shown = [page for line in lines if (page := page_of(name, line, world, first=line is lines[0]))]
        found += shown
    return found


def page_of(name, line, world, *, first):
    """The page that this line of the table describes, or None where nobody is shown one."""
    with contextlib.suppress(StopIteration):
        actor = next(actor for actor in ORDER if line.answers(actor, "GET") == SHOWS)
        return Page(name, actor, address(name, line, world), first)
    return None


def address(name, line, world):
    kwargs = world.places[line.at] if line.at else {}
    query = f"?{line.query}" if line.query else ""
    return reverse(name, kwargs=kwargs) + query
