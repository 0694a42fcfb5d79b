"""`make chaos`: break a private system under load in every way we know, and judge it from the database alone."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.prove.bench.parts import Talking
from tools.prove.chaos.faults import FAULTS
from tools.prove.chaos.load import Load
from tools.prove.chaos.pace import SMALL, USUAL, Pace
from tools.prove.chaos.rounds import PARTS, RoundsDue
from tools.prove.chaos.run import Driver, Result
from tools.prove.chaos.table import show, write
from tools.prove.chaos.target import ChaosWentWrong, Target, target_running
from tools.prove.demo.__main__ import ALL_REPORTS, REPORTS
from tools.prove.demo.clients import NoAnswer
from tools.prove.demo.day import signed_in
from tools.prove.demo.filing import drafts_read
from tools.run.embedded import leave_on_sigterm
from tools.run.installation import STATE
from tools.run.state import StateError

TABLE_WIDTH = 110
SETTINGS = {"THROTTLE_PRINCIPAL": "1000000/min", "LOG_LEVEL": "WARNING", "TZ": "UTC"}


def main() -> int:
    """Run the faults asked for; 0 when every promise held, 1 when one was broken or a fault could not be injected."""
    options = arguments()
    console = Console(soft_wrap=True, width=max(TABLE_WIDTH, shutil.get_terminal_size().columns))
    names = options.fault or list(FAULTS)
    results: list[Result] = []
    problem = ""
    with tempfile.TemporaryDirectory(prefix="allclear-points-") as points, progress_on(console) as progress:
        try:
            run_all(names, options, Path(points), progress, results)
        except KeyboardInterrupt:
            problem = "Ended before its time."
        except (StateError, NoAnswer, ChaosWentWrong) as error:
            problem = f"It could not be brought to its end. {error}"
    show(results, console)
    write(results, options.output)
    console.print(f"The same stands in {options.output}.")
    if problem:
        console.print(f"[red]{problem}[/]")
    return 0 if results and not problem and all(result.holds for result in results) else 1


def arguments() -> argparse.Namespace:
    """Return which faults, how often, and how big."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--fault", nargs="+", choices=FAULTS, metavar="NAME", help=f"only these: {', '.join(FAULTS)}")
    parser.add_argument("--rounds", type=int, default=1, help="how often the whole list is run")
    parser.add_argument("--small", action="store_true", help="each fault once, short waits: for the tests")
    parser.add_argument("--per-second", type=float, default=1.5, help="reports filed per second")
    parser.add_argument("--output", type=Path, default=STATE / "chaos.json", help="where the figures go")
    return parser.parse_args()


def run_all(
    names: Sequence[str], options: argparse.Namespace, points: Path, progress: Progress, results: list[Result]
) -> None:
    """Start the system, and append a result for every fault and one for the end."""
    task = progress.add_task("starting a private system", total=len(names) * options.rounds + 1)
    pace = SMALL if options.small else USUAL
    with (
        target_running(SETTINGS, points) as target,
        keeping_log(target, options.output),
        people_at_work(target, pace, options.per_second) as load,
        Talking("tools.prove.chaos.django_process", target.environment | {"FAULT_POINTS": ""}) as hands,
    ):
        driver = Driver(target, RoundsDue(load, hands), pace, lambda said: progress.update(task, description=said))
        for name in list(names) * options.rounds:
            results.append(driver.run(FAULTS[name](target, load, hands, is_small=options.small)))
            progress.advance(task)
        results.append(driver.ended())
        progress.advance(task)


@contextmanager
def people_at_work(target: Target, pace: Pace, per_second: float) -> Iterator[Load]:
    """Lay out a school with clocks in seconds and sign its people in."""
    school = target.system.lay_out(day_seconds=pace.day)
    with signed_in(target.system, school["accounts"]) as people:
        load = Load(
            people, school, drafts_read(REPORTS, most=ALL_REPORTS), pace=pace, per_second=per_second, besides=PARTS
        )
        try:
            yield load
        finally:
            load.close()


@contextmanager
def keeping_log(target: Target, output: Path) -> Iterator[None]:
    """Keep the log of the system beside the figures."""
    try:
        yield
    finally:
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(target.log, output.with_suffix(".log"))


def progress_on(console: Console) -> Progress:
    """Return the progress bar of a run."""
    columns = (TextColumn("{task.description:<48}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


if __name__ == "__main__":
    leave_on_sigterm()
    sys.exit(main())
