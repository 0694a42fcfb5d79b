"""The files of the product that a way through it visits, in their order: what a reader who follows it has to open.

Every function that is called counts, however small and whoever calls it; no file is left out. Beside that plain count
stand two others. A *reading* opens each function once, where it is called first, since nobody reads a loop twice. And
what a way has of its own are the files that an unlike request does not visit: the others carry any request.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = str(ROOT / "backend") + "/"


@dataclass(slots=True)
class Way:
    """The files of `backend/` in which functions were called, each time another one than before."""

    steps: list[str] = field(default_factory=list)
    reading: list[str] = field(default_factory=list)
    """The steps of somebody who opens each function once."""
    _known: set[CodeType] = field(default_factory=set)

    def visit(self, code: CodeType) -> None:
        """Note that a function was called."""
        name = code.co_filename.removeprefix(PRODUCT)
        _step(self.steps, name)
        if code not in self._known:
            self._known.add(code)
            _step(self.reading, name)

    @property
    def files(self) -> list[str]:
        """Each file once, in the order in which the way first comes to it."""
        return list(dict.fromkeys(self.steps))

    @property
    def steps_back(self) -> int:
        """The number of steps that lead into a file that was visited before."""
        return len(self.steps) - len(self.files)

    @property
    def reading_back(self) -> int:
        """The same of somebody who opens each function once."""
        return len(self.reading) - len(self.files)

    def own(self, unlike: "Way") -> list[str]:
        """Return the files that another, unlike way does not visit."""
        return [name for name in self.files if name not in unlike.steps]

    def __str__(self) -> str:
        head = (
            f"{len(self.files)} files; {len(self.steps)} steps, {self.steps_back} of them back; "
            f"each function read once: {len(self.reading)} steps, {self.reading_back} of them back"
        )
        return "\n".join([head, *(f"  {name}" for name in self.files)])


def _step(steps: list[str], name: str) -> None:
    if not steps or steps[-1] != name:
        steps.append(name)


@contextmanager
def followed() -> Iterator[Way]:
    """Follow this thread for as long as the block lasts; comprehensions and module bodies are no functions."""
    way = Way()

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PRODUCT) and not code.co_name.startswith("<"):
            way.visit(code)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield way
    finally:
        sys.setprofile(before)
