"""What cases hold about people, and for how long: a mediation center's usual three years after the close."""

from django.utils.translation import gettext_lazy as _

from cases import people
from cases.models import (
    AgencyLink,
    AgencyUpdate,
    Agreement,
    AgreementShare,
    BreakGlass,
    Case,
    CirclePlan,
    CircleSeat,
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
    Merge,
    NoticeGiven,
    Party,
    PreCircle,
    Screening,
    SealLift,
    Session,
    Signature,
    Term,
    TermAnswer,
    Wording,
)
from core.privacy import Keep, declare, register_source

YEARS = 3

declare(
    Case,
    personal=("title", "summary", "place", "source_detail", "court_place", "hold_reason", "reopen_reason"),
    keep=Keep(days=YEARS * 365, after="closed_at", since=_("the case was closed")),
)
declare(Party, personal=("is_minor", "needs_interpreter", "access_needs"), keep=Keep(with_="case"))
declare(Facilitator, keep=Keep(with_="case"))
declare(Session, personal=("place", "online", "cancel_reason"), keep=Keep(with_="case"))
declare(ContactAttempt, personal=("note",), keep=Keep(with_="case"))
declare(ConflictDeclaration, personal=("disclosed",), keep=Keep(with_="party"))
declare(Screening, personal=("concerns", "partner_violence", "changes", "note"), keep=Keep(with_="party"))
declare(NoticeGiven, keep=Keep(with_="party"))
declare(Consent, personal=("witness",), keep=Keep(with_="party"))
declare(Eligibility, keep=Keep(with_="case"))
declare(PreCircle, personal=("ready", "willing", "able", "safe"), keep=Keep(with_="party"))
declare(CirclePlan, personal=("talking_piece", "opening", "guidelines", "rounds", "closing"), keep=Keep(with_="case"))
declare(CircleSeat, keep=Keep(with_="plan"))
declare(
    Communication,
    personal=("text",),
    keep=Keep(days=0, after="purge_on", hold="case__reference", since=_("sealed notes of a closed case are destroyed")),
)
declare(Agreement, keep=Keep(with_="case"))
declare(Term, personal=("what", "known_by"), keep=Keep(with_="agreement"))
declare(Signature, keep=Keep(with_="agreement"))
declare(AgreementShare, personal=("recipient", "purpose"), keep=Keep(with_="agreement"))
declare(FollowUp, keep=Keep(with_="agreement"))
declare(FollowUpLink, keep=Keep(with_="follow_up"))
declare(FollowUpAnswer, keep=Keep(with_="follow_up"))
declare(TermAnswer, keep=Keep(with_="answer"))
declare(JoinedAgency, personal=("person", "purpose"), keep=Keep(with_="case"))
declare(AgencyLink, keep=Keep(with_="agency"))
declare(AgencyUpdate, personal=("text",), keep=Keep(with_="agency"))
declare(GateOverride, personal=("reason",), keep=Keep(with_="case"))
declare(Wording, keep=Keep(forever=_("They show which text a party was given.")))
declare(Merge, personal=("reason", "hold_reason"), keep=Keep(with_="duplicate"))
declare(ListEntry, keep=Keep(forever=_("They say what a case was about and who sent it.")))
declare(BreakGlass, personal=("reason",), keep=Keep(with_="case"))
declare(SealLift, personal=("reason",), keep=Keep(with_="case"))

register_source(
    "cases", find=people.find, bundle=people.bundle, erase=people.erase, correct=people.correct, left=people.left
)
