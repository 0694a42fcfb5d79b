"""A ticket nobody acts on climbs its ladder: each rung when it is due, to the right people, for ever."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.deadlines.models import Escalation, Timer
from backend.deadlines.services import fire_due, timers_stop_all
from backend.duty.models import Absence
from backend.organisation.models import Appointment, ContactChannel, School
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.roles import as_owner
from tests.workflow.steps import (
    DAY,
    HOUR,
    MINUTE,
    STRICT,
    TOLD,
    URGENT,
    act_at,
    escalations,
    file_ticket,
    fire_after,
    ticket_in,
)
from tests.world import World, member_add

INSTANT = timedelta(microseconds=1)
DEPUTIES = {"hana", "ben", "vic", "pru"}
EVERYONE = DEPUTIES | {"cleo", "olga"}
# Minutes after filing, clock, rung, whom it reaches, whom it pages, the ticket's level.
FIRE_LEFT_ALONE = (
    (5, "acknowledge", 1, DEPUTIES, DEPUTIES, 1),
    (10, "acknowledge", 2, {"cleo", "olga"}, {"cleo", "olga"}, 2),
    (15, "act", 1, {"vera"}, {"vera"}, 2),
    (20, "acknowledge", 3, EVERYONE, EVERYONE, 2),
    (25, "act", 2, {"dan"}, {"dan"}, 2),
    (30, "acknowledge", 4, EVERYONE, EVERYONE, 2),
    (35, "act", 3, {"olga"}, {"olga"}, 3),
    (40, "acknowledge", 5, EVERYONE, EVERYONE, 3),
)


@pytest.fixture
def cast(world: World) -> World:
    """The cast at noon, when no other roles are asked than by day, with a deputy for each post a fire informs."""
    School.objects.update(time_zone=f"Etc/GMT{world.now.hour - 12:+d}")
    for name, role, unit in (
        ("hana", Role.HANDLER, "security"),
        ("vic", Role.VICE_PRINCIPAL, None),
        ("pru", Role.PRINCIPAL, None),
        ("eve", Role.PROTECTION_LEAD, None),
    ):
        member_add(world, name, [(role, unit, True)], site=world.home)
    return world


def named(world: World, ids: list[str]) -> set[str]:
    """Return the cast's names of some people's ids."""
    return {name for name, member in world.members.items() if str(member.person.id) in ids}


def fired(ticket_id: UUID, clock: str) -> list[dict[str, Any]]:
    """Return what the ledger says of each escalation of one clock, in order."""
    return [body for body in escalations(ticket_id) if body["clock"] == clock]


def all_told_outside(*ticket_ids: UUID) -> None:
    """Have nothing be to tell outside any more: those reports climb by themselves, and have tests of their own."""
    timers_stop_all(subject_kind="outside", subject_ids=ticket_ids, now=database_now(), reason="told")


def messages(ticket_id: UUID) -> list[OutboxMessage]:
    """Return the escalation messages of a ticket, in order."""
    rows = OutboxMessage.objects.filter(topic=TOLD, payload__ticket=str(ticket_id), payload__kind="escalated")
    return list(rows.order_by("id"))


def test_a_fire_left_alone_climbs_rung_by_rung_each_at_its_due_time(cast: World) -> None:
    ticket_id = file_ticket(cast, category=URGENT, routed=True)
    all_told_outside(ticket_id)
    filed_at = Ticket.objects.get(id=ticket_id).filed_at
    for number, (minutes, clock, rung, reached, paged, level) in enumerate(FIRE_LEFT_ALONE):
        due_at = filed_at + minutes * MINUTE
        assert fire_due(now=due_at - INSTANT).fired == 0
        assert fire_due(now=due_at).fired == 1
        said = escalations(ticket_id)[number]
        assert (said["clock"], said["rung"], said["level"]) == (clock, rung, level)
        assert said["due_at"] == due_at.isoformat()
        assert (named(cast, said["reached"]), named(cast, said["paged"])) == (reached, paged), minutes
        assert named(cast, messages(ticket_id)[number].payload["people"]) == paged
        assert Ticket.objects.get(id=ticket_id).level == level
    assert not Escalation.objects.exclude(fired_at=F("due_at")).exists()


def test_a_rung_that_raises_nothing_pages_nobody_twice_until_it_repeats(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    expected: tuple[tuple[float, str, set[str], set[str], int], ...] = (
        (0.5, "acknowledge", {"bob"}, {"bob"}, 1),
        (1, "acknowledge", {"vera"}, {"vera"}, 2),
        (2, "act", {"vera"}, set(), 2),
        (2.5, "acknowledge", {"dan"}, {"dan"}, 3),
        (4, "act", {"dan"}, set(), 3),
        (4.5, "acknowledge", {"dan"}, {"dan"}, 3),
    )
    for hours, *_rest in expected:
        fire_after(ticket_id, hours * HOUR)
    said = [
        (body["clock"], named(world, body["reached"]), named(world, body["paged"]), body["level"])
        for body in escalations(ticket_id)
    ]
    assert said == [row[1:] for row in expected]
    assert [named(world, row.payload["people"]) for row in messages(ticket_id)] == [{"bob"}, {"vera"}, {"dan"}, {"dan"}]


def test_after_an_outage_every_rung_is_recorded_but_each_ticket_sends_one_message(cast: World) -> None:
    ticket_id, other = (file_ticket(cast, category=URGENT, routed=True) for _ in range(2))
    all_told_outside(ticket_id, other)
    filed_at = Ticket.objects.get(id=ticket_id).filed_at
    now = Ticket.objects.get(id=other).filed_at + 41 * MINUTE
    assert fire_due(now=now).fired == 2 * len(FIRE_LEFT_ALONE)
    recorded = [(row["due_at"], row["clock"], row["rung"]) for row in escalations(ticket_id)]
    assert recorded == [((filed_at + row[0] * MINUTE).isoformat(), row[1], row[2]) for row in FIRE_LEFT_ALONE]
    for late in (ticket_id, other):
        (message,) = messages(late)
        assert named(cast, message.payload["people"]) == EVERYONE | {"vera", "dan"}
    fired = Escalation.objects.filter(timer__subject_id=ticket_id)
    assert set(fired.values_list("fired_at", flat=True)) == {now}
    assert fire_due(now=now).fired == 0


def test_the_last_rung_repeats_for_ever(world: World) -> None:
    ticket_id = file_ticket(world, category="B02", routed=True)
    fire_after(ticket_id, 100 * DAY)
    last = len(messages(ticket_id))
    for year in range(1, 3):
        while fire_due(now=Ticket.objects.get(id=ticket_id).filed_at + year * 365 * DAY).fired:
            pass
        fire_after(ticket_id, year * 365 * DAY + 6 * DAY)
        assert len(messages(ticket_id)) > last
        assert "dan" in named(world, messages(ticket_id)[-1].payload["people"])
        last = len(messages(ticket_id))
    assert Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, armed=True).count() == 5


def test_a_sealed_case_climbs_a_ladder_of_its_own(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    for hours in (0.5, 1, 2.5, 4.5, 6.5):
        fire_after(ticket_id, hours * HOUR)
    climbed = [named(cast, row["reached"]) for row in escalations(ticket_id) if row["clock"] == "acknowledge"]
    assert climbed == [{"erin"}, {"eve"}, {"dan"}, {"olga"}, {"olga"}]
    told = {name for row in messages(ticket_id) for name in named(cast, row.payload["people"])}
    assert told == {"erin", "eve", "dan", "olga"}


def test_whoever_cannot_be_reached_is_passed_over_in_the_same_instant(world: World) -> None:
    def first_rung() -> tuple[set[str], list[tuple[str, str, str]]]:
        ticket_id = file_ticket(world, routed=True)
        fire_after(ticket_id, HOUR / 2)
        (body,) = escalations(ticket_id)
        passed = [
            (skip["role"], "".join(named(world, [skip["person"]])), skip["reason"]) for skip in body["passed_over"]
        ]
        return named(world, body["reached"]), passed

    assert first_rung() == ({"bob"}, [])
    Absence.objects.create(person=world.bob.person, starts_at=world.now - DAY, ends_at=world.now + DAY)
    assert first_rung() == ({"ben"}, [("office_head", "bob", "absent")])
    ContactChannel.objects.filter(person=world.ben.person).delete()
    unreachable = [("office_head", "bob", "absent"), ("office_head", "ben", "no_channel")]
    assert first_rung() == ({"vera"}, unreachable)
    with as_owner():
        Appointment.objects.filter(post__role=Role.OFFICE_HEAD, person=world.bob.person).delete()
        Appointment.objects.filter(post__role=Role.OFFICE_HEAD, person=world.ben.person).delete()
    assert first_rung() == ({"vera"}, [("office_head", "", "vacant")])


def test_a_rung_that_reaches_nobody_is_recorded_and_raises_an_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ContactChannel.objects.all().delete()
    ticket_id = file_ticket(world, routed=True)
    assert fire_after(ticket_id, HOUR / 2).level == 1
    assert [body["reached"] for body in escalations(ticket_id)] == [[]]
    assert messages(ticket_id) == []
    assert "reaches nobody" in caplog.text


def test_acting_stops_the_clock_it_was_for_and_later_rungs_are_told_anew(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    fire_after(ticket_id, HOUR / 2)
    world.ben.client.act(ticket_id, "acknowledge")
    fire_after(ticket_id, 2 * HOUR - INSTANT)
    assert [body["clock"] for body in escalations(ticket_id)] == ["acknowledge"]
    fire_after(ticket_id, 2 * HOUR)
    assert [body["clock"] for body in escalations(ticket_id)] == ["acknowledge", "act"]
    world.ben.client.act(ticket_id, "record-interim-control", note="Closed off.")
    world.ben.client.act(ticket_id, "start")
    fire_after(ticket_id, 3 * DAY - INSTANT)
    assert {body["clock"] for body in escalations(ticket_id)[2:]} == {"progress", "silence"}
    fire_after(ticket_id, 3 * DAY)
    assert escalations(ticket_id)[-1]["clock"] == "resolve"


def test_what_is_resolved_waits_for_its_verifier_only(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    resolved_at = Ticket.objects.get(id=ticket_id).resolved_at
    assert resolved_at is not None
    assert fire_due(now=resolved_at + DAY - INSTANT).fired == 0
    assert fire_due(now=resolved_at + DAY).fired == 1
    assert named(world, escalations(ticket_id)[-1]["paged"]) == {"cleo"}
    world.cleo.client.act(ticket_id, "verify", note="Seen.")
    assert fire_due(now=resolved_at + 100 * DAY).fired == 0


def test_reopening_arms_a_new_clock_that_old_firings_cannot_swallow(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    fire_after(ticket_id, 5 * DAY)
    before = len(fired(ticket_id, "resolve"))
    world.bob.client.act(ticket_id, "resolve", note="Done.")
    world.cleo.client.act(ticket_id, "verify", note="Seen.")
    now = Ticket.objects.get(id=ticket_id).filed_at + 6 * DAY
    act_at(world.alice, ticket_id, "reopen", now)
    timers = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, clock="resolve").order_by("epoch")
    assert [(timer.epoch, timer.armed) for timer in timers] == [(1, False), (2, True)]
    fire_due(now=now + 3 * DAY - INSTANT)
    assert len(fired(ticket_id, "resolve")) == before
    fire_due(now=now + 3 * DAY)
    (said,) = fired(ticket_id, "resolve")[before:]
    assert (said["rung"], named(world, said["reached"])) == (1, {"dan"})


def test_a_time_missed_before_a_rejected_fix_is_recorded_again_but_told_to_nobody_twice(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert named(world, fire_and_find(ticket_id, 73 * HOUR)["paged"]) == {"dan"}
    assert world.bob.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    assert world.cleo.client.act(ticket_id, "reject-fix", note="Still there.").status_code == 200
    again = fire_and_find(ticket_id, 73 * HOUR)
    assert (again["epoch"], again["rung"], named(world, again["reached"]), again["paged"]) == (2, 1, {"dan"}, [])
    assert named(world, fire_and_find(ticket_id, 96 * HOUR)["paged"]) == {"olga"}
    call_command("tickets_audit")


def fire_and_find(ticket_id: UUID, passed: timedelta) -> dict[str, Any]:
    """Sweep that long after filing; return what the ledger says of the time to solve it last."""
    fire_after(ticket_id, passed)
    return fired(ticket_id, "resolve")[-1]


def test_a_batch_of_firings_costs_the_same_number_of_statements_whatever_its_size(world: World) -> None:
    def statements(count: int) -> int:
        tickets = [file_ticket(world, routed=True) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            assert fire_due(now=Ticket.objects.get(id=tickets[-1]).filed_at + HOUR / 2).fired == count
        return len(captured)

    few = statements(1)
    assert statements(40) == few <= 20


def test_what_an_engine_of_an_older_version_does_not_know_waits_for_a_newer_one(cast: World) -> None:
    newer, known = (file_ticket(cast, category=URGENT, routed=True) for _ in range(2))
    due_at = Ticket.objects.get(id=known).filed_at + 5 * MINUTE
    with as_owner():
        Timer.objects.filter(subject_kind="ticket", subject_id=newer, clock="acknowledge").update(clock="not-known-yet")
    summary = fire_due(now=due_at)
    assert (summary.fired, summary.quarantined) == (1, 1)
    assert [body["clock"] for body in escalations(known)] == ["acknowledge"]
    assert escalations(newer) == []

    with as_owner():
        Timer.objects.filter(subject_kind="ticket", subject_id=newer, clock="not-known-yet").update(clock="acknowledge")
    assert fire_due(now=due_at + timedelta(seconds=5)).fired == 1
    assert [(body["clock"], body["rung"]) for body in escalations(newer)] == [("acknowledge", 1)]
