"""Inspections from outside: who came, which tickets are about what they found, and by when they want an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from backend.rounds.models import OutsideVisit
from tests.rounds.conftest import at
from tests.rounds.test_hazards import lines, reported
from tests.rounds.test_round_pages import browser_of
from tests.world import World


def keep(world: World, who: str = "dan", **changes: Any) -> Any:
    """Keep a visit of the fire brigade of today."""
    body = {"authority": "fire", "who": "District fire brigade, 0571-1234", "day": f"{at(world, '08:00', days=0):%F}"}
    return world.members[who].client.post("outside-visits", {**body, **changes})


def name(world: World, visit: str, ticket: str, who: str = "dan", **more: Any) -> Any:
    """Say that a ticket is about what a visit found."""
    return world.members[who].client.post(f"outside-visits/{visit}/findings", {"ticket": ticket, **more})


def test_what_they_found_stands_in_the_register_with_the_day_of_the_answer(world: World) -> None:
    visit = keep(world, words="Two exits.").data["id"]
    first, second = reported(world), reported(world)
    answer_by = f"{at(world, '08:00', days=9):%F}"
    for ticket in (first, first, second):
        said = name(world, visit, ticket.reference, answer_by=answer_by)
        assert said.status_code == 200, said.data
    assert [found["reference"] for found in said.data["findings"]] == [first.reference, second.reference]
    line = lines(world, "bob")[first.reference]
    assert (line["found_by"], line["authority"], line["answer_by"]) == ("outside", "fire", answer_by)
    listed = world.vera.client.get("outside-visits").data["items"]
    assert [(row["id"], len(row["findings"])) for row in listed] == [(visit, 2)]
    assert world.olga.client.get(f"outside-visits/{visit}").data["findings"] == [], "none of the tickets reached her"
    with pytest.raises(ProgrammingError), transaction.atomic():
        OutsideVisit.objects.update(words="Nothing.")


def test_who_keeps_and_reads_them_and_what_cannot_be_named(world: World) -> None:
    assert keep(world, "bob").data["code"] == "not_for_requesting"
    tomorrow = at(world, "08:00").date()
    assert keep(world, day=f"{tomorrow + timedelta(days=1):%F}").data["errors"][0]["code"] == "visit_to_come"
    visit, other = keep(world).data["id"], keep(world, "vera", authority="market").data["id"]
    assert world.bob.client.get("outside-visits").status_code == 403
    assert world.mallory.client.get(f"outside-visits/{visit}").status_code == 404
    assert name(world, visit, reported(world).reference, "mallory").status_code == 404
    ticket, drill = reported(world), reported(world, "dan", exercise=True)
    hurt = reported(world, category="N02")
    before = f"{tomorrow - timedelta(days=9):%F}"
    assert name(world, other, ticket.reference).status_code == 200
    assert name(world, other, ticket.reference).status_code == 200
    moved = name(world, other, ticket.reference, answer_by=f"{tomorrow + timedelta(days=9):%F}")
    assert (moved.status_code, moved.data["code"]) == (409, "finding_kept"), "a day that is not kept is not said to be"
    refused = [
        *(name(world, visit, one.reference) for one in (ticket, drill, hurt)),
        name(world, visit, reported(world).reference, answer_by=before),
        name(world, visit, "NONE-SUCH"),
    ]
    codes = [said.data["errors"][0]["code"] for said in refused]
    assert codes == [*["not_of_this_visit"] * 3, "answer_day_past", "unknown_ticket"]


def test_on_the_pages(world: World) -> None:
    dan, ticket = browser_of(world.dan), reported(world)
    sent = {
        "authority": "fire",
        "who": "District fire brigade",
        "day": f"{at(world, '08:00', days=0):%F}",
        "token": "t",
    }
    assert dan.post("/outside-visits", {**sent, "who": " "}).status_code == 400
    first, second = (dan.post("/outside-visits", sent) for _tap in range(2))
    page = first.headers["Location"]
    assert page == second.headers["Location"] == f"/outside-visits/{OutsideVisit.objects.get().id}"
    assert dan.post(page, {"ticket": "NONE-SUCH"}).status_code == 400
    assert (
        dan.post(page, {"ticket": ticket.reference, "answer_by": f"{at(world, '08:00', days=9):%F}"}).status_code == 302
    )
    shown = dan.get(page).content.decode()
    assert (ticket.reference in shown, "answer by" in shown) == (True, True)
    assert "Found by Fire brigade on" in dan.get("/hazards").content.decode()
    assert "District fire brigade" in dan.get("/outside-visits").content.decode()
    assert "Inspections from outside" in dan.get("/inspections").content.decode()
