"""Pictures are made anew: upright, in two sizes, with nothing but their pixels."""

import io
from typing import Any
from uuid import UUID

import pillow_heif
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base

from tests.files.sending import picture, read, send
from tests.world import World

SECRETS = (b"Exif", b"31.2304", b"Huawei", b"xpacket", b"ICC_PROFILE", b"written by")


def with_words() -> dict[str, Any]:
    """Return what a phone writes beside the pixels: a position, the device, and that it was held on its side."""
    exif = Image.Exif()
    exif[Base.Make.value] = "Huawei"
    exif[Base.Orientation.value] = 6
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (31.2304, 0.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {"exif": exif.tobytes(), "icc_profile": profile}


def opened(content: bytes) -> Image.Image:
    """Return a JPEG that was served."""
    image = Image.open(io.BytesIO(content), formats=["JPEG"])
    image.load()
    return image


@pytest.mark.slow("tests/files/test_pictures.py", after=2)
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_nothing_is_left_of_a_picture_but_its_pixels(world: World, ticket: UUID, file_format: str) -> None:
    pillow_heif.register_heif_opener()
    words = with_words()
    if file_format == "JPEG":
        words |= {"comment": b"written by Alice", "xmp": b"<?xpacket begin?><x:xmpmeta/>"}
    content = picture(file_format, (2400, 1200), **words)
    assert b"Huawei" in content
    became = send(world.alice.client, f"tickets/{ticket}", content, f"IMG_1.{file_format.lower()}")
    assert became["state"] == "ready", became
    (file,) = world.alice.client.get(f"tickets/{ticket}/files").data
    assert (file["media_type"], file["name"], file["width"], file["height"]) == ("image/jpeg", "IMG_1.jpg", 800, 1600)
    large, small = (read(world.bob.client, file["id"], size) for size in ("large", "small"))
    assert file["size"] == len(large)
    for shown, sides in ((large, (800, 1600)), (small, (160, 320))):
        image = opened(shown)
        assert image.size == sides
        assert not any(secret in shown for secret in SECRETS)
        assert not image.getexif()
        assert "icc_profile" not in image.info
        # Turned by a quarter: what was on the left is on top.
        above, below = (image.resize((1, 2), Image.Resampling.BOX).crop((0, y, 1, y + 1)).tobytes() for y in (0, 1))
        assert above[0] > 200 > above[2]
        assert below[2] > 200 > below[0]


def test_colours_and_transparency_become_plain(world: World, ticket: UUID) -> None:
    grey = io.BytesIO()
    Image.new("LA", (40, 30), (10, 0)).save(grey, "PNG")
    send(world.alice.client, f"tickets/{ticket}", grey.getvalue(), "stamp.png")
    palette = io.BytesIO()
    Image.new("P", (40, 30)).save(palette, "PNG", transparency=0)
    send(world.alice.client, f"tickets/{ticket}", palette.getvalue(), "other.png")
    printed = io.BytesIO()
    Image.new("CMYK", (40, 30)).save(printed, "JPEG")
    send(world.alice.client, f"tickets/{ticket}", printed.getvalue(), "scan.jpg")
    for file in world.alice.client.get(f"tickets/{ticket}/files").data:
        image = opened(read(world.alice.client, file["id"]))
        assert (image.mode, image.size) == ("RGB", (40, 30))
        assert image.getpixel((5, 5)) == (255, 255, 255)
