"""Figures with their targets, the table of them and the file. Pure but for the writing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured value; `target` is what it should be at least (or at most), None for one that is only shown."""

    name: str
    value: float
    unit: str = ""
    target: float | None = None
    bound: Literal["at least", "at most"] = "at least"

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.bound == "at least" else self.value <= self.target


def show(title: str, figures: Sequence[Figure], console: Console) -> None:
    """Print the figures as a table."""
    table = Table(title=title, title_justify="left")
    for heading in ("figure", "value", "target", ""):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    words = {True: "met", False: "missed", None: ""}
    for figure in figures:
        target = "" if figure.target is None else f"{figure.bound} {figure.target:g}"
        table.add_row(figure.name, f"{figure.value:,.3g} {figure.unit}".rstrip(), target, words[figure.is_met])
    console.print(table)


def write(path: Path, parts: Mapping[str, Sequence[Figure]], facts: dict[str, Any]) -> None:
    """Write every figure and what it was measured on."""
    path.parent.mkdir(exist_ok=True)
    content = {
        **facts,
        **{part: [{**asdict(figure), "met": figure.is_met} for figure in figures] for part, figures in parts.items()},
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
