"""Faults of a file: each with its place, in English, and in the words of whoever reads them. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from backend.common.file_shapes import shape_found, shape_said

if TYPE_CHECKING:
    from jsonschema import ValidationError

Place = tuple[str | int, ...]

LONGEST_DETAIL = 100
LIMITS = frozenset({"type", "maxLength", "minLength", "maxItems"})

SHAPES: Mapping[str, str] = {
    "required": _("this field is missing: %(said)s"),
    "additionalProperties": _("there is no field of this name here: %(said)s"),
    "type": _("the value has to be of this type: %(said)s"),
    "enum": _("only these can stand here: %(said)s"),
    "pattern": _("this is not written as it has to be: %(said)s"),
    "format": _("this is not written as it has to be: %(said)s"),
    "maxLength": _("this is longer than %(said)s characters."),
    "minLength": _("this must not be empty."),
    "maxItems": _("there are more than %(said)s of them."),
}
TOO_LARGE = _("The file is larger than %(count)s bytes.")
UNREADABLE = _("The file is no YAML or JSON in UTF-8: %(said)s")
ANY_SHAPE = _("this is not right: %(said)s")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one place of a file: in English, and as a text to translate with its values."""

    path: Place
    text: str
    words: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"

    @property
    def place(self) -> str:
        """The place in the file, as a path."""
        return "/".join(map(str, self.path)) or "file"

    @property
    def said_at_place(self) -> str:
        """The place, and the words in the language of whoever reads."""
        return f"{self.place}: {self.said}"

    @property
    def said(self) -> str:
        """The words in the language of whoever reads."""
        return gettext(self.words) % self.values if self.values else gettext(self.words)


def fault(path: Place, words: str, **values: object) -> Fault:
    """Return a fault with words that stand in the catalogue of translations."""
    return Fault(path, words % values if values else words, words, values)


def below(place: Place, faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the faults of a part of a file with their places in the whole."""
    return (replace(one, path=(*place, *one.path)) for one in faults)


def shape_faults(schema: Mapping[str, Any], content: object) -> list[Fault]:
    """Return what is wrong with the shape of a file, in the order of places."""
    return [
        Fault(
            tuple(error.absolute_path),
            shape_said(error),
            SHAPES.get(str(error.validator), ANY_SHAPE),
            {"said": _detail(error)},
        )
        for error in shape_found(schema, content)
    ]


def _detail(error: "ValidationError") -> str:
    """Return the names, limits or values that a fault in a shape is about."""
    if error.validator == "required":
        return error.message.split("'")[1]
    asked: Any = error.validator_value
    if error.validator == "additionalProperties":
        found: Any = error.instance
        known: Any = error.schema
        return ", ".join(sorted(set(found) - set(known["properties"])))[:LONGEST_DETAIL]
    if error.validator == "enum":
        return ", ".join(map(str, asked))
    return str(asked if error.validator in LIMITS else error.instance)[:LONGEST_DETAIL]
