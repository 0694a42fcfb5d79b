"""Measuring a large school: what a workbook of 3,000 people costs, and that the same again changes nothing."""

import io
import re
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

from tools.prove.demo.system import System

PEOPLE = 3000
UNITS = 60
MOST_COMPUTED = 20.0
NOTHING_NEW = re.compile(r"^0 new, 0 changed, 0 ends, ")


def workbook_of(people: int) -> bytes:
    """Return a workbook with so many people in sixty offices, each with an address."""
    book = Workbook(write_only=True)
    offices = book.create_sheet("offices")
    offices.append(["name_zh", "code"])
    staff = book.create_sheet("people")
    staff.append(["staff_number", "name", "email", "unit"])
    for number in range(UNITS):
        offices.append([f"处室{number}", f"unit-{number}"])
    for number in range(people):
        staff.append([f"N{number:05}", f"员工{number}", f"n{number:05}@school.example", f"unit-{number % UNITS}"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Measured:
    """A step with a large workbook: its name, the seconds by the clock and of computing, and what the command said."""

    words: str
    seconds: float
    computed: float
    said: str
    code: int


def workbook_measured(*, system: System, school: str, folder: Path) -> Iterator[Measured]:
    """Yield each thing that is done with a large workbook."""
    path = folder / "large.xlsx"
    path.write_bytes(workbook_of(PEOPLE))
    for what, words in (("check", "read and looked at"), ("apply", "taken into use"), ("apply", "the same again")):
        began, used = time.monotonic(), _computed()
        done = system.command("setup_workbook", what, str(path), "--school", school)
        seconds = time.monotonic() - began
        said = [line for line in done.stdout.splitlines() if " as they are" in line] or [done.stderr[-300:]]
        yield Measured(words, seconds, _computed() - used, said[-1], done.returncode)


def workbook_missed(found: Sequence[Measured]) -> Iterator[str]:
    """Yield what was promised of a workbook of that size and did not hold."""
    for one in found:
        if one.code:
            yield f"“{one.words}” failed"
    computed = sum(one.computed for one in found[:-1])
    if computed > MOST_COMPUTED:
        yield f"reading, preview and taking into use computed for {computed:.1f} s; {MOST_COMPUTED} s are allowed"
    if not NOTHING_NEW.search(found[-1].said):
        yield f"the same again changed something ({found[-1].said})"


def _computed() -> float:
    """Return the seconds for which programs started here have computed: a busy machine takes longer by the clock."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
