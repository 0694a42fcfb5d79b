"""The result of a run as a table for people and as JSON for machines."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tools.prove.chaos.run import KINDS, Result

COLUMNS = ("times", "tickets", "asked", "fired", "lost", "doubled", "early", "worst lag", "recovery")
BREAKS_SHOWN = 5


def show(results: Sequence[Result], console: Console) -> None:
    """Print a row for every fault, and below it what it broke."""
    table = Table(title="Broken on purpose", title_justify="left", box=SIMPLE)
    table.add_column("fault", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for result in results:
        table.add_row(*_cells(result), "[green]holds[/]" if result.holds else "[red]BROKEN[/]")
    console.print(table)
    for result in results:
        for kind in KINDS:
            for line in result.breaks[kind][:BREAKS_SHOWN]:
                console.print(f"[red]{result.fault}, {kind}:[/] ", end="")
                console.print(line, markup=False)


def write(results: Sequence[Result], path: Path) -> None:
    """Write everything to a file."""
    content = {
        "cores": len(os.sched_getaffinity(0)),
        "holds": all(result.holds for result in results),
        "faults": [result.as_json() for result in results],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _cells(result: Result) -> tuple[str, ...]:
    seconds = result.recovery_seconds
    return (
        result.fault,
        f"{result.injected:,}",
        f"{result.figures['tickets']:,}",
        f"{result.figures['asked']:,}",
        f"{result.figures['fired']:,}",
        *(str(len(result.breaks[kind])) for kind in ("lost", "doubled", "early")),
        f"{result.figures['worst_lag_seconds']:.2f} s",
        "never" if seconds is None else f"{seconds:.1f} s",
    )
