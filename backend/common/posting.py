"""Asking an address that somebody else chose: only into the open internet, without redirects, within 15 s."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from backend.common.outgoing import NotTaken, host_is_open, ip_is_open

SECONDS = 15
WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
LONGEST_ANSWER = 4096


@dataclass(slots=True)
class _Exchange:
    """One message and its answer: the connections made for it, on which one hangs up once its time is over."""

    reached: list[socket.socket] = field(default_factory=list)
    is_over: bool = False

    def hang_up(self) -> None:
        """End the connections, whatever is read or written there just now."""
        self.is_over = True
        for one in self.reached:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


EXCHANGE: ContextVar[_Exchange] = ContextVar("exchange")


class _Timed(HTTPConnection):
    """Belongs to an exchange: the library's own limit is one for each byte, and a slow peer could send for hours."""

    def _new_conn(self) -> socket.socket:
        reached, exchange = super()._new_conn(), EXCHANGE.get()
        exchange.reached.append(reached.dup())
        if exchange.is_over:
            reached.close()
            raise NewConnectionError(self, "the time for it is over")
        return reached


class _TimedConnection(_Timed, HTTPSConnection):
    """The same over TLS."""


class _OpenConnection(_TimedConnection):
    """Looks whom it reached before a byte is sent: a name may have changed its address since it was checked."""

    def _new_conn(self) -> socket.socket:
        reached = super()._new_conn()
        if not ip_is_open(reached.getpeername()[0]):
            reached.close()
            raise NewConnectionError(self, "the address lies inside a private network")
        return reached


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TimedPool(HTTPSConnectionPool):
    ConnectionCls = _TimedConnection


class _OpenPool(HTTPSConnectionPool):
    ConnectionCls = _OpenConnection


class _TimedAdapter(HTTPAdapter):
    straight: type[HTTPSConnectionPool] = _TimedPool

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Let every connection that goes straight out be one of the exchange."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": self.straight}

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        """Let those through a proxy be such too; whom they reach is the proxy's matter."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TimedPool}
        return manager


class _OpenAdapter(_TimedAdapter):
    straight = _OpenPool


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, its headers, whose names know no case, and the beginning of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def taken(self) -> bytes:
        """Return the body; raise NotTaken unless the status is a 2xx."""
        if not 200 <= self.status < 300:  # noqa: PLR2004 - the range of success
            is_permanent = self.status < 500 and self.status not in WORTH_ANOTHER_TRY  # noqa: PLR2004
            raise NotTaken(f"HTTP {self.status}", is_permanent=is_permanent, status=self.status)
        return self.body


class Unreached(NotTaken):
    """No answer came, or none that could be read."""


def post_json(
    *, address: str, payload: Mapping[str, Any], headers: Mapping[str, str], params: Mapping[str, str] | None = None
) -> bytes:
    """Post a JSON document and return the beginning of the answer; raise NotTaken unless it is a 2xx."""
    return send_json(method="POST", address=address, payload=payload, headers=headers, params=params).taken()


def post_body(*, address: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Post these very bytes of JSON and return the beginning of the answer; raise NotTaken unless it is a 2xx."""
    whole = {"Content-Type": "application/json", **headers}
    return _answered("POST", address, longest=LONGEST_ANSWER, headers=whole, data=body).taken()


def send_json(
    *,
    method: str,
    address: str,
    payload: Any,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    longest: int = LONGEST_ANSWER,
) -> Answer:
    """Send a request, with a JSON document unless that is None, and return its answer; raise Unreached for none."""
    return _answered(method, address, longest=longest, headers=headers, json=payload, params=params)


def post_to_known(*, address: str, body: bytes) -> Answer:
    """Post bytes to an address that whoever runs the installation chose, which may lie within; raise Unreached."""
    return _answered("POST", address, longest=LONGEST_ANSWER, headers={}, is_known=True, data=body)


def fetch(
    *,
    address: str,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    longest: int = LONGEST_ANSWER,
) -> bytes:
    """Get a document, or post a form for one; raise NotTaken unless the answer is a 2xx and no longer than a bound."""
    method = "GET" if form is None else "POST"
    body = _answered(method, address, longest=longest + 1, headers=headers or {}, params=params, data=form).taken()
    if len(body) > longest:
        raise NotTaken("The answer is too long.", is_permanent=True)
    return body


def _answered(
    method: str, address: str, *, longest: int, headers: Mapping[str, str], is_known: bool = False, **what: Any
) -> Answer:
    parts = urlsplit(address)
    is_allowed = is_known or (parts.hostname or "") in settings.INTRANET_HOOK_HOSTS
    if not is_allowed:
        _check(parts.scheme, parts.hostname or "")
    with _within(SECONDS), requests.Session() as session:
        adapter = _TimedAdapter() if is_allowed else _OpenAdapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        try:
            answer = session.request(
                method,
                address,
                headers={"User-Agent": "Allclear", **headers},
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
                **what,
            )
            beginning: bytes = answer.raw.read(longest, decode_content=True)
        except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
            raise Unreached(type(error).__name__) from error
    return Answer(answer.status_code, answer.headers, beginning)


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    exchange = _Exchange()
    mark, timer = EXCHANGE.set(exchange), Timer(seconds, exchange.hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        EXCHANGE.reset(mark)
        for one in exchange.reached:
            one.close()


def _check(scheme: str, host: str) -> None:
    if scheme != "https":
        raise NotTaken("Only https goes into the open internet.", is_permanent=True)
    if not host_is_open(host=host, allowed_hosts=()):
        raise NotTaken("The address lies inside a private network.", is_permanent=True)
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except UnicodeError as error:
        raise NotTaken("This is no name of a host.", is_permanent=True) from error
    except OSError:
        return  # Where a proxy leads out, only the proxy knows the name; without one the connection fails by itself.
    if not all(ip_is_open(text) for text in found):
        raise NotTaken("The address lies inside a private network.", is_permanent=True)
