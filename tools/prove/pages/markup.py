"""The Nu HTML checker of the W3C over pages as the server sent them."""

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.run.state import StateError

PACKAGE = "vnu-jar@26.9.27"
JAR = Path("node_modules") / "vnu-jar" / "build" / "dist" / "vnu.jar"
SECONDS = 3600


def checker(folder: Path) -> Path:
    """Return the checker's program in a folder, installed there at the first time."""
    for program, package in (("java", "default-jre-headless"), ("npm", "npm")):
        if shutil.which(program) is None:
            raise StateError(f"Checking the HTML needs {program}: apt-get install {package}")
    if not (folder / JAR).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(folder), "--no-save", "--ignore-scripts", "--no-audit", PACKAGE]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return folder / JAR


def markup_faults(jar: Path, files: Sequence[Path]) -> Mapping[str, list[str]]:
    """Return the errors in HTML files, by the file's name."""
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    faults: dict[str, list[str]] = defaultdict(list)
    for message in json.loads(done.stdout)["messages"]:
        if message["type"] == "error":
            name = Path(message["url"]).name
            faults[name].append(f"HTML: {message['message']} ({message.get('extract', '').strip()[:160]})")
    return faults
