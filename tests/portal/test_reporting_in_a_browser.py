"""Reporting on a phone: few taps, found by a few words, and nothing typed is ever lost."""

import gzip
import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Response, expect

from backend.incidents.models import Report
from backend.rulebook.reading import ruleset_from_content
from tests.browser import OpenPage
from tests.patience import within
from tests.portal.test_in_a_browser import assert_sound, complaints_of
from tests.world import World, rulebook_content
from tools.prove.bench.reporting import figures
from tools.prove.bench.robot import Robot

SLOW = pytest.mark.slow("tests/portal/test_reporting_in_a_browser.py")
MOST_BYTES, MOST_REQUESTS, MOST_TAPS = 60_000, 12, 6
WORDS = "Smoke comes from the fuse box beside the stairs."
SEND = "Send the report"
TAPS = """() => { window.taps = 0; addEventListener("pointerdown", () => { window.taps += 1; }, true); }"""
SAID = {
    "F01": "一氧化碳 burnt",
    "F04": "电瓶车 switchboard",
    "B01": "外墙 外墙要掉了 façade roof",
    "B02": "窗户玻璃破了 manhole",
    "B06": "暖气不热 heating",
    "D02": "饭菜不新鲜 canteen",
    "H01": "咳嗽 皮疹 cough",
    "H04": "没有呼吸 anaphylaxis",
    "N01": "脑震荡 concussion",
    "S02": "推人 argument",
    "S03": "抽烟 smoking",
    "S05": "大门没关 badge",
    "C04": "焦虑 anxiety",
    "T03": "路灯 junction",
    "X01": "农药 bleach",
    "X03": "结冰 smog",
    "X04": "密码 deepfake",
    "X05": "野狗 mosquito",
}
"""Words of people that stood in no rulebook, by the category they mean."""
PROPOSED = """([words]) => words.map((word) => {
    const input = document.getElementById("find-category");
    input.value = word;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return [...document.querySelectorAll("[data-finder=category] .found button")].map((button) => button.value);
})"""


def weigh(page: Page, path: str) -> list[int]:
    """Open a path and return how much each answer carries; static files go out compressed."""
    answers: list[Response] = []

    def arrived(answer: Response) -> None:
        answers.append(answer)

    page.on("response", arrived)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", arrived)
    bodies = [(answer.url, answer.body()) for answer in answers]
    return [len(gzip.compress(body)) if "/static/" in url else len(body) for url, body in bodies]


def received(page: Page) -> str:
    """Wait for the receipt and return its address."""
    page.wait_for_url(re.compile(r"/reports/.*sent=1"))
    return page.url


@pytest.mark.parametrize(
    ("language", "few", "send"), [pytest.param("en", "smoke", SEND, marks=SLOW), ("zh-hans", "冒烟", "提交报告")]
)
def test_from_the_code_on_the_wall_to_the_receipt_in_few_taps(
    committed_world: World, open_page: OpenPage, language: str, few: str, send: str
) -> None:
    page = open_page("about:blank", committed_world.alice, language=language)
    complaints = complaints_of(page)
    carried = weigh(page, f"/report?place={committed_world.home.places['stairwell'].token}")
    assert sum(carried) <= MOST_BYTES, carried
    assert len(carried) <= MOST_REQUESTS, carried
    page.evaluate(TAPS)
    page.locator("#find-category").click()
    page.keyboard.type(few)
    assert_sound(page)
    page.locator(".found button").first.click()
    expect(page.locator("#description")).to_be_focused()
    page.keyboard.type(WORDS)
    assert_sound(page)
    taps = page.evaluate("window.taps") + 1
    page.get_by_role("button", name=send).click()
    received(page)
    assert taps <= MOST_TAPS
    report = Report.objects.get()
    assert (report.category, report.place, report.description) == (
        "F01",
        committed_world.home.places["stairwell"],
        WORDS,
    )
    assert_sound(page)
    assert complaints == []


@pytest.mark.slow("tests/portal/test_reporting_in_a_browser.py")
def test_every_category_is_proposed_for_its_words_in_both_languages(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("/report", committed_world.alice)
    page.locator("#find-category").fill("冒烟")
    expect(page.locator(".found button")).to_have_attribute("value", "F01")
    wanted = [
        (word, category.code)
        for category in ruleset_from_content(rulebook_content()).categories.values()
        for words in (category.synonyms, category.examples)
        for word in (*words.zh, *words.en, category.name_zh, category.name_en)
    ]
    wanted += [(word, code) for code, words in SAID.items() for word in words.split()]
    proposed = page.evaluate(PROPOSED, [[word for word, _code in wanted]])
    missed = [(word, code, found) for (word, code), found in zip(wanted, proposed, strict=True) if code not in found]
    assert missed == []


@pytest.mark.slow("tests/portal/test_reporting_in_a_browser.py")
def test_a_tap_on_a_group_and_a_category_folds_them_up_and_can_be_undone(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("/report", committed_world.alice)
    page.get_by_text("Protection of students").click()
    page.get_by_text("Bullying, online included").click()
    expect(page.locator("[data-chosen]")).to_contain_text("Bullying, online included")
    expect(page.locator("[data-chosen]")).to_contain_text("Confidential: seen only by student protection")
    expect(page.locator("#find-category")).to_be_hidden()
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Bullying, online included")).to_be_checked()
    page.locator("[data-finder=place] summary").click()
    page.locator("#find-place").fill("stairwell")
    page.locator("[data-finder=place] .found button").click()
    expect(page.locator("#place")).to_have_value(str(committed_world.home.places["stairwell"].id))


def test_just_now_is_when_somebody_begins_to_type(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("about:blank", committed_world.alice)
    page.clock.install()
    page.goto("/report")
    shown = datetime.fromisoformat(page.locator("#occurred_at").input_value())
    page.clock.fast_forward("01:30:00")
    page.locator("#description").fill(WORDS)
    assert datetime.fromisoformat(page.locator("#occurred_at").input_value()) - shown == timedelta(minutes=90)
    page.clock.fast_forward("00:10:00")
    page.locator("#description").fill("Smoke.")
    assert datetime.fromisoformat(page.locator("#occurred_at").input_value()) - shown == timedelta(minutes=90)


@pytest.mark.slow("tests/portal/test_reporting_in_a_browser.py")
def test_a_person_is_done_in_half_a_minute_and_six_taps(committed_world: World, open_page: OpenPage) -> None:
    """The robot of `make bench ARGS="--part report"` on two categories, one of which asks two questions."""
    rows = {row["code"]: row for row in rulebook_content()["categories"]}
    page = open_page("about:blank", committed_world.alice)
    scanned = f"/report?place={committed_world.home.places['stairwell'].token}"
    reported = [Robot(page).report(scanned=scanned, category=rows[code], language="en") for code in ("B02", "S01")]
    assert [each.taps for each in reported] == [5, 3]
    assert all(within(each.seconds, 30) for each in reported)
    assert reported[0].characters == len(rows["B02"]["examples"]["en"][0])
    assert Report.objects.get(category="B02").answers == {"now": "yes", "closed": "yes"}
    assert {figure.is_met for figure in figures(reported) if figure.name.startswith("en")} == {True, None}
