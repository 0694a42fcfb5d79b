"""The audit names pinned packages with known vulnerabilities, and never passes for one where nobody could be asked."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tools.check.audit import audit, packages_pinned


class Database(ThreadingHTTPServer):
    """A database of vulnerabilities that answers as OSV does; `known` maps a package's name to ids."""

    known: dict[str, list[str]]
    broken = False
    asked: list[dict[str, Any]]


class Answering(BaseHTTPRequestHandler):
    """One answer of the database."""

    server: Database

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.server.asked = queries
        found = [self.server.known.get(query["package"]["name"]) for query in queries]
        results = [{"vulns": [{"id": one} for one in ids]} if ids else {} for ids in found]
        body = b"<html>" if self.server.broken else json.dumps({"results": results}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def database() -> Iterator[Database]:
    """A database on this machine that knows nothing yet."""
    server = Database(("127.0.0.1", 0), Answering)
    server.known = {}
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield server
    server.shutdown()
    server.server_close()


def url(database: Database) -> str:
    return f"http://127.0.0.1:{database.server_port}/v1/querybatch"


def test_every_pinned_package_is_asked_about_with_its_version(database: Database) -> None:
    assert audit(service=url(database)) == 0
    asked = {(query["package"]["name"], query["version"]) for query in database.asked}
    assert asked == set(packages_pinned())
    assert {query["package"]["ecosystem"] for query in database.asked} == {"PyPI"}
    assert {"django", "celery", "pytest", "uv"} <= {name for name, _version in asked}


def test_known_vulnerabilities_are_named_with_the_lock_they_stand_in(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    database.known = {"django": ["GHSA-one", "PYSEC-two"], "pytest": ["GHSA-three"]}
    assert audit(service=url(database)) == 1
    said = capsys.readouterr().out
    assert "(requirements/run.txt): GHSA-one, PYSEC-two" in said
    assert "(requirements/dev.txt): GHSA-three" in said
    assert "2 with a known vulnerability" in said


@pytest.mark.parametrize("is_there", [False, True], ids=["nobody answers", "something else answers"])
def test_where_nobody_can_be_asked_it_says_so(
    database: Database, capsys: pytest.CaptureFixture[str], is_there: bool
) -> None:
    database.broken = is_there
    assert audit(service=url(database) if is_there else "http://127.0.0.1:9/") == 0
    said = capsys.readouterr().out
    assert "NOTHING WAS AUDITED" in said
    assert "packages asked about" not in said
