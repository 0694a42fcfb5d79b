"""Contact sheets: many pictures of pages, small and side by side, for whoever looks them through."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT, GAP, CAPTION = 300, 620, 8, 16
COLUMNS, ROWS = 6, 2
LONGEST = 2.05
"""The part of a page that a picture shows, as a multiple of its width."""


def thumbnail(picture: bytes) -> Image.Image:
    """Return the upper part of a picture, small."""
    with Image.open(BytesIO(picture)) as image:
        upper = image.convert("RGB").crop((0, 0, image.width, min(image.height, int(image.width * LONGEST))))
        upper.thumbnail((WIDTH, HEIGHT))
        return upper


def sheets_written(folder: Path, name: str, pictures: Sequence[tuple[str, Image.Image]]) -> int:
    """Write the pictures with their captions onto sheets; return how many there are."""
    each = COLUMNS * ROWS
    for number, first in enumerate(range(0, len(pictures), each), start=1):
        size = (COLUMNS * (WIDTH + GAP) + GAP, ROWS * (HEIGHT + CAPTION + GAP) + GAP)
        sheet = Image.new("RGB", size, "#888888")
        draw = ImageDraw.Draw(sheet)
        for at, (caption, picture) in enumerate(pictures[first : first + each]):
            left = GAP + at % COLUMNS * (WIDTH + GAP)
            top = GAP + at // COLUMNS * (HEIGHT + CAPTION + GAP)
            draw.text((left, top), caption[:48], fill="white")
            sheet.paste(picture, (left, top + CAPTION))
        sheet.save(folder / f"{name}-{number:02}.webp", quality=80)
    return -(-len(pictures) // each)
