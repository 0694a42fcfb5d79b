"""References people read out: short, random, and safe against one wrong or two swapped characters."""

import secrets
import unicodedata

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
LENGTH = 8
GROUP = 4
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
FIELD_POLYNOMIAL = 0b100101


class ReferenceWrong(Invalid):
    """The text is no reference, or was misread."""

    code = "reference_wrong"
    title = _("This reference is not right. It has eight characters, like K7QM-2X9R; please check each one.")


def reference_new() -> str:
    """Return a random reference: seven characters (35 bits) and a check character, in two groups."""
    body = [secrets.randbelow(len(ALPHABET)) for _position in range(LENGTH - 1)]
    return _grouped([*body, _times_two(_weighed(body))])


def references_drawn() -> list[str]:
    """Return three random references: one may be taken already, and that all of them are does not happen."""
    return [reference_new(), reference_new(), reference_new()]


def reference_parse(text: str) -> str:
    """Return the reference as it is written, however it was typed; raise ReferenceWrong."""
    folded = unicodedata.normalize("NFKC", text).upper().translate(LOOK_ALIKES)
    letters = [letter for letter in folded if not (letter.isspace() or unicodedata.category(letter) == "Pd")]
    if len(letters) != LENGTH or any(letter not in ALPHABET for letter in letters):
        raise ReferenceWrong
    digits = [ALPHABET.index(letter) for letter in letters]
    if _weighed(digits) != 0:
        raise ReferenceWrong
    return _grouped(digits)


def _grouped(digits: list[int]) -> str:
    text = "".join(ALPHABET[digit] for digit in digits)
    return f"{text[:GROUP]}-{text[GROUP:]}"


def _weighed(digits: list[int]) -> int:
    """Sum the digits in GF(32), each weighed with another power of two: one wrong or any two swapped digits show."""
    total = 0
    for digit in digits:
        total = _times_two(total) ^ digit
    return total


def _times_two(number: int) -> int:
    doubled = number << 1
    return doubled ^ FIELD_POLYNOMIAL if doubled >= len(ALPHABET) else doubled
