"""The report of a month of one school: a page that prints and a paper, by what the reader may count."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.common.clock import database_now
from backend.portal.months import month_after, month_before, month_of_text
from tests.browser import SignIn
from tests.insights.conftest import counted, filed
from tests.portal.papers import paper_of, texts_of
from tests.world import World

PAPER, PAGE = "/figures/month.pdf", "/figures/month"
A_MINUTE = timedelta(minutes=1)


def month_now(world: World) -> dict[str, str]:
    """Return what an address says to ask for the month of a minute ago."""
    return {"month": f"{(database_now() - A_MINUTE).astimezone(ZoneInfo(world.school.time_zone)):%Y-%m}"}


def test_page_and_paper_say_the_same_of_a_month(world: World, signed_in: SignIn) -> None:
    for category in ("F02", "F02", "B06"):
        filed(world, category, ago=A_MINUTE)
    counted()
    client = signed_in(world.dan)
    page = client.get(PAGE, month_now(world)).content.decode()
    text = " ".join(texts_of(paper_of(client.get(PAPER, month_now(world)))))
    for words in ("Qinghe School: safety report for", "Security office", "Escape route blocked", "Previous month"):
        assert words in page
        assert words in text
    assert "3 Reports filed" in text
    assert "<b>3</b><span>Reports filed</span>" in page


def test_the_last_month_that_is_over_comes_by_itself_in_the_readers_language(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.dan, "zh-hans")
    text = " ".join(texts_of(paper_of(client.get(PAPER))))
    over = month_before(database_now().astimezone(ZoneInfo(world.school.time_zone)).date())
    assert f"清河学校 {over:%Y} 年 {over.month} 月安全月报" in text
    page = client.get(PAGE).content.decode()
    for other in (month_before(over), month_after(over)):
        assert f"month={other:%Y-%m}" in page


def test_few_confidential_reports_are_counted_nowhere(world: World, signed_in: SignIn) -> None:
    for _ in range(2):
        filed(world, "S02", ago=A_MINUTE)
    counted()
    client = signed_in(world.dan)
    page = client.get(PAGE, month_now(world)).content.decode()
    text = " ".join(texts_of(paper_of(client.get(PAPER, month_now(world)))))
    for shown in (page, text):
        assert "not shown" in shown
        assert "Not shown: fewer than 5" in shown
    assert "0 Reports filed" in text


def test_each_counts_what_is_theirs(world: World, signed_in: SignIn) -> None:
    filed(world, "F02", ago=A_MINUTE)
    filed(world, "B06", ago=A_MINUTE)
    counted()
    head = " ".join(texts_of(paper_of(signed_in(world.bob).get(PAPER, month_now(world)))))
    assert "Counted are the reports of: Security office." in head
    assert "1 Reports filed" in head
    of = {**month_now(world), "school": str(world.school.id)}
    bureau = signed_in(world.olga)
    assert "2 Reports filed" in " ".join(texts_of(paper_of(bureau.get(PAPER, of))))
    assert str(world.elsewhere.school.id) in bureau.get(PAGE, of).content.decode()
    assert signed_in(world.alice).get(PAPER).status_code == 403


@pytest.mark.parametrize("month", ["2999-01", "1999-12", "2026-13", "x", "2026-1"])
def test_what_is_not_there_is_not_found(world: World, signed_in: SignIn, month: str) -> None:
    client = signed_in(world.dan)
    for path in (PAGE, PAPER):
        assert client.get(path, {"month": month}).status_code == 404
        assert client.get(path, {"school": str(world.elsewhere.school.id)}).status_code == 404
        assert client.get(path, {"school": "x"}).status_code == 404


def test_months_follow_each_other_over_the_year() -> None:
    december, january = date(2026, 12, 1), date(2027, 1, 1)
    assert (month_before(date(2027, 1, 31)), month_after(date(2026, 12, 31))) == (december, january)
    assert month_of_text("2026-12") == december
