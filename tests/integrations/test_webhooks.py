"""Webhooks: signed, thin, at least once under one id, decided when sent; and a copy made by them is the truth."""

import socket
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from backend.administration.models import Change
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.retrying import MOST_TRIES, PAUSES
from backend.integrations.models import Webhook, WebhookDelivery
from backend.integrations.services import sending
from backend.integrations.services.sending import deliveries_purge, webhooks_send
from backend.integrations.signing import signed_headers
from backend.integrations.tasks import deliver, feed
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.tasks import tell_webhooks
from backend.organisation.roles import Role
from tests.integrations.following import Mirror, listed
from tests.integrations.programs import Program, administrator, made, program
from tests.integrations.test_events import hand_on, seal
from tests.integrations.test_service_accounts import code
from tests.notifications.peers import Posted, RobotHost
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World, member_add

BOTH = ("ticket.opened", "ticket.changed")


def hooked(one: Program, robots: RobotHost, *, types: tuple[str, ...] = BOTH, port: int = 0) -> dict[str, Any]:
    """Let a program make a webhook at the receiver, or where nobody listens."""
    address = f"https://localhost:{port or robots.port}/inbox"
    answer = one.post("webhooks", {"address": address, "types": list(types)})
    assert answer.status_code == 201, answer.data
    return dict(answer.data)


def arrived(robots: RobotHost) -> list[Posted]:
    """Let the workers run; return the messages that came meanwhile."""
    before = len(robots.posts)
    feed()
    deliver()
    return robots.posts[before:]


def later(*passed: timedelta) -> None:
    """Let the worker run again after each pause."""
    now = database_now()
    for pause in passed:
        now += pause + timedelta(seconds=1)
        webhooks_send(now=now)


def test_messages_are_signed_and_thin_and_a_receiver_tells_forged_and_old_ones(world: World, robots: RobotHost) -> None:
    one = program(world, "webhooks.manage")
    webhook = hooked(one, robots)
    ticket_id = file_ticket(world)
    (message,) = arrived(robots)
    event = Receiver(webhook["secret"]).verify(message.body, message.headers)
    assert event["data"]["subject"] == {"kind": "ticket", "id": str(ticket_id)}
    assert (event["type"], event["data"]["kind"]) == ("ticket.opened", "opened")
    assert message.headers["webhook-id"] == event["data"]["id"]
    assert set(event["data"]) == {"id", "type", "kind", "at", "subject", "reference"}
    old = signed_headers(
        message_id=UUID(event["data"]["id"]),
        body=message.body,
        secrets=[webhook["secret"]],
        now=database_now() - timedelta(minutes=6),
    )
    for body, headers in ((message.body + b" ", message.headers), (message.body, old)):
        with pytest.raises(WebhookVerificationError):
            Receiver(webhook["secret"]).verify(body, dict(headers))
    path, key = f"webhooks/{webhook['id']}", str(uuid4())
    second = one.post(f"{path}/rotate", key=key).data["secret"]
    assert one.post(f"{path}/rotate", key=key).data["secret"] == second != webhook["secret"]
    assert one.post(f"{path}/test").status_code == 202
    (message,) = arrived(robots)
    for secret in (webhook["secret"], second):
        assert Receiver(secret).verify(message.body, message.headers)["type"] == "webhook.test"
    Webhook.objects.update(former_until=database_now())
    assert one.post(f"{path}/test").status_code == 202
    (message,) = arrived(robots)
    with pytest.raises(WebhookVerificationError):
        Receiver(webhook["secret"]).verify(message.body, message.headers)
    assert one.post(f"{path}/rotate").status_code == 200
    assert code(one.post(f"{path}/rotate", key=key)) == (409, "service_secret_dead")
    assert "whsec_" not in str(one.get(path).data) + str(one.get(f"{path}/deliveries").data)
    sent = one.get(f"{path}/deliveries").data["items"]
    assert [(row["is_test"], row["stage"], row["attempts"]) for row in sent] == [
        (True, "sent", 1),
        (True, "sent", 1),
        (False, "sent", 1),
    ]


def test_what_fails_is_tried_for_three_days_under_one_id(world: World, robots: RobotHost) -> None:
    one = program(world, "webhooks.manage")
    webhook = hooked(one, robots)
    file_ticket(world)
    answers: list[tuple[int, Any]] = [(302, {}), (500, {}), (404, {}), (200, {})]
    robots.answers["localhost"] = answers[0]
    arrived(robots)
    for pause, answer in zip(PAUSES, answers[1:], strict=False):
        robots.answers["localhost"] = answer
        later(timedelta())
        later(pause)
        WebhookDelivery.objects.filter(status="waiting").update(next_attempt_at=database_now())
    assert len({post.headers["webhook-id"] for post in robots.posts}) == 1
    (row,) = one.get(f"webhooks/{webhook['id']}/deliveries").data["items"]
    assert (row["stage"], row["last_error"]) == ("sent", "")
    robots.answers["localhost"] = (500, {})
    file_ticket(world)
    arrived(robots)
    later(*PAUSES)
    row = one.get(f"webhooks/{webhook['id']}/deliveries").data["items"][0]
    assert (row["stage"], row["attempts"], row["last_error"]) == ("failed", MOST_TRIES, "HTTP 500")
    assert deliveries_purge(now=database_now() + timedelta(days=30)) == 0
    assert deliveries_purge(now=database_now() + timedelta(days=32)) == 2


