"""A Python process with Django set up on one database: it reads orders, one JSON object a line, and answers each.

`python -m tools.prove.bench.django_process`: the bench's hands inside the project, one for each compared database.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.prove.bench.settings")
django.setup()

from django.db import connection  # noqa: E402 - after setup
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from backend.accounts.models import User  # noqa: E402
from backend.accounts.opening import BACKEND  # noqa: E402
from backend.accounts.services import token_issue  # noqa: E402
from backend.common.clock import database_now  # noqa: E402
from backend.common.sql.alternatives import first_page  # noqa: E402
from backend.duty.selectors import actor_get  # noqa: E402
from backend.health.selectors import workers_heard  # noqa: E402
from backend.insights.services.counting import all_count  # noqa: E402
from backend.organisation.models import Place, School, Unit  # noqa: E402
from backend.workflow.filters import FOUND_ORDERING, ORDERINGS  # noqa: E402
from backend.workflow.models import Ticket  # noqa: E402
from backend.workflow.search import tickets_found  # noqa: E402
from backend.workflow.services import tickets_route  # noqa: E402
from backend.workflow.sight import tickets_known  # noqa: E402
from tools.prove.bench.models import CREATE  # noqa: E402
from tools.prove.bench.parts import answer_orders  # noqa: E402

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "SET ")
PAGE = 21
CATEGORIES = ("F02", "B02", "B06", "N03", "N01", "S02", "C02", "F01")


class Hands:
    """The orders that the bench gives to one database."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}

    def tables(self) -> None:
        """Make the table that filing is compared with."""
        with connection.cursor() as cursor:
            cursor.execute(CREATE)

    def sign_in(self, usernames: list[str]) -> list[str]:
        """Return a token for each of the accounts."""
        now = database_now()
        for username in usernames:
            self.tokens[username] = token_issue(user=User.objects.get(username=username), now=now).token
        return [self.tokens[username] for username in usernames]

    def report(self, username: str) -> dict[str, Any]:
        """Return a good report of somebody."""
        place = Place.objects.filter(school__people__user__username=username).order_by("code").first()
        return {
            "category": "F02",
            "place": str(place.id) if place else None,
            "occurred_at": database_now().isoformat(),
            "description": "教学楼二层的安全出口被课桌堵住了,门打不开。The exit on the second floor is blocked.",
        }

    def noon(self) -> None:
        """Let it be noon at every school, so that no message waits for the morning."""
        hours = round(12 - database_now().hour)
        School.objects.update(time_zone=f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT")

    def bodies(self, username: str, categories: list[str]) -> list[dict[str, Any]]:
        """Return a good report of somebody for each of the categories."""
        return [{**self.report(username), "category": category} for category in categories]

    def place_token(self, username: str) -> str:
        """Return what the code on the wall of a place of somebody's school holds."""
        return str(Place.objects.filter(school__people__user__username=username).order_by("code")[0].token)

    def workers(self) -> int:
        """Return how many workers answer."""
        return len(workers_heard())

    def to_acknowledge(self, username: str, count: int) -> list[str]:
        """Return tickets that have just come to the offices in which somebody holds a post."""
        units = Unit.objects.filter(posts__appointments__person__user__username=username)
        tickets = Ticket.objects.filter(state="routed", owner__in=units).order_by("-filed_at")
        return [str(ticket_id) for ticket_id in tickets.values_list("id", flat=True)[:count]]

    def samples(self, username: str) -> int:
        """File and route one report of each sort, to be multiplied; return how many tickets there are."""
        client = self._client(username)
        for category in CATEGORIES:
            answer = client.post(
                "/api/v1/reports",
                {**self.report(username), "category": category},
                headers={"Idempotency-Key": str(uuid4())},
            )
            ticket = Ticket.objects.get(reference=answer.data["reference"])
            tickets_route(ticket_ids=[ticket.id], now=database_now())
        return Ticket.objects.count()

    def count(self) -> int:
        """Count every ticket for the figures, as the worker does; return how many."""
        return all_count(now=database_now())

    def statements(self, username: str) -> int:
        """Return how many SQL statements one filed report costs, without those that open and close transactions."""
        client = self._client(username)
        body = self.report(username)
        for _ in range(2):  # the first one fills caches
            with CaptureQueriesContext(connection) as captured:
                client.post("/api/v1/reports", body, headers={"Idempotency-Key": str(uuid4())})
        return len([row for row in captured.captured_queries if not row["sql"].startswith(CONTROL)])

    def ticket_of(self, username: str) -> str:
        """Return a ticket that somebody sees in the middle of their second page."""
        client = self._client(username)
        page = client.get(client.get("/api/v1/tickets").data["next"])
        return str(page.data["items"][12]["id"])

    def reference_of(self, username: str) -> str:
        """Return the reference of a report that somebody filed; tickets that were multiplied have none to type."""
        own = (row["reference"] for row in self._client(username).get("/api/v1/reports").data["items"])
        return str(next(reference for reference in own if "-" in reference))

    def second_page(self, username: str) -> str:
        """Return the address of the second page of somebody's list."""
        return str(self._client(username).get("/api/v1/tickets").data["next"])

    def read(self, username: str, path: str, repeats: int) -> float:
        """Return the median milliseconds of reading a resource."""
        client = self._client(username)
        return median_of(lambda: _opened(client, path), repeats)

    def buffers(self, username: str, path: str) -> int:
        """Return how many 8 KiB buffers the statements of reading a resource touch."""
        client = self._client(username)
        statements: list[tuple[str, Any]] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            statements.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            client.get(path)
        reading = [(sql, params) for sql, params in statements if sql.lstrip().startswith(("SELECT", "WITH"))]
        return sum(buffers_of(sql, params) for sql, params in reading)

    def open(self, username: str, path: str, repeats: int) -> float:
        """Return the median milliseconds of opening a page as somebody."""
        client = self._browser(username)
        return median_of(lambda: _opened(client, path), repeats)

    def slowest_opening(self, username: str, path: str, repeats: int) -> float:
        """Return the milliseconds of the slowest twentieth of openings of a page."""
        client = self._browser(username)
        return statistics.quantiles(times_of(lambda: _opened(client, path), repeats), n=20)[-1]

    def slowest_action(self, username: str, repeats: int) -> float:
        """Return the milliseconds of the slowest twentieth of acknowledgements by somebody, each of another ticket."""
        client, taken = self._client(username), list[float]()
        for ticket in self.to_acknowledge(username, repeats):
            path = f"/api/v1/tickets/{ticket}"
            tag = client.get(path).headers["ETag"]
            taken += times_of(lambda path=path, tag=tag: _acknowledged(client, path, tag), 1)  # type: ignore[misc]
        return statistics.quantiles(taken, n=20)[-1]

    def statements_of_page(self, username: str, path: str) -> int:
        """Return how many SQL statements opening a page as somebody sends."""
        client = self._browser(username)
        _opened(client, path)
        with CaptureQueriesContext(connection) as captured:
            _opened(client, path)
        return len([row for row in captured.captured_queries if not row["sql"].startswith(CONTROL)])

    def search(self, username: str, words: str, repeats: int) -> float:
        """Return the median milliseconds of finding the first page of tickets with some words."""
        actor = actor_get(user_id=User.objects.get(username=username).pk)
        if actor is None:
            raise AssertionError(username)
        order = ORDERINGS[FOUND_ORDERING]

        def find() -> None:
            tickets = tickets_found(actor=actor, tickets=tickets_known(actor=actor), words=words)
            if not list(first_page(tickets.order_by(*order), PAGE)):
                raise AssertionError(f"nothing has {words}")

        return median_of(find, repeats)

    def _browser(self, username: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(username=username), backend=BACKEND)
        return client

    def _client(self, username: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {self.tokens[username]}", HTTP_ACCEPT_LANGUAGE="en")
        return client


def median_of(act: Callable[[], None], repeats: int) -> float:
    """Return the median milliseconds that something takes."""
    return statistics.median(times_of(act, repeats))


def times_of(act: Callable[[], None], repeats: int) -> list[float]:
    """Return the milliseconds that something takes, each time."""
    milliseconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        act()
        milliseconds.append((time.perf_counter() - began) * 1000)
    return milliseconds


def _opened(client: Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != HTTPStatus.OK:
        raise AssertionError(f"{path} answered {answer.status_code}: {answer.content.decode()[:300]}")


def _acknowledged(client: APIClient, path: str, tag: str) -> None:
    answer = client.post(f"{path}/actions/acknowledge", {}, headers={"If-Match": tag, "Idempotency-Key": str(uuid4())})
    if answer.status_code != HTTPStatus.OK:
        raise AssertionError(f"{path} answered {answer.status_code}: {answer.content.decode()[:300]}")


def buffers_of(sql: str, params: Any) -> int:
    """Return how many 8 KiB buffers a statement touches; it is carried out."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])


if __name__ == "__main__":
    answer_orders(Hands())
