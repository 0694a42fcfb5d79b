"""The first start says what is missing and installs only what changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from tools import bootstrap

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Report"\nmsgstr "{word}"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with empty locks and no .venv."""
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev", "uv"):
        (tmp_path / "requirements" / f"{name}.txt").write_text("", encoding="utf-8")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "bootstrap.py").write_bytes((ROOT / "tools" / "bootstrap.py").read_bytes())
    return tmp_path


def start(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "tools/bootstrap.py", *arguments],
        cwd=checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_without_venv_is_told_the_package_to_install(checkout: Path) -> None:
    (checkout / "lame").mkdir()
    (checkout / "lame" / "ensurepip.py").write_text("raise ImportError\n", encoding="utf-8")
    done = start(checkout, "run", PYTHONPATH=str(checkout / "lame"))
    assert done.returncode == 1
    assert "apt-get install python3" in done.stderr
    assert "-venv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_old_python_goes_on_with_a_newer_one_on_the_path(checkout: Path) -> None:
    script = checkout / "tools" / "bootstrap.py"
    newer = checkout / "python3.12"
    newer.write_text('#!/bin/sh\necho "went on: $*"\n', encoding="utf-8")
    newer.chmod(0o755)
    script.write_text(
        script.read_text(encoding="utf-8").replace("OLDEST = (3, 11)", "OLDEST = (9, 0)"), encoding="utf-8"
    )
    done = start(checkout, "run", PATH=str(checkout))
    assert "went on: tools/bootstrap.py run" in done.stdout
    done = start(checkout, "run", PATH="")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_wrong_word_gets_the_usage(checkout: Path) -> None:
    assert "usage: bootstrap.py run|dev" in start(checkout, "walk").stderr


def test_an_installed_lock_is_not_installed_again(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamp = {name: bootstrap.fingerprint(checkout, name) for name in ("run", "dev")}
    (checkout / ".venv" / "installed.json").write_text(json.dumps(stamp), encoding="utf-8")
    bootstrap.install_when_changed(checkout, "run")
    bootstrap.install_when_changed(checkout, "dev")
    assert capsys.readouterr().out == ""


def test_translations_are_compiled_when_their_text_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "backend" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    text.parent.mkdir(parents=True)
    text.write_text(CATALOGUE.format(word="报告"), encoding="utf-8")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    bootstrap.compile_translations(tmp_path)
    with text.with_suffix(".mo").open("rb") as compiled:
        message = read_mo(compiled).get("Report")
    assert message is not None
    assert message.string == "报告"
    assert "compiling" in capsys.readouterr().out
    os.utime(text, (1, 1))
    bootstrap.compile_translations(tmp_path)
    assert capsys.readouterr().out == ""


def test_locks_are_hashed_and_name_no_registry() -> None:
    for name in ("run", "dev", "uv"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text


def test_the_development_lock_contains_the_running_one() -> None:
    pins = {
        name: {line.split(" \\")[0] for line in (ROOT / "requirements" / name).read_text().splitlines() if "==" in line}
        for name in ("run.txt", "dev.txt")
    }
    assert pins["run.txt"] <= pins["dev.txt"]
