"""Charts as shapes for SVG: stacked bars over time, and a grid of weekdays and hours. Pure.

They only repeat the table beside them; colours are classes of the stylesheet, so that light, dark and paper each have
their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 8, 4, 22, 22
GAP = 0.24
"""The part of a bar's room that stays free beside it."""
SHADES = 5
BLANK = "heat-0"
CELL, CELL_TOP, CELL_LEFT = 13, 16, 36


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind over all places of a chart: what they are in words, and the class of their colour."""

    label: str | Promise
    css: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the units of the chart, and the words that stand for it."""

    x: str
    y: str
    width: str
    height: str
    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word of an axis: where it stands, and at which of its ends."""

    x: str
    y: str
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be drawn: its size, its boxes and labels, and what its colours mean."""

    name: str | Promise
    width: int
    height: int
    boxes: Sequence[Box]
    labels: Sequence[Label]
    series: Sequence[Series]
    baseline: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is drawn in it: every value is none."""
        return all(box.css == BLANK for box in self.boxes)


def stacked_bars(*, name: str | Promise, places: Sequence[str], series: Sequence[Series], top: str) -> Chart:
    """Return a bar for each place, made of the values of all series; `top` says how much the highest one is."""
    highest = max(map(sum, zip(*(each.values for each in series), strict=True)), default=0.0) or 1.0
    room = (WIDTH - LEFT - RIGHT) / max(1, len(places))
    scale = (HEIGHT - TOP - BOTTOM) / highest
    boxes: list[Box] = []
    for number, place in enumerate(places):
        level = float(HEIGHT - BOTTOM)
        for each in series:
            tall = each.values[number] * scale
            level -= tall
            if tall:
                x = LEFT + room * (number + GAP / 2)
                box = Box(_at(x), _at(level), _at(room * (1 - GAP)), _at(tall), each.css, f"{place}: {each.label}")
                boxes.append(box)
    labels = [Label(_at(LEFT), _at(TOP - 8), "start", top), *_along(places, room)]
    return Chart(name, WIDTH, HEIGHT, boxes, labels, series, _at(HEIGHT - BOTTOM))


def grid(*, name: str | Promise, rows: Sequence[str], values: Sequence[Sequence[int]]) -> Chart:
    """Return a cell for each hour of each weekday, the darker the more."""
    highest = max((value for row in values for value in row), default=0)
    boxes = [
        Box(
            _at(CELL_LEFT + hour * CELL),
            _at(CELL_TOP + day * CELL),
            _at(CELL - 1),
            _at(CELL - 1),
            f"heat-{_shade(value, highest)}",
            f"{rows[day]} {hour:02d}:00: {value}",
        )
        for day, row in enumerate(values)
        for hour, value in enumerate(row)
    ]
    days = [Label("0", _at(CELL_TOP + CELL * day + CELL - 3), "start", word) for day, word in enumerate(rows)]
    hours = [Label(_at(CELL_LEFT + hour * CELL), "11", "start", str(hour)) for hour in range(0, 24, 6)]
    return Chart(name, WIDTH, CELL_TOP + CELL * len(rows) + 2, boxes, [*days, *hours], ())


def _along(places: Sequence[str], room: float) -> list[Label]:
    """Name the first, the middle and the last place; more would not be readable on a phone."""
    last = len(places) - 1
    shown = range(len(places)) if last < SHADES else sorted({0, last // 2, last})
    y = _at(HEIGHT - 6)
    words = {0: "start", last: "end"} if last >= SHADES else {}
    anchored = {"start": 0.0, "middle": 0.5, "end": 1.0}
    labels = []
    for number in shown:
        anchor = words.get(number, "middle")
        labels.append(Label(_at(LEFT + room * (number + anchored[anchor])), y, anchor, places[number]))
    return labels


def _shade(value: int, highest: int) -> int:
    return 0 if not value else 1 + (value - 1) * SHADES // highest


def _at(number: float) -> str:
    """Write a coordinate as SVG reads it, whatever the reader's language does with numbers."""
    return f"{number:.1f}"
