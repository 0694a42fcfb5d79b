"""The morning check of classes: counts by half past eight, missing classes, and no single child outside its class."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from backend.deadlines.services import fire_due
from backend.organisation.models import Appointment, Unit
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundState
from backend.rounds.selectors.classes import classes_of_day
from backend.rounds.services.making import rounds_make
from backend.rounds.veiling import Total, count_shown, total_shown
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.rounds.conftest import at, opened
from tests.rounds.test_answering import say
from tests.rounds.test_missing import told
from tests.rounds.test_plans import changed
from tests.rounds.test_round_pages import browser_of
from tests.world import Member, World, appoint, member_add

COUNTS = {"due": 42, "present": 40, "fever": 1, "cough": 3, "absent-ill": 0}


def body(said: str = "all_well", **counts: int) -> dict[str, Any]:
    """Return an answer with counts."""
    items = [{"item": key.replace("_", "-"), "count": count} for key, count in {**COUNTS, **counts}.items()]
    return {"said": said, "items": items}


def teachers(world: World, *classes: str) -> list[Member]:
    """Give the school a grade with these classes and their teachers, and open the rounds of tomorrow morning."""
    grade = Unit.objects.create(
        school=world.school, kind=Unit.Kind.GRADE, code="grade-3", name_zh="三年级", name_en="Grade 3"
    )
    for code in classes:
        names = {"name_zh": f"{code}班", "name_en": f"Class {code}"}
        world.home.units[code] = Unit.objects.create(
            school=world.school, kind=Unit.Kind.CLASS, parent=grade, code=code, **names
        )
    found = [member_add(world, f"t{code}", [(Role.OFFICE_HEAD, code, False)], site=world.home) for code in classes]
    rounds_make(now=at(world, "05:00"))
    fire_due(now=at(world, "06:30"))
    return found


def round_of_class(world: World, code: str) -> Round:
    """Return the morning check of a class tomorrow."""
    return Round.objects.get(unit=world.home.units[code], day=at(world, "12:00").date())


def test_each_class_is_asked_by_half_past_eight_and_missing_ten_minutes_later(live_world: World) -> None:
    first, _second = teachers(live_world, "3-1", "3-2")
    row = round_of_class(live_world, "3-1")
    assert (row.state, row.assignee, row.due_at) == (RoundState.OPEN, first.person, at(live_world, "08:30"))
    assert say(first.client, row, body()).status_code == 200
    assert {name: len(notices) for name, notices in told(at(live_world, "08:30")).items()} == {"t3-2": 1}
    (heard,) = told(at(live_world, "08:40"))["vera"]
    assert [office["en"] for office in heard.params["offices"]] == ["Class 3-2"]
    page = browser_of(live_world.vera).get(f"/rounds?day={row.day:%F}").content.decode()
    assert "Class 3-2" in page
    assert "t3-2".title() in page
    assert "Class 3-1 ·" not in page


def test_the_numbers_belong_to_every_answer_and_all_well_takes_no_single_tap(live_world: World) -> None:
    (teacher,) = teachers(live_world, "3-1")
    row = round_of_class(live_world, "3-1")
    refused = say(teacher.client, row, {"said": "all_well"})
    assert [(e["code"], e["pointer"]) for e in refused.data["errors"]] == [("item_missing", "/items/due")]
    browser = browser_of(teacher)
    home = browser.get("/").content.decode()
    assert reverse("portal:round_answer", args=[row.id]) not in home
    sent = _post(browser, row, said="all_well", **{"item-due": "42"})
    assert "please fill it in, also where it is nought" in sent.content.decode()
    assert _post(browser, row, said="all_well", **{"item-due": "42", "item-present": "42"}).status_code == 302


def test_what_happened_to_one_child_is_reported_by_itself_and_stands_in_no_answer(live_world: World) -> None:
    (teacher,) = teachers(live_world, "3-1")
    row = round_of_class(live_world, "3-1")
    noted = {**body(), "items": [*body()["items"], {"item": "harmed", "ok": False}]}
    refused = say(teacher.client, row, noted).data["errors"][0]
    assert (refused["code"], refused["pointer"]) == ("wrong_value", "/items/harmed")
    browser = browser_of(teacher)
    page = browser.get(reverse("portal:round_detail", args=[row.id])).content.decode()
    assert ('href="/report?category=C01"' in page, 'name="item-harmed"' in page) == (True, False)
    form = browser.get("/report?category=C01").context["form"]
    assert form["category"].value() == "C01"
    assert _post(browser, row, said="all_well", **{"item-due": "42", "item-present": "42"}).status_code == 302


def _post(browser: Browser, row: Round, **fields: str) -> Any:
    return browser.post(reverse("portal:round_answer", args=[row.id]), fields)


def test_nobody_outside_a_class_sees_the_count_of_a_single_child(live_world: World) -> None:
    first, second = teachers(live_world, "3-1", "3-2")
    row = round_of_class(live_world, "3-1")
    assert say(first.client, row, body()).status_code == 200
    seen = {name: _counts(client.get(f"rounds/{row.id}").data) for name, client in _readers(live_world, first)}
    assert seen["own"] == COUNTS
    assert seen["dan"] == seen["olga"] == {**COUNTS, "fever": None, "absent-ill": None}
    assert second.client.get(f"rounds/{row.id}").status_code == 404
    page = browser_of(live_world.dan).get(reverse("portal:round_detail", args=[row.id])).content.decode()
    assert page.count("none or one") == 2

    (day,) = live_world.dan.client.get("rounds/classes", day=f"{row.day:%F}").data
    assert (day["answered"], [one["code"] for one in day["classes"]]) == (1, ["3-1", "3-2"])
    sums = {one["item"]: (one["least"], one["most"]) for one in day["totals"]}
    assert (sums["due"], sums["cough"], sums["fever"]) == ((42, 42), (3, 3), (0, 1))
    (own,) = first.client.get("rounds/classes", day=f"{row.day:%F}").data
    assert [one["code"] for one in own["classes"]] == ["3-1"]
    assert {one["item"]: one["most"] for one in own["totals"]}["fever"] == 1
    assert live_world.mallory.client.get("rounds/classes", day=f"{row.day:%F}").data == []
    table = browser_of(live_world.dan).get(f"/rounds/classes?day={row.day:%F}").content.decode()
    assert table.count("0 or 1") == 2


def test_whoever_moved_on_from_a_class_or_an_office_is_asked_no_more_and_counts_no_more(live_world: World) -> None:
    """A former teacher read each child's fever in the class of before, and corrected it; so a former head answered."""
    first, _second = teachers(live_world, "3-1", "3-2")
    row = round_of_class(live_world, "3-1")
    office = opened(live_world)
    assert say(first.client, row, body()).status_code == 200
    for member in (first, live_world.bob):
        Appointment.objects.filter(person=member.person).update(ends_at=live_world.now)
        appoint(member.person, Role.REPORTER, live_world.home.units["facilities"], live_world.now)
    assert office.assignee == live_world.bob.person
    for member, known in ((first, row), (live_world.bob, office)):
        assert member.client.get(f"rounds/{known.id}").status_code == 404
        for how in ("answer", "correct", "excuse"):
            assert say(member.client, known, {**body(), "reason": "x"}, how=how).status_code == 404
        assert str(known.id) not in member.client.get("rounds").content.decode()
        assert str(known.id) not in browser_of(member).get("/").content.decode()
    long_ago = live_world.now - timedelta(days=9)
    moved = appoint(live_world.bob.person, Role.HANDLER, live_world.home.units["security"], long_ago)
    assert live_world.bob.client.get(f"rounds/{office.id}").data["can"] == []
    assert say(live_world.bob.client, office, {"said": "all_well"}).data["code"] == "not_asked"
    Appointment.objects.filter(id=moved.id).update(ends_at=live_world.now)
    appoint(live_world.bob.person, Role.COORDINATOR, None, live_world.now)
    assert live_world.bob.client.get(f"rounds/{office.id}").data["can"] == [], "he was asked, so others excuse it"


