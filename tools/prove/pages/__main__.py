"""`make pages`: look at every page as the fitting people, in both languages, at three widths, in light and dark."""

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tools.prove.bench.reporting import password_of, sign_in
from tools.prove.demo.system import System, private_system
from tools.prove.hour.colleagues import PASSWORD
from tools.prove.hour.way import ADMINISTRATOR, SCHOOL
from tools.prove.pages import addresses, markup, scene
from tools.prove.pages.sheets import sheets_written
from tools.prove.pages.walk import PICTURED, Found, Walk
from tools.prove.pages.words import Known
from tools.prove.pictures import chromium
from tools.run.embedded import leave_on_sigterm
from tools.run.installation import STATE
from tools.run.state import StateError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LINK = re.compile(r"http://\S+/setup/start\?token=\S+")
GONE = ("/password/new?token=x", "/invitation?token=x", "/setup/start?token=x")
OPEN = {200: ("/sign-in", "/password/forgotten", "/offline"), 404: ("/nothing-here",), 410: GONE}
STAFF = ("/", "/report", "/report/shell", "/reports", "/notices", "/account", "/settings/channels")
VISITORS = {
    "teacher.lin": STAFF,
    "teacher.carter": STAFF,
    "head.zhao": (*STAFF, "/tickets", "/figures"),
    "coordinator.he": (*STAFF, "/tickets", "/today", "/figures", "/rules", "/places/posters"),
    "protection.tang": (*STAFF, "/tickets", "/power-changes"),
    "principal.wang": (*STAFF, "/today", "/tickets", "/figures", "/power-changes"),
    "admin.yu": (*STAFF, "/setup", "/setup/configuration", "/staff/import", "/calendar/import", "/admin/"),
    "bureau.fang": ("/", "/today", "/tickets", "/figures", "/notices"),
}


def main() -> int:
    """Look at all of it; return 0 when nothing was wrong and no page was left out."""
    parser = argparse.ArgumentParser(prog="make pages", description=__doc__)
    parser.add_argument("--visitor", choices=VISITORS, action="append", help="only as this one, with no new school")
    options = parser.parse_args()
    leave_on_sigterm()
    folder = STATE / "pages"
    shutil.rmtree(folder / "html", ignore_errors=True)
    (folder / "html").mkdir(parents=True)
    jar = markup.checker(folder / "checker")
    names = {field[1] for field in SCHOOL.values()} | set(ADMINISTRATOR.values())
    found = Found(folder / "html", Known({*scene.SAID, *names}))
    began = time.monotonic()
    with private_system(SERVICE_WORKER="0") as (system, state), chromium() as browser:
        addresses.django_begin(system.environment)
        scene.play(system.base_url, state / "demo-credentials.json")
        walked(browser, system, state / "demo-credentials.json", found, options.visitor or list(VISITORS))
    if not options.visitor:
        with private_system(DEMO="0", SERVICE_WORKER="0") as (system, state), chromium() as browser:
            (link,) = set(LINK.findall((state.parent / "log").read_text(encoding="utf-8", errors="replace")))
            set_up(browser, system, link, found)
    for name, faults in markup.markup_faults(jar, sorted((folder / "html").iterdir())).items():
        found.note(found.files[name], faults)
    return tell(found, folder, time.monotonic() - began, whole=not options.visitor)


@contextmanager
def tab(browser: "Browser", system: System) -> "Iterator[Page]":
    """A browser of somebody's own."""
    context = browser.new_context(base_url=system.base_url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def walked(browser: "Browser", system: System, credentials: Path, found: Found, visitors: list[str]) -> None:
    """Walk as nobody, then as each visitor."""
    with tab(browser, system) as page:
        page.goto("/sign-in")
        walk = Walk(page, "nobody", found)
        for status, paths in OPEN.items():
            walk.go(paths, status=status, follow=False)
    for username in visitors:
        with tab(browser, system) as page:
            sign_in(page, username, password_of(credentials, username))
            Walk(page, username, found).go(VISITORS[username])


def set_up(browser: "Browser", system: System, link: str, found: Found) -> None:
    """Walk through the set-up of a new school."""
    with tab(browser, system) as page:
        page.goto(link)
        walk = Walk(page, "new", found)
        walk.go(["/setup/school"], follow=False)
        for field, name in SCHOOL.values():
            page.locator(f"#{field}").fill(name)
        page.locator("main button.primary").click()
        page.wait_for_url("**/setup/administrator")
        walk.go(["/setup/administrator"], follow=False)
        for name, value in {**ADMINISTRATOR, "password": PASSWORD, "again": PASSWORD}.items():
            page.locator(f"#{name}").fill(value)
        page.locator("main button.primary").click()
        page.wait_for_url("**/setup")
        walk.go(["/setup", "/", "/admin/"])


def tell(found: Found, folder: Path, seconds: float, *, whole: bool) -> int:
    """Write down what was found, and print it; return 1 where something is wrong."""
    console = Console(soft_wrap=True, markup=False, highlight=False)
    left = (
        sorted(addresses.routes() - {kind.partition("?")[0].removeprefix("/") for kind in found.seen}) if whole else []
    )
    for fault, pages in sorted(found.faults.items(), key=lambda row: -len(row[1])):
        console.print(f"{fault}\n    on {len(pages)}: {', '.join(sorted(pages)[:3])}")
    for way in sorted(PICTURED):
        sheets_written(folder, str(way), [(name, picture) for name, seen, picture in found.pictures if seen == way])
    report = {"pages": dict(found.seen), "looks": found.looks, "seconds": round(seconds), "left_out": left}
    report["faults"] = {fault: sorted(pages) for fault, pages in found.faults.items()}
    (STATE / "pages.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for route in left:
        console.print(f"No link led to {route or '/'}.")
    console.print(
        f"{len(found.seen)} pages, looked at {found.looks} times in {seconds:.0f} s: {len(found.faults)} faults."
    )
    console.print(f"Contact sheets are in {folder}.")
    return 1 if found.faults or left else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StateError as problem:
        sys.exit(f"allclear: {problem}")
