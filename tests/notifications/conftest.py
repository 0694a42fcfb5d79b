"""Real peers, and workers' hands."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notifications.peers import MailServer, RobotHost, mail_server, robot_host


@pytest.fixture
def post(settings: Any) -> Iterator[MailServer]:
    """A mail server of our own, to which mail goes by SMTP."""
    office, server = mail_server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    yield office
    server.shutdown()
    server.server_close()


@pytest.fixture
def robots(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs: Callable[[str], str]
) -> Iterator[RobotHost]:
    """A TLS server that plays the robots' hosts behind a proxy, and a hook on localhost."""
    played, proxy, hook, certificate = robot_host(tmp_path, needs("openssl"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_port}")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    settings.INTRANET_HOOK_HOSTS = frozenset({"localhost"})
    yield played
    for server in (proxy, hook):
        server.shutdown()
        server.server_close()
