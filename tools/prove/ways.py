"""The files of the product that a way through it visits, in their order: what a reader who follows it has to open."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = str(ROOT / "backend") + "/"


@dataclass(slots=True)
class Way:
    """The files of `backend/` in which functions were called, each time another one than before."""

    steps: list[str] = field(default_factory=list)

    def visit(self, path: str) -> None:
        """Note that a function of a file was called."""
        name = path.removeprefix(PRODUCT)
        if not self.steps or self.steps[-1] != name:
            self.steps.append(name)

    @property
    def files(self) -> list[str]:
        """Each file once, in the order in which the way first comes to it."""
        return list(dict.fromkeys(self.steps))

    @property
    def steps_back(self) -> int:
        """The number of steps that lead into a file that was visited before."""
        return len(self.steps) - len(self.files)

    def __str__(self) -> str:
        head = f"{len(self.files)} files, {len(self.steps)} steps, {self.steps_back} of them back"
        return "\n".join([head, *(f"  {name}" for name in self.files)])


@contextmanager
def followed() -> Iterator[Way]:
    """Follow this thread for as long as the block lasts; comprehensions and module bodies are no functions."""
    way = Way()

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PRODUCT) and not code.co_name.startswith("<"):
            way.visit(code.co_filename)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield way
    finally:
        sys.setprofile(before)
