"""The words that go with an action, declared field by field; schemas of the API and forms of the pages follow. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar

from django.db.models import TextChoices

from backend.rulebook.ruleset import ClockName
from backend.workflow.ledger import Sensitivity

LONGEST_NOTE = 4000
MOST_DIGITS, MOST_PLACES = 12, 4
"""The digits of a measured number, and those of them behind the point."""
LONGEST_TICKET = 40


class FieldKind(StrEnum):
    """The sorts of value a field can take."""

    TEXT = "text"
    LINE = "line"
    CODE = "code"
    CHOICE = "choice"
    PERSON = "person"
    PLACE = "place"
    TICKET = "ticket"
    FLAG = "flag"
    MOMENT = "moment"
    OFFICE = "office"
    PART = "part"
    AFFECTED = "affected"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A declared field: how it is read, and how an event keeps it (`recorded` None: not at all).

    `attribute` is its name in Python, `name` the one in the API and on the pages; the value of a field that was left
    out is an empty text or None. `part` is the kind of part of which one is chosen. `when`: it is required of the
    tickets for which this holds, and the pages ask for it only there.
    """

    name: str
    attribute: str
    kind: FieldKind
    required: bool
    recorded: Sensitivity | None
    longest: int = 0
    choices: type[TextChoices] | None = None
    part: ClockName | None = None
    when: Callable[[Any], bool] | None = None

    def is_required(self, ticket: Any) -> bool:
        """Say whether it has to be filled in for this ticket."""
        return self.required or (self.when is not None and self.when(ticket))


def text(*, required: bool = False, longest: int = LONGEST_NOTE) -> Any:
    """Declare words of several lines."""
    return _declared("", kind=FieldKind.TEXT, required=required, longest=longest, recorded=Sensitivity.FREE_TEXT)


def line(*, required: bool = False, longest: int) -> Any:
    """Declare words of one line."""
    return _declared("", kind=FieldKind.LINE, required=required, longest=longest, recorded=Sensitivity.FREE_TEXT)


def person(*, name: str, required: bool = False) -> Any:
    """Declare one person, by id."""
    return _declared(None, kind=FieldKind.PERSON, name=name, required=required, recorded=Sensitivity.PERSON)


def place(*, name: str) -> Any:
    """Declare one place, by id; events record the change it makes, not what was sent."""
    return _declared(None, kind=FieldKind.PLACE, name=name, required=False, recorded=None)


def moment(*, required: bool = False) -> Any:
    """Declare an instant; events record what follows from it, not what was sent."""
    return _declared(None, kind=FieldKind.MOMENT, required=required, recorded=None)


def office(*, name: str, required: bool = False) -> Any:
    """Declare one office of the school, by id."""
    return _declared(None, kind=FieldKind.OFFICE, name=name, required=required, recorded=Sensitivity.PLAIN)


def open_part(*, kind: ClockName, name: str = "") -> Any:
    """Declare which part of one kind is meant, by id; where only one is open it can be left out."""
    return _declared(None, kind=FieldKind.PART, name=name or str(kind), required=False, recorded=None, part=kind)


def affected_party() -> Any:
    """Declare which affected party is meant, by id; where only one is still to be told it can be left out."""
    return _declared(None, kind=FieldKind.AFFECTED, name="party", required=False, recorded=None)


def ticket(*, required: bool = False) -> Any:
    """Declare one ticket, by id or by its reference, however typed; events record the effect, not what was sent."""
    return _declared("", kind=FieldKind.TICKET, required=required, longest=LONGEST_TICKET, recorded=None)


def code(*, longest: int) -> Any:
    """Declare a code of the rulebook; events record the change it makes, not what was sent."""
    return _declared(None, kind=FieldKind.CODE, required=False, longest=longest, recorded=None)


def choice(choices: type[TextChoices]) -> Any:
    """Declare one of some values; events record the change it makes, not what was sent."""
    return _declared(None, kind=FieldKind.CHOICE, required=False, choices=choices, recorded=None)


def kept_choice(choices: type[TextChoices], *, when: Callable[[Any], bool]) -> Any:
    """Declare one of some values that an event records as it was said."""
    spec = {"kind": FieldKind.CHOICE, "choices": choices, "recorded": Sensitivity.PLAIN, "when": when}
    return _declared(None, required=False, **spec)


def chosen(choices: type[TextChoices]) -> Any:
    """Declare one of some values that has to be given, which an event records as it was said."""
    return _declared(None, kind=FieldKind.CHOICE, required=True, choices=choices, recorded=Sensitivity.PLAIN)


def number(*, when: Callable[[Any], bool]) -> Any:
    """Declare a measured number, which may be nought."""
    return _declared(None, kind=FieldKind.NUMBER, required=False, recorded=Sensitivity.PLAIN, when=when)


def flag() -> Any:
    """Declare a yes that has to be said on purpose; events do not keep it."""
    return _declared(default=False, kind=FieldKind.FLAG, required=False, recorded=None)


def _declared(default: Any, **spec: Any) -> Any:
    return field(default=default, metadata=spec)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionInput:
    """A note, which every action takes; an action that asks for more, or cannot do without it, declares so."""

    note: str = text()

    def body(self) -> dict[str, Any]:
        """Return what an event keeps of it: the recorded fields that were filled in, ids as text."""
        said = {spec.name: getattr(self, spec.attribute) for spec in field_specs(type(self)) if spec.recorded}
        return {name: str(value) for name, value in said.items() if is_said(value)}

    def missing(self, ticket: Any) -> str | None:
        """Return the name of the first field that this ticket requires and that is empty."""
        required = (spec for spec in field_specs(type(self)) if spec.is_required(ticket))
        return next((spec.name for spec in required if not is_said(getattr(self, spec.attribute))), None)


def is_said(value: Any) -> bool:
    """Say whether a field was filled in; the number nought is."""
    return value is not None and value is not False and value != ""


SaidT = TypeVar("SaidT", bound=ActionInput)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned(ActionInput):
    """A note that has to be given."""

    note: str = text(required=True)


_SPECS: dict[type[ActionInput], tuple[FieldSpec, ...]] = {}


def said_from(said: type[SaidT], values: Mapping[str, Any]) -> SaidT:
    """Return an action's words from checked values by name; what is not among them, or empty, was left out."""
    filled = [spec for spec in field_specs(said) if is_said(values.get(spec.name))]
    return said(**{spec.attribute: _read(spec, values[spec.name]) for spec in filled})


def _read(spec: FieldSpec, value: Any) -> Any:
    return spec.choices(value) if spec.choices else value


def field_specs(said: type[ActionInput]) -> tuple[FieldSpec, ...]:
    """Return the fields of an input, those that decide first and the note last, as forms ask for them."""
    if said not in _SPECS:
        _SPECS[said] = _specs(said)
    return _SPECS[said]


def _specs(said: type[ActionInput]) -> tuple[FieldSpec, ...]:
    specs = [
        FieldSpec(**{"name": row.name, **row.metadata}, attribute=row.name)  # the metadata may name it differently
        for row in fields(said)
    ]
    return tuple(sorted(specs, key=lambda spec: spec.attribute == "note"))
