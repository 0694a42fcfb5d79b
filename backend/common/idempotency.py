"""A repeated request gets the answer of the first one, and its effect happens once."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import is_success
from rest_framework.utils.encoders import JSONEncoder

from backend.common.errors import DomainError
from backend.common.http_errors import AuthenticationRequired
from backend.common.models import OF_ACCOUNTS, IdempotencyRecord
from backend.common.sealed.answers import answer_opened, answer_sealed
from backend.common.sealed.cipher import matters_touched
from backend.common.sql.statements import prepared_cursor

HEADER = "Idempotency-Key"
KEY_LENGTHS = range(8, 256)
REPLAYED_HEADERS = ("ETag", "Location")
ANSWER = ("request_hash", "status", "body", "headers")
# The statement sees what was committed before it asked for the lock. An answer committed just then is found when this
# one is remembered: nothing is stored, and the caller is asked to try again.
LOCK = """
SELECT pg_try_advisory_xact_lock(%s), clock_timestamp(), record.id IS NOT NULL, record.request_hash, record.status,
       record.body, record.headers
FROM (SELECT %s AS scope, %s AS key) AS asked
LEFT JOIN common_idempotencyrecord AS record ON record.scope = asked.scope AND record.key = asked.key
"""
REMEMBER = """
INSERT INTO common_idempotencyrecord (scope, key, request_hash, status, body, headers, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (scope, key) DO NOTHING
"""


class IdempotencyKeyMissing(DomainError):
    """A request that creates or moves something came without a key."""

    code = "idempotency_key_missing"
    title = _("Send an Idempotency-Key header, so that a repeated request does nothing twice.")


class IdempotencyKeyInvalid(DomainError):
    """The key is too short, too long or not plain text."""

    code = "idempotency_key_invalid"
    title = _("The Idempotency-Key must be 8 to 255 visible ASCII characters.")


class RequestInFlight(DomainError):
    """The first request with this key is still being worked on."""

    code = "request_in_flight"
    status = 409
    title = _("The same request is being worked on right now. Please try again in a second.")
    retry_after = 1


class IdempotencyKeyReused(DomainError):
    """The key was used for something else before."""

    code = "idempotency_key_reused"
    status = 422
    title = _("This Idempotency-Key was already used for another request. Use a new one.")


def same(body: Any) -> Any:
    """Return a stored body as it is: it says nothing that its principal could lose sight of."""
    return body


def idempotent(
    request: Request,
    act: Callable[[datetime], Response],
    *,
    scope: str | None = None,
    still_shown: Callable[[Any], Any] = same,
) -> Response:
    """Run `act` with the database's clock, once per principal (or scope) and key, all in one transaction.

    Only a 2xx answer is remembered (48 hours); whatever else `act` returns or raises leaves nothing behind. Before a
    stored body is sent again, `still_shown` returns what the principal may see of it now, or raises NotFound.
    """
    key = _key(request)
    owner = _principal(request) if scope is None else scope
    digests = _digests(request)
    with transaction.atomic():
        now, record = _lock(owner, key)
        if record is not None:
            return _replay(record, digests, still_shown)
        with matters_touched() as matters:
            response = act(now)
        if is_success(response.status_code):
            _remember(response, scope=owner, key=key, request_hash=digests[0], now=now, matters=matters)
        else:
            transaction.set_rollback(True)
    return response


def _key(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not key:
        raise IdempotencyKeyMissing
    if len(key) not in KEY_LENGTHS or not all("!" <= letter <= "~" for letter in key):
        raise IdempotencyKeyInvalid
    return key


def _principal(request: Request) -> str:
    principal = getattr(request.user, "pk", None)
    if principal is None:
        raise AuthenticationRequired
    return f"{OF_ACCOUNTS}{principal}"


def _digests(request: Request) -> tuple[str, str]:
    """Return a name for what is asked that does not tell it, and the one that older records have.

    Without a key of its own a name would tell whoever holds a copy of the database the words of a short report: they
    would guess until it fits.
    """
    said = json.dumps([request.method, request.get_full_path(), request.data], sort_keys=True)
    keyed = salted_hmac("common.idempotency", said, algorithm="sha256").hexdigest()
    return keyed, hashlib.sha256(said.encode()).hexdigest()


def _lock(scope: str, key: str) -> tuple[datetime, IdempotencyRecord | None]:
    """Take the lock of this key until the transaction ends; read the clock and the answer in the same round trip."""
    digest = hashlib.sha256(f"{scope}\n{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with prepared_cursor() as cursor:
        cursor.execute(LOCK, [number, scope, key])
        is_ours, now, is_known, *answer = cursor.fetchone()
    if not is_ours:
        raise RequestInFlight
    return now, IdempotencyRecord(**dict(zip(ANSWER, answer, strict=True))) if is_known else None


def _replay(record: IdempotencyRecord, digests: tuple[str, str], still_shown: Callable[[Any], Any]) -> Response:
    if record.request_hash not in digests:
        raise IdempotencyKeyReused
    said = answer_opened(record.body)
    body = still_shown(json.loads(said)) if said else None
    return Response(body, status=record.status, headers={**record.headers, "Idempotency-Replayed": "true"})


def _remember(
    response: Response, *, scope: str, key: str, request_hash: str, now: datetime, matters: Iterable[UUID]
) -> None:
    headers = {name: response.headers[name] for name in REPLAYED_HEADERS if name in response.headers}
    body = "" if response.data is None else json.dumps(response.data, cls=JSONEncoder, ensure_ascii=False)
    stored = answer_sealed(body, matters=matters)
    values: list[Any] = [scope, key, request_hash, response.status_code, stored, json.dumps(headers), now]
    with prepared_cursor() as cursor:
        cursor.execute(REMEMBER, values)
        if cursor.rowcount == 0:
            raise RequestInFlight
