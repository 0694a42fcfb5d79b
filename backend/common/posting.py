"""Posting to an address somebody else chose: only into the open internet, without redirects, within 15 s."""

import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from backend.common.outgoing import NotTaken, host_is_open, ip_is_open

SECONDS = 15
WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
LONGEST_ANSWER = 4096


class _OpenConnection(HTTPSConnection):
    """Looks whom it reached before a byte is sent: a name may have changed its address since it was checked."""

    def _new_conn(self) -> socket.socket:
        reached = super()._new_conn()
        if not ip_is_open(reached.getpeername()[0]):
            reached.close()
            raise NewConnectionError(self, "the address lies inside a private network")
        return reached


class _OpenPool(HTTPSConnectionPool):
    ConnectionCls = _OpenConnection


class _OpenAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Let every connection that goes straight out be one that looks whom it reached."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _OpenPool}


def post_json(
    *, address: str, payload: Mapping[str, Any], headers: Mapping[str, str], params: Mapping[str, str] | None = None
) -> bytes:
    """Post a JSON document and return the beginning of the answer; raise NotTaken unless it is a 2xx."""
    host = urlsplit(address).hostname or ""
    is_allowed = host in settings.INTRANET_HOOK_HOSTS
    if not is_allowed:
        _check(host)
    with requests.Session() as session:
        if not is_allowed:
            session.mount("https://", _OpenAdapter())
        try:
            answer = session.post(
                address,
                json=payload,
                params=params,
                headers={"User-Agent": "Allclear", **headers},
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            )
            beginning: bytes = answer.raw.read(LONGEST_ANSWER, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise NotTaken(type(error).__name__) from error
    if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - the range of success
        is_permanent = answer.status_code < 500 and answer.status_code not in WORTH_ANOTHER_TRY  # noqa: PLR2004
        raise NotTaken(f"HTTP {answer.status_code}", is_permanent=is_permanent)
    return beginning


def _check(host: str) -> None:
    if not host_is_open(host=host, allowed_hosts=()):
        raise NotTaken("The address lies inside a private network.", is_permanent=True)
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return  # Where a proxy leads out, only the proxy knows the name; without one the connection fails by itself.
    if not all(ip_is_open(text) for text in found):
        raise NotTaken("The address lies inside a private network.", is_permanent=True)
