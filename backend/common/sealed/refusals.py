"""Triggers of records whose words may be sealed and opened, and never become others in clear."""

from backend.common.sealed.cipher import PREFIX
from backend.common.sql.refusals import Refusal

SEALED = f"~ '{PREFIX.replace('.', '[.]')}|{PREFIX.encode().hex()}'"
"""The condition that a column's text, or the bytes as which it is stored, is sealed."""


def words_stay(name: str, *columns: str) -> tuple[Refusal, Refusal]:
    """Return the triggers of a record of which only these columns may be sealed or opened; it is never deleted."""
    return Refusal(f"{name}_immutable", "UPDATE", words_become_others(*columns)), Refusal(f"{name}_is_kept", "DELETE")


def words_become_others(*columns: str, only: bool = False) -> str:
    """Return the condition that words of these columns became others in clear, or (`only` False) anything else did."""
    named = ", ".join(f"'{column}'" for column in columns)
    others = f"to_jsonb(OLD) - ARRAY[{named}] IS DISTINCT FROM to_jsonb(NEW) - ARRAY[{named}]"
    words = " OR ".join(
        f"OLD.{column} IS DISTINCT FROM NEW.{column}"
        f" AND NOT OLD.{column}::text {SEALED} AND NOT NEW.{column}::text {SEALED}"
        for column in columns
    )
    return words if only else f"{others} OR {words}"
