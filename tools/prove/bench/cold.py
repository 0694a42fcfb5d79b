"""The report page on a phone that has nothing of it yet: its size, its requests, and when it can be used."""

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from tools.prove.bench.figures import Figure

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MOST_KB, MOST_REQUESTS, MOST_SECONDS = 60, 12, 1.5
SLOWER = 4
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""A round trip of 400 ms and 400 kbit/s each way."""
ROUNDS = 5
REPORT = "/report"
USABLE_MS = """() => Math.max(
    performance.getEntriesByName("first-contentful-paint")[0].startTime,
    performance.getEntriesByType("navigation")[0].domInteractive,
)"""
"""The form is painted and can be filled in; its scripts, which only help, come a little later."""


def measure(browser: "Browser", page: "Page") -> list[Figure]:
    """Return the figures of the page for whoever is signed in at another, each time in a browser that keeps nothing."""
    kilobytes, requests = _weight(browser, page)
    seconds = [_usable(browser, page) for _round in range(ROUNDS)]
    return [
        Figure("report page, cold", kilobytes, "KB", MOST_KB, "at most"),
        Figure("report page, requests", requests, "", MOST_REQUESTS, "at most"),
        Figure(f"report page usable, slow 3G, CPU / {SLOWER}", median(seconds), "s", MOST_SECONDS, "at most"),
    ]


def _weight(browser: "Browser", page: "Page") -> tuple[float, int]:
    sizes: list[float] = []
    for fresh in _fresh(browser, page):
        session = fresh.context.new_cdp_session(fresh)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        fresh.goto(REPORT, wait_until="networkidle")
    return sum(sizes) / 1000, len(sizes)


def _usable(browser: "Browser", page: "Page") -> float:
    seconds = 0.0
    for fresh in _fresh(browser, page):
        session = fresh.context.new_cdp_session(fresh)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_3G)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        fresh.goto(REPORT, wait_until="load")
        fresh.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        seconds = fresh.evaluate(USABLE_MS) / 1000
    return seconds


def _fresh(browser: "Browser", page: "Page") -> "Iterator[Page]":
    """Yield a page of the same person in a browser that has loaded nothing yet."""
    size, state = page.viewport_size, page.context.storage_state()
    context = browser.new_context(base_url=page.url, viewport=size, has_touch=True, storage_state=state)
    yield context.new_page()
    context.close()
