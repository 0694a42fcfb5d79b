"""`make generators`: five foreign generators read openapi/openapi.yaml; what each writes passes its type checker."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.check.clients import CLIENTS, SCHEMA, python_build, typescript_build
from tools.check.npm_packages import npm_modules
from tools.run.installation import ROOT

LOCKS = ROOT / "tests" / "contract" / "generators"
SECONDS = 1800
STRICT = json.loads((CLIENTS / "typescript" / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
AS_BUNDLED = {"module": "ESNext", "moduleResolution": "bundler", "lib": ["ES2022", "DOM", "DOM.Iterable"]}


def python_client(folder: Path) -> None:
    """Check openapi-python-client: the published client, every module of it."""
    python_build(folder)
    _run(folder / "src", sys.executable, "-m", "mypy", "--config-file=", "-p", "allclear_client")


def typescript(folder: Path) -> None:
    """Check openapi-typescript: the published client, which is compiled strictly."""
    typescript_build(folder)


def hey_api(folder: Path) -> None:
    """Check @hey-api/openapi-ts with its client on fetch."""
    program = npm_modules(LOCKS) / ".bin" / "openapi-ts"
    _run(folder, program, "-i", SCHEMA, "-o", "client", "-c", "@hey-api/client-fetch")
    _compile(folder, "client/index.ts")


def orval(folder: Path) -> None:
    """Check orval with its client on fetch."""
    program = npm_modules(LOCKS) / ".bin" / "orval"
    _run(folder, program, "--input", SCHEMA, "--output", "client/api.ts", "--client", "fetch")
    _compile(folder, "client/api.ts")


def openapi_generator(folder: Path) -> None:
    """Check OpenAPI Generator, which is written in Java, with its client on fetch."""
    where = folder / "generator"
    locked = ("--require-hashes", "--requirements", LOCKS / "requirements.txt")
    _run(folder, sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", where, *locked)
    jar = where / "openapi_generator_cli" / "openapi-generator.jar"
    _run(folder, "java", "-jar", jar, "generate", "-i", SCHEMA, "-g", "typescript-fetch", "-o", folder / "client")
    _compile(folder, "client/index.ts")


GENERATORS: dict[str, Callable[[Path], None]] = {
    "openapi-python-client": python_client,
    "openapi-typescript": typescript,
    "@hey-api/openapi-ts": hey_api,
    "orval": orval,
    "openapi-generator": openapi_generator,
}


def _compile(folder: Path, *files: str) -> None:
    options = {name: value for name, value in STRICT.items() if name not in {"rootDir", "outDir", "declaration"}}
    told = {"compilerOptions": {**options, **AS_BUNDLED, "noEmit": True}, "files": files}
    (folder / "tsconfig.json").write_text(json.dumps(told), encoding="utf-8")
    _run(folder, npm_modules(LOCKS) / ".bin" / "tsc")


def _run(folder: Path, *command: str | Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS)


def main() -> int:
    """Try those that are named, or all; return 1 where one failed."""
    failed = []
    for name in sys.argv[1:] or GENERATORS:
        began, folder = time.monotonic(), Path(tempfile.mkdtemp())
        try:
            GENERATORS[name](folder)
        except subprocess.CalledProcessError as error:
            print(error.stdout, error.stderr, sep="", file=sys.stderr)
            failed.append(name)
        finally:
            shutil.rmtree(folder)
        verdict = "FAILS" if name in failed else "passes"
        print(f"generators: {name} {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
