"""Triggers of records whose words may be sealed and opened, and never become others in clear."""

from backend.common.sealed.cipher import PREFIX
from backend.common.sql.refusals import Refusal

SEALED = f"~ '{PREFIX.replace('.', '[.]')}|{PREFIX.encode().hex()}'"
"""The condition that a column's text, or the bytes as which it is stored, is sealed."""


def words_stay(name: str, *columns: str) -> tuple[Refusal, Refusal]:
    """Return the triggers of a record of which only these columns may be sealed or opened; it is never deleted."""
    return Refusal(f"{name}_immutable", "UPDATE", words_become_others(*columns)), Refusal(f"{name}_is_kept", "DELETE")


def words_kept(name: str, *columns: str, erased: str = "") -> Refusal:
    """Return the trigger of a record whose words in these columns are sealed, opened, or erased, and never others."""
    condition = words_become_others(*columns, only=True, erased=erased)
    return Refusal(f"{name}_words_stay", f"UPDATE OF {', '.join(columns)}", condition)


def words_become_others(*columns: str, only: bool = False, erased: str | None = None) -> str:
    """Return the condition that words of these columns became others in clear, or (`only` False) anything else did.

    What stands in their place after an erasure (`erased`) is no other.
    """
    named = ", ".join(f"'{column}'" for column in columns)
    others = f"to_jsonb(OLD) - ARRAY[{named}] IS DISTINCT FROM to_jsonb(NEW) - ARRAY[{named}]"
    words = " OR ".join(
        f"OLD.{column} IS DISTINCT FROM NEW.{column}"
        f" AND NOT OLD.{column}::text {SEALED} AND NOT NEW.{column}::text {SEALED}"
        + ("" if erased is None else f" AND NEW.{column} <> '{erased}'")
        for column in columns
    )
    return words if only else f"{others} OR {words}"
