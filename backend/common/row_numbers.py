"""Numbers of rows as forms and addresses send them."""

import re
from collections.abc import Iterable

NUMBER = re.compile(r"[0-9]{1,18}")


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Return those that can be the number of a row; there is no row of any other."""
    return [int(text) for text in texts if NUMBER.fullmatch(text)]
