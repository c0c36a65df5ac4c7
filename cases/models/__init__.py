from cases.models.access import BreakGlass, SealLift
from cases.models.agency import AgencyLink, AgencyUpdate, JoinedAgency
from cases.models.agreement import Agreement, AgreementShare, Signature, Term
from cases.models.case import Case
from cases.models.circle import CirclePlan, CircleSeat, Eligibility, PreCircle
from cases.models.communication import Communication
from cases.models.follow_up import FollowUp, FollowUpAnswer, FollowUpLink, TermAnswer
from cases.models.list_entry import ListEntry
from cases.models.merge import Merge
from cases.models.party import Facilitator, Party
from cases.models.readiness import ConflictDeclaration, Consent, GateOverride, NoticeGiven, Screening, Wording
from cases.models.work import ContactAttempt, Session

__all__ = [
    "AgencyLink", "AgencyUpdate", "Agreement", "AgreementShare", "BreakGlass", "Case", "CirclePlan", "CircleSeat",
    "Communication", "ConflictDeclaration", "Consent", "ContactAttempt", "Eligibility", "Facilitator", "FollowUp",
    "FollowUpAnswer", "FollowUpLink", "GateOverride", "JoinedAgency", "ListEntry", "Merge", "NoticeGiven", "Party",
    "PreCircle", "Screening", "SealLift", "Session", "Signature", "Term", "TermAnswer", "Wording",
]  # fmt: skip
