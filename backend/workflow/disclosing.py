"""Disclosing a name that was given in confidence: what the ledger says of it, and to whom it is open since."""

from datetime import datetime, timedelta

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.workflow.models import ReporterMode, Ticket, TicketEvent

ASKED_FOR, DISCLOSED = "propose-disclosure", "disclose-name"
"""The names of the two acts, and of their events."""
CONSENT_HOLDS = timedelta(days=3)
"""For so long half a consent waits for the other half."""
NAME_KEEPERS = frozenset({Role.PRINCIPAL, Role.PROTECTION_LEAD})
"""The two who disclose a name together, and the only ones to whom it is open then."""


def is_name_kept_back(ticket: Ticket) -> bool:
    """Say whether its reporter gave their name in confidence, and it was not disclosed."""
    is_in_confidence = ticket.reporter_mode == ReporterMode.CONFIDENTIAL and ticket.reporter_id is not None
    return is_in_confidence and not is_disclosed(ticket)


def is_disclosed(ticket: Ticket) -> bool:
    """Say whether the name of its reporter was disclosed; asked once for each time the ticket is read."""
    if ticket.name_disclosed is None:
        ticket.name_disclosed = ticket.events.filter(kind=DISCLOSED).exists()
    return ticket.name_disclosed


def is_open_to(*, actor: Actor, ticket: Ticket) -> bool:
    """Say whether a disclosed name is open to somebody who may know of the ticket; it costs others no statement."""
    is_keeper = actor.school_id == ticket.school_id and not NAME_KEEPERS.isdisjoint(actor.roles)
    return is_keeper and ticket.reporter_mode == ReporterMode.CONFIDENTIAL and is_disclosed(ticket)


def consent_open(*, ticket: Ticket, now: datetime) -> TicketEvent | None:
    """Return the event of half a consent that still waits for the other half; one whose words were erased is none."""
    last = ticket.events.filter(kind__in=(ASKED_FOR, DISCLOSED)).select_related("payload").order_by("-sequence").first()
    if last is None or last.kind != ASKED_FOR or not hasattr(last, "payload"):
        return None
    return last if now - last.at <= CONSENT_HOLDS else None


def is_other_half(*, consent: TicketEvent, actor: Actor) -> bool:
    """Say whether somebody gives the half that is missing: another person, in the other of the two posts."""
    given = set(consent.payload.body["roles"])
    missing = {role for role in NAME_KEEPERS & actor.roles if given - {role}}
    return consent.actor_id != actor.person_id and bool(missing)
