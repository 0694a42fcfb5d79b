"""`make lock`: resolves pyproject.toml anew into requirements/*.txt, hashed and without a registry's address."""

import subprocess
import sys

from tools.run.installation import ROOT

FLAGS = (
    *("--python-version", "3.11", "--universal", "--generate-hashes", "--only-binary", ":all:"),
    *("--no-header", "--no-annotate", "--quiet", "--upgrade"),
)
LOCKS = {
    "run": ("pyproject.toml", "--group", "embedded"),
    "dev": ("pyproject.toml", "--group", "embedded", "--group", "dev"),
    "uv": ("-",),
}


def main() -> int:
    """Write every lock; return 1 at the first that does not resolve."""
    for name, sources in LOCKS.items():
        print(f"allclear: resolving requirements/{name}.txt", flush=True)
        command = [sys.executable, "-m", "uv", "pip", "compile", *sources, *FLAGS, "-o", f"requirements/{name}.txt"]
        if (
            subprocess.run(command, cwd=ROOT, input=name.encode(), check=False, stdout=subprocess.DEVNULL).returncode
            != 0
        ):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
