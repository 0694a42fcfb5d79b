"""The npm packages of a folder's lock, installed once and kept as long as the lock stays as it is."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from tools.run.installation import ROOT

CACHE = ROOT / ".cache"
SECONDS_TO_INSTALL = 600
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def npm_modules(source: Path) -> Path:
    """Return the installed packages of a folder with a package.json and its lock; raise CalledProcessError."""
    folder = CACHE / source.name
    folder.mkdir(parents=True, exist_ok=True)
    stamp, wanted = folder / "installed", hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            stamp.unlink(missing_ok=True)
            for each in ("package.json", "package-lock.json"):
                shutil.copy(source / each, folder)
            subprocess.run(INSTALL, cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS_TO_INSTALL)
            stamp.write_text(wanted, encoding="utf-8")
    return folder / "node_modules"
