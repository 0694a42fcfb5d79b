"""The memory that processes take, what several share counted once for all of them (PSS)."""

from pathlib import Path

from tools.prove.bench.parts import family


def memory_mib(pid: int) -> float:
    """Return what a process and its living descendants take, in MiB."""
    return sum(map(_pss_kib, family([pid]))) / 1024


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
