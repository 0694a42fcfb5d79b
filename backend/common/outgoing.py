"""Posting to an address somebody else chose: only into the open internet, without redirects, within 15 s."""

import re
import socket
from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

SECONDS = 15
WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
LONGEST_ANSWER = 4096
INSIDE = re.compile(r"(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|arpa)\.?$")

TRANSLATED = IPv6Network("64:ff9b::/96")
"""Translators (NAT64, RFC 6052) send what goes there to the IPv4 address in the last 32 bits."""
TO_ONESELF = (IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"), IPv6Network("64:ff9b:1::/48"))
"""Forms of IPv4 addresses that were given up (RFC 4291, RFC 2765), and translators inside one network (RFC 8215)."""
ISATAP = 0x0000_5EFE
"""Before the last 32 bits: they are an IPv4 address (RFC 5214); the first half may carry one bit more."""


class NotTaken(Exception):
    """The other side did not take a message; a permanent refusal would be the same the next time."""

    def __init__(self, reason: str, *, is_permanent: bool = False) -> None:
        self.reason = reason
        self.is_permanent = is_permanent
        super().__init__(reason)


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


def host_is_open(*, host: str, allowed_hosts: Collection[str]) -> bool:
    """Say whether a hook may name this host: an allowed one, or one that does not by itself point inside."""
    name = host.lower()
    if name in allowed_hosts:
        return True
    try:
        return ip_is_open(name)
    except ValueError:
        # A number without dots, or in hex, is another way to write an address of the network.
        return "." in name and not INSIDE.search(name) and not re.fullmatch(r"[0-9a-fx.]*", name)


def ip_is_open(text: str) -> bool:
    """Say whether an address of the network is one of the open internet; anything else is a ValueError.

    An IPv6 address that carries an IPv4 address in it, for a translator or a tunnel to unpack, is as open as both.
    """
    address = ip_address(text.split("%", maxsplit=1)[0])
    if isinstance(address, IPv6Address) and any(address in network for network in TO_ONESELF):
        return False
    return all(one.is_global and not one.is_multicast for one in (address, *_carried(address)))


def _carried(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv4Address):
        return
    last = IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in TRANSLATED or int(address) >> 32 & 0xFDFF_FFFF == ISATAP:
        yield last
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo


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
