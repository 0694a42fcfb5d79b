"""Leaving out small numbers of confidential reports, so that none can be computed from what is shown. Pure.

A number from one to four is not shown. Where the sum is known too, one that is missing alone is the difference to it:
then the smallest of the others goes as well, and where that is not enough, the sum.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

FEWEST = 5
"""The smallest number of confidential reports that is shown."""
Key = TypeVar("Key")


def is_small(count: int) -> bool:
    """Say whether a number is so small that it points at people; none at all does not."""
    return 0 < count < FEWEST


def hidden_of(counts: Mapping[Key, int]) -> set[Key]:
    """Return the headings under which no number is shown beside the sum of all."""
    hidden = {key for key, count in counts.items() if is_small(count)}
    others = sorted((key for key, count in counts.items() if count >= FEWEST), key=lambda key: counts[key])
    for key in others:
        if not hidden or _is_safe([counts[key] for key in hidden]):
            break
        hidden.add(key)
    return hidden


def veiled(*, margins: Sequence[Mapping[Key, int]], total: int) -> tuple[int | None, list[dict[Key, int | None]]]:
    """Return a sum and the ways in which it is divided as they may be shown, None where they may not."""
    hidden = [hidden_of(margin) for margin in margins]
    is_told = not is_small(total) and all(
        not missing or _is_safe([margin[key] for key in missing])
        for margin, missing in zip(margins, hidden, strict=True)
    )
    if not is_told:
        hidden = [{key for key, count in margin.items() if count} for margin in margins]
    shown = [
        {key: None if key in missing else count for key, count in margin.items()}
        for margin, missing in zip(margins, hidden, strict=True)
    ]
    return (total if is_told else None), shown


def _is_safe(missing: Sequence[int]) -> bool:
    """Say whether numbers that are missing could be others too; each of them is one at least."""
    return len(missing) > 1 and sum(missing) > len(missing)