def test_whoever_answers_410_gets_nothing_more_and_the_administrators_hear_of_it(
    world: World, robots: RobotHost
) -> None:
    one = program(world, "webhooks.manage")
    path = f"webhooks/{hooked(one, robots)['id']}"
    robots.answers["localhost"] = (410, {})
    for _number in range(3):
        file_ticket(world)
    arrived(robots)
    deliver()
    assert len(robots.posts) == 1
    assert not one.get(path).data["is_on"]
    assert {row["stage"] for row in one.get(f"{path}/deliveries").data["items"]} == {"failed"}
    assert code(one.post(f"{path}/test")) == (409, "webhook_off")
    tell_webhooks()
    told = Notice.objects.filter(kind="webhook.stopped")
    assert [notice.person_id for notice in told] == [administrator(world).person.id]
    (notice,) = administrator(world).client.get("notices").data["items"]
    assert "answered that it takes no more messages" in notice["text"]
    robots.answers.clear()
    file_ticket(world)
    assert arrived(robots) == []
    assert news_standing(notices=list(told), now=database_now()) == list(told)
    other = Notice(id=notice["id"], person=world.alice.person, kind=told[0].kind, params=told[0].params)
    assert news_standing(notices=[other], now=database_now()) == [], "whoever is no administrator any more"
    assert one.post(f"{path}/switch", {"is_on": True}).data["refused_at"] is None
    assert news_standing(notices=list(told), now=database_now()) == [], "a mail about it goes out no more"
    file_ticket(world)
    assert len(arrived(robots)) == 1


def test_a_copy_made_by_messages_is_the_truth_whatever_becomes_of_them(world: World, robots: RobotHost) -> None:
    """They come twice, in any order, or not for a time; some are about what was sealed before they could be sent."""
    one = program(world, "webhooks.manage", "events.read", "tickets.read")
    copy, polled = Mirror(one), Mirror(one)
    webhook = hooked(one, robots)
    tickets = [file_ticket(world, routed=True) for _number in range(5)]
    first = {post.document["data"]["id"]: post.document["data"] for post in arrived(robots)}
    seal(world, tickets[0])
    hand_on(world, tickets[1])
    file_ticket(world, category=STRICT)
    robots.answers["localhost"] = (503, {})
    missed = arrived(robots)
    seal(world, tickets[1], by="carol")
    assert world.bob.client.act(tickets[2], "acknowledge").status_code == 200
    feed()
    robots.answers.clear()
    WebhookDelivery.objects.filter(status="waiting").update(next_attempt_at=database_now())
    came = [post.document["data"] for post in arrived(robots)]
    assert missed
    assert {event["type"] for event in came if event["subject"]["id"] == str(tickets[1])} == {"ticket.gone"}
    start = next(iter(first))
    assert one.post(f"webhooks/{webhook['id']}/replay", {"event": start}).data["count"] >= len(came)
    again = [post.document["data"] for post in arrived(robots)]
    messages = [*first.values(), *came, *came, *again]
    Random(7).shuffle(messages)  # noqa: S311 - no secret
    for event in messages:
        copy.take(event)
    polled.follow()
    truth = listed(one)
    assert copy.tickets == polled.tickets == truth
    assert set(truth) == {str(ticket) for ticket in tickets[2:]}
    named = {event["subject"]["id"] for event in messages}
    assert named == {str(ticket) for ticket in tickets}, "of what always was confidential nothing is sent"


