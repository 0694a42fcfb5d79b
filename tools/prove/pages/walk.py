"""Walking from link to link as one visitor, and looking at each page in both languages, three widths and two lights.

The markup of the administration pages is their framework's: the checker of HTML does not look at it; axe does.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError

from tools.prove.bench.reporting import LANGUAGE_COOKIE
from tools.prove.pages.addresses import ADMINISTRATION, NO_PAGES, kind_of, route_of
from tools.prove.pages.found import PICTURES, Found
from tools.prove.pages.looks import faults_of
from tools.prove.pages.sheets import DESK, thumbnail_keep
from tools.prove.pages.words import Known, texts_of

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

LANGUAGES, WIDTHS, LIGHTS = ("zh-hans", "en"), (360, 768, 1280), ("light", "dark")
HEIGHT = 800
OK = 200
LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((link) => link.href)"
UNFOLD = "document.querySelectorAll('main details').forEach((details) => { details.open = true; })"
FULL, BRIEF = 1, 5
"""So many pages of one kind are looked at in every way, others in two; so many of one kind each visitor looks at."""
NO_LINKS = ("/api/", "/admin/logout", "/admin/jsi18n")


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """One way to look at a page."""

    language: str
    width: int
    light: str

    def __str__(self) -> str:
        """Return it in one word."""
        return f"{self.language.partition('-')[0]}-{self.width}-{self.light}"

    @property
    def is_desk(self) -> bool:
        """Whether it is looked at on a desk."""
        return self.width >= DESK


EVERY_WAY = tuple(Way(*way) for way in product(LANGUAGES, WIDTHS, LIGHTS))
TWO_WAYS = (Way("zh-hans", 360, "light"), Way("en", 1280, "light"))
PICTURED = {*TWO_WAYS, Way("zh-hans", 1280, "dark"), Way("en", 360, "dark")}


def _history(path: str) -> list[str]:
    """Return the page of what was changed in a record, to which a menu leads."""
    return [path.replace("/change/", "/history/")] if path.endswith("/change/") else []


class Walk:
    """One visitor on the way through the pages."""

    def __init__(self, page: "Page", who: str, found: Found, known: Known) -> None:
        """Begin at a page where the visitor is signed in."""
        self._page, self._who, self._found, self._known = page, who, found, known
        self._kinds: Counter[str] = Counter()
        self._status = OK
        self._complaints: list[str] = []
        page.on("console", lambda message: self._complaints.append(message.text))
        page.on("pageerror", lambda problem: self._complaints.append(str(problem)))

    def go(self, starts: Sequence[str], *, status: int = OK, follow: bool = True) -> None:
        """Look at pages that answer with a status, and at whatever they link to."""
        queue, met = list(starts), set(starts)
        self._status = status
        while queue:
            path = queue.pop(0)
            for link in self._visit(path):
                if follow and link not in met and self._is_wanted(link):
                    met.add(link)
                    queue.append(link)

    def press(self, paths: Mapping[str, str], act: Callable[["Page"], None], *, status: int = OK) -> None:
        """Look at the page that a button leads to, in every way: in each language from a path of its own."""
        self._status = status
        for language, ways in self._languages(EVERY_WAY).items():
            self._speak(language)
            self._page.goto(paths[language], wait_until="load")
            self._page.evaluate(UNFOLD)
            try:
                with self._page.expect_navigation(wait_until="load") as coming:
                    act(self._page)
            except PlaywrightError as problem:
                self._found.note(
                    f"{paths[language]} ({self._who}, {language})", [f"not pressed: {problem.message[:300]}"]
                )
                continue
            kind = kind_of(self._page.url)
            self._check(kind, language, coming.value)
            self._look(kind, ways)
            self._found.seen[kind] += 1

    def _speak(self, language: str) -> None:
        self._page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": self._base}])

    def _is_wanted(self, path: str) -> bool:
        bare = urlsplit(path).path
        if bare.startswith(NO_LINKS) or route_of(path) in {"", *NO_PAGES}:
            return False
        kind = kind_of(path)
        self._kinds[kind] += 1
        return self._kinds[kind] <= (BRIEF if "<uuid" in kind and "?" not in kind else 1)

    def _visit(self, path: str) -> list[str]:
        """Look at a page; one that only leads to another is no page, and that one comes by itself."""
        kind, links = kind_of(path), list[str]()
        ways = EVERY_WAY if self._found.seen[kind] < FULL else TWO_WAYS
        for language, mine in self._languages(ways).items():
            self._speak(language)
            answer = self._page.goto(path, wait_until="load")
            if kind_of(self._page.url) != kind:
                return [self._page.url.removeprefix(self._base)]
            self._check(kind, language, answer)
            self._look(kind, mine)
            links = links or [*self._links(), *_history(path)]
        self._found.seen[kind] += 1
        return links

    @property
    def _base(self) -> str:
        address = urlsplit(self._page.url)
        return f"{address.scheme}://{address.netloc}"

    def _language(self) -> str:
        return str(self._page.locator("html").get_attribute("lang"))

    def _languages(self, ways: Sequence[Way]) -> dict[str, list[Way]]:
        return {language: [way for way in ways if way.language == language] for language in LANGUAGES}

    def _check(self, kind: str, language: str, answer: "Response | None") -> None:
        where = f"{kind} ({self._who}, {language})"
        if answer is None or answer.status != self._status:
            self._found.note(where, [f"answered {answer and answer.status}"])
            return
        if self._language() != language:
            self._found.note(where, [f"its language is {self._language()}"])
        if kind.startswith(ADMINISTRATION):
            return
        self._found.html_keep(where, answer.body())

    def _look(self, kind: str, ways: Sequence[Way]) -> None:
        self._page.evaluate(UNFOLD)
        for way in ways:
            self._page.set_viewport_size({"width": way.width, "height": HEIGHT})
            self._page.emulate_media(color_scheme=way.light)  # type: ignore[arg-type]
            self._found.looks += 1
            self._found.note(f"{kind} ({self._who}, {way})", faults_of(self._page, only_colours=way.light == "dark"))
            if way in PICTURED:
                self._picture(kind, way)
        where = f"{kind} ({self._who}, {ways[0].language})" if ways else kind
        self._found.note(where, self._untranslated())
        said = f"status of {self._status}" if self._status != OK else None
        self._found.note(where, [f"console: {text[:200]}" for text in self._complaints if not said or said not in text])
        self._complaints.clear()

    def _picture(self, kind: str, way: Way) -> None:
        name = f"{len(self._found.pictures):05}.webp"
        thumbnail_keep(self._page.screenshot(full_page=True), self._found.folder / PICTURES / name)
        self._found.pictures.append((name, f"{self._who} {kind}", str(way)))

    def _untranslated(self) -> Iterator[str]:
        for found in self._known.untranslated(texts_of(self._page), language=self._language()):
            yield f"untranslated: {found}"

    def _links(self) -> list[str]:
        found: list[str] = self._page.evaluate(LINKS)
        own = [link.partition("#")[0] for link in found if link.startswith(self._base)]
        return list(dict.fromkeys(link.removeprefix(self._base) for link in own))
