"""A school that works with rounds, and the run of its day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.deadlines.services import fire_due
from backend.organisation.models import School
from backend.rounds.models import Round
from backend.rounds.services.making import rounds_make
from tests.world import World

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def live_world(world: World) -> World:
    """The cast, whose school works with the system; the other school does too."""
    School.objects.update(live_at=world.now)
    return world


def at(world: World, clock: str, *, days: int = 1) -> datetime:
    """Return a time of a day to come (or the next days) by the school's clock."""
    hour, minute = map(int, clock.split(":"))
    day = world.now.astimezone(SHANGHAI) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def round_of(world: World, office: str = "security", *, days: int = 1) -> Round:
    """Return the daily report of an office of a day to come."""
    return Round.objects.get(unit=world.home.units[office], day=at(world, "12:00", days=days).date())


def opened(world: World, office: str = "security") -> Round:
    """Make the rounds ahead, open those of tomorrow, and return one."""
    rounds_make(now=at(world, "08:00"))
    fire_due(now=at(world, "12:00"))
    return round_of(world, office)
