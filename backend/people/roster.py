"""The staff and units of a school as another system keeps them, without anybody else. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RosterUnit:
    """An office or class: its id there, and by what it is found here the first time."""

    id: str
    kind: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """A member of staff: their id there, what is stored of them, and the ids of the units they belong to.

    `file` and `line` say where they stand, for people who read what would change.
    """

    id: str
    staff_number: str
    name: str
    email: str
    units: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who works there (`is_whole`), or what changed since the last time, and the ids of whoever left."""

    is_whole: bool
    tells_classes: bool
    """True where it says of everybody in it which classes they teach."""
    units: tuple[RosterUnit, ...]
    people: tuple[RosterPerson, ...]
    gone: tuple[str, ...]
    others: int
    """The number of pupils, guardians and people of other schools that were left out; nothing else is kept of them."""

    def content(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)


def roster_of(content: Mapping[str, Any]) -> Roster:
    """Return the roster that a row keeps."""
    people = (RosterPerson(**{**person, "units": tuple(person["units"])}) for person in content["people"])
    return Roster(
        is_whole=content["is_whole"],
        tells_classes=content["tells_classes"],
        units=tuple(RosterUnit(**unit) for unit in content["units"]),
        people=tuple(people),
        gone=tuple(content["gone"]),
        others=content["others"],
    )
