"""Every list of tickets is read from an index in its order, however many tickets there are."""

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection

from backend.common.ids import reference_new
from backend.common.sql.statements import AlternativesQuerySet, first_keys, first_page
from backend.workflow.filters import ORDERINGS
from backend.workflow.models import Ticket, TicketGrant
from backend.workflow.selectors import tickets_of_offices, tickets_visible
from tests.roles import as_owner
from tests.workflow.steps import MINUTE, file_ticket
from tests.world import World

MANY = 8_000
PAGE = 26
GRANTED = 20
MOST_BUFFERS = 2000
OFFICES = ("security", "facilities", "student-affairs", "health-room", "safety-office")


@pytest.fixture
def many(world: World) -> UUID:
    """As many tickets as a large school has in years: four of five closed, over all offices, each with other times."""
    with as_owner(), connection.cursor() as cursor:
        # What earlier tests rolled back still lies in the table and its indexes, and would be counted as read.
        cursor.execute("TRUNCATE workflow_ticket CASCADE")
    ticket_id = file_ticket(world, routed=True)
    row = Ticket.objects.values().get(id=ticket_id)
    owners = [world.home.units[code].id for code in OFFICES]
    Ticket.objects.bulk_create(
        [
            Ticket(
                **{
                    **row,
                    "id": uuid4(),
                    "reference": reference_new(),
                    "state": "received",
                    "owner_id": owners[number % len(owners)],
                    "reporter_id": world.alice.person.id if number % 1000 == 0 else world.carol.person.id,
                    "next_due_at": row["next_due_at"] + number * MINUTE,
                    "updated_at": row["updated_at"] - number * MINUTE,
                    "filed_at": row["filed_at"] - number * MINUTE,
                }
            )
            for number in range(MANY)
        ],
        batch_size=5000,
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE workflow_ticket")
    return ticket_id


def plan_of(tickets: AlternativesQuerySet[Ticket]) -> str:
    """Return how the database finds the first page, and reads it."""
    found = first_keys(tickets, PAGE) if len(tickets.alternatives) > 1 else tickets[:PAGE]
    read = first_page(tickets, PAGE).explain(analyze=True, buffers=True)
    return f"{found.explain(analyze=True, buffers=True)}\n{read}"


def buffers_of(plan: str) -> int:
    """Return how many buffers the whole reading touched."""
    carried_out = plan.replace("Planning:\n  Buffers", "Planning")
    tops = re.findall(r"^  Buffers: shared hit=(\d+)", carried_out, re.MULTILINE)
    assert len(tops) == 2, plan
    return sum(map(int, tops))


def test_no_common_list_reads_all_tickets(world: World, many: UUID) -> None:
    since = world.now - 10 * MINUTE
    plans = {
        f"{name} by {ordering}": plan_of(tickets_visible(actor=world.members[name].actor).order_by(*fields))
        for name in ("alice", "bob", "cleo", "dan")
        for ordering, fields in ORDERINGS.items()
    }
    for name in ("bob", "cleo", "dan"):
        actor = world.members[name].actor
        plans[f"{name}'s inbox"] = plan_of(
            tickets_of_offices(actor=actor).exclude(state="closed").order_by("next_due_at", "id")
        )
        plans[f"{name}, changed"] = plan_of(
            tickets_visible(actor=actor).filter(updated_at__gte=since).order_by("updated_at", "id")
        )
    scans = {name: plan for name, plan in plans.items() if "Seq Scan on workflow_ticket " in plan}
    assert scans == {}, "\n\n".join(scans.values())
    assert "ticket_school_due" in plans["cleo by next_due_at"]
    assert "ticket_school_filed" in plans["cleo by -filed_at"]
    assert "ticket_school_updated" in plans["cleo by updated_at"]
    assert max(map(buffers_of, plans.values())) <= MOST_BUFFERS, plans


def test_what_was_opened_to_somebody_is_read_by_its_own_index(world: World, many: UUID) -> None:
    opened = Ticket.objects.order_by("filed_at").values_list("id", flat=True)[:GRANTED]
    TicketGrant.objects.bulk_create(
        TicketGrant(
            ticket_id=ticket_id, person=world.olga.person, role="bureau_officer", reason="ladder", since=world.now
        )
        for ticket_id in opened
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE workflow_ticketgrant")
    plans = {
        ordering: plan_of(tickets_visible(actor=world.olga.actor).order_by(*fields))
        for ordering, fields in ORDERINGS.items()
    }
    assert [name for name, plan in plans.items() if "Seq Scan on workflow_ticket " in plan] == [], plans
    assert max(map(buffers_of, plans.values())) <= MOST_BUFFERS, plans
