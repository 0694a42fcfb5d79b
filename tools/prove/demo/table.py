"""The result of a demo day: figures and verdicts as a table for people and as JSON for machines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.prove.demo.judging import Day, Verdict
from tools.prove.demo.round_judging import RoundsOfDay

MEDIAN, NEAR_ALL = 0.5, 0.99
BREAKS_SHOWN = 5
ACTIONS = ("acknowledge", "record-interim-control", "contain", "start", "resolve", "reject-fix", "verify", "reopen")


def figures_of(day: Day, *, counts: Mapping[str, int], notices: int, mails: int | None) -> dict[str, Any]:
    """Return what happened in numbers."""
    fired = day.fired()
    lags = sorted(rung.lag for rung in fired)
    rungs = Counter("repeat" if rung.is_repeat else str(rung.rung) for rung in fired)
    return {
        "filed": len(day.filings),
        "requests_repeated": counts.get("repeated", 0),
        "connections_cut": counts.get("cut", 0),
        "wrong_fields_refused": counts.get("refused", 0),
        "stored": len(day.stored),
        "categories": len({ticket.category for ticket in day.tickets}),
        "routed": sum(ticket.first("route") is not None for ticket in day.tickets),
        "acknowledged": sum(ticket.first("acknowledge") is not None for ticket in day.tickets),
        "acknowledged_in_time": _in_time(day),
        "closed": sum(ticket.state == "closed" for ticket in day.tickets),
        "actions": {action: counts[action] for action in ACTIONS if counts.get(action)},
        "escalations": len(fired),
        "escalations_by_rung": dict(sorted(rungs.items())),
        "escalations_by_clock": dict(sorted(Counter(rung.clock for rung in fired).items())),
        "lag_seconds": {"p50": percentile(lags, MEDIAN), "p99": percentile(lags, NEAR_ALL), "max": percentile(lags, 1)},
        "clusters": len(day.tickets) - len(day.filings),
        "rounds": _rounds(day.rounds),
        "messages": {"notices_of_those_signed_in": notices, "mails": mails},
    }


def _rounds(day: RoundsOfDay) -> dict[str, int]:
    """Return how the rounds of the day stand."""
    return {
        "planned": len(day.planned),
        "all well": sum(row.said == "all_well" for row in day.seen),
        "to report": sum(row.said == "to_report" for row in day.seen),
        "missing": sum(row.state == "missed" for row in day.seen),
        "late": sum(row.is_late for row in day.seen),
        "corrected": sum(len(row.answered_by) > 1 for row in day.seen),
        "came out later": sum(row.omissions > 0 for row in day.seen),
    }


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the value that so great a share of the ordered values does not exceed; none of none."""
    return round(ordered[max(ceil(share * len(ordered)), 1) - 1], 3) if ordered else None


def _in_time(day: Day) -> int:
    return sum(
        done_at is not None and done_at <= ticket.filed_at + timedelta(seconds=day.acknowledge_seconds[ticket.severity])
        for ticket in day.tickets
        for done_at in (ticket.first("acknowledge"),)
    )


def result_of(*, figures: Mapping[str, Any], verdicts: Sequence[Verdict], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole result as it is written to demo.json."""
    invariants = [{"name": each.name, "holds": each.holds, "breaks": list(each.breaks)} for each in verdicts]
    return {**about, "holds": all(each.holds for each in verdicts), "figures": figures, "invariants": invariants}


def show(result: Mapping[str, Any], console: Console) -> None:
    """Print both tables."""
    figures = Table(title=f"A day of the school {result['school']}", title_justify="left")
    figures.add_column("Figure")
    figures.add_column("Value", justify="right")
    for name, value in result["figures"].items():
        for label, number in _rows(name.replace("_", " "), value):
            figures.add_row(label, number)
    console.print(figures)
    invariants = Table(title="What must hold", title_justify="left")
    invariants.add_column("Invariant")
    invariants.add_column("")
    for row in result["invariants"]:
        invariants.add_row(row["name"], "[green]holds[/]" if row["holds"] else f"[red]BROKEN × {len(row['breaks'])}[/]")
        for line in row["breaks"][:BREAKS_SHOWN]:
            invariants.add_row(f"  [red]{line}[/]", "")
    console.print(invariants)


def _rows(label: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return (
            [(label, "")]
            if not value
            else [(f"{label}: {key.replace('_', ' ')}", str(each)) for key, each in value.items()]
        )
    return [(label, str(value))]
