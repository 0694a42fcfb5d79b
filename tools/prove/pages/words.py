"""Words of the other language on a page: what nobody translated."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tools.run.installation import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

HAN = re.compile(r"[\u3007\u4e00-\u9fff][\u3000-\u303f\u3007\u4e00-\u9fff\uff00-\uffef]*")
LATIN = re.compile(r"(?<![A-Za-z\d@_./\-])[A-Za-z]{3,}(?![A-Za-z\d@_/\-]|\.\w)")
TEXTS = """() => {
    const own = document.documentElement.lang, texts = [];
    const foreign = (node) => node.closest(`[lang]:not([lang="${own}"]), [translate=no]`);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        const isText = !node.closest("script, style, code, pre, .material-symbols-outlined");
        if (node.checkVisibility() && !foreign(node) && isText) {
            texts.push(walker.currentNode.data);
        }
    }
    for (const name of ["placeholder", "aria-label", "title", "alt"]) {
        for (const node of document.querySelectorAll(`body [${name}]`)) {
            if (!foreign(node)) texts.push(node.getAttribute(name));
        }
    }
    return [document.title, ...texts.map((text) => text.trim()).filter(Boolean)];
}"""


SAID_ALIKE = frozenset(
    """
    AED API ASCII Asia Authenticator Big CSV Chrome DOCX Enter Excel Google GBK HEIC HTTPS JPEG JSON Linux Microsoft
    PDF PNG PowerPoint PUBLIC Shanghai TXT TLS URL UTF WebP Webhook Word XLSX YAML http https httpx iCal iCalendar ics
    manage python setup xls xlsx
    """.split()  # noqa: SIM905
)
"""Words of both languages: names of programs, formats and keys, and the beginning of an address."""


class Known:
    """The names and texts of the demo schools, which no page translates."""

    def __init__(self, said: Iterable[str]) -> None:
        """Take the texts that the visitors wrote themselves; the names are read from the files of the demo schools."""
        self._said = tuple(said)

    @cached_property
    def _given(self) -> list[str]:
        files = sorted((ROOT / "demo").rglob("*.yaml"))
        texts = {*self._said, *(text for path in files for text in _strings(_read(path)))}
        return sorted(texts, key=len, reverse=True)

    def untranslated(self, texts: Iterable[str], *, language: str) -> Iterator[str]:
        """Yield what stands in the other language in texts of a page, but for names and the visitors' own words."""
        pattern, other = (HAN, self._of_han) if language == "en" else (LATIN, self._of_latin)
        for text in texts:
            left = text
            for given in other:
                left = left.replace(given, " ")
            yield from (f"{found} in: {text[:80]}" for found in pattern.findall(left) if found not in SAID_ALIKE)

    @cached_property
    def _of_han(self) -> list[str]:
        return [text for text in self._given if HAN.search(text)]

    @cached_property
    def _of_latin(self) -> list[str]:
        return [text for text in self._given if LATIN.search(text)]


def texts_of(page: "Page") -> list[str]:
    """Return every text that a page shows or says."""
    found: list[str] = page.evaluate(TEXTS)
    return found


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, list):
        for item in part:
            yield from _strings(item)
    elif isinstance(part, dict):
        for item in part.values():
            yield from _strings(item)
