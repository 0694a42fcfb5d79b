"""Contact sheets: many pictures of pages, small and side by side, for whoever looks them through."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

GAP, CAPTION, SHEET_WIDTH, ROWS = 8, 16, 1850, 2
DESK = 700
"""From this width on a page is one of a desk, and its picture is larger."""
SIZES = {False: (300, 620), True: (600, 620)}
"""Of a picture; it shows as much of the page from its top as that holds."""
LETTER = 6.2
"""The width of a letter of a caption."""


def thumbnail_keep(picture: bytes, path: Path) -> None:
    """Keep the upper part of a picture, small."""
    with Image.open(BytesIO(picture)) as image:
        width, height = SIZES[image.width >= DESK]
        upper = image.convert("RGB").crop((0, 0, image.width, min(image.height, image.width * height // width)))
        upper.thumbnail((width, height))
        upper.save(path, quality=85)


def sheets_written(folder: Path, name: str, pictures: Sequence[tuple[str, Path]], *, is_desk: bool) -> int:
    """Write the pictures with their captions onto sheets; return how many there are."""
    width, height = SIZES[is_desk]
    columns = SHEET_WIDTH // (width + GAP)
    each = columns * ROWS
    for number, first in enumerate(range(0, len(pictures), each), start=1):
        sheet = Image.new("RGB", (columns * (width + GAP) + GAP, ROWS * (height + CAPTION + GAP) + GAP), "#888888")
        draw = ImageDraw.Draw(sheet)
        for at, (caption, path) in enumerate(pictures[first : first + each]):
            left = GAP + at % columns * (width + GAP)
            top = GAP + at // columns * (height + CAPTION + GAP)
            draw.text((left, top), caption[: int(width / LETTER)], fill="white")
            with Image.open(path) as picture:
                sheet.paste(picture, (left, top + CAPTION))
        sheet.save(folder / f"{name}-{number:02}.webp", quality=85)
    return -(-len(pictures) // each)
