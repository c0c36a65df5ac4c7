from cases.models.access import BreakGlass, SealLift
from cases.models.agreement import Agreement, AgreementShare, Signature, Term
from cases.models.case import Case
from cases.models.communication import Communication
from cases.models.follow_up import FollowUp, FollowUpAnswer, FollowUpLink, TermAnswer
from cases.models.list_entry import ListEntry
from cases.models.party import Facilitator, Party
from cases.models.readiness import ConflictDeclaration, Consent, GateOverride, NoticeGiven, Screening, Wording
from cases.models.work import ContactAttempt, Session

__all__ = [
    "Agreement", "AgreementShare", "BreakGlass", "Case", "Communication", "ConflictDeclaration", "Consent",
    "ContactAttempt", "Facilitator", "FollowUp", "FollowUpAnswer", "FollowUpLink", "GateOverride", "ListEntry",
    "NoticeGiven", "Party", "Screening", "SealLift", "Session", "Signature", "Term", "TermAnswer", "Wording",
]  # fmt: skip
