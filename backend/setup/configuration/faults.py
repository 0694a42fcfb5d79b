"""Faults of a configuration file: each with its place, in the words of whoever reads them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from backend.common.file_shapes import shape_found, shape_said

Place = tuple[str | int, ...]

SHAPES: Mapping[str, str] = {
    "required": _("a field is missing here: %(said)s"),
    "additionalProperties": _("there is no field of this name here: %(said)s"),
    "type": _("this is of another kind than it has to be: %(said)s"),
    "enum": _("this is none of what can stand here: %(said)s"),
    "pattern": _("this is not written as it has to be: %(said)s"),
    "format": _("this is not written as it has to be: %(said)s"),
    "maxLength": _("this is too long: %(said)s"),
    "minLength": _("this must not be empty: %(said)s"),
    "maxItems": _("there are too many of them: %(said)s"),
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
        return f"{'/'.join(map(str, self.path)) or 'file'}: {self.text}"

    @property
    def said(self) -> str:
        """The words in the language of whoever reads."""
        return gettext(self.words) % self.values if self.values else gettext(self.words)


def fault(path: Place, words: str, **values: object) -> Fault:
    """Return a fault with words that stand in the catalogue of translations."""
    return Fault(path, words % values if values else words, words, values)


def shape_faults(schema: Mapping[str, Any], content: object) -> list[Fault]:
    """Return what is wrong with the shape of a file, in the order of places."""
    return [
        Fault(
            tuple(error.absolute_path),
            shape_said(error),
            SHAPES.get(str(error.validator), ANY_SHAPE),
            {"said": shape_said(error)},
        )
        for error in shape_found(schema, content)
    ]
