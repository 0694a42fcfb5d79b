"""Fourteen years of a school, two tickets a quarter: what must be gone is gone everywhere, and all still verifies."""

import pytest

from backend.common.clock import database_now
from backend.retention.services import retention_run
from backend.workflow.models import Ticket
from tests.retention.past import ticket_of
from tests.retention.test_forgetting import LONG, dump, verified
from tests.workflow.steps import DAY, OPEN, STRICT, act_at
from tests.world import World

QUARTERS, QUARTER = 56, 91
KEPT = {OPEN: 3 * 365 + 1, STRICT: 12 * 365 + 1}
"""By the category of a ticket that was closed a day after it was filed, the days after which it is past its time."""

pytestmark = [pytest.mark.django_db, pytest.mark.slow("tests/retention/test_forgetting.py")]


def test_the_years_go_quarter_by_quarter_and_evidence_stays(world: World) -> None:
    now = database_now()
    filed = {
        ticket_of(world, now - quarter * QUARTER * DAY, f"planted{quarter}x{category}", category=category): (
            quarter * QUARTER,
            f"planted{quarter}x{category}",
        )
        for quarter in range(QUARTERS, 0, -1)
        for category in (OPEN, STRICT)
    }
    held = next(iter(filed))
    act_at(world.dan, held, "hold-evidence", now, note="The court asked.")
    verified()
    retention_run(now=now, seconds=LONG)
    left = dump()
    for ticket_id, (days, words) in filed.items():
        is_strict = words.endswith(STRICT)
        stays = days <= KEPT[STRICT if is_strict else OPEN] or ticket_id == held
        assert (f"{words} verify" in left) is (stays and not is_strict), (days, words)
        assert bool(Ticket.objects.get(id=ticket_id).description) is stays, (days, words)
    assert "The tree holds" in verified()
