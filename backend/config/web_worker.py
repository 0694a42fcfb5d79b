"""The web's worker: threads for requests that have arrived whole; slow, half-sent and silent ones wait in the loop.

gunicorn's own worker gives a thread to each connection that has sent a byte, so that thirty-two clients who stop in the
middle of a body keep everybody else waiting for as long as they like.
"""

import contextlib
import socket
import struct
import time
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from backend.config.arrivals import Arrival, refusal
from backend.config.threads import LastRestedFirst

ARRIVAL_SECONDS = 10.0
LINGER_SECONDS = 2.0
LOOK_SECONDS = 0.5
PIECE_BYTES = 64 * 1024
MOST_WAITING_BYTES = 64 * 1024 * 1024
SEND_BUFFER_BYTES = 512 * 1024
"""Most answers fit, so that a client who reads slowly keeps no thread either."""
SOCKET_TIMEOUT = struct.pack("ll", int(ARRIVAL_SECONDS), 0)

UNREADABLE = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ParseException: HTTPStatus.BAD_REQUEST,
}


class WaitingWorker(ThreadWorker):  # type: ignore[misc]
    """Collects each request within ten seconds in the loop of its process, then hands it to a thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.arrivals: dict[TConn, Arrival] = {}
        self.rests: dict[TConn, bytes] = {}
        self.waiting_bytes = 0
        self.next_look = 0.0

    def get_thread_pool(self) -> LastRestedFirst:
        """Return the threads that answer requests."""
        return LastRestedFirst(self.cfg.threads)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection; where there is no room, the one that has kept us waiting longest goes."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:  # no file descriptor left
            self.make_room()
            return
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, SOCKET_TIMEOUT)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self.make_room()
        self.wait_for(TConn(self.cfg, client, address, listener.getsockname()), b"")

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Collect the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self.wait_for(conn, self.rests.pop(conn, b""))

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Keep or close the connection; go on at once where more of it has arrived already."""
        super().finish_request(conn, fs)
        if conn in self.rests:
            if conn in self.keepalived_conns:
                self.on_client_socket_readable(conn, conn.sock)
            else:
                del self.rests[conn]

    def murder_pending(self) -> None:
        """End what did not arrive in time; a stopping worker waits for nobody who has not begun."""
        now = time.monotonic()
        if now < self.next_look:
            return
        self.next_look = now + LOOK_SECONDS
        for conn, arrival in list(self.arrivals.items()):
            if now > arrival.ends_at or not (self.alive or arrival.data):
                self.end(conn, HTTPStatus.REQUEST_TIMEOUT if arrival.data else None)

    def make_room(self) -> None:
        """Close the connection that has kept us waiting longest."""
        if self.arrivals:
            self.drop(next(iter(self.arrivals)))

    def wait_for(self, conn: TConn, begun: bytes) -> None:
        """Collect the next request of a connection in the loop."""
        conn.sock.setblocking(False)
        self.arrivals[conn] = Arrival(ends_at=time.monotonic() + self.cfg.keepalive)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_arriving, conn))
        if begun:
            self.add(conn, begun)

    def on_arriving(self, conn: TConn, client: socket.socket) -> None:
        """Take what is there."""
        try:
            piece = client.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self.drop(conn)
        elif not self.arrivals[conn].is_refused:
            self.add(conn, piece)

    def add(self, conn: TConn, piece: bytes) -> None:
        """Add a piece to a request; hand it over when it is whole, refuse it when it never can be."""
        arrival = self.arrivals[conn]
        if not arrival.data:
            arrival.ends_at = time.monotonic() + ARRIVAL_SECONDS
        self.waiting_bytes += len(piece)
        refused = arrival.add(piece)
        if refused or self.waiting_bytes > MOST_WAITING_BYTES:
            self.end(conn, refused or HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif arrival.is_whole:
            self.hand_over(conn)
        elif arrival.asks_to_continue:
            arrival.asks_to_continue = False
            self.say(conn, b"HTTP/1.1 100 Continue\r\n\r\n")

    def hand_over(self, conn: TConn) -> None:
        """Give a whole request to a thread; what came behind it waits for its turn."""
        request, rest = self.forget(conn).take()
        if rest:
            self.rests[conn] = rest
        conn.init()
        conn.parser.unreader.unread(request)
        conn.data_ready = True
        self.enqueue_req(conn)

    def end(self, conn: TConn, status: HTTPStatus | None) -> None:
        """Refuse a request; read on for a moment what is still sent, or else closing would take the answer away."""
        arrival = self.arrivals[conn]
        if status is None or arrival.is_refused:
            self.drop(conn)
            return
        self.say(conn, refusal(status))
        with contextlib.suppress(OSError):
            conn.sock.shutdown(socket.SHUT_WR)
        self.waiting_bytes -= len(arrival.data)
        arrival.refuse(until=time.monotonic() + LINGER_SECONDS)

    def drop(self, conn: TConn) -> None:
        """Close a connection without a word."""
        self.forget(conn)
        self.nr_conns -= 1
        util.close(conn.sock)

    def forget(self, conn: TConn) -> Arrival:
        """Stop collecting a request; return what has arrived of it."""
        self.poller.unregister(conn.sock)
        arrival = self.arrivals.pop(conn)
        self.waiting_bytes -= len(arrival.data)
        return arrival

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Refuse what cannot be read as a request in the form of every other refusal, not as a page."""
        status = next((status for kind, status in UNREADABLE.items() if isinstance(exc, kind)), None)
        if status is None:
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("%s from %s: %r", status.phrase, addr, exc)
        with contextlib.suppress(OSError):
            client.sendall(refusal(status))

    def say(self, conn: TConn, words: bytes) -> None:
        """Send a few words without waiting; who does not listen misses them."""
        with contextlib.suppress(OSError):
            conn.sock.send(words)
