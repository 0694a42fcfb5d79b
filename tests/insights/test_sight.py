"""The tickets that count in somebody's figures: by post, by class, and never one that concerns the reader."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.common.clock import database_now
from backend.common.errors import NotFound, PermissionDenied
from backend.insights.selectors.figures import figures_of, monthly
from backend.insights.shapes import Figures, Narrowing, weeks_until
from backend.insights.veiling import Shown
from backend.rulebook.wording import Group
from tests.insights.conftest import counted, filed
from tests.portal.conftest import take
from tests.world import Member, World

OVER = timedelta(days=35)
"""So long ago that the month is over."""


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


def months(member: Member, **chosen: object) -> Counter[str]:
    """Return what is shown of confidential reports, by group or school, over all months."""
    found: Counter[str] = Counter()
    for month in read(member, **chosen).confidential:
        found.update({part.key: part.shown.count or 0 for part in month.parts})
    return +found


def test_confidential_reports_are_apart_and_few_are_not_shown(term: World) -> None:
    for _number in range(7):
        filed(term, "S02", ago=OVER)
        filed(term, "C01", ago=OVER)
    counted()
    # Those of this month are shown from five on, in steps of five; of one that is over all, and by nobody's choice.
    assert months(term.vera)[Group.GATE] in {7, 12}
    assert months(term.vera).keys() == {Group.GATE}
    assert months(term.dan)[Group.CHILDREN] == 7
    assert read(term.vera).total.filed == 5
    narrowed = read(term.vera, group=Group.HEALTH)
    assert narrowed.total.filed == 0
    assert narrowed.confidential == read(term.vera).confidential


def test_times_of_confidential_reports_are_of_five_in_a_month_that_is_over(world: World) -> None:
    for number in range(6):
        old = filed(world, "S02", ago=OVER)
        take(world.cleo, old, "acknowledge")
        filed(world, "N02", ago=OVER)
        filed(world, "S02", ago=timedelta(minutes=number))
    counted()
    by_month = [
        (month.is_over, part.shown, part.acknowledge.count, part.acknowledge.median is not None)
        for month in read(world.dan).confidential
        for part in month.parts
        if part.shown.count
    ]
    assert (True, Shown(6), 0, False) in by_month, "nobody acknowledged an injury"
    assert (True, Shown(6), 5, True) in by_month, "how many of six were acknowledged is told in steps"
    assert all(shown.or_more and not is_timed for is_over, shown, _count, is_timed in by_month if not is_over)


def test_the_bureau_reads_no_count_of_class_k2(term: World) -> None:
    for _number in range(6):
        filed(term, "S02", ago=OVER)
    counted()
    confidential = read(term.olga).confidential
    assert months(term.olga)[str(term.school.id)] >= 6
    for _number in range(6):
        filed(term, "C01", ago=OVER)
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
    assert read(world.dan).total.filed == 0


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
    assert [month.parts for month in bureau.figures.confidential] == [()]
    with pytest.raises(NotFound):
        monthly(actor=term.mallory.actor, school_id=home, year=day.year, month=day.month, now=now)
