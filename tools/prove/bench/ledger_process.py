"""The bench's hands in the ledger: many leaves, proofs of them, verifying them, and reports beside the notary at work.

`python -m tools.prove.bench.ledger_process`: it reads and answers orders as `tools.prove.bench.django_process` does.
"""

import os
import statistics
import time
from datetime import timedelta
from http import HTTPStatus
from random import Random
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.prove.bench.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - after setup

from backend.common.clock import database_now  # noqa: E402
from backend.notary.entries import EPOCH, sweep_entry, sweep_subject  # noqa: E402
from backend.notary.models import Leaf, NotaryMark  # noqa: E402
from backend.notary.selectors import tree_of  # noqa: E402
from backend.notary.services.leaves import Added, leaves_add, mark_lock  # noqa: E402
from backend.notary.services.signing import notary_look  # noqa: E402
from backend.notary.verification import TreeWalk  # noqa: E402
from backend.workflow.models import Ticket  # noqa: E402
from backend.workflow.services import tickets_route  # noqa: E402
from tools.prove.bench.django_process import Hands, median_of  # noqa: E402
from tools.prove.bench.parts import answer_orders  # noqa: E402

STORED = "SELECT pg_total_relation_size('notary_tile'), pg_total_relation_size('notary_leaf')"
MINUTE = timedelta(minutes=1)


class LedgerHands(Hands):
    """The orders that the bench gives to the ledger; its leaves are those of sweeps, which need no ticket."""

    def __init__(self) -> None:
        super().__init__()
        self.walk: TreeWalk | None = None

    def grow(self, count: int) -> int:
        """Add leaves to the tree; return how many it has."""
        NotaryMark.objects.get_or_create(id=1)
        with transaction.atomic():
            mark = mark_lock()
            if mark is None:
                raise AssertionError("another one is the notary")
            subjects = [sweep_subject(EPOCH + (mark.size + number) * MINUTE) for number in range(count)]
            leaves = [Added(Leaf.SWEEP, one, 0, entry=sweep_entry(one, 0)) for one in subjects]
            leaves_add(mark=mark, leaves=leaves)
            mark.save(update_fields=["size"])
        return mark.size

    def size(self) -> int:
        """Return how many leaves the tree has."""
        NotaryMark.objects.get_or_create(id=1)
        return NotaryMark.objects.get().size

    def look(self, seconds: float) -> int:
        """Let the notary look again and again for some seconds; return how often it did."""
        until, looks = time.monotonic() + seconds, 0
        while looks == 0 or time.monotonic() < until:
            notary_look(now=database_now())
            looks += 1
            time.sleep(0.5)
        return looks

    def stored(self) -> list[int]:
        """Return how many bytes tiles and leaves take, with their indexes."""
        with connection.cursor() as cursor:
            cursor.execute(STORED)
            return list(cursor.fetchone())

    def prove(self, repeats: int) -> float:
        """Return the median milliseconds of a proof of some leaf, each from tiles read anew."""
        size, some = NotaryMark.objects.get().size, Random(repeats)  # noqa: S311 - some leaves, the same each time

        def one() -> None:
            tree_of(size=size).inclusion(some.randrange(size))

        return median_of(one, repeats)

    def verify_on(self) -> int | None:
        """Verify the next leaves, from the first on; return how many hold so far, None at the end."""
        self.walk = self.walk or TreeWalk()
        return self.walk.size if self.walk.go_on() else None

    def act(self, username: str, head: str, count: int) -> float:
        """Let somebody file reports and an office acknowledge them; return the median milliseconds of one with both."""
        reporter, office = self._client(username), self._client(head)
        seconds = []
        for _report in range(count):
            began = time.perf_counter()
            said = reporter.post("/api/v1/reports", self.report(username), headers={"Idempotency-Key": str(uuid4())})
            filed = time.perf_counter() - began
            ticket = Ticket.objects.get(reference=said.data["reference"])
            tickets_route(ticket_ids=[ticket.id], now=database_now())
            address = f"/api/v1/tickets/{ticket.id}/actions/acknowledge"
            began = time.perf_counter()
            answer = office.post(address, {}, headers={"Idempotency-Key": str(uuid4())})
            seconds.append(filed + time.perf_counter() - began)
            if answer.status_code != HTTPStatus.OK:
                raise AssertionError(answer.content)
        return statistics.median(seconds) * 1000


if __name__ == "__main__":
    answer_orders(LedgerHands())
