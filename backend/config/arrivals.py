"""A request as it arrives in pieces: whether it is whole, and why it cannot become one that we read."""

import json
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import uuid4

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 4 * 1024 * 1024
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:", re.IGNORECASE | re.MULTILINE)
CONTINUE = re.compile(rb"^expect:[ \t]*100-continue[ \t]*\r$", re.IGNORECASE | re.MULTILINE)
WORDS = {
    HTTPStatus.REQUEST_TIMEOUT: ("request_timeout", "The request did not arrive in time. Please send it again."),
    HTTPStatus.BAD_REQUEST: ("bad_request", "The request is not HTTP as it should be."),
    HTTPStatus.LENGTH_REQUIRED: ("length_required", "Send the length of the body as Content-Length."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("body_too_large", "This is too large to send at once."),
    HTTPStatus.REQUEST_URI_TOO_LONG: ("address_too_long", "The address of the request is too long."),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("headers_too_large", "The headers of the request are too large."),
}


@dataclass
class Arrival:
    """The part of a connection's next request that has arrived, and until when the rest may."""

    ends_at: float
    data: bytearray = field(default_factory=bytearray)
    head_length: int = 0
    length: int = 0
    asks_to_continue: bool = False
    is_refused: bool = False

    def add(self, piece: bytes) -> HTTPStatus | None:
        """Take a piece; return the refusal when the request can no longer become one that we read."""
        looked_at = max(len(self.data) - len(END_OF_HEAD), 0)
        self.data += piece
        if self.head_length:
            return None
        end = self.data.find(END_OF_HEAD, looked_at)
        if end < 0:
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if len(self.data) > MOST_HEAD_BYTES else None
        self.head_length = end + len(END_OF_HEAD)
        return self._read_head(bytes(self.data[: self.head_length]))

    @property
    def is_whole(self) -> bool:
        """Whether head and body are here."""
        return bool(self.head_length) and len(self.data) >= self.length

    def take(self) -> tuple[bytes, bytes]:
        """Return the whole request, and what arrived of the next one behind it."""
        return bytes(self.data[: self.length]), bytes(self.data[self.length :])

    def refuse(self, *, until: float) -> None:
        """Forget what arrived; whatever follows is not collected any more."""
        self.data.clear()
        self.is_refused = True
        self.ends_at = until

    def _read_head(self, head: bytes) -> HTTPStatus | None:
        found = LENGTH.search(head)
        body_length = int(found[1]) if found else 0
        self.length = self.head_length + body_length
        self.asks_to_continue = not self.is_whole and CONTINUE.search(head) is not None
        if CHUNKED.search(head):
            return HTTPStatus.LENGTH_REQUIRED
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if body_length > MOST_BODY_BYTES else None


def refusal(status: HTTPStatus) -> bytes:
    """Return the whole answer to a request that never reaches the application: a problem document."""
    code, detail = WORDS[status]
    request_id = uuid4().hex
    problem = {"type": f"/problems/{code}", "title": detail, "status": int(status), "detail": detail, "code": code}
    body = json.dumps({**problem, "request_id": request_id, "errors": []}).encode()
    head = (
        f"HTTP/1.1 {int(status)} {status.phrase}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nX-Request-ID: {request_id}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
