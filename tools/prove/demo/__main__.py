"""`make demo`: a day of a school in three minutes, against the running system; exit 1 if anything breaks a promise."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from tools.prove.demo.clients import NoAnswer
from tools.prove.demo.day import DayWentWrong, DemoDay, signed_in
from tools.prove.demo.filing import Draft, FilingWentWrong, drafts_read
from tools.prove.demo.stage import Stage
from tools.prove.demo.system import System, system_running
from tools.prove.demo.table import show
from tools.run.embedded import leave_on_sigterm
from tools.run.installation import ROOT, STATE
from tools.run.state import StateError

REPORTS = ROOT / "demo" / "day" / "reports.yaml"
USUAL_DAY_SECONDS = 150.0
ALL_REPORTS = 10_000
AROUND_SECONDS = 40
ERRORS = (StateError, NoAnswer, FilingWentWrong, DayWentWrong)


def main() -> int:
    """Play the day and show the result; 0 when every invariant holds, 1 when one is broken or the day went wrong."""
    options = arguments()
    console = Console(soft_wrap=True)
    drafts = drafts_read(REPORTS, most=options.reports)
    console.print(
        f"{len(drafts)} reports are filed by 12 people at once; ten offices answer in time, late or never; "
        f"clocks run in seconds. It takes about {round(options.seconds + AROUND_SECONDS)} seconds. Ctrl-C ends it."
    )
    try:
        with system_running() as system:
            console.print(f"It uses {system.description}.")
            result = play(system, options.seconds, drafts, console)
    except KeyboardInterrupt:
        console.print("Ended before its time; nothing is judged.")
        return 130
    except ERRORS as problem:
        console.print(f"[red]The day could not be played to its end.[/] {problem}")
        return 1
    STATE.mkdir(parents=True, exist_ok=True)
    path = STATE / "demo.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(result, console)
    console.print(f"The same stands in {path}.")
    return 0 if result["holds"] else 1


def arguments() -> argparse.Namespace:
    """Return how many reports and how long a day."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--reports", type=int, default=ALL_REPORTS, help="file so many of the data file; usually all")
    parser.add_argument(
        "--seconds", type=float, default=USUAL_DAY_SECONDS, help="how long the day is; every clock follows it"
    )
    return parser.parse_args()


def play(system: System, day_seconds: float, drafts: Sequence[Draft], console: Console) -> dict[str, Any]:
    """Lay out the school, sign its people in, play the day and judge it."""
    console.print("Laying out a school of its own and signing its people in …")
    school = system.lay_out(day_seconds=day_seconds)
    with signed_in(system, school["accounts"]) as people:
        known: Mapping[str, Any] = school | {"people": {part: person.id for part, person in people.items()}}
        day = DemoDay(Stage(day_seconds, known), system, people, drafts, console)
        console.print(f"School {school['school']}, {len(people)} people signed in.")
        day.play()
        console.print("The day is over. Looking back …")
        return day.result({"school": school["school"], "system": system.description, "day_seconds": day_seconds})


if __name__ == "__main__":
    leave_on_sigterm()
    sys.exit(main())
