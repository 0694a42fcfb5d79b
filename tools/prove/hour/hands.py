"""The hands and eyes of a person at a browser: every tap, letter and page costs what it costs a person."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page

TAP_SECONDS = 0.3
LETTERS_A_SECOND = 5
WORDS_A_SECOND, SIGNS_A_SECOND = 4.0, 6.0
READ_AT_LEAST, READ_AT_MOST = 3.0, 30.0
"""A page is read until one knows what to do: in the time its words take, but within these bounds."""
THINKING_SECONDS = 30.0
"""Each place where one had to think, on top of reading."""
READING = """() => {
    const text = document.querySelector("main")?.innerText ?? "";
    const signs = (text.match(/[\\u4e00-\\u9fff]/g) ?? []).length;
    return [signs, text.replace(/[\\u4e00-\\u9fff]/g, " ").split(/\\s+/).filter(Boolean).length];
}"""


@dataclass(slots=True)
class Step:
    """One step of the way, and what it cost."""

    name: str
    taps: int = 0
    letters: int = 0
    pages: int = 0
    person: float = 0.0
    machine: float = 0.0
    thoughts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Hands:
    """Somebody at a page; `person` seconds are counted, `machine` seconds are measured."""

    page: Page
    folder: Path
    steps: list[Step] = field(default_factory=list)

    @property
    def now(self) -> Step:
        """The step that is going on."""
        return self.steps[-1]

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what follows as a step of its own, and keep a picture of where it ends."""
        self.steps.append(Step(name))
        yield
        self.page.screenshot(path=self.folder / f"{len(self.steps):02}-{name.replace(' ', '-')}.png", full_page=True)

    def open(self, address: str) -> None:
        """Follow a link that stands somewhere else: a tap, and the new page is read."""
        self.now.taps += 1
        self.now.person += TAP_SECONDS
        began = time.monotonic()
        self.page.goto(address)
        self.now.machine += time.monotonic() - began
        self.read()

    def tap(self, what: Locator) -> None:
        """Tap something that stays on the page."""
        self._count_tap()
        what.click()

    def go(self, what: Locator) -> None:
        """Tap something that leads to a new page, and read that."""
        self._count_tap()
        began = time.monotonic()
        what.click()
        self.page.wait_for_load_state()
        self.now.machine += time.monotonic() - began
        self.read()

    def type(self, what: Locator, text: str) -> None:
        """Tap into a field and type."""
        self._count_tap()
        self.now.letters += len(text)
        self.now.person += len(text) / LETTERS_A_SECOND
        what.fill(text)

    def choose(self, what: Locator, value: str) -> None:
        """Open a list and choose from it: two taps."""
        self._count_tap()
        self._count_tap()
        what.select_option(value)

    def hand_over(self, what: Locator, file: Path) -> None:
        """Choose a file in the dialogue: open it, find the file, confirm."""
        for _tap in range(3):
            self._count_tap()
        what.set_input_files(file)

    def spend(self, seconds: float) -> None:
        """Count time that passes beside the browser."""
        self.now.person += seconds

    def think(self, about: str) -> None:
        """Count a place where one had to think."""
        self.now.thoughts.append(about)
        self.now.person += THINKING_SECONDS

    def read(self) -> None:
        """Read the page."""
        signs, words = self.page.evaluate(READING)
        seconds = signs / SIGNS_A_SECOND + words / WORDS_A_SECOND
        self.now.pages += 1
        self.now.person += min(max(seconds, READ_AT_LEAST), READ_AT_MOST)

    def _count_tap(self) -> None:
        self.now.taps += 1
        self.now.person += TAP_SECONDS
