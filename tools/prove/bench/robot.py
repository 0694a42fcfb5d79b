"""A robot that reports at the page with one thumb: it taps and types, and what that takes a person is counted.

The page works in real time; a tap and a character are charged with what they cost a person, without waiting for it. So
a report takes at most what is measured here: a real page works while the person is still typing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TAP_SECONDS = 0.3
CHARACTER_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Reported:
    """One report from the scan to the receipt: what the page took, and what the person did meanwhile."""

    category: str
    language: str
    page_seconds: float
    taps: int
    characters: int

    @property
    def seconds(self) -> float:
        """The seconds from the scan to the receipt."""
        return self.page_seconds + self.taps * TAP_SECONDS + self.characters * CHARACTER_SECONDS


class Robot:
    """A person who scans the code of a place and reports something, answering every short question."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        self._taps = self._characters = 0

    def report(self, *, scanned: str, category: Mapping[str, Any], language: str) -> Reported:
        """Report the first example of a category, as a rulebook file has it, from the address that a code holds."""
        self._taps = self._characters = 0
        began = time.perf_counter()
        self._page.goto(scanned)
        self._choose(category["code"])
        self._type(category["examples"][language][0])
        for question in category.get("questions", ()):
            field = f"answer-{category['code']}-{question['key']}"
            self._tap(self._page.locator(f'label:has(input[name="{field}"])').first)
        self._tap(self._page.locator("form[data-draft] .send button.primary"))
        self._page.wait_for_url("**/reports/*sent=1")
        took = time.perf_counter() - began
        return Reported(category["code"], language, took, self._taps, self._characters)

    def _choose(self, code: str) -> None:
        group = self._page.locator(f'.group:has(input[name="category"][value="{code}"])')
        self._tap(group.locator("summary"))
        self._tap(group.locator(f'label.tile:has(input[name="category"][value="{code}"])'))

    def _type(self, words: str) -> None:
        """Type into the field that the page has put the person into; a tap where it has not."""
        self._page.locator("[data-chosen]").wait_for()
        field = self._page.locator("#description")
        if not field.evaluate("field => document.activeElement === field"):
            self._tap(field)
        self._page.keyboard.type(words)
        self._characters += len(words)

    def _tap(self, target: "Locator") -> None:
        target.click()
        self._taps += 1
