"""The places of a school as a select shows them: one group for each building or ground, its rooms below it. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.organisation.models import Place

STEP = " › "


@dataclass(frozen=True, slots=True)
class PlaceOption:
    """A place to choose; its label leads from the group down to it, its token stands in the code on its wall."""

    value: str
    label: str
    token: str


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """A place at the top with everything inside it; the place itself comes first."""

    label: str
    options: tuple[PlaceOption, ...]


def place_groups(places: Sequence[Place]) -> list[PlaceGroup]:
    """Return the places in groups, in the order they come in; a place in no other is the head of a group."""
    inside: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in places:
        inside[place.parent_id].append(place)
    return [PlaceGroup(top.name, tuple(_options(top, inside, ()))) for top in inside[None]]


def _options(place: Place, inside: dict[UUID | None, list[Place]], above: tuple[str, ...]) -> Iterator[PlaceOption]:
    path = (*above, place.name)
    yield PlaceOption(str(place.id), STEP.join(path[1:] or path), place.token)
    for child in inside[place.id]:
        yield from _options(child, inside, path)
