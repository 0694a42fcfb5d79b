"""Filing a report through the page."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime

from backend.incidents.models import Report
from tests.browser import SignIn
from tests.world import World

EMOJI = "🔥 二楼𠮷田的门打不开 <b>&amp;"


def form_fields(client: Client, world: World, **changes: object) -> dict[str, object]:
    """Load the form and return what a browser would send for a good report, with changes."""
    page = client.get("/report").content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    return {
        "token": token[1],
        "category": "F02",
        "place": str(world.home.places["stairwell"].id),
        "occurred_at": localtime(world.now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        "description": "The emergency exit on the second floor is blocked by desks.",
        **changes,
    }


def test_a_report_is_filed_and_its_page_names_reference_office_and_deadline(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    answer = client.post("/report", form_fields(client, world, description=EMOJI), follow=True)
    report = Report.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain == [(f"/reports/{report.id}?sent=1", 302)]
    assert report.description == EMOJI
    assert report.ticket.reference in page
    assert "Safety office" in page
    assert localtime(report.filed_at + timedelta(minutes=30)).strftime("%H:%M") in page
    assert "&lt;b&gt;&amp;amp;" in page


@pytest.mark.parametrize(
    ("language", "note"), [("en", "For events, places and things."), ("zh-hans", "只报事件、地点和物品。")]
)
def test_what_to_know_before_choosing_stands_on_the_tile(
    world: World, signed_in: SignIn, language: str, note: str
) -> None:
    page = signed_in(world.alice, language).get("/report").content.decode()
    tile = next(part for part in page.split("</label>") if 'value="X05"' in part)
    assert note in tile
    assert page.count(note) == 1


@pytest.mark.parametrize(
    ("chosen", "category", "kept"),
    [
        (None, "F02", "named"),
        ("", "C02", "confidential"),
        ("named", "C02", "named"),
        ("confidential", "F02", "confidential"),
    ],
)
def test_a_reporter_chooses_who_may_know_their_name(
    world: World, signed_in: SignIn, chosen: str | None, category: str, kept: str
) -> None:
    client = signed_in(world.alice)
    changes = {} if chosen is None else {"reporter_mode": chosen}
    assert client.post("/report", form_fields(client, world, category=category, **changes)).status_code == 302
    assert Report.objects.get().reporter_mode == kept


def test_a_choice_about_the_name_is_kept_with_what_was_typed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    refused = client.post("/report", form_fields(client, world, description="", reporter_mode="confidential"))
    assert refused.status_code == 422
    assert re.search(r'name="reporter_mode" value="confidential" checked', refused.content.decode())
    assert client.post("/report", form_fields(client, world, reporter_mode="anonymous")).status_code == 422
    assert Report.objects.count() == 0


def test_a_form_sent_twice_files_once(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    fields = form_fields(client, world)
    first = client.post("/report", fields)
    second = client.post("/report", fields)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1


def test_two_taps_at_the_same_instant_file_once(committed_world: World, signed_in: SignIn) -> None:
    clients = [signed_in(committed_world.alice) for _tap in range(4)]
    fields = form_fields(clients[0], committed_world)

    def tap(client: Client) -> str:
        try:
            return client.post("/report", fields)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        addresses = set(pool.map(tap, clients))
    assert addresses == {f"/reports/{Report.objects.get().id}?sent=1"}


def test_a_form_used_again_with_other_words_is_another_report(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    fields = form_fields(client, world)
    client.post("/report", fields)
    client.post("/report", {**fields, "description": "And the door beside it is locked too."})
    assert Report.objects.count() == 2


@pytest.mark.slow("tests/portal/test_report_page.py", after=3)
@pytest.mark.parametrize(
    ("changes", "message", "link"),
    [
        ({"category": ""}, "Please choose what it is about.", "#category-0"),
        ({"category": "Z99"}, "There is no such category at your school.", "#category-0"),
        ({"place": "nowhere"}, "There is no such place at your school.", "#place"),
        ({"occurred_at": ""}, "Please give the day and the time.", "#occurred_at"),
        ({"occurred_at": "yesterday"}, "Please give the day and the time", "#occurred_at"),
        ({"occurred_at": "0001-01-01T00:00"}, "", "#occurred_at"),
        ({"occurred_at": "9999-12-31T23:59"}, "", "#occurred_at"),
        ({"occurred_at": "2999-01-01T00:00"}, "This time lies in the future.", "#occurred_at"),
        ({"occurred_at": "1999-01-01T00:00"}, "more than ten years back", "#occurred_at"),
        ({"description": " \x00\n "}, "one sentence is enough", "#description"),
        ({"description": "字" * 8001}, "longer than 8000 characters", "#description"),
        ({"persons_concerned": ["someone"]}, "There is no such person at your school.", "#concerned"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    world: World, signed_in: SignIn, changes: dict[str, object], message: str, link: str
) -> None:
    client = signed_in(world.alice)
    answer = client.post("/report", form_fields(client, world, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Report.objects.exists()
    assert f'<a href="{link}">' in page
    assert message in page
    if "description" not in changes:
        assert "The emergency exit on the second floor is blocked by desks." in page
    if "category" not in changes:
        assert re.search(r'value="F02"[^>]* checked', page)
    if "place" not in changes:
        assert re.search(rf'value="{world.home.places["stairwell"].id}" selected', page)


def test_another_schools_place_is_no_place(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    foreign = str(world.elsewhere.places["stairwell"].id)
    answer = client.post("/report", form_fields(client, world, place=foreign))
    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_line_ends_count_once_and_control_characters_are_left_out(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    text = "a\r\nb\x07\x0b" + "c" * 7996
    client.post("/report", form_fields(client, world, description=text))
    assert Report.objects.get().description == "a\nb" + "c" * 7996


def test_the_code_on_the_wall_fills_in_the_place(world: World, signed_in: SignIn) -> None:
    place = world.home.places["stairwell"]
    page = signed_in(world.alice).get(f"/report?place={place.token}").content.decode()
    assert f'value="{place.id}" selected' in page
    assert "Filled in from the code on the wall." in page


def test_a_code_of_another_school_fills_in_nothing(world: World, signed_in: SignIn) -> None:
    place = world.elsewhere.places["stairwell"]
    alice = signed_in(world.alice)
    for token in (place.token, "x"):
        page = alice.get(f"/report?place={token}").content.decode()
        assert str(place.id) not in page
        assert "This code does not belong to your school." in page
    assert alice.get("/report?place=%00").status_code == 400


def test_whoever_is_concerned_finds_nothing(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    client.post("/report", form_fields(client, world, persons_concerned=[str(world.dan.person.id)]))
    ticket = Report.objects.get().ticket
    dan = signed_in(world.dan)
    assert ticket.reference not in dan.get("/tickets?state=all").content.decode()
    assert ticket.reference not in dan.get("/").content.decode()
    assert dan.get(f"/tickets/{ticket.id}").status_code == 404
    assert signed_in(world.vera).get(f"/tickets/{ticket.id}").status_code == 200


def test_people_of_the_bureau_file_no_reports(world: World, signed_in: SignIn) -> None:
    olga = signed_in(world.olga)
    assert olga.get("/report").status_code == 403
    assert "/report" not in re.findall(r'href="([^"]+)"', olga.get("/").content.decode())


def test_the_form_is_in_the_readers_language_and_tells_what_comes_first(world: World, signed_in: SignIn) -> None:
    english = signed_in(world.alice).get("/report").content.decode()
    chinese = signed_in(world.alice, "zh-hans").get("/report").content.decode()
    assert '<html lang="en">' in english
    assert '<html lang="zh-hans">' in chinese
    for page in (english, chinese):
        assert all(f'href="tel:{number}"' in page for number in (110, 119, 120))
    assert "疏散通道或安全出口堵塞、锁闭" in chinese
    assert "Escape route blocked or locked" in english
