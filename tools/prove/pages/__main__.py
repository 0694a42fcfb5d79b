"""`make pages`: look at every page as the fitting people, in both languages, at three widths, in light and dark."""

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tools.prove.bench.reporting import password_of, sign_in
from tools.prove.demo.system import System, private_system
from tools.prove.hour.colleagues import PASSWORD
from tools.prove.hour.way import ADMINISTRATOR, SCHOOL
from tools.prove.pages import addresses, markup, pressed, scene, script
from tools.prove.pages.found import KEPT, PAGES, PICTURES, Found, found_in
from tools.prove.pages.scene import Played
from tools.prove.pages.sheets import sheets_written
from tools.prove.pages.walk import PICTURED, Walk
from tools.prove.pages.words import Known
from tools.prove.pictures import chromium
from tools.run.embedded import leave_on_sigterm
from tools.run.installation import STATE
from tools.run.state import StateError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LINK = re.compile(r"http://\S+/setup/start\?token=\S+")
GONE = ("/password/new?token=x", "/invitation?token=x", "/setup/start?token=x", "/answer/x")
OPEN = {200: ("/sign-in", "/password/forgotten", "/offline"), 404: ("/nothing-here",), 410: GONE}
STAFF = ("/", "/report", "/report/shell", "/reports", "/notices", "/account", "/settings/channels")
VISITORS = {
    "teacher.lin": STAFF,
    "teacher.carter": STAFF,
    "head.zhao": (*STAFF, "/tickets", "/rounds", "/figures"),
    "head.qian": ("/", "/rounds", "/tickets"),
    "coordinator.he": (*STAFF, "/tickets", "/today", "/rounds", "/figures", "/lessons", "/places/posters"),
    "protection.tang": (*STAFF, "/tickets", "/power-changes"),
    "principal.wang": (*STAFF, "/today", "/tickets", "/rounds", "/figures", "/meetings", "/power-changes"),
    "admin.yu": (*STAFF, "/setup", "/rules", "/setup/configuration", "/staff/import", "/calendar/import", "/admin/"),
    "bureau.fang": ("/", "/today", "/tickets", "/rounds", "/figures", "/notices"),
}
NOBODY, NEW = "nobody", "new"
PATIENCE_MILLISECONDS = 180_000
"""A browser waits this long for a page or a button: a busy machine is slow, and nothing here is measured."""
Visit = Callable[["Page", Walk], None]


def main() -> int:
    """Look at all of it; return 0 when nothing was wrong and no page was left out."""
    parser = argparse.ArgumentParser(prog="make pages", description=__doc__)
    everybody = [NOBODY, *VISITORS, NEW]
    parser.add_argument("--visitor", choices=everybody, action="append", help="only as this one; may be repeated")
    parser.add_argument("--resume", action="store_true", help="go on where a run was stopped, with the next visitor")
    options = parser.parse_args()
    leave_on_sigterm()
    folder = STATE / "pages"
    if not options.resume:
        for name in (PAGES, PICTURES, KEPT):
            _remove(folder / name)
    found = found_in(folder)
    jar = markup.checker(folder / "checker")
    wanted = [name for name in options.visitor or everybody if name not in found.visited]
    if any(name != NEW for name in wanted):
        walked(found, [name for name in wanted if name != NEW])
    if NEW in wanted:
        set_up(found)
    for name, faults in markup.markup_faults(jar, sorted((folder / PAGES).iterdir())).items():
        found.note(found.files[name], faults)
    return tell(found, folder, whole=not options.visitor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def tab(browser: "Browser", system: System) -> "Iterator[Page]":
    """A browser of somebody's own."""
    context = browser.new_context(base_url=system.base_url, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


def visited(browser: "Browser", system: System, found: Found, who: str, visit: Visit) -> None:
    """Let somebody walk in a browser of their own, and keep what they found."""
    names = {field[1] for field in SCHOOL.values()} | set(ADMINISTRATOR.values())
    began = time.monotonic()
    with tab(browser, system) as page:
        page.goto("/sign-in")
        visit(page, Walk(page, who, found, Known({*script.SAID, *names})))
    found.keep(who, time.monotonic() - began)


def walked(found: Found, wanted: list[str]) -> None:
    """Play a school day, then walk as nobody and as each visitor of those wanted."""
    with private_system(SERVICE_WORKER="0") as (system, state):
        addresses.django_begin(system.environment)
        credentials = state / "demo-credentials.json"
        played = scene.played(system, credentials)
        with chromium() as browser:
            for who in wanted:
                visit = partial(_as_nobody if who == NOBODY else _as_somebody, who, credentials, played)
                visited(browser, system, found, who, visit)


def _as_nobody(_who: str, credentials: Path, played: Played, page: "Page", walk: Walk) -> None:
    for status, paths in OPEN.items():
        walk.go(paths, status=status, follow=False)
    pressed.as_nobody(walk, played)
    sign_in(page, script.WITH_APP, password_of(credentials, script.WITH_APP))
    walk.go(["/sign-in/factor"], follow=False)


def _as_somebody(who: str, credentials: Path, played: Played, page: "Page", walk: Walk) -> None:
    sign_in(page, who, password_of(credentials, who))
    of_their_own = {
        script.REPORTER: [f"/reports/{report}" for report in played.reports],
        script.HEAD: [f"/tickets/{ticket}" for ticket in played.tickets[: script.OF_THE_HEAD]],
    }
    walk.go([*VISITORS[who], *of_their_own.get(who, [])])
    pressed.as_somebody(who, walk, played)


def set_up(found: Found) -> None:
    """Walk through the set-up of a new school."""
    with private_system(DEMO="0", SERVICE_WORKER="0") as (system, state), chromium() as browser:
        (link,) = set(LINK.findall((state.parent / "log").read_text(encoding="utf-8", errors="replace")))
        addresses.django_begin(system.environment)
        visited(browser, system, found, NEW, partial(_as_new, link))


def _as_new(link: str, page: "Page", walk: Walk) -> None:
    page.goto(link)
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


def tell(found: Found, folder: Path, *, whole: bool) -> int:
    """Write down what was found, and print it; return 1 where something is wrong."""
    console = Console(soft_wrap=True, markup=False, highlight=False)
    met = {kind.partition("?")[0].removeprefix("/") for kind in found.seen}
    left = sorted(addresses.routes() - met) if whole else []
    for fault, pages in sorted(found.faults.items(), key=lambda row: -len(row[1])):
        console.print(f"{fault}\n    on {len(pages)}: {', '.join(sorted(pages)[:3])}")
    for way in sorted(PICTURED):
        pictures = [(name, folder / PICTURES / file) for file, name, seen in found.pictures if seen == str(way)]
        sheets_written(folder, str(way), pictures, is_desk=way.is_desk)
    report = {"pages": dict(found.seen), "looks": found.looks, "seconds": round(found.seconds), "left_out": left}
    report["faults"] = {fault: sorted(pages) for fault, pages in found.faults.items()}
    (STATE / "pages.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for route in left:
        console.print(f"No link led to {route or '/'}.")
    console.print(
        f"{len(found.seen)} pages, looked at {found.looks} times in {found.seconds:.0f} s: {len(found.faults)} faults."
    )
    console.print(f"Contact sheets are in {folder}.")
    return 1 if found.faults or left else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StateError as problem:
        sys.exit(f"allclear: {problem}")
