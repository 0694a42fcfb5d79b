"""The kinds of files that are taken, told by their content and never by their name. Pure."""

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.common.later import Later
from backend.files.errors import FileKindRefused

if TYPE_CHECKING:
    import filetype
else:
    filetype = Later("filetype")

CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(r"\s*<(?:[!?/]|[a-z])", re.IGNORECASE)
TEXT_ENDING = ".txt"


class Reader(StrEnum):
    """The part of the code that examines a kind further."""

    PICTURE = "picture"
    PDF = "pdf"
    OFFICE = "office"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its media type, the ending its name gets, and the word by which its reader knows it."""

    media_type: str
    ending: str
    reader: Reader
    word: str = ""


OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = FileKind("image/jpeg", "jpg", Reader.PICTURE, "JPEG")
KINDS = {
    kind.media_type: kind
    for kind in (
        JPEG,
        FileKind("image/png", "png", Reader.PICTURE, "PNG"),
        FileKind("image/webp", "webp", Reader.PICTURE, "WEBP"),
        FileKind("image/heic", "heic", Reader.PICTURE, "HEIF"),
        FileKind("application/pdf", "pdf", Reader.PDF),
        FileKind(f"{OFFICE}.wordprocessingml.document", "docx", Reader.OFFICE, "word/"),
        FileKind(f"{OFFICE}.spreadsheetml.sheet", "xlsx", Reader.OFFICE, "xl/"),
        FileKind(f"{OFFICE}.presentationml.presentation", "pptx", Reader.OFFICE, "ppt/"),
    )
}
ZIP = "application/zip"
TEXT = FileKind("text/plain; charset=utf-8", "txt", Reader.TEXT)
OFFICE_KINDS = tuple(kind for kind in KINDS.values() if kind.reader is Reader.OFFICE)


def kind_of(*, content: bytes, name: str) -> FileKind | None:
    """Return the kind of a content, None for a ZIP archive of which the names inside decide; raise FileKindRefused."""
    media_type = filetype.guess_mime(content)
    if media_type == ZIP or media_type in {kind.media_type for kind in OFFICE_KINDS}:
        return None
    if media_type in KINDS:
        return KINDS[media_type]
    if media_type is None and name.lower().endswith(TEXT_ENDING) and _is_plain_text(content):
        return TEXT
    raise FileKindRefused


def text_of(content: bytes) -> str | None:
    """Return what a plain text says, in UTF-8 or as programs in Chinese schools still write it; None for no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_plain_text(content: bytes) -> bool:
    if CONTROLS.search(content.removeprefix(codecs.BOM_UTF8)):
        return False
    text = text_of(content)
    return text is not None and not MARKUP.match(text)
