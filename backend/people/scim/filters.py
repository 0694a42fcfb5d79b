"""Filters of SCIM (RFC 7644, 3.4.2.2) over what there is of a member of staff: eq, ne, sw, co, ew, pr, and, or, not."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.people.errors import ScimUnreadable
from backend.people.scim.shapes import USER

LONGEST = 400
DEEPEST = 8
TOKEN = re.compile(r'\s*(?:(\(|\))|("(?:[^"\\]|\\.)*")|([^\s()"]+))')
KNOWN = {
    "id": "id",
    "username": "userName",
    "displayname": "displayName",
    "externalid": "externalId",
    "active": "active",
}

Test = Callable[[Mapping[str, Any]], bool]
COMPARE: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda has, wanted: has == wanted,
    "ne": lambda has, wanted: has != wanted,
    "sw": str.startswith,
    "ew": str.endswith,
    "co": str.__contains__,
}


def filter_read(text: Any) -> Test:
    """Return a test of somebody as SCIM shows them; raise ScimUnreadable."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise _wrong(str(text))
    reader = _Reader(text)
    test = reader.either(0)
    if reader.tokens:
        raise _wrong(text)
    return test


def _wrong(text: str) -> ScimUnreadable:
    return ScimUnreadable(_("This filter cannot be understood: %(filter)s") % {"filter": text[:80]}, pointer="/filter")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise _wrong(text)
            self.tokens.append(found[0].strip())
            at = found.end()

    def either(self, depth: int) -> Test:
        """Read tests joined by `or`."""
        tests = [self._both(depth)]
        while self._next_is("or"):
            tests.append(self._both(depth))
        return lambda row: any(test(row) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._next_is("and"):
            tests.append(self._one(depth))
        return lambda row: all(test(row) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise _wrong(self.text)
        if self._next_is("not"):
            inner = self._one(depth + 1)
            return lambda row: not inner(row)
        if self._next_is("("):
            inside = self.either(depth + 1)
            if not self._next_is(")"):
                raise _wrong(self.text)
            return inside
        name = KNOWN.get(self._take().lower().removeprefix(f"{USER.lower()}:"))
        compared = self._take().lower()
        if name is None or (compared != "pr" and compared not in COMPARE):
            raise _wrong(self.text)
        return self._compared(name, compared)

    def _compared(self, name: str, compared: str) -> Test:
        if compared == "pr":
            return lambda row: name in row
        value = self._take()
        if name == "active":
            wanted = {"true": True, "false": False}.get(value.lower())
            if wanted is None or compared not in {"eq", "ne"}:
                raise _wrong(self.text)
            return lambda row: (row["active"] is wanted) == (compared == "eq")
        if not value.startswith('"'):
            raise _wrong(self.text)
        sought = re.sub(r"\\(.)", r"\1", value[1:-1])
        # An id of the portal is its own in every letter; names and numbers are one in every spelling.
        plain: Callable[[str], str] = str if name in {"id", "externalId"} else identity_of
        return lambda row: COMPARE[compared](plain(str(row.get(name, ""))), plain(sought))

    def _next_is(self, word: str) -> bool:
        if self.tokens and self.tokens[0].lower() == word:
            self.tokens.pop(0)
            return True
        return False

    def _take(self) -> str:
        if not self.tokens:
            raise _wrong(self.text)
        return self.tokens.pop(0)
