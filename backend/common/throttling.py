"""Limits to the requests of one principal; a missing cache never keeps anybody out."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from backend.common.circuit import Circuit

if TYPE_CHECKING:
    from rest_framework.views import APIView  # the framework loads this module while it builds APIView

PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
CACHE_CIRCUIT = Circuit(seconds=5)


@cache
def counter() -> redis.Redis:
    """Return the client that counts: one for the process, in one round trip for each request."""
    configured: dict[str, Any] = settings.CACHES["default"]
    return redis.Redis.from_url(configured["LOCATION"], **configured.get("OPTIONS", {}))


@dataclass(frozen=True, slots=True)
class Rate:
    """The limit that a request was counted for, how much of it is left, and in how many seconds it begins anew."""

    name: str
    most: int
    length: int
    left: int
    begins_in: int

    def headers(self) -> dict[str, str]:
        """Return it as `RateLimit` and `RateLimit-Policy` (IETF draft of HTTPAPI)."""
        policy = f'"{self.name}";q={self.most};w={self.length}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"{self.name}";r={self.left};t={self.begins_in}'}


class WindowThrottle(BaseThrottle, ABC):
    """Counts requests of one ident in windows of fixed length; the rate is `DEFAULT_THROTTLE_RATES[scope]`."""

    scope = ""

    @abstractmethod
    def ident(self, request: Request) -> str | None:
        """Return whom to count, or None not to count this request."""

    def allow_request(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002 - given by the framework
        """Count the request and say whether it is within the rate."""
        ident = self.ident(request)
        rate = str((api_settings.DEFAULT_THROTTLE_RATES or {}).get(self.scope) or "")
        if not rate or ident is None or CACHE_CIRCUIT.is_open:
            return True
        most, _slash, period = rate.partition("/")
        self.length = PERIODS[period[0]]
        window = int(time.time()) // self.length
        count = self._count(f"allclear:throttle:{self.scope}:{ident}:{window}")
        request.rate = Rate(self.scope, int(most), self.length, max(int(most) - count, 0), ceil(self.wait()))  # type: ignore[attr-defined]
        return count <= int(most)

    def wait(self) -> float:
        """Return the seconds until the next window."""
        return self.length - time.time() % self.length

    def _count(self, key: str) -> int:
        try:
            counting = counter().pipeline(transaction=False)
            counting.incr(key)
            counting.expire(key, self.length, nx=True)
            return int(counting.execute()[0])
        except (RedisError, OSError):
            CACHE_CIRCUIT.trip()
            return 0


class PrincipalThrottle(WindowThrottle):
    """Counts by the signed-in account, never by address: a whole school shares one.

    A service account has a rate of its own, whoever it acts for.
    """

    scope = "principal"

    def ident(self, request: Request) -> str | None:
        """Return the account; a request of nobody is not counted here."""
        self.scope = getattr(request.user, "throttle_scope", self.scope)
        principal = getattr(request.user, "throttle_ident", None) or getattr(request.user, "pk", None)
        return None if principal is None else str(principal)
