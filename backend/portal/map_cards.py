"""The map of responsibility as its page shows it: each place with who answers for it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.organisation.models import Place
from backend.portal.placetree import STEP
from backend.responsibility.models import Share


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place with the shares that are its own, and how many places inside it have none and go with it."""

    place: Place
    label: str
    shares: Sequence[Share]
    inside: int


def place_lines(*, places: Sequence[Place], shares: Sequence[Share]) -> list[PlaceLine]:
    """Return the outermost places and those with shares of their own, each after the one that it lies in."""
    of_place: dict[UUID, list[Share]] = defaultdict(list)
    for share in shares:
        of_place[share.place_id].append(share)
    children: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in places:
        children[place.parent_id].append(place)
    found: list[tuple[Place, str]] = []
    under: Counter[UUID] = Counter()
    waiting = [(place, place.name, place.id) for place in reversed(children[None])]
    while waiting:
        place, label, row_id = waiting.pop()
        if place.parent_id is None or place.id in of_place:
            found.append((place, label))
            row_id = place.id
        else:
            under[row_id] += 1
        waiting += [(child, f"{label}{STEP}{child.name}", row_id) for child in reversed(children[place.id])]
    return [PlaceLine(place, label, of_place.get(place.id, ()), under[place.id]) for place, label in found]
