"""The store that holds the contents of files: a folder, or an object store by setting. Never asked in a transaction.

Where a content lies follows from the id of its upload alone, so nothing can lie there of which no row tells.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages

from backend.common.errors import NotFound
from backend.files.errors import FilesAway

STORE = "files"
LARGE = "large"
SMALL = "small"
ORIGINAL = "original"
KEPT = (LARGE, SMALL, ORIGINAL)
"""The names under which the content of a kept file lies."""


def part_name(number: int) -> str:
    """Return the name under which a part lies."""
    return f"part-{number}"


def content_write(*, file_id: UUID, name: str, content: bytes) -> None:
    """Put a content into the store; what lay there under the name is replaced."""
    with _answering():
        storages[STORE].save(_path(file_id, name), ContentFile(content))


def file_write(*, file_id: UUID, name: str, file: IO[bytes]) -> None:
    """Put what stands in an open file into the store, bit by bit; what lay there under the name is replaced."""
    with _answering():
        storages[STORE].save(_path(file_id, name), File(file))


def content_read(*, file_id: UUID, name: str) -> bytes:
    """Return a whole content; raise NotFound where there is none."""
    with _answering(), content_open(file_id=file_id, name=name) as opened:
        content: bytes = opened.read()
    return content


def content_open(*, file_id: UUID, name: str) -> IO[Any]:
    """Open a content for reading; raise NotFound where there is none."""
    with _answering():
        return storages[STORE].open(_path(file_id, name))


def contents_delete(*, file_id: UUID, names: Iterable[str]) -> None:
    """Remove contents; one that is not there is no fault."""
    with _answering():
        for name in names:
            storages[STORE].delete(_path(file_id, name))


def _path(file_id: UUID, name: str) -> str:
    return f"{file_id.hex[:2]}/{file_id}/{name}"


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound from error
    except OSError as error:
        raise FilesAway from error
