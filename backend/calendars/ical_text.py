"""The text of a calendar file: its size, its encoding and its nesting, before anything is made of it. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid
from backend.common.later import Later

if TYPE_CHECKING:
    from icalendar import parser
else:
    parser = Later("icalendar.parser")

MAXIMUM_BYTES, MOST_PARTS, DEEPEST = 512_000, 5000, 6
ZONE = "VTIMEZONE"
ENCODINGS = ("utf-8-sig", "gb18030")
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class IcalUnreadable(Invalid):
    """The file as a whole cannot be read as a calendar."""

    code = "ical_unreadable"
    title = _("This file cannot be read as a calendar. Please export it as .ics (iCalendar) once more.")


class IcalTooLarge(IcalUnreadable):
    """The file is too large, or holds too many entries."""

    code = "ical_too_large"
    title = _("This calendar is too large: at most 500 KB and 1000 entries. Please export holidays and terms alone.")


def ical_text(content: bytes) -> str:
    """Return the text of a calendar file without its own rules of time zones; raise IcalUnreadable or IcalTooLarge.

    The standard asks for UTF-8. What is not UTF-8 is read as the Chinese national encoding, and whoever takes the file
    in sees the names before anything is stored.

    A file can describe a zone of its own under any name, by rules that come back every second. The library would follow
    them from the first on, and keep the zone for every later file in which the same name means another one. Zones that
    are known by their names need no description; times in any other are those of the school's clock.
    """
    if len(content) > MAXIMUM_BYTES:
        raise IcalTooLarge
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines: list[parser.Contentline] = parser.Contentlines.from_ical(text.strip())  # type: ignore[no-untyped-call]
    if lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise IcalUnreadable
    return "\r\n".join(_without_zones(lines)) + "\r\n"


def _decoded(content: bytes) -> str:
    named = BYTE_ORDER_MARKS.get(content[:2])
    for encoding in [named] if named else ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise IcalUnreadable


def _without_zones(lines: "list[parser.Contentline]") -> Iterator[str]:
    """Yield the lines outside of zones; refuse what is no calendar, and what would only keep a reader busy."""
    depth = parts = zone = 0
    for line in lines:
        step, name = _edge(line)
        depth, parts = depth + step, parts + (step > 0)
        if depth > DEEPEST or parts > MOST_PARTS:
            raise IcalTooLarge
        if name == ZONE and step > 0 and not zone:
            zone = depth
        if not zone:
            yield line
        elif depth < zone:
            zone = 0
    if depth != 0:
        raise IcalUnreadable


def _edge(line: "parser.Contentline") -> tuple[int, str]:
    """Return 1 where a part begins and -1 where one ends, with its name; 0 for any other line."""
    if not line.upper().startswith(("BEGIN", "END")):
        return 0, ""
    try:
        word, _parameters, name = line.parts()
    except ValueError as error:
        raise IcalUnreadable from error
    return {"BEGIN": 1, "END": -1}.get(word.upper(), 0), name.strip().upper()
