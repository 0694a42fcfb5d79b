"""Reading the papers: which there are, and what stands in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Fence:
    """A block of code in a paper; `kind` is what stands behind the opening backticks."""

    kind: str
    text: str


def papers() -> list[Path]:
    """Return every paper of the project: those at the top and all below docs/."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def paper_name(path: Path) -> str:
    """Return a paper's path within the project."""
    return str(path.relative_to(ROOT))


def read(name: str) -> str:
    """Return the text of a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def fences(text: str) -> list[Fence]:
    """Return the blocks of code of a paper, in order."""
    return [Fence(match["kind"].strip(), match["text"]) for match in FENCE.finditer(text)]


def prose(text: str) -> str:
    """Return a paper without its blocks of code."""
    return FENCE.sub("", text)
