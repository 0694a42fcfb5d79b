"""Tickets, what only some of them have, who may see them, and the ledger of everything that happened to them."""

from backend.workflow.models.affected import LONGEST_WHO, Affected, AffectedOutcome, AffectedParty
from backend.workflow.models.asking import OutsideQuestion
from backend.workflow.models.attachments import Attachment
from backend.workflow.models.beside import (
    LONGEST_PARTY,
    AnsweredLead,
    DeclineProposal,
    PagedRung,
    SealProposal,
    TicketWait,
)
from backend.workflow.models.feedback import Handled, TicketFeedback
from backend.workflow.models.fixes import Control, MeasuredIn, TicketFix
from backend.workflow.models.holds import EvidenceHold, PersonHold
from backend.workflow.models.ledger import TicketEvent, TicketEventPayload
from backend.workflow.models.links import LinkKind, TicketLink
from backend.workflow.models.merging import TicketMerge
from backend.workflow.models.parts import LONGEST_WORDS, OUTLIVING, PartOutcome, TicketPart
from backend.workflow.models.payloads import FILED
from backend.workflow.models.promises import PromisedDate, PromiseStep
from backend.workflow.models.recommending import Recommendation, RecommendationAim
from backend.workflow.models.recurrences import TicketRecurrence
from backend.workflow.models.results import PublishedResult
from backend.workflow.models.reviews import LONGEST_LESSON, Cause, CauseReview
from backend.workflow.models.sight import SightChange, TicketGrant, TicketOpening
from backend.workflow.models.tickets import (
    FILED_FIELDS,
    NEVER_DUE,
    ReporterMode,
    Ticket,
    TicketParticipant,
)

__all__ = [
    "FILED",
    "FILED_FIELDS",
    "LONGEST_LESSON",
    "LONGEST_PARTY",
    "LONGEST_WHO",
    "LONGEST_WORDS",
    "NEVER_DUE",
    "OUTLIVING",
    "Affected",
    "AffectedOutcome",
    "AffectedParty",
    "AnsweredLead",
    "Attachment",
    "Cause",
    "CauseReview",
    "Control",
    "DeclineProposal",
    "EvidenceHold",
    "Handled",
    "LinkKind",
    "MeasuredIn",
    "OutsideQuestion",
    "PagedRung",
    "PartOutcome",
    "PersonHold",
    "PromiseStep",
    "PromisedDate",
    "PublishedResult",
    "Recommendation",
    "RecommendationAim",
    "ReporterMode",
    "SealProposal",
    "SightChange",
    "Ticket",
    "TicketEvent",
    "TicketEventPayload",
    "TicketFeedback",
    "TicketFix",
    "TicketGrant",
    "TicketLink",
    "TicketMerge",
    "TicketOpening",
    "TicketPart",
    "TicketParticipant",
    "TicketRecurrence",
    "TicketWait",
]