def _readers(world: World, own: Member) -> list[tuple[str, Any]]:
    return [("own", own.client), ("dan", world.dan.client), ("olga", world.olga.client)]


def _counts(shown: Any) -> dict[str, int | None]:
    (answer,) = shown["answers"]
    return {line["item"]: line["count"] for line in answer["items"]}


def test_no_sum_tells_of_a_class_that_it_has_no_child_or_one() -> None:
    """Over every school of up to five classes: whatever is shown, each class that shows nothing could have either."""
    for size in range(1, 6):
        alike: defaultdict[tuple[Sequence[int | None], Total], list[Sequence[int]]] = defaultdict(list)
        for counts in product(range(4), repeat=size):
            total = total_shown(counts)
            assert total.least <= sum(counts) <= total.most
            assert total.is_exact or total.most - total.least <= 2
            alike[tuple(map(count_shown, counts)), total].append(counts)
        for (shown, _total), schools in alike.items():
            for number, cell in enumerate(shown):
                assert cell is not None or {school[number] for school in schools} == {0, 1}


def test_a_check_that_comes_again_counts_each_class_once_a_turn(live_world: World) -> None:
    content = changed(("rounds", "plans", "MORNING_CHECK", "again"), {"every": "3h", "until": "12:00"})
    version, _created = rulebook_load(content=content, now=live_world.now)
    rulebook_activate(school=live_world.school, version=version, now=live_world.now)
    (teacher,) = teachers(live_world, "3-1")
    fire_due(now=at(live_world, "12:00"))
    day = at(live_world, "12:00").date()
    for row in Round.objects.filter(unit=live_world.home.units["3-1"], plan="MORNING_CHECK", day=day):
        assert say(teacher.client, row, body()).status_code == 200
    seen = live_world.dan.client.get("rounds/classes", day=f"{day:%F}").data
    assert [(one["turn"], one["answered"], len(one["classes"])) for one in seen] == [(0, 1, 1), (1, 1, 1)]
    assert [{total["most"] for total in one["totals"] if total["item"] == "present"} for one in seen] == [{40}, {40}]
    assert [one["plan_name"][-5:] for one in seen] == ["06:30", "09:30"]


def test_five_hundred_classes_cost_as_many_statements_as_two(
    live_world: World, django_assert_max_num_queries: type
) -> None:
    Unit.objects.bulk_create(
        Unit(school=live_world.school, kind=Unit.Kind.CLASS, code=f"c{n}", name_zh=f"{n}班", name_en=f"Class {n}")
        for n in range(500)
    )
    rounds_make(now=live_world.now)
    day, morning, dan = at(live_world, "12:00").date(), at(live_world, "09:00"), live_world.dan.actor
    with django_assert_max_num_queries(2):
        (found,) = classes_of_day(actor=dan, day=day, now=morning)
    assert len(found.rows) == 500
