"""Foreign readers of API descriptions find no fault with openapi/openapi.yaml."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.contract.conftest import SOURCES, run

SCHEMA = ROOT / "openapi" / "openapi.yaml"
SPECTRAL = ("spectral", "lint", "--fail-severity", "warn", "--ruleset", str(SOURCES / "linters" / "spectral.yaml"))
REDOCLY = ("redocly", "lint", "--extends", "recommended")


@pytest.mark.parametrize("linter", [SPECTRAL, REDOCLY], ids=["spectral", "redocly"])
def test_the_description_has_no_fault(
    npm_modules: Callable[[str], Path], tmp_path: Path, linter: tuple[str, ...]
) -> None:
    program, *options = linter
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    printed = run(tmp_path, npm_modules("linters") / ".bin" / program, *options, SCHEMA, environment=quiet)
    assert "warning" not in printed
