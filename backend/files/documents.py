"""Examining documents before they are kept: each has to be one thing only, of bounded size, without programs. Pure."""

import io
import zipfile
from pathlib import PurePosixPath

from backend.files.errors import (
    FileAmbiguous,
    FileDamaged,
    FileHasMacros,
    FileKindRefused,
    FileUnpacksTooLarge,
)
from backend.files.kinds import OFFICE_KINDS, FileKind, text_of
from backend.files.limits import MOST_ENTRIES, MOST_UNPACKED_BYTES, MOST_UNPACKED_TIMES

LIST_OF_CONTENTS = "[Content_Types].xml"
MACROS = "vbaproject"
ZIP_BEGIN = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"
ZIP_END_BYTES = 22
ZIP_TAIL = 70_000
"""In the last bytes of a file a ZIP reader looks for the end of an archive."""
PDF_BEGIN = b"%PDF-"
PDF_END = b"%%EOF"
ENCRYPTED = 0x1


def pdf_check(*, content: bytes) -> None:
    """Raise a FileRefused for a PDF that does not begin and end as one, or that an unpacker would open too."""
    if not content.startswith(PDF_BEGIN):
        raise FileAmbiguous
    if not content.rstrip(b"\r\n \0").endswith(PDF_END):
        raise FileAmbiguous if PDF_END in content else FileDamaged
    if ZIP_END in content[-ZIP_TAIL:]:
        raise FileAmbiguous


def office_kind(*, content: bytes) -> FileKind:
    """Return which Office document an archive is; raise a FileRefused for any other, and for a hostile one."""
    if not content.startswith(ZIP_BEGIN) or content[-ZIP_END_BYTES:][:4] != ZIP_END:
        raise FileAmbiguous
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            begins_at = min((entry.header_offset for entry in entries), default=0)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError) as error:
        raise FileDamaged from error
    _entries_check(entries, len(content))
    names = {entry.filename for entry in entries}
    found = [kind for kind in OFFICE_KINDS if any(name.startswith(kind.word) for name in names)]
    if LIST_OF_CONTENTS not in names or len(found) != 1:
        raise FileKindRefused
    if begins_at:
        raise FileAmbiguous
    if any(MACROS in name.lower() for name in names):
        raise FileHasMacros
    return found[0]


def _entries_check(entries: list[zipfile.ZipInfo], length: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > min(MOST_UNPACKED_BYTES, length * MOST_UNPACKED_TIMES):
        raise FileUnpacksTooLarge
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or entry.flag_bits & ENCRYPTED:
            raise FileKindRefused


def text_as_utf8(*, content: bytes) -> bytes:
    """Return a plain text in UTF-8, as it is served."""
    text = text_of(content)
    if text is None:
        raise FileDamaged
    return text.encode()
