"""Draws the icons of the installed app from the one mark: `python -m tools.app_icons` writes them beside it."""

from pathlib import Path

import typst

FOLDER = Path(__file__).parents[1] / "backend" / "portal" / "static" / "portal"
MARK = FOLDER / "mark.svg"
GREEN = "#0b6657"
ICONS = {
    "icon-192.png": (192, "none", 100),
    "icon-512.png": (512, "none", 100),
    "icon-maskable-512.png": (512, f'rgb("{GREEN}")', 80),
    "icon-touch-180.png": (180, f'rgb("{GREEN}")', 88),
}
"""Name → width in pixels, background, and how much of it the mark takes: phones cut corners off where it is filled."""


def drawn(name: str) -> bytes:
    """Return an icon as PNG."""
    width, background, share = ICONS[name]
    page = f"#set page(width: {width}pt, height: {width}pt, margin: 0pt, fill: {background})"
    mark = f'#align(center + horizon, image("{MARK.name}", width: {share}%))'
    source = f"{page}\n{mark}".encode()
    picture: bytes = typst.compile(source, root=str(FOLDER), format="png", ppi=72)  # type: ignore[call-overload]
    return picture


def main() -> None:
    """Write every icon."""
    for name in ICONS:
        (FOLDER / name).write_bytes(drawn(name))


if __name__ == "__main__":
    main()
