from cases.models.access import BreakGlass, SealLift
from cases.models.case import Case
from cases.models.party import Facilitator, Party
from cases.models.work import ContactAttempt, Session

__all__ = ["BreakGlass", "Case", "ContactAttempt", "Facilitator", "Party", "SealLift", "Session"]
