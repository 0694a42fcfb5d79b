"""The one rule of who reads and keeps the log of the gate, and who is asked about a visitor. Pure."""

from collections.abc import Collection
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.permissions import RULES, Permission
from backend.organisation.roles import UNIT_ROLES

SECURITY_OFFICE = "security"
"""The code of the office whose people stand at the gate, as rulebooks name it."""


def keeps_gate(*, actor: Actor, security: Collection[UUID]) -> bool:
    """Say whether somebody reads and keeps the log: by a post in the security office, or as a leader of the school."""
    if actor.school_id is None:
        return False
    return actor.may(Permission.GATE_READ) or not actor.units(*UNIT_ROLES).isdisjoint(security)


def gate_require(*, actor: Actor, security: Collection[UUID]) -> None:
    """Raise the refusal of everybody else."""
    if not keeps_gate(actor=actor, security=security):
        raise RULES[Permission.GATE_READ].refusal
