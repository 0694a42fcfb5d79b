"""Ledger events carry what their type declares, and nothing else; the hash covers the version of the format."""

from dataclasses import replace

import pytest

from backend.common.clock import database_now
from backend.organisation.actors import SYSTEM
from backend.workflow.action_input import field_specs
from backend.workflow.actions import ACTIONS, EVENT_TYPES
from backend.workflow.change import TicketChange
from backend.workflow.ledger import OF_ANY, EventType, Link, Sensitivity, UndeclaredField
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World


def test_a_field_that_is_not_declared_is_an_error(world: World) -> None:
    ticket = Ticket.objects.select_related("school__calendar").get(id=file_ticket(world))
    change = TicketChange(ticket=ticket, by=SYSTEM, now=database_now())
    with pytest.raises(UndeclaredField, match="shoe_size"):
        change.record(EVENT_TYPES["comment"], note="Hm.", shoe_size=42)
    assert ticket.event_count == 1


def test_every_event_in_the_ledger_is_of_a_declared_type_and_version(world: World) -> None:
    for state in (State.WAITING, State.DECLINED, State.CLOSED):
        ticket_in(world, state)
    events = TicketEvent.objects.select_related("payload")
    assert len(events) > 15
    for event in events:
        event_type = EVENT_TYPES[event.kind]
        event_type.check(event.payload.body)
        assert event.version == event_type.version >= 1


def test_what_somebody_wrote_and_who_is_named_are_declared_as_such() -> None:
    for action in ACTIONS:
        for spec in field_specs(action.said):
            assert spec.recorded is None or action.event.sensitivity(spec.name) is spec.recorded
    assert EVENT_TYPES["resolve"].sensitivity("note") is Sensitivity.FREE_TEXT
    assert EVENT_TYPES["assign"].sensitivity("assignee") is Sensitivity.PERSON
    assert EVENT_TYPES["wait"].sensitivity("waiting_for") is Sensitivity.FREE_TEXT
    assert EVENT_TYPES["escalated"].sensitivity("paged") is Sensitivity.PERSON
    assert all(EventType("any", {}).sensitivity(name) is Sensitivity.PLAIN for name in OF_ANY)


def test_the_hash_covers_the_version_of_the_format(world: World) -> None:
    event = TicketEvent.objects.get(ticket=file_ticket(world))
    link = Link(
        event.ticket_id,
        event.sequence,
        event.kind,
        event.version,
        event.at,
        event.actor_id,
        bytes(event.commitment),
        bytes(event.previous_hash),
    )
    assert link.hash() == bytes(event.hash)
    assert len({replace(link, version=version).hash() for version in (0, 1, 2)}) == 3
