"""The result of a simulation as a table and as a file. Pure but for the writing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FILED = "filed"
"""The line by which a process tells of one more report."""
COUNTED = (
    *("tickets", "answers", "actions", "asked and answered", "merges", "refusals", "pauses", "sweeps", "outages"),
    *("absences", "calendar edits", "escalations", "of parts", "rounds", "rounds answered", "rounds excused"),
    *("rounds missed", "inspections", "periods", "contact tests", "roster edits", "response plans"),
    "rungs beside tickets",
)
SHOWN = 20


@dataclass(frozen=True)
class Report:
    """The findings of all processes of a run together, and how long it took."""

    findings: Sequence[Mapping[str, Any]]
    seconds: float

    @property
    def counts(self) -> dict[str, int]:
        """How much happened."""
        return {name: sum(int(found.get(name, 0)) for found in self.findings) for name in COUNTED}

    @property
    def disagreements(self) -> list[str]:
        """In what the engine and the oracle differ."""
        return [line for found in self.findings for line in found["disagreements"]]

    @property
    def broken(self) -> list[str]:
        """What the auditors found broken."""
        return [line for found in self.findings for line in found["broken"]]

    @property
    def is_good(self) -> bool:
        """Whether everything agrees."""
        return not self.disagreements and not self.broken

    def show(self, console: Console) -> None:
        """Print the table, and the first disagreements."""
        table = Table(title="a year of two schools", title_justify="left")
        table.add_column("figure")
        table.add_column("value", justify="right")
        for name, value in self.counts.items():
            table.add_row(name, f"{value:,}")
        table.add_row("disagreements with the oracle", f"{len(self.disagreements):,}")
        table.add_row("invariants broken", f"{len(self.broken):,}")
        table.add_row("seconds", f"{self.seconds:,.0f}")
        console.print(table)
        for line in (*self.disagreements[:SHOWN], *self.broken[:SHOWN]):
            console.print(line, style="red", highlight=False)

    def write(self, path: Path, facts: Mapping[str, Any]) -> None:
        """Write every figure and what it was found with."""
        path.parent.mkdir(exist_ok=True)
        content = {
            **facts,
            **self.counts,
            "disagreements": self.disagreements,
            "broken": self.broken,
            "seconds": round(self.seconds, 1),
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
