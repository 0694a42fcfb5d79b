"""The seconds and taps from the code on the wall to the receipt, for every category and in both languages."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import yaml
from rich.progress import Progress

from backend.common.later import Later
from tools.prove.bench import cold
from tools.prove.bench.figures import Figure
from tools.prove.bench.robot import Reported, Robot
from tools.run.installation import ROOT, Address
from tools.run.state import StateError

if TYPE_CHECKING:
    from playwright import sync_api
    from playwright.sync_api import Browser, Page, ViewportSize
else:
    sync_api = Later("playwright.sync_api")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
RULEBOOK = ROOT / "rulebooks" / "cn-school.yaml"
PHONE: "ViewportSize" = {"width": 390, "height": 844}
LONGEST_MEDIAN, LONGEST_TENTH, MOST_TAPS = 30, 60, 6
LANGUAGE_COOKIE = "django_language"


def measure(
    *, address: Address, credentials: Path, reporter: str, token: str, categories: int, progress: Progress
) -> list[Figure]:
    """Report every category in both languages from the code of a place; return what that took.

    The weight of the page, and when it can be used on a poor phone, come first.
    """
    rows = yaml.safe_load(RULEBOOK.read_text(encoding="utf-8"))["categories"][:categories]
    password = password_of(credentials, reporter)
    task = progress.add_task("reporting", total=len(rows) * len(LANGUAGES))
    reported = []
    with browser_page(address) as (browser, page):
        sign_in(page, reporter, password)
        cold_figures = cold.measure(browser, page)
        for language, code in LANGUAGES.items():
            page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": code, "url": address.url}])
            for row in rows:
                reported.append(Robot(page).report(scanned=f"/report?place={token}", category=row, language=language))
                progress.advance(task)
    return [*cold_figures, *figures(reported)]


def figures(reported: Sequence[Reported]) -> list[Figure]:
    """Return the median, the tenth slowest and the most of what reports took, for each language by itself."""
    languages = dict.fromkeys(each.language for each in reported)
    return [figure for language in languages for figure in _figures_of(language, reported)]


def _figures_of(language: str, reported: Sequence[Reported]) -> Iterator[Figure]:
    own = [each for each in reported if each.language == language]
    seconds, taps = [each.seconds for each in own], [each.taps for each in own]
    slowest = max(own, key=lambda each: each.seconds)
    yield Figure(f"{language}: scan to receipt, median", median(seconds), "s", LONGEST_MEDIAN, "at most")
    yield Figure(
        f"{language}: scan to receipt, p90",
        quantiles(seconds, n=10, method="inclusive")[-1],
        "s",
        LONGEST_TENTH,
        "at most",
    )
    yield Figure(f"{language}: scan to receipt, longest ({slowest.category})", slowest.seconds, "s")
    yield Figure(f"{language}: of it the page, median", median(each.page_seconds for each in own), "s")
    yield Figure(f"{language}: characters typed, median", median(each.characters for each in own))
    yield Figure(f"{language}: taps, median", median(taps), "", MOST_TAPS, "at most")
    yield Figure(f"{language}: taps, most", max(taps), "", MOST_TAPS, "at most")


@contextmanager
def browser_page(address: Address) -> "Iterator[tuple[Browser, Page]]":
    """Open a page of a phone's size in the Chromium of this machine; raise StateError where there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise StateError("Measuring reports needs Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        context = browser.new_context(base_url=address.url, viewport=PHONE, has_touch=True)
        yield browser, context.new_page()
        browser.close()


def sign_in(page: "Page", username: str, password: str) -> None:
    """Sign in as somebody does at the page."""
    page.goto("/sign-in")
    page.locator("#username").fill(username)
    page.locator("#password").fill(password)
    page.locator("button.primary").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def password_of(credentials: Path, username: str) -> str:
    """Return the password of a demo account."""
    accounts: Sequence[Mapping[str, str]] = json.loads(credentials.read_text(encoding="utf-8"))["accounts"]
    return next(account["password"] for account in accounts if account["username"] == username)
