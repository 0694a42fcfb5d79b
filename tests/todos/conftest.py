"""The server on which the systems play, one for a module."""

from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.todos.peers import certificate_make, serving
from tests.todos.portal import Portal


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], str]) -> Iterator[tuple[Any, Path]]:
    """A TLS server on localhost with the certificate to trust."""
    certificate, key = certificate_make(tmp_path_factory.mktemp("peer"), needs("openssl"))
    with serving(certificate, key) as server:
        yield server, certificate


@pytest.fixture
def stage(played: tuple[Any, Path], settings: Any, monkeypatch: pytest.MonkeyPatch) -> ThreadingHTTPServer:
    """The same, which hooks may reach."""
    server, certificate = played
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    settings.INTRANET_HOOK_HOSTS = frozenset({"localhost"})
    return server  # type: ignore[no-any-return]


@pytest.fixture
def portal(stage: Any) -> Portal:
    """A portal of a school."""
    stage.peer = Portal(stage.server_port)
    return stage.peer  # type: ignore[no-any-return]
