"""Sending files as a phone does, pictures to send, and the work of the worker done at once."""

import hashlib
import io
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.core.files.storage.filesystem import FileSystemStorage
from PIL import Image
from rest_framework.response import Response

from backend.files.tasks import check, remove
from backend.workflow.tasks import attach
from tests.world import Client

PART = 128 * 1024


def picture(file_format: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """Return a small picture, red on the left and blue on the right."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    image.save(written, file_format, **options)
    return written.getvalue()


def announcement(content: bytes, name: str = "photo.jpg", **changes: object) -> dict[str, object]:
    """Return what a phone says of a file before it sends it."""
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), **changes}


def put(client: Client, upload: str, number: int, part: bytes) -> Response:
    """Send one part."""
    path = f"/api/v1/files/{upload}/parts/{number}"
    answer: Response = client.http.put(path, part, content_type="application/octet-stream")
    return answer


def send(client: Client, to: str, content: bytes, name: str = "photo.jpg", **changes: object) -> dict[str, Any]:
    """Send a whole file to `tickets/…` or `reports/…`, do the worker's part, and return what became of it."""
    begun = client.post(f"{to}/files", announcement(content, name, **changes))
    assert begun.status_code == 201, begun.data
    upload = begun.data["id"]
    for number in range(begun.data["parts"]):
        stored = put(client, upload, number, content[number * PART : (number + 1) * PART])
        assert stored.status_code == 204, stored.data
    assert client.post(f"files/{upload}/complete").status_code == 202
    work()
    became: dict[str, Any] = client.get(f"files/{upload}").data
    return became


def work() -> None:
    """Do what a worker does with files that are here."""
    check()
    attach()
    remove()


def kept() -> list[str]:
    """Return the names of everything that lies in the store."""
    store = storages["files"]
    assert isinstance(store, FileSystemStorage)
    root = Path(store.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def read(client: Client, file: str, size: str = "") -> bytes:
    """Return the content of a file."""
    answer: Any = client.get(f"files/{file}/content", **({"size": size} if size else {}))
    assert answer.status_code == 200, answer.data
    return b"".join(answer.streaming_content)
