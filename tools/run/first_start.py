"""The way in after a first start: a set-up link where there is no school yet."""

import subprocess
from collections.abc import Mapping

from tools.run.installation import ROOT, manage_command
from tools.run.state import StateError


def setup_link_lines(environment: Mapping[str, str]) -> str:
    """Return what to print so that somebody gets in: a new set-up link, or nothing where a school stands."""
    command = manage_command("setup_link", "--first", "--skip-checks")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StateError(f"No set-up link could be made: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()
