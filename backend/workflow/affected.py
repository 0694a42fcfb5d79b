"""Telling everybody affected in a change of a ticket: who is added, and how each of them is settled."""

from uuid import UUID

from backend.workflow.affected_errors import UnknownAffected
from backend.workflow.change import TicketChange
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import Affected, AffectedOutcome, AffectedParty, Ticket

AFFECTED_SETTLED = dict.fromkeys(("party", "affected"), Sensitivity.PLAIN)
"""The fields of an event by which an affected party is settled: which one, and of what sort."""


def affected_of(*, ticket: Ticket) -> list[AffectedParty]:
    """Return the affected parties of a ticket, the first first; one that has none costs no statement."""
    if not ticket.affected_count:
        return []
    return list(ticket.affected.select_related("added_by", "settled_by").order_by("added_at", "id"))


def affected_add(*, change: TicketChange, kind: Affected, who: str) -> None:
    """Have people be told of a ticket before it is closed."""
    party = AffectedParty(
        ticket=change.ticket, kind=kind, who=who, added_by_id=change.actor.person_id, added_at=change.now
    )
    change.ticket.affected_count += 1
    change.ticket.untold_count += 1
    change.keeps(party)
    change.says(party=str(party.id))


def affected_settle(*, change: TicketChange, party_id: UUID | None, outcome: AffectedOutcome, words: str) -> None:
    """Settle the affected party that is meant, or the only one that is open; raise UnknownAffected for none."""
    found = [party for party in affected_of(ticket=change.ticket) if not party.outcome]
    meant = [party for party in found if party_id is None or party.id == party_id]
    if len(meant) != 1:
        raise UnknownAffected(pointer="/party")
    (party,) = meant
    party.outcome, party.words = outcome, words
    party.settled_by_id, party.settled_at = change.actor.person_id, change.now
    change.ticket.untold_count -= 1
    change.keeps(party)
    change.says(party=str(party.id), affected=party.kind)
