"""One request to a system and its answer, as every adapter reads them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backend.common.outgoing import NotTaken
from backend.common.posting import Answer, send_json
from backend.todos.refusals import USUAL_REST, Away, Limited, NotThere

LONGEST_ANSWER = 1024 * 1024
TOO_MANY = 429
NOT_LET_IN = frozenset({401, 403})
GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of a system."""

    method: str
    address: str
    payload: Any = None
    headers: Mapping[str, str] | None = None
    params: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status and its document, nothing where it was none."""

    status: int
    document: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the status says so; a system may say otherwise in the document."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the range of success


def ask(request: Request) -> Said:
    """Return what a system says; raise Away where it does not, or Limited."""
    try:
        answer = send_json(
            method=request.method,
            address=request.address,
            payload=request.payload,
            headers=request.headers or {},
            params=request.params,
            longest=LONGEST_ANSWER,
        )
    except NotTaken as error:
        raise Away(error.reason) from error
    if answer.status == TOO_MANY:
        raise Limited("HTTP 429", rest=rest_asked_for(answer))
    if answer.status >= 500:  # noqa: PLR2004 - the range of its own faults
        raise Away(f"HTTP {answer.status}")
    return Said(answer.status, _document(answer.body))


def taken(said: Said) -> Mapping[str, Any]:
    """Return the document of an answer whose status is good; else raise what the status says."""
    if said.status in NOT_LET_IN:
        raise Away(f"HTTP {said.status}")
    if said.status in GONE:
        raise NotThere(f"HTTP {said.status}", is_permanent=True)
    if not said.is_good:
        raise NotTaken(f"HTTP {said.status}", is_permanent=True)
    return said.document


def rest_asked_for(answer: Answer) -> timedelta:
    """Return how long a system wants to be left alone; a minute where it does not say."""
    text = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 6 else USUAL_REST  # noqa: PLR2004 - a day


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
