"""Every list of tickets is read from an index in its order, however many tickets there are."""

import re
from uuid import UUID

import pytest
from django.db import connection

from backend.common.ids import reference_new
from backend.common.sql.alternatives import first_keys, first_page
from backend.common.sql.statements import AlternativesQuerySet
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
OF_A_COPY = ("id", "reference", "state", "owner_id", "reporter_id", "next_due_at", "updated_at", "filed_at")
COPY = """
INSERT INTO workflow_ticket ({own}, {kept})
SELECT gen_random_uuid(), new_reference, 'received', (%s::uuid[])[1 + n %% 5], (%s::uuid[])[1 + least(n %% 1000, 1)],
       next_due_at + n * interval '1 minute', updated_at - n * interval '1 minute', filed_at - n * interval '1 minute',
       {kept}
FROM workflow_ticket AS ticket, unnest(%s::text[]) WITH ORDINALITY AS copies(new_reference, counted),
     LATERAL (SELECT counted - 1) AS number(n)
WHERE ticket.id = %s
"""
"""One statement instead of thousands of objects."""
OFFICES = ("security", "facilities", "student-affairs", "health-room", "safety-office")


@pytest.fixture
def many(world: World) -> UUID:
    """As many tickets as a large school has in years: four of five closed, over all offices, each with other times."""
    with as_owner(), connection.cursor() as cursor:
        # What earlier tests rolled back still lies in the table and its indexes, and would be counted as read.
        cursor.execute("TRUNCATE workflow_ticket CASCADE")
    ticket_id = file_ticket(world, routed=True)
    kept = [field.attname for field in Ticket._meta.concrete_fields if field.attname not in OF_A_COPY]
    references, owners = [reference_new() for _copy in range(MANY)], [world.home.units[code].id for code in OFFICES]
    reporters = [world.alice.person.id, world.carol.person.id]
    with connection.cursor() as cursor:
        cursor.execute(
            COPY.format(own=", ".join(OF_A_COPY), kept=", ".join(kept)), [owners, reporters, references, ticket_id]
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
