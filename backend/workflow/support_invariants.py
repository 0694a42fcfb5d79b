"""The invariants of what other offices do for a ticket, and of links between tickets."""

from backend.deadlines.invariants import Invariant

OF_SUPPORT = (
    Invariant(
        "Nothing is solved while an office still has a part of it to do, or refused that and nobody waived it.",
        """
        SELECT ticket.reference, part.id AS part, part.outcome FROM workflow_ticket AS ticket
        JOIN workflow_ticketpart AS part ON part.ticket_id = ticket.id AND part.kind = 'subtask'
        WHERE ticket.state = 'resolved' AND (part.ended_at IS NULL OR part.outcome = 'refused')
        """,
    ),
    Invariant(
        "Of an office is asked only what it may read: tickets of its school that are not strictly confidential.",
        """
        SELECT ticket.reference, part.kind, office.code FROM workflow_ticketpart AS part
        JOIN workflow_ticket AS ticket ON ticket.id = part.ticket_id
        JOIN organisation_unit AS office ON office.id = part.office_id
        WHERE office.school_id <> ticket.school_id OR part.ended_at IS NULL AND ticket.confidentiality = 'K2'
        """,
    ),
    Invariant(
        "A link is between two tickets of one school.",
        """
        SELECT ticket.reference, other.reference AS other FROM workflow_ticketlink AS link
        JOIN workflow_ticket AS ticket ON ticket.id = link.ticket_id
        JOIN workflow_ticket AS other ON other.id = link.other_id
        WHERE ticket.school_id <> other.school_id
        """,
    ),
)
