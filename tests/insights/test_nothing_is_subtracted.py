"""Whoever may ask any number of questions at any door learns of no confidential report that they may not open.

One world is asked, then one more confidential report is filed of which there are fewer than five: no answer differs.
"""

import random
import re
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest

from backend.common.clock import database_now
from backend.config.file_store import files_in_folder
from backend.insights.models import Export
from backend.insights.selectors.figures import figures_of, monthly
from backend.insights.shapes import Narrowing, Period, months_of
from backend.insights.tasks import export as make_exports
from backend.rulebook.wording import Group
from tests.browser import SignIn
from tests.insights.conftest import counted, filed
from tests.world import Member, World

DAY = timedelta(days=1)
AGES = (1, 2, 35, 70)
"""In the month that runs (or has just ended), in one that has been over for a while, and in one before it."""
K1, K2 = ("S02", "N02", "H03"), ("C01", "C02", "C03")
READERS = ("dan", "vera", "bob", "olga")
TOLD = re.compile(
    r'<(?:b|t[dh][^>]*|strong class="filter-count"|span class="reference")>(?:<a [^>]*>)?([^<]*)|class="badge">(\d+)'
)


def small_world(world: World, seed: int) -> str:
    """File open and confidential reports at random; return a category of which there are fewer than four.

    No reader counts it under one heading with the other confidential one, of which there may be more.
    """
    chosen = random.Random(seed)  # noqa: S311 - a world that can be made again
    for category in ("F02", "B06"):
        for _number in range(chosen.randint(0, 2)):
            filed(world, category, ago=chosen.choice(AGES) * DAY)
    small, large = (chosen.choice(codes) for codes in chosen.sample((K1, K2), 2))
    for category, fewest, most in ((small, 0, 3), (large, 5, 7)):
        for _number in range(chosen.randint(fewest, most)):
            filed(world, category, ago=chosen.choice(AGES) * DAY)
    counted()
    return small


def periods(days: set[date]) -> list[Period]:
    """Return every period that begins and ends with one of these days."""
    return [Period(*sorted(two)) for two in combinations(sorted(days), 2)] + [Period(day, day) for day in days]


def all_figures(member: Member, world: World, asked: list[Period]) -> list[Any]:
    """Return all figures of each period, narrowed in several ways, and of each month."""
    now = database_now()
    narrowings = [Narrowing(), Narrowing(group=Group.GATE)]
    found = [
        figures_of(actor=member.actor, period=period, narrowing=narrowing, now=now)
        for period in asked
        for narrowing in narrowings
    ]
    months = {month.first for period in asked for month in months_of(period)}
    papers = [
        monthly(actor=member.actor, school_id=world.school.id, year=month.year, month=month.month, now=now)
        for month in sorted(months)
    ]
    return [*found, *(paper.figures for paper in papers)]


@pytest.mark.slow("tests/insights/test_nothing_is_subtracted.py", after=1)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_figure_of_any_period_differs_by_one_small_confidential_report(world: World, seed: int) -> None:
    small = small_world(world, seed)
    ago = AGES[seed % len(AGES)] * DAY
    day = (database_now() - ago).date()
    asked = periods({day - DAY, day, day + DAY, day + 2 * DAY})
    before = {name: all_figures(world.members[name], world, asked) for name in READERS}
    filed(world, small, ago=ago)
    counted()
    assert {name: all_figures(world.members[name], world, asked) for name in READERS} == before


DOORS = (
    *(
        "/today",
        "/tickets?tab=mine",
        "/tickets?tab=office",
        "/tickets?tab=overdue",
        "/tickets?tab=all",
        "/tickets/views",
    ),
    *("/tickets?tab=all&category=S02", "/tickets?tab=all&category=C02&filter=open", "/tickets?q=happened", "/notices"),
    *("/figures?weeks=52", "/figures?group=children", "/figures?group=gate", "/figures/tickets?what=filed&weeks=52"),
    *("/figures/month", "/figures/tickets?what=open&age=2"),
)


def at_all_doors(member: Member, since: str, signed_in: SignIn) -> dict[str, Any]:
    """Return the numbers and references of every page, and every answer of the API, that counts or lists tickets."""
    client = signed_in(member)
    pages = {door: TOLD.findall(client.get(door).content.decode()) for door in DOORS}
    paths = {
        "insights/figures": {},
        "tickets": {},
        "tickets?updated_since": {"updated_since": since},
        "tickets?filtered": {"confidentiality": "K1"},
    }
    answers = {name: member.client.get(name.split("?")[0], **query).data for name, query in paths.items()}
    return {**pages, **answers, **{kind: made(member, kind) for kind in Export.Kind}}


def made(member: Member, kind: str) -> tuple[Any, bytes]:
    """Return how far the making of a file came, and the file."""
    body = {"kind": kind, "format": "csv", "language": "en", "first_day": "2026-01-01", "last_day": "2026-12-31"}
    asked = member.client.post("insights/exports", body).data
    make_exports()
    status = member.client.get(f"insights/exports/{asked['id']}").data
    content = member.client.get(f"insights/exports/{asked['id']}/content")
    return (status["rows"], status["done"]), b"".join(content.streaming_content)  # type: ignore[attr-defined]


@pytest.fixture
def folder(tmp_path: Any, settings: Any) -> None:
    """Keep files of this test in a folder of its own."""
    settings.STORAGES = {**settings.STORAGES, "files": files_in_folder(str(tmp_path))}


@pytest.mark.slow("tests/insights/test_nothing_is_subtracted.py", after=1)
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("name", "category"), [("vera", "C02"), ("olga", "S02"), ("carol", "S02")])
def test_no_door_tells_of_a_confidential_report_that_the_reader_may_not_open(
    world: World, signed_in: SignIn, name: str, category: str
) -> None:
    since = database_now().isoformat()
    filed(world, "F02", ago=35 * DAY)
    filed(world, "N02", ago=35 * DAY)
    filed(world, category, ago=35 * DAY)
    counted()
    reader = world.members[name]
    kept = reader.client.post("me/views", {"name": "Sealed", "tab": "all", "filters": {"category": [category]}})
    assert kept.status_code == 201, kept.data
    before = at_all_doors(reader, since, signed_in)
    filed(world, category, ago=35 * DAY)
    counted()
    after = at_all_doors(reader, since, signed_in)
    assert {door for door in before if before[door] != after[door]} == set()
