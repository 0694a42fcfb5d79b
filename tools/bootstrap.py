"""Makes .venv and installs a hashed lock into it; needs nothing but Python's standard library.

`python3 tools/bootstrap.py run` installs requirements/run.txt, `dev` installs requirements/dev.txt, which contains it.
A second start finds its stamp and does nothing. The file stays readable to Pythons too old to run the rest.
"""

import fcntl
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11")
LOCKS = ("run", "dev")


def say(text: str) -> None:
    """Print one line of progress."""
    print("allclear: " + text, flush=True)


def give_up(problem: str, command: str = "") -> None:
    """End with what is missing and the exact command that gets it."""
    text = "\nallclear: " + problem
    if command:
        text += "\n\n    " + ("" if os.geteuid() == 0 else "sudo ") + command + "\n\nThen run the same command again."
    sys.exit(text)


def switch_to_a_newer_python() -> None:
    """Go on in a Python that is new enough, when this one is not."""
    if sys.version_info >= OLDEST:
        return
    newer = next((path for path in map(shutil.which, NEWER_PYTHONS) if path), None)
    if newer:
        say("going on with " + newer)
        os.execv(newer, [newer, *sys.argv])  # noqa: S606 - found on PATH, no shell meant
    present = ".".join(map(str, sys.version_info[:2]))
    give_up("Python 3.11 or newer is needed; this is Python " + present + ".", "apt-get install python3.11-venv")


def require_venv() -> None:
    """End with the package to install when this Python cannot make virtual environments (Debian ships that apart)."""
    try:
        importlib.import_module("venv")
        importlib.import_module("ensurepip")
    except ImportError:
        name = os.path.basename(sys.executable)  # noqa: PTH119
        package = name if name != "python" else "python3"
        give_up(
            "Python is here, but the part of it that makes virtual environments is not.",
            f"apt-get install {package}-venv",
        )


def make_venv(venv: Path) -> Path:
    """Return the Python of `.venv`; make it new when there is none or its Python is gone or too old."""
    python = venv / "bin" / "python"
    test = [str(python), "-c", "import sys; sys.exit(sys.version_info < " + str(OLDEST) + ")"]
    if python.exists() and subprocess.call(test) == 0:
        return python
    require_venv()
    if (venv / "pyvenv.cfg").exists():
        say("the Python of .venv is gone or too old; making it again")
        shutil.rmtree(str(venv))
    say("making .venv")
    subprocess.check_call([sys.executable, "-m", "venv", str(venv)])
    return python


def fingerprint(root: Path, name: str) -> str:
    """Return the hash of a lock."""
    return hashlib.sha256((root / "requirements" / (name + ".txt")).read_bytes()).hexdigest()


def install(root: Path, python: Path, name: str) -> None:
    """Install exactly the lock with uv, or with pip where uv does not work."""
    lock = str(root / "requirements" / (name + ".txt"))
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    say("installing the packages of requirements/" + name + ".txt (about 20 seconds; minutes on a slow network)")
    uv = [
        str(python),
        "-m",
        "uv",
        "pip",
        "sync",
        "--quiet",
        "--system-certs",
        "--require-hashes",
        "--compile-bytecode",
        "--python",
        str(python),
        lock,
    ]
    if subprocess.call([*pip, "-r", str(root / "requirements" / "uv.txt")]) == 0 and subprocess.call(uv) == 0:
        return
    say("uv does not work here; using pip, which takes a few minutes")
    if subprocess.call([*pip, "--only-binary", ":all:", "-r", lock]) != 0:
        give_up("The packages could not be installed; the lines above say why. Is the network there?")


def install_when_changed(root: Path, name: str) -> None:
    """Install the lock unless the stamp says that it is there; a venv once made for development stays one."""
    venv = root / ".venv"
    python = make_venv(venv)
    stamp = venv / "installed.json"
    installed = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    if installed.get(name) == fingerprint(root, name):
        return
    name = "dev" if "dev" in installed else name
    stamp.unlink(missing_ok=True)
    install(root, python, name)
    covered = LOCKS[: LOCKS.index(name) + 1]
    stamp.write_text(json.dumps({each: fingerprint(root, each) for each in covered}), encoding="utf-8")


def compile_translations(root: Path) -> None:
    """Compile the catalogues that changed since they were last compiled."""
    catalogues = root.glob("backend/locale/*/LC_MESSAGES/*.po")
    stale = [str(path) for path in catalogues if not is_compiled(path)]
    if stale:
        say("compiling translations")
        python = str(root / ".venv" / "bin" / "python")
        if subprocess.call([python, "-m", "tools.check.translations", *stale], cwd=str(root)) != 0:
            give_up("A translation could not be compiled; the lines above say where.")


def is_compiled(catalogue: Path) -> bool:
    """Return whether the compiled catalogue is newer than its text."""
    compiled = catalogue.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime > catalogue.stat().st_mtime


def main() -> None:
    """Bring .venv and the translations up to date; one start at a time."""
    switch_to_a_newer_python()
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:  # noqa: PLR2004
        sys.exit("usage: bootstrap.py run|dev")
    with (ROOT / "requirements" / "run.txt").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        install_when_changed(ROOT, sys.argv[1])
        compile_translations(ROOT)


if __name__ == "__main__":
    main()
