"""Foreign readers of API descriptions find no fault with openapi/openapi.yaml."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.contract.conftest import SOURCES, run
from tools.check.npm_packages import npm_modules

pytestmark = pytest.mark.slow("tests/common/test_api_description.py")

SCHEMA = ROOT / "openapi" / "openapi.yaml"
RULES = SOURCES / "linters"
SPECTRAL = (".bin/spectral", "lint", "--fail-severity", "warn", "--ruleset", str(RULES / "spectral.yaml"))


def test_spectral_finds_no_fault(needs: Callable[[str], str], tmp_path: Path) -> None:
    needs("npm")
    program, *options = SPECTRAL
    assert "warning" not in run(tmp_path, npm_modules(RULES) / program, *options, SCHEMA)


def test_redocly_finds_no_fault(needs: Callable[[str], str], tmp_path: Path) -> None:
    """Its rules without its program, which would bring a reader of web pages and three hundred other packages."""
    needs("npm")
    environment = {"NODE_PATH": str(npm_modules(RULES))}
    missing = tmp_path / "a.yaml"
    missing.write_text(SCHEMA.read_text(encoding="utf-8").replace("  license:", "  x-license:", 1), encoding="utf-8")
    run(tmp_path, needs("node"), RULES / "redocly.cjs", SCHEMA, environment=environment)
    with pytest.raises(AssertionError, match="info-license"):
        run(tmp_path, needs("node"), RULES / "redocly.cjs", missing, environment=environment)