def test_only_the_program_itself_manages_its_own(world: World, robots: RobotHost) -> None:
    one, reader = program(world, "webhooks.manage"), Program(made(world, "events.read", name="reader")["secret"])
    path = f"webhooks/{hooked(one, robots)['id']}"
    mia = member_add(world, "mia", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    abroad = Program(made(world, "webhooks.manage", by=mia, name="abroad")["secret"])
    body = {"address": f"https://localhost:{robots.port}/x", "types": ["ticket.opened"]}
    for other in (abroad, Program(made(world, "webhooks.manage", name="other")["secret"])):
        assert other.get("webhooks").data["items"] == []
        for address in (path, f"{path}/deliveries"):
            assert other.get(address).status_code == 404
        for action in ("rotate", "switch", "test", "replay"):
            assert other.post(f"{path}/{action}", {}).status_code == 404
        assert other.http.delete(f"/api/v1/{path}").status_code == 404
    assert code(reader.post("webhooks", body)) == (403, "scope_missing")
    assert code(world.dan.client.post("webhooks", body)) == (403, "webhook_of_program")
    bureau = Program(made(world, "webhooks.manage", by=world.olga)["secret"], "olga")
    assert code(bureau.post("webhooks", body)) == (409, "webhook_of_school")
    for wrong, pointer in (
        ({"address": "http://hooks.example/x"}, "/address"),
        ({"address": "https://127.0.0.1/x"}, "/address"),
        ({"address": "https://[::1]/x"}, "/address"),
        ({"types": []}, "/types"),
        ({"types": ["ticket.gone"]}, "/types/0"),
    ):
        refused = one.post("webhooks", {**body, **wrong})
        assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, pointer)
    file_ticket(world)
    (message,) = arrived(robots)
    assert one.post(f"{path}/replay", {"event": str(uuid4())}).status_code == 404
    assert one.post(f"{path}/replay", {"event": message.headers["webhook-id"]}).data["count"] == 1
    for _number in range(4):
        hooked(one, robots)
    assert code(one.post("webhooks", body)) == (409, "too_many_webhooks")
    assert one.http.delete(f"/api/v1/{path}").status_code == 204
    assert one.get(path).status_code == 404


def test_filing_costs_nothing_more_and_a_batch_the_same_whatever_its_size(world: World, robots: RobotHost) -> None:
    one = program(world, "webhooks.manage")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]

    def filed() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            file_ticket(world)
        return [row["sql"] for row in asked if "integrations_" in row["sql"]]

    def cost(count: int) -> int:
        for _number in range(count):
            assert filed() == []
        with CaptureQueriesContext(connection) as asked:
            feed()
            deliver()
        return len(asked)

    without = cost(1)
    assert cost(3) == without
    for port in (0, closed):
        hooked(one, robots, port=port)
    assert cost(1) == cost(4)
    assert OutboxMessage.objects.filter(topic="ticket.changed:events", done_at=None).count() == 0
    # Whoever is not reached is tried once for all that waits.
    lost = WebhookDelivery.objects.filter(webhook__address__contains=str(closed))
    assert {row.status for row in lost} == {"waiting"}
    assert {row.attempts for row in lost} == {1}


def test_a_slow_receiver_keeps_nobody_else_waiting(
    world: World, robots: RobotHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message takes more than the whole share here, so that one is as slow as many."""
    monkeypatch.setattr(sending, "SHARE", 0.0)
    one = program(world, "webhooks.manage")
    slow = hooked(one, robots)["id"]
    for _number in range(25):
        assert one.post(f"webhooks/{slow}/test").status_code == 202
    other = hooked(one, robots)["id"]
    assert one.post(f"webhooks/{other}/test").status_code == 202
    WebhookDelivery.objects.filter(webhook=other).update(next_attempt_at=database_now())
    assert len(sending._claim(database_now())) == sending.MOST_OF_ONE + 1
    WebhookDelivery.objects.update(next_attempt_at=database_now() - timedelta(seconds=1), attempts=0)
    deliver()
    assert [row["stage"] for row in one.get(f"webhooks/{other}/deliveries").data["items"]] == ["sent"]
    stages = Counter(WebhookDelivery.objects.filter(webhook=slow).values_list("status", "attempts"))
    assert stages == {("sent", 1): 16, ("waiting", 0): 9}, "nobody waits behind what came alone"
    later(timedelta(seconds=sending.BUDGET))
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"sent"}


def test_what_was_sealed_while_others_were_waited_for_is_told_as_gone(
    world: World, robots: RobotHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked(program(world, "webhooks.manage"), robots)
    first, second = file_ticket(world, routed=True), file_ticket(world, routed=True)
    feed()
    claimed = sending._claim(database_now())
    sight = sending.Sight(claimed)
    tickets = {row.event.ticket_id: row.event.ticket for row in claimed if row.event}
    assert sight.holds(tickets[first])
    seal(world, second)
    monkeypatch.setattr(sending, "SIGHT_HOLDS", 0.0)
    assert (sight.holds(tickets[first]), sight.holds(tickets[second])) == (True, False)


def test_every_change_of_a_webhook_is_recorded_without_its_secret(world: World, robots: RobotHost) -> None:
    one = program(world, "webhooks.manage")
    webhook = hooked(one, robots)
    assert one.post(f"webhooks/{webhook['id']}/rotate").status_code == 200
    robots.answers["localhost"] = (410, {})
    one.post(f"webhooks/{webhook['id']}/test")
    arrived(robots)
    assert one.http.delete(f"/api/v1/webhooks/{webhook['id']}").status_code == 204
    changes = Change.objects.filter(content_type__model="webhook", employer_id=world.school.id).order_by("id")
    made, rotated, stopped, removed = changes
    assert (made.action, rotated.action, removed.action) == (0, 1, 2)
    assert made.changes["address"] == ["None", "https://localhost/…"]
    assert "secret_made_at" in rotated.changes
    assert stopped.changes["is_on"] == [True, False]
    assert not {"secret", "former_secret"} & {name for change in changes for name in change.changes}
