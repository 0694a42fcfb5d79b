"""Makes a picture anew: a process of its own, since what it reads may be hostile, with bounds on memory and time.

`python -m backend.files.decoding FORMAT PICTURE FOLDER PIXELS`: the picture is read as that format and as no other,
turned upright, brought to sRGB, and written as two JPEG files without anything but its pixels. The answer is a line of
JSON: its sides, or under `refused` the code of the refusal. It loads nothing of the application.
"""

import io
import json
import resource
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageCms, ImageOps

from backend.common.later import Later

if TYPE_CHECKING:
    import pillow_heif
else:
    pillow_heif = Later("pillow_heif")

BYTES_OF_MEMORY = 1024 * 1024 * 1024
SECONDS = 20
SIDES = {"large": 1600, "small": 320}
QUALITY = 82
SRGB = ImageCms.createProfile("sRGB")


class TooManyPixels(Exception):
    """The header announces more pixels than are decoded."""


def opened(content: bytes, file_format: str, most_pixels: int) -> Image.Image:
    """Return a picture of which only the header was read; raise TooManyPixels by what that says."""
    if file_format == "HEIF":
        pillow_heif.register_heif_opener(thumbnails=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = Image.open(io.BytesIO(content), formats=[file_format])
    if picture.width * picture.height > most_pixels:
        raise TooManyPixels
    return picture


def plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone: small enough, upright, in sRGB, on white, and without a word about them."""
    profile = picture.info.get("icc_profile")
    side = SIDES["large"]
    picture.draft("RGB", (side, side))
    picture.thumbnail((side, side), reducing_gap=2.0)
    picture = ImageOps.exif_transpose(picture)
    if picture.mode not in {"RGB", "RGBA", "CMYK"}:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if profile and picture.mode in {"RGB", "CMYK"}:
        # A profile that cannot be used costs nothing but a shade.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB") or picture
    fresh = Image.new("RGB", picture.size, "white")
    if picture.mode == "RGBA":
        fresh.paste(picture, mask=picture.getchannel("A"))
    else:
        fresh.paste(picture.convert("RGB"))
    return fresh


def written(picture: Image.Image, folder: Path) -> dict[str, object]:
    """Write both sizes; return the sides of the large one."""
    for name, side in SIDES.items():
        size = picture.copy()
        size.thumbnail((side, side))
        size.save(folder / name, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return {"width": picture.width, "height": picture.height}


def decoded(file_format: str, source: Path, folder: Path, most_pixels: int) -> dict[str, object]:
    """Return the sides of the picture that was written, or the code of the refusal."""
    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        return written(plain(opened(source.read_bytes(), file_format, most_pixels)), folder)
    except (TooManyPixels, Image.DecompressionBombError):
        return {"refused": "picture_too_large"}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, RuntimeError, OverflowError):
        return {"refused": "file_damaged"}


def main(arguments: list[str]) -> None:
    """Take the bounds, then the work."""
    resource.setrlimit(resource.RLIMIT_AS, (BYTES_OF_MEMORY, BYTES_OF_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    file_format, source, folder, most_pixels = arguments
    sys.stdout.write(json.dumps(decoded(file_format, Path(source), Path(folder), int(most_pixels))))


if __name__ == "__main__":
    main(sys.argv[1:])
