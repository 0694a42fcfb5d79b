"""Compiles gettext catalogues: `python -m tools.translations one.po two.po …` writes a .mo beside each."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po


def compile_catalogue(text: Path) -> None:
    """Write the .mo of a .po; fuzzy entries stay out. Raises PoFileError with the line that cannot be read."""
    with text.open("rb") as source:
        catalogue = read_po(source, abort_invalid=True)
    half = text.with_suffix(".mo.half")
    with half.open("wb") as target:
        write_mo(target, catalogue)
    half.rename(text.with_suffix(".mo"))


def main() -> int:
    """Compile each file named; return 1 when one cannot be read."""
    for name in sys.argv[1:]:
        try:
            compile_catalogue(Path(name))
        except PoFileError as problem:
            print(f"{name}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
