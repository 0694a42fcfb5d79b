"""Answers held against a checklist. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.rounds.errors import ItemMissing, NotAllWell, NothingSaid, PlacesNotVisited, UnknownItem, WrongValue
from backend.rounds.models import Said
from backend.rulebook.round_rules import AnsweredBy, CheckItem, Checklist

MOST_COUNTED = 99_999
Value = bool | int
"""A yes or no, or a number."""


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer to be: the sum of it, words, and the value of each line of the checklist that was answered."""

    said: Said
    words: str
    values: Mapping[str, Value]


def answer_check(*, draft: AnswerDraft, checklist: Checklist, places: Sequence[Said | None] = ()) -> None:
    """Raise the first thing that makes no sense in an answer; nothing is filled in where nothing was said.

    `places` are those of a route, each with what was said of it last; None: nobody has been there.
    """
    _lines_check(draft, checklist)
    has_finding = Said.TO_REPORT in places or any(value is False for value in draft.values.values())
    if draft.said is Said.ALL_WELL and None in places:
        raise PlacesNotVisited(pointer="/said")
    if draft.said is Said.ALL_WELL and has_finding:
        raise NotAllWell(pointer="/said")
    if draft.said is Said.TO_REPORT and not (has_finding or draft.words):
        raise NothingSaid(pointer="/words")


def _lines_check(draft: AnswerDraft, checklist: Checklist) -> None:
    for key, value in draft.values.items():
        item = checklist.item(key)
        if item is None:
            raise UnknownItem(pointer=f"/items/{key}")
        if not _fits(item, value):
            raise WrongValue(pointer=f"/items/{key}")
    for item in checklist.items:
        if item.is_required and item.key not in draft.values:
            raise ItemMissing(pointer=f"/items/{item.key}")


def _fits(item: CheckItem, value: Value) -> bool:
    if item.kind is AnsweredBy.YES_NO:
        return isinstance(value, bool)
    if item.kind is AnsweredBy.REPORT:
        return False
    return not isinstance(value, bool) and 0 <= value <= MOST_COUNTED


def findings_in(*, values: Mapping[str, Value], checklist: Checklist) -> list[CheckItem]:
    """Return the lines of a checklist to which an answer says no."""
    return [item for item in checklist.items if values.get(item.key) is False]
