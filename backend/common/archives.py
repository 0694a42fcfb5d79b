"""Archives (ZIP) of others, looked at before anything in them is unpacked. Pure."""

import zipfile
import zlib

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The methods of compression that are taken; a part by another one can ask for 4 GB before its first byte is there."""
DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
"""The errors of reading a damaged archive, one with a password, or of a kind that cannot be read."""


class ArchiveTooLarge(Exception):
    """An archive would take more room unpacked than there is for it."""


def archive_entries(*, packed: zipfile.ZipFile, most_unpacked: int) -> list[zipfile.ZipInfo]:
    """Return the entries of an archive; raise ArchiveTooLarge, or BadZipFile for a name that stands in it twice."""
    entries = packed.infolist()
    if sum(entry.file_size for entry in entries) > most_unpacked:
        raise ArchiveTooLarge
    names = {entry.filename for entry in entries}
    if len(names) != len(entries) or any(entry.compress_type not in METHODS for entry in entries):
        raise zipfile.BadZipFile
    return entries
