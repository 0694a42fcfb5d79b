"""Providers beside Allclear: a real one in a process, and one that forges."""

from collections.abc import Iterator

import pytest
from django.conf import settings as installation
from pytest_django import Settings

from backend.identity.models import IdentityProvider
from backend.identity.oidc import ENDPOINTS, KEYS, KEYS_ASKED
from tests.identity.provider import Forger, Portal, cas_started, forger_started, portal_started
from tools.run.children import kill_group

BACK = "/sign-in/with/yucai/back"


@pytest.fixture(autouse=True)
def inside(settings: Settings) -> None:
    """Let in the addresses of this machine, and remember nothing of the test before."""
    settings.INTRANET_HOOK_HOSTS = frozenset({"127.0.0.1"})
    for kept in (ENDPOINTS, KEYS, KEYS_ASKED):
        kept.clear()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A provider that comes back to the pages as Django's client asks for them."""
    started = portal_started(tmp_path_factory.mktemp("portal"), f"{installation.PUBLIC_URL}{BACK}")
    yield started
    kill_group(started.process)
    started.process.wait()


@pytest.fixture(scope="module")
def cas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A CAS server that knows the pages as Django's client asks for them."""
    started = cas_started(tmp_path_factory.mktemp("cas"), f"{installation.PUBLIC_URL}{BACK}")
    yield started
    kill_group(started.process)
    started.process.wait()


@pytest.fixture
def forger() -> Iterator[Forger]:
    """A provider that sends what the test wants."""
    forger, server = forger_started()
    yield forger
    server.shutdown()
    server.server_close()


def switched_on(provider: IdentityProvider) -> IdentityProvider:
    """Switch a provider on as if it had been tried."""
    IdentityProvider.objects.filter(id=provider.id).update(is_on=True, tried_at=provider.made_at)
    return provider
