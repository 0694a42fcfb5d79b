"""`make clients`: a wheel and an npm package for programs that use the API, written from openapi/openapi.yaml."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from tools.check.npm_packages import npm_modules
from tools.run.installation import ROOT

SCHEMA = ROOT / "openapi" / "openapi.yaml"
CLIENTS = ROOT / "clients"
PACKAGE = "allclear_client"
SECONDS = 600


def version() -> str:
    """Return the version of the API, which is that of its clients."""
    return str(yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))["info"]["version"])


def python_build(folder: Path) -> Path:
    """Write the client in Python into a folder and pack it; return the wheel."""
    source, generated = CLIENTS / "python", folder / "src" / PACKAGE
    generator = Path(sys.executable).with_name("openapi-python-client")
    options = ("--meta", "none", "--config", source / "generator.yaml", "--fail-on-warning")
    _run(folder, generator, "generate", "--path", SCHEMA, "--output-path", generated, *options)
    (generated / "py.typed").touch()
    shutil.copy(source / "README.md", folder)
    project = (source / "pyproject.toml").read_text(encoding="utf-8")
    told = re.sub(r'^version = "0".*$', f'version = "{version()}"', project, count=1, flags=re.MULTILINE)
    (folder / "pyproject.toml").write_text(told, encoding="utf-8")
    _run(folder, sys.executable, "-m", "uv", "build", "--offline", "--wheel", "--out-dir", folder / "dist")
    return next((folder / "dist").glob("*.whl"))


def typescript_build(folder: Path) -> Path:
    """Write the client in TypeScript into a folder, compile it strictly and pack it; return the archive."""
    source, modules = CLIENTS / "typescript", npm_modules(CLIENTS / "typescript")
    shutil.copytree(source / "src", folder / "src")
    for name in ("README.md", "tsconfig.json"):
        shutil.copy(source / name, folder)
    package = json.loads((source / "package.json").read_text(encoding="utf-8")) | {"version": version()}
    (folder / "package.json").write_text(json.dumps(package, indent=2), encoding="utf-8")
    (folder / "node_modules").symlink_to(modules)
    options = ("--output", "src/schema.ts", "--default-non-nullable=false")
    _run(folder, modules / ".bin" / "openapi-typescript", SCHEMA, *options)
    _run(folder, modules / ".bin" / "tsc")
    _run(folder, "npm", "pack", "--ignore-scripts")
    return next(folder.glob("*.tgz"))


BUILDS: dict[str, Callable[[Path], Path]] = {"python": python_build, "typescript": typescript_build}


def _run(folder: Path, *command: str | Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS)


def main() -> int:
    """Build both into clients/*/dist; return 1 at the first that cannot be built."""
    for language, build in BUILDS.items():
        target = CLIENTS / language / "dist"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        with tempfile.TemporaryDirectory() as folder:
            try:
                built = shutil.copy(build(Path(folder)), target)
            except subprocess.CalledProcessError as error:
                print(error.stdout, error.stderr, sep="", file=sys.stderr)
                return 1
        print(f"allclear: {Path(built).relative_to(ROOT)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
