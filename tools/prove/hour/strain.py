"""Measuring a large school and slow clients: a workbook of 3,000 people, and 80 bodies that are never sent whole."""

import io
import re
import resource
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from openpyxl import Workbook

from tools.prove.demo.system import System
from tools.run.installation import read_run

PEOPLE, SLOW_CLIENTS, ASKED, ASKED_AT_ONCE = 3000, 80, 120, 3
HALF_A_BODY = (
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 4000\r\n\r\nusername=alice&"
)
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


@contextmanager
def slow_clients(base_url: str) -> Iterator[None]:
    """Hold eighty connections that sent half a body."""
    address = urlsplit(base_url)
    with ExitStack() as held:
        for _client in range(SLOW_CLIENTS):
            client = socket.create_connection((address.hostname or "", address.port or 80), timeout=20)
            held.enter_context(client).sendall(HALF_A_BODY)
        time.sleep(1)  # until each has been noticed
        yield


def slow_measured(*, system: System, state: Path) -> Iterator[tuple[str, float, float]]:
    """Yield when it was asked, the p95 of others' answers in milliseconds, and the memory of the web in MiB."""
    web = read_run(state)["processes"]["web"]
    yield "quiet", _p95(system.base_url), _memory_mib(web)
    with slow_clients(system.base_url):
        yield f"beside {SLOW_CLIENTS} half-sent bodies", _p95(system.base_url), _memory_mib(web)
    yield "afterwards", _p95(system.base_url), _memory_mib(web)


def _memory_mib(pid: int) -> float:
    """Return the memory of a process and all below it, what they share counted once."""
    children = [child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return own + sum(_memory_mib(int(child)) for child in children)


def _p95(base_url: str) -> float:
    def timed(_number: int) -> float:
        began = time.monotonic()
        httpx.get(f"{base_url}/sign-in", timeout=30).raise_for_status()
        return (time.monotonic() - began) * 1000

    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        return statistics.quantiles(pool.map(timed, range(ASKED)), n=20)[-1]
