"""Measuring strains at the product's own door and through the shipped proxy, with what they cost everybody else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tools.prove.demo.system import System
from tools.prove.hour.others import Answer, Somebody, others_ask, signed_in, watched
from tools.prove.hour.strains import STRAINS, Target
from tools.prove.proxy import proxied, status_of
from tools.run.children import wait_until
from tools.run.installation import read_run

WEB, PROXY = "web", "proxy"
QUIET_SECONDS = 6.0
"""Asked anew before each strain: other programs of the machine come and go."""
ASKING_SECONDS = 13.0
"""Longer than the ten seconds after which half a request is refused, so that the refusal is seen."""
CALM_SECONDS = 60.0
READY = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Others' answers over some time, and the most memory that each process took meanwhile, in MiB."""

    answers: Sequence[Answer]
    memory: Mapping[str, int]

    @property
    def slowest(self) -> float:
        """The seconds of the slowest answer."""
        return max(answer.seconds for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Row:
    """One strain at one door: others before and beside it, and what the strained requests were answered."""

    door: str
    strain: str
    quiet: Asked
    beside: Asked
    heard: Mapping[str, int]


@contextmanager
def doors(base_url: str, state: Path) -> Iterator[Mapping[str, tuple[str, Mapping[str, int]]]]:
    """Yield the addresses of the web itself and of the shipped proxy, each with the processes behind it."""
    web = int(read_run(state)["processes"][WEB])
    with proxied(urlsplit(base_url).port or 0) as proxy:
        yield {WEB: (base_url, {WEB: web}), PROXY: (proxy.base_url, {WEB: web, PROXY: proxy.pid})}


def strains_measured(*, system: System, state: Path) -> Iterator[Row]:
    """Yield what each strain costs at each door."""
    with doors(system.base_url, state) as found:
        for door, (base_url, processes) in found.items():
            target = Target(Somebody(base_url, signed_in(base_url=base_url, state=state)), state)
            for strain in STRAINS:
                yield measured(door=door, strain=strain, target=target, processes=processes)


def measured(
    *,
    door: str,
    strain: str,
    target: Target,
    processes: Mapping[str, int],
    seconds: float = ASKING_SECONDS,
    quiet_seconds: float = QUIET_SECONDS,
) -> Row:
    """Return what one strain costs at one door; it is over, and the web answers again, when this returns."""
    quiet = _asked(target, processes, quiet_seconds)
    with STRAINS[strain](target) as heard:
        beside = _asked(target, processes, seconds)
    wait_until(lambda: status_of(f"{target.base_url}/readyz") == READY, seconds=CALM_SECONDS)
    return Row(door, strain, quiet, beside, heard)


def _asked(target: Target, processes: Mapping[str, int], seconds: float) -> Asked:
    memory: Counter[str] = Counter()
    with watched(processes, memory):
        return Asked(others_ask(somebody=target.somebody, seconds=seconds), memory)
