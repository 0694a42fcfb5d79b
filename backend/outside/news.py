"""News of what has to be told outside: it is called for, or it is late."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.organisation.actors import Actor
from backend.organisation.roles import Role, with_those_above
from backend.outside.models import OutsideDuty
from backend.rulebook.outside_rules import Recipient
from backend.rulebook.ruleset import Confidentiality, Rung
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket

STARTED = "outside.started"
TOPIC = "outside.told"
MOST_SAID = 3
UNNAMED: Mapping[str, Any] = {"to": [], "more": 0, "reference": ""}
"""The words of news of a ticket that is not open to all: whoever is told would say what it is about."""


class Told(StrEnum):
    """The things that are told of reports to somebody outside."""

    CALLED_FOR = "called_for"
    LATE = "late"


def started_draft(duties: Sequence[OutsideDuty]) -> OutboxDraft:
    """Return the row of the outbox by which whoever answers for these reports of one ticket hears of them."""
    ids = sorted(str(duty.id) for duty in duties)
    return OutboxDraft(STARTED, f"{STARTED}:{ids[0]}", {"ticket": str(duties[0].ticket_id), "duties": ids})


def recipient_of(duty: OutsideDuty) -> Recipient:
    """Return who is told, by the rules of the ticket."""
    return ruleset_get(duty.rulebook_id).outside.recipients[duty.recipient]


def reminded_of(duty: OutsideDuty, *, is_sealed: bool) -> Sequence[Role]:
    """Return the roles that answer for one: those whom its clock reminds; of class K2 its case team's lead."""
    rules = ruleset_get(duty.rulebook_id)
    return rules.protection_informed if is_sealed else rules.outside_clocks[duty.clock].reminds


def ladder_of(duty: OutsideDuty, *, is_sealed: bool) -> Sequence[Rung]:
    """Return the ladder of those who hear of one that is late."""
    rules = ruleset_get(duty.rulebook_id)
    return rules.protection_rungs if is_sealed else rules.outside.rungs


def hears_of(*, reader: Actor, duty: OutsideDuty, ticket: Ticket) -> bool:
    """Say whether somebody would be told of one at some rung now: in one of these roles, or one above, at its school.

    Nobody is whom the ticket concerns.
    """
    if reader.school_id != ticket.school_id or reader.person_id in (ticket.concerned or ()):
        return False
    is_sealed = ticket.confidentiality == Confidentiality.K2
    rungs = ladder_of(duty, is_sealed=is_sealed)
    roles = {*reminded_of(duty, is_sealed=is_sealed), *(role for rung in rungs for role in rung.tell)}
    return reader.holds(*with_those_above(*roles))


def named(duty: OutsideDuty) -> Mapping[str, str]:
    """Return who is told, in both languages."""
    recipient = recipient_of(duty)
    return {"zh": recipient.name_zh, "en": recipient.name_en}


def news_draft(
    ticket: Ticket, what: Told, duties: Sequence[OutsideDuty], people: Collection[UUID], *, rung: int = 0
) -> OutboxDraft:
    """Return the news of some reports of one ticket; of one that is not open to all it names neither it nor anybody."""
    ids = sorted(str(duty.id) for duty in duties)
    told = sorted(map(str, people))
    is_closer = ticket.confidentiality != Confidentiality.K0
    by_time = sorted(duties, key=lambda duty: (duty.due_at, duty.recipient))
    payload: dict[str, Any] = {
        "people": told,
        "what": what.value,
        "duties": ids,
        "to": [dict(named(duty)) for duty in by_time[:MOST_SAID]],
        "more": max(0, len(duties) - MOST_SAID),
        "due_at": by_time[0].due_at.isoformat(),
        "reference": ticket.reference,
        "zone": ticket.school.time_zone,
        "path": f"/tickets/{ticket.id}/outside",
        **(UNNAMED if is_closer else {}),
    }
    key = "|".join([what, str(rung), *ids, *told])
    return OutboxDraft(TOPIC, f"{TOPIC}:{hashlib.sha256(key.encode()).hexdigest()}", payload)
