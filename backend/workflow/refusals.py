"""The triggers that guard tickets and their ledger: legal changes of state, and rows that never change."""

from collections.abc import Iterable

from backend.common.sealed.refusals import words_become_others
from backend.common.sql.refusals import Refusal

STATE_CHANGES = [
    ("received", "routed"),
    ("received", "acknowledged"),
    ("received", "closed"),
    ("received", "declined"),
    ("received", "merged"),
    ("routed", "acknowledged"),
    ("routed", "resolved"),
    ("routed", "closed"),
    ("routed", "declined"),
    ("routed", "merged"),
    ("acknowledged", "in_progress"),
    ("acknowledged", "resolved"),
    ("acknowledged", "declined"),
    ("acknowledged", "merged"),
    ("in_progress", "waiting"),
    ("in_progress", "resolved"),
    ("in_progress", "declined"),
    ("in_progress", "merged"),
    ("waiting", "in_progress"),
    ("waiting", "resolved"),
    ("waiting", "merged"),
    ("resolved", "in_progress"),
    ("resolved", "closed"),
    ("closed", "in_progress"),
    ("declined", "received"),
    ("merged", "received"),
    ("merged", "routed"),
    ("merged", "acknowledged"),
    ("merged", "in_progress"),
]
"""Every change of state that an action makes, written out for the trigger; a test compares it with the actions."""
FORMER_CHANGES: list[tuple[str, str]] = []
"""Changes of state that only the release before this one makes: it still runs while this one migrates the database."""


def state_machine(changes: Iterable[tuple[str, str]]) -> Refusal:
    """Return the trigger that refuses every other change of state than these."""
    pairs = ", ".join(f"('{before}', '{after}')" for before, after in changes)
    condition = f"OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({pairs})"
    return Refusal("ticket_state_machine", "UPDATE", condition)


TICKET_REFUSALS = (
    state_machine([*STATE_CHANGES, *FORMER_CHANGES]),
    Refusal("ticket_opens_as_received", "INSERT", "NEW.state <> 'received'"),
    Refusal("ticket_is_never_deleted", "DELETE"),
    Refusal("ticket_seal_never_falls", "UPDATE", "NEW.seal < OLD.seal"),
    Refusal("ticket_says_what_was_filed", "UPDATE OF description", words_become_others("description", only=True)),
)
EVENT_REFUSALS = (Refusal("event_immutable", "UPDATE OR DELETE"),)
SIGHT_REFUSALS = (Refusal("sight_change_is_kept", "UPDATE OR DELETE"),)
OPENING_REFUSALS = (Refusal("opening_is_kept", "UPDATE OR DELETE"),)
PAYLOAD_REFUSALS = (Refusal("event_payload_immutable", "UPDATE", words_become_others("body", "salt")),)
"""A payload may go, by an erasure, but never change."""
