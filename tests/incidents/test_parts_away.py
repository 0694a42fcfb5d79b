"""Filing while a part is away: without the broker it works as ever, without the database it says to try again."""

import time
from collections.abc import Callable
from uuid import uuid4

from backend.accounts.services import token_issue
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.incidents.models import Report
from backend.workflow.models import Ticket
from tests.common.conftest import OwnBroker, forget_broker, wait_for
from tests.incidents.conftest import Server
from tests.patience import within
from tests.world import World

SECONDS_ALLOWED = 2.0


def seconds(act: Callable[[], int], expected: int) -> float:
    """Return how long a request takes; its status has to be as expected."""
    started = time.monotonic()
    assert act() == expected
    return time.monotonic() - started


def test_with_a_dead_broker_people_file_and_act_without_waiting(committed_world: World, own_broker: OwnBroker) -> None:
    alice, cleo, body = committed_world.alice.client, committed_world.cleo.client, committed_world.report_body()
    own_broker.kill()
    forget_broker()
    assert within(seconds(lambda: alice.post("reports", body).status_code, 201), SECONDS_ALLOWED)
    assert within(seconds(lambda: alice.post("reports", body).status_code, 201), SECONDS_ALLOWED / 2)
    ticket_id = Ticket.objects.values_list("id", flat=True).first()
    assert within(seconds(lambda: cleo.act(ticket_id, "acknowledge").status_code, 200), SECONDS_ALLOWED)
    assert Report.objects.count() == 2
    assert OutboxMessage.objects.filter(topic="ticket.opened", done_at__isnull=True).count() == 2


def test_without_the_database_the_answer_is_to_try_again_and_then_it_works(
    committed_world: World, server: Server
) -> None:
    headers = {
        "Authorization": f"Token {token_issue(user=committed_world.alice.user, now=database_now()).token}",
        "Idempotency_Key": str(uuid4()),
        "Accept_Language": "zh-hans",
    }
    body = committed_world.report_body()
    assert server.send("/api/v1/reports", **headers).status == 200

    server.wire.cut()
    for answer in (server.send("/api/v1/reports", body, **headers), server.send("/api/v1/tickets", **headers)):
        assert (answer.status, answer.body["code"]) == (503, "database_away")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert server.send("/healthz").status == 200
    assert server.send("/readyz").status == 503

    server.wire.mend()
    wait_for(lambda: server.send("/readyz").status == 200)
    assert server.send("/api/v1/reports", body, **headers).status == 201
    assert server.send("/api/v1/reports", body, **headers).status == 201
    assert Report.objects.count() == 1
