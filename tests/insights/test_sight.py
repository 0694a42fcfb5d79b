"""The tickets that count in somebody's figures: by post, by class, and never one that concerns the reader."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.common.clock import database_now
from backend.common.errors import NotFound, PermissionDenied
from backend.insights.selectors.figures import figures_of, monthly
from backend.insights.shapes import Figures, Narrowing, weeks_until
from backend.insights.veiling import FEWEST
from backend.rulebook.wording import Group
from tests.insights.conftest import counted, filed
from tests.world import Member, World


def read(member: Member, **chosen: object) -> Figures:
    """Return twelve weeks of figures as somebody reads them."""
    now = database_now()
    period = weeks_until(today=now.date() + timedelta(days=1), weeks=12)
    return figures_of(actor=member.actor, period=period, narrowing=Narrowing(**chosen), now=now)  # type: ignore[arg-type]


@pytest.fixture
def term(world: World) -> World:
    """Open and confidential reports at both schools."""
    for number in range(3):
        filed(world, "F02", ago=timedelta(days=number))
    for number in range(2):
        filed(world, "B06", ago=timedelta(days=8 * number))
    for number in range(6):
        filed(world, "S02", ago=timedelta(days=number))
    filed(world, "H03")
    filed(world, "C02")
    filed(world, "F02", by="mallory", site=world.elsewhere)
    counted()
    return world


def test_everybody_counts_what_their_post_answers_for(term: World) -> None:
    filed_by = {name: read(term.members[name]).total.filed for name in ("dan", "vera", "cleo", "bob", "carol")}
    assert filed_by == {"dan": 5, "vera": 5, "cleo": 5, "bob": 3, "carol": 2}
    assert read(term.mallory).total.filed == 1
    assert read(term.olga).total.filed == 6
    assert [(part.of.name_en, part.tally.filed) for part in read(term.olga).parts] == [
        ("Nanshan School", 1),
        ("Qinghe School", 5),
    ]
    for member in (term.alice, term.erin):
        with pytest.raises(PermissionDenied):
            read(member)


def test_what_is_not_the_readers_is_not_there(term: World) -> None:
    home, facilities = term.home.school.id, term.home.units["facilities"].id
    assert read(term.dan, office=facilities).total.filed == 2
    assert read(term.olga, school=home).total.filed == 5
    assert read(term.dan, group=Group.FIRE).total.filed == 3
    for member, chosen in (
        (term.mallory, {"office": facilities}),
        (term.bob, {"office": facilities}),
        (term.olga, {"office": facilities}),
        (term.dan, {"school": term.elsewhere.school.id}),
    ):
        with pytest.raises(NotFound):
            read(member, **chosen)


def test_confidential_reports_are_apart_and_few_are_not_shown(term: World) -> None:
    vera = {part.key: part.count for part in read(term.vera).confidential.parts}
    # One report on somebody's health is less than five, and the six of the gate would tell it from the sum.
    assert vera == {**dict.fromkeys(Group, 0), Group.HEALTH: None, Group.GATE: None}
    assert read(term.vera).confidential.total.count == 7
    dan = read(term.dan).confidential
    assert dan.total.count == 8
    assert {part.key: part.count for part in dan.parts}[Group.CHILDREN] is None
    assert all(week.count is None or week.count == 0 or week.count >= FEWEST for week in dan.weeks)
    # Whatever the reader chooses, it is the same: no two pages can be subtracted from each other.
    narrowed = read(term.vera, group=Group.HEALTH)
    assert narrowed.total.filed == 0
    assert narrowed.confidential == read(term.vera).confidential


def test_the_bureau_reads_no_count_of_class_k2(term: World) -> None:
    confidential = read(term.olga).confidential
    assert confidential.total.count == 7
    filed(term, "C01")
    filed(term, "C01")
    counted()
    assert read(term.olga).confidential == confidential


def test_what_concerns_the_reader_does_not_count(world: World) -> None:
    filed(world, "F02", concerned=world.vera)
    counted()
    assert read(world.dan).total.filed == 1
    assert read(world.vera).total.filed == 0
    assert read(world.vera).hours == read(world.mallory).hours
    assert sum(read(world.vera).ages) == 0


def test_a_ticket_that_was_raised_leaves_the_open_figures(world: World) -> None:
    ticket = filed(world, "F02")
    counted()
    assert read(world.vera).total.filed == 1
    raised = world.dan.client.act(ticket.id, "reclassify", category="C02", note="It is bullying.")
    assert raised.status_code == 200, raised.data
    counted()
    assert read(world.vera).total.filed == 0
    assert read(world.vera).confidential.total.count == 0
    assert read(world.dan).confidential.total.count is None


def test_a_month_of_one_school(term: World) -> None:
    now = database_now()
    day = now.astimezone(ZoneInfo(term.school.time_zone)).date()
    home = term.home.school.id
    found = monthly(actor=term.dan.actor, school_id=home, year=day.year, month=day.month, now=now)
    assert found.school.name_en == "Qinghe School"
    assert found.figures.total.filed == sum(found.groups[group].filed for group in Group)
    assert found.figures.total.filed + found.before.filed == 5
    bureau = monthly(actor=term.olga.actor, school_id=home, year=day.year, month=day.month, now=now)
    assert bureau.figures.total == found.figures.total
    assert bureau.figures.confidential.parts == ()
    with pytest.raises(NotFound):
        monthly(actor=term.mallory.actor, school_id=home, year=day.year, month=day.month, now=now)
