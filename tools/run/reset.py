"""`make reset`: removes everything `make run` keeps in var/; refuses while it runs."""

import shutil
import sys
from pathlib import Path

from tools.run.installation import STATE, take_lock
from tools.run.state import StateError, remove_home

LOCK = "run.lock"


def reset(state: Path) -> None:
    """Remove data, mail, secrets and credentials; raise StateError while something runs on them."""
    with take_lock(state):
        remove_home(state)
        for path in state.iterdir():
            if path.name == LOCK:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


if __name__ == "__main__":
    try:
        reset(STATE)
    except StateError as problem:
        sys.exit(f"allclear: {problem}")
    print("allclear: everything in var/ is gone; make run starts anew")
