"""`make screenshots`: the pictures of the READMEs, drawn from a demo school of their own, in both languages."""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.prove.bench.reporting import BROWSERS, LANGUAGE_COOKIE, password_of, sign_in
from tools.prove.demo.clients import Person
from tools.prove.demo.filing import drafts_read
from tools.prove.demo.system import System, private_system
from tools.run.installation import ROOT
from tools.run.state import StateError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize

FOLDER = ROOT / "docs" / "images"
REPORTS = ROOT / "demo" / "day" / "reports.yaml"
MOST_BYTES = 600_000
"""The pictures together; whoever reads a README on a phone waits for them."""
ALL_REPORTS, FILED = 10_000, 24
ROUTED_SECONDS = 60
LANGUAGES = {"zh-hans": ".zh-CN", "en": ""}
PHONE: "ViewportSize" = {"width": 390, "height": 780}
DESK: "ViewportSize" = {"width": 1280, "height": 800}
REPORTER, NEW_REPORTER, HEAD = "teacher.lin", "teacher.carter", "head.zhao"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the person whose page it shows, the page, and the size of the screen."""

    name: str
    username: str
    path: str
    size: "ViewportSize"


def main() -> int:
    """Draw every picture and say what they weigh together; 1 when they cannot be drawn or weigh too much."""
    try:
        with private_system() as (system, state):
            draw(system, state / "demo-credentials.json")
    except StateError as problem:
        print(problem, file=sys.stderr)
        return 1
    weight = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    print(f"The pictures in {FOLDER.relative_to(ROOT)} weigh {weight // 1000} KB together.")
    return 0 if weight <= MOST_BYTES else 1


def draw(system: System, credentials: Path) -> None:
    """File reports as a school does, then take each picture in each language."""
    report_id = file_reports(system.base_url, credentials)
    pictures = (
        Picture("report-phone", NEW_REPORTER, "/report", PHONE),
        Picture("receipt-phone", REPORTER, f"/reports/{report_id}?sent=1", PHONE),
        Picture("ticket-list", HEAD, "/tickets?tab=office", DESK),
    )
    with chromium() as browser:
        for picture in pictures:
            take(browser, system.base_url, picture, password_of(credentials, picture.username))


def file_reports(base_url: str, credentials: Path) -> str:
    """File reports of every kind as a teacher, wait until the offices have them; return the id of the first, a fire."""
    person = _person(base_url, credentials, REPORTER)
    places = {place["code"]: place["id"] for place in person.items("/places")}
    ids = []
    known = [draft for draft in drafts_read(REPORTS, most=ALL_REPORTS) if draft.place in places]
    for draft in known[:FILED]:
        body = {
            "category": draft.category,
            "place": places[draft.place],
            "occurred_at": (datetime.now(UTC) - timedelta(minutes=1 + draft.number)).isoformat(),
            "description": draft.text,
        }
        ids.append(str(person.post("/reports", body).raise_for_status().json()["id"]))
    until = time.monotonic() + ROUTED_SECONDS
    while any(row["state"] == "received" for row in person.items("/reports")):
        if time.monotonic() > until:
            raise StateError(f"The reports did not reach their offices within {ROUTED_SECONDS} seconds.")
        time.sleep(1)
    person.close()
    return ids[0]


def _person(base_url: str, credentials: Path, username: str) -> Person:
    account: Mapping[str, str] = {
        "part": username,
        "person": username,
        "username": username,
        "password": password_of(credentials, username),
    }
    return Person.sign_in(base_url=base_url, account=account)


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Start the Chromium of this machine; raise StateError where there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise StateError("Drawing the pictures needs Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        arguments: Sequence[str] = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def take(browser: "Browser", base_url: str, picture: Picture, password: str) -> None:
    """Take one picture in each language and store it small."""
    context = browser.new_context(base_url=base_url, viewport=picture.size, locale="en")
    page = context.new_page()
    sign_in(page, picture.username, password)
    for language, suffix in LANGUAGES.items():
        context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": base_url}])
        page.goto(picture.path, wait_until="networkidle")
        with Image.open(BytesIO(page.screenshot())) as image:
            image.save(FOLDER / f"{picture.name}{suffix}.webp", quality=85, method=6)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
