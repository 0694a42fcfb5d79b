"""A reference that another ticket has already is drawn again, and the report arrives."""

import secrets
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from backend.common.ids import ALPHABET
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World


def drawn_again(monkeypatch: pytest.MonkeyPatch, reference: str) -> None:
    """Have chance name a reference once more, and go on by itself then."""
    chance = secrets.randbelow
    numbers: Iterator[int | None] = chain(map(ALPHABET.index, reference.replace("-", "")[:7]), repeat(None))

    def draw(below: int) -> int:
        number = next(numbers)
        return chance(below) if number is None else number

    monkeypatch.setattr(secrets, "randbelow", draw)


def test_a_report_whose_reference_is_taken_gets_another_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a million tickets one filing in some thirty thousand was answered with 500."""
    first = Ticket.objects.get(id=file_ticket(world))
    drawn_again(monkeypatch, first.reference)
    second = Ticket.objects.get(id=file_ticket(world))
    assert second.reference != first.reference


def test_what_is_split_off_gets_another_one_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Ticket.objects.get(id=ticket_in(world, State.ACKNOWLEDGED))
    drawn_again(monkeypatch, first.reference)
    split = world.bob.client.act(first.id, "split", note="Another one.")
    assert split.status_code == 200, split.data
    assert Ticket.objects.count() == 1 + 1
