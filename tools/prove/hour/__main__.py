"""`make hour`: an administrator with a spreadsheet goes from an empty installation to the first report, in an hour."""

import argparse
import json
import re
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

from tools.prove.demo.system import private_system
from tools.prove.hour.hands import Hands, Step
from tools.prove.hour.strain import strains_measured
from tools.prove.hour.strain_judging import missed, table_of
from tools.prove.hour.way import Run, administrator_goes
from tools.prove.hour.workbook import PEOPLE, workbook_measured, workbook_missed
from tools.run.embedded import leave_on_sigterm
from tools.run.installation import STATE

LINK = re.compile(r"http://\S+/setup/start\?token=\S+")
AN_HOUR = 3600.0
WIDE = 170
"""The letters that a line of the table of strains takes, also where it goes into a file."""
LANGUAGES = ("zh", "en")


def main() -> int:
    """Go the way in each language; return 0 when each took less than an hour of a person's time."""
    parser = argparse.ArgumentParser(prog="make hour", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, action="append", help="only this one")
    parser.add_argument("--strain", action="store_true", help="instead: 3,000 people in a workbook, and four strains")
    options = parser.parse_args()
    leave_on_sigterm()
    console = Console(soft_wrap=True)
    if options.strain:
        return strained(console)
    folder = STATE / "hour"
    folder.mkdir(parents=True, exist_ok=True)
    found = {language: went(language, folder) for language in options.language or LANGUAGES}
    for language, hands in found.items():
        show(console, language, hands)
    path = STATE / "hour.json"
    path.write_text(json.dumps(written(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.print(f"Figures are in {path}, pictures in {folder}.")
    return 0 if all(seconds_of(hands) < AN_HOUR for hands in found.values()) else 1


def went(language: str, folder: Path) -> Sequence[Hands]:
    """Start an installation from nothing, and go the way in it."""
    arguments = ["--no-sandbox"]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with private_system(DEMO="0") as (system, state), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            (link,) = set(LINK.findall((state.parent / "log").read_text(encoding="utf-8", errors="replace")))
            mail = system.mail or state / "mail"
            run = Run.of(language=language, base_url=system.base_url, mail=mail, folder=folder)
            return administrator_goes(browser=browser, run=run, link=link)
        finally:
            browser.close()


def strained(console: Console) -> int:
    """Print what a large workbook and each strain cost a school and everybody else; return 1 where it is too much."""
    with private_system((), DEMO="1") as (system, state):
        found = list(workbook_measured(system=system, school="nanshan", folder=state.parent))
        for one in found:
            console.print(
                f"Workbook of {PEOPLE:,} people {one.words}: {one.seconds:.1f} s, {one.computed:.1f} s of it computing "
                f"({one.said})."
            )
        rows = list(strains_measured(system=system, state=state))
    Console(width=max(console.width, WIDE)).print(table_of(rows))
    too_much = [*workbook_missed(found), *missed(rows)]
    for words in too_much:
        console.print(f"Missed: {words}.")
    return 1 if too_much else 0


def seconds_of(hands: Sequence[Hands]) -> float:
    """Return how long it all took by the clock of a person, with the machine's own time."""
    return sum(step.person + step.machine for one in hands for step in one.steps)


def show(console: Console, language: str, hands: Sequence[Hands]) -> None:
    """Print every step with the clock after it, and where one had to think."""
    table = Table(title=f"From the set-up link to the first report acknowledged ({language})")
    for heading in ("step", "taps", "letters", "pages", "person s", "machine s", "clock"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    clock = 0.0
    for step in (step for one in hands for step in one.steps):
        clock += step.person + step.machine
        counts = (step.taps, step.letters, step.pages)
        table.add_row(step.name, *map(str, counts), f"{step.person:.0f}", f"{step.machine:.1f}", time_of(clock))
    console.print(table)
    steps = [step for one in hands for step in one.steps]
    taps, letters = sum(step.taps for step in steps), sum(step.letters for step in steps)
    console.print(f"{len(steps)} steps, {taps} taps, {letters} letters, {time_of(clock)} by the clock.")
    for step in steps:
        for thought in step.thoughts:
            console.print(f"One had to think at “{step.name}”: {thought}.")


def time_of(seconds: float) -> str:
    """Return a length of time as minutes and seconds."""
    return time.strftime("%M:%S", time.gmtime(seconds)) if seconds < AN_HOUR else f"{seconds / 60:.0f} min"


def written(found: Mapping[str, Sequence[Hands]]) -> dict[str, Any]:
    """Return the figures as they are stored."""

    def steps(hands: Sequence[Hands]) -> list[Step]:
        return [step for one in hands for step in one.steps]

    return {
        language: {"seconds": round(seconds_of(hands)), "steps": [asdict(step) for step in steps(hands)]}
        for language, hands in found.items()
    }


if __name__ == "__main__":
    sys.exit(main())
