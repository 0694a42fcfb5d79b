"""Pictures made anew by a process of their own (`decoding.py`), so that no picture can harm the one that asks."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from backend.files.errors import REFUSALS, FileDamaged

SECONDS = 40
MILLION = 1_000_000
DECODER = "backend.files.decoding"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew, in two sizes, as JPEG."""

    large: bytes
    small: bytes
    width: int
    height: int


def picture_made_anew(*, content: bytes, file_format: str) -> Picture:
    """Return the picture's pixels alone, upright; raise a FileRefused for one that is too large or cannot be read."""
    with tempfile.TemporaryDirectory(prefix="allclear-picture-") as name:
        folder = Path(name)
        (folder / "sent").write_bytes(content)
        said = _decode(file_format, folder)
        if "refused" in said:
            raise REFUSALS[str(said["refused"])]
        large, small = ((folder / size).read_bytes() for size in ("large", "small"))
    return Picture(large, small, int(said["width"]), int(said["height"]))


def _decode(file_format: str, folder: Path) -> dict[str, str | int]:
    """Let the process run; whatever ends it before it has answered is the picture's fault."""
    pixels = str(settings.PICTURE_MAX_MEGAPIXELS * MILLION)
    command = [sys.executable, "-m", DECODER, file_format, str(folder / "sent"), str(folder), pixels]
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, and no shell
            command,
            cwd=settings.BASE_DIR,
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise FileDamaged from error
    answer: dict[str, str | int] = json.loads(ended.stdout)
    return answer
