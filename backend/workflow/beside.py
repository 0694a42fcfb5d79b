"""The rows of a ticket's own that only some tickets have, stored with the change that made them."""

from collections.abc import Sequence
from typing import Any, get_args

from backend.workflow.models import (
    AffectedParty,
    CauseReview,
    DeclineProposal,
    EvidenceHold,
    OutsideQuestion,
    PromisedDate,
    PublishedResult,
    Recommendation,
    TicketFeedback,
    TicketFix,
    TicketLink,
    TicketMerge,
    TicketPart,
    TicketRecurrence,
    TicketWait,
)

Asked = TicketWait | DeclineProposal | TicketPart | PromisedDate | OutsideQuestion | Recommendation
Told = AffectedParty | PublishedResult | TicketFeedback
Beside = Asked | Told | TicketFix | TicketMerge | TicketLink | TicketRecurrence | CauseReview | EvidenceHold
"""A row of the ticket's own that only some tickets have."""
UPSERT = {"update_conflicts": True, "unique_fields": ["id"]}


def beside_store(rows: Sequence[Beside]) -> None:
    """Store new rows and changed ones alike, those of one table in one statement; most changes have none."""
    for model in get_args(Beside):
        kept: list[Any] = [row for row in rows if isinstance(row, model)]
        changed: dict[str, Any] = {**UPSERT, "update_fields": model.changing} if model.changing else {}
        if kept:
            model._default_manager.bulk_create(kept, **changed)  # noqa: SLF001 - the documented manager of any model
