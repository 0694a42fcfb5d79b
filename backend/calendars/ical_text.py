"""The text of a calendar file: its size, its encoding and its nesting, before anything is made of it. Pure."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid

MAXIMUM_BYTES, MOST_PARTS, DEEPEST = 512_000, 5000, 6
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
    """Return the text of a calendar file; raise IcalUnreadable or IcalTooLarge.

    The standard asks for UTF-8. What is not UTF-8 is read as the Chinese national encoding, and whoever takes the file
    in sees the names before anything is stored.
    """
    if len(content) > MAXIMUM_BYTES:
        raise IcalTooLarge
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.strip().split("\n")
    _check_nesting(lines)
    return "\r\n".join(lines) + "\r\n"


def _decoded(content: bytes) -> str:
    named = BYTE_ORDER_MARKS.get(content[:2])
    for encoding in [named] if named else ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise IcalUnreadable


def _check_nesting(lines: list[str]) -> None:
    """Refuse what is no calendar, and what would only keep a reader busy."""
    depth = parts = 0
    for line in lines:
        word = line[:6].upper()
        if word == "BEGIN:":
            depth, parts = depth + 1, parts + 1
        elif word.startswith("END:"):
            depth -= 1
        if depth > DEEPEST or parts > MOST_PARTS:
            raise IcalTooLarge
    if not lines[0].strip().upper() == "BEGIN:VCALENDAR" or depth != 0:
        raise IcalUnreadable
