"""Translations: `python -m tools.check.translations update | check`, or .po files to compile into a .mo beside each."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from tools.check.catalogue import CHINESE, catalogue_problems, catalogue_read, catalogue_update, texts_used
from tools.check.chinese import GLOSSARY, chinese_problems, said_in_catalogue, said_in_papers, said_in_rulebooks, terms


def compile_catalogue(text: Path) -> None:
    """Write the .mo of a .po; fuzzy entries stay out. Raises PoFileError with the line that cannot be read."""
    with text.open("rb") as source:
        catalogue = read_po(source, abort_invalid=True)
    half = text.with_suffix(".mo.half")
    with half.open("wb") as target:
        write_mo(target, catalogue)
    half.rename(text.with_suffix(".mo"))


def update() -> int:
    """Bring the catalogue in step with the code, and say how much is left to translate."""
    print(f"{CHINESE}: {catalogue_update()} texts have no Chinese of their own yet")
    return 0


def check() -> int:
    """Print what is wrong with the catalogue and the Chinese of the rulebooks; return 1 when anything is."""
    catalogue = catalogue_read()
    said = [*said_in_catalogue(catalogue), *said_in_rulebooks(), *said_in_papers()]
    problems = [
        *catalogue_problems(catalogue, texts_used()),
        *chinese_problems(said, terms(GLOSSARY.read_text(encoding="utf-8"))),
    ]
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


COMMANDS = {"update": update, "check": check}


def main() -> int:
    """Run a command, or compile each file named; return 1 when something is wrong."""
    if len(sys.argv) == 2 and sys.argv[1] in COMMANDS:  # noqa: PLR2004
        return COMMANDS[sys.argv[1]]()
    for name in sys.argv[1:]:
        try:
            compile_catalogue(Path(name))
        except PoFileError as problem:
            print(f"{name}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
