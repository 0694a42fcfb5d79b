"""The hazard register: one list of what is dangerous at a school, and how far each is, for whoever may know of it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from backend.common.clock import database_now
from backend.insights.tasks import export as make_exports
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.files.sending import picture, send
from tests.insights.conftest import filed
from tests.portal.papers import paper_of, texts_of
from tests.rounds.conftest import opened
from tests.rounds.test_answering import say
from tests.rounds.test_round_pages import browser_of
from tests.world import World


def reported(world: World, who: str = "alice", **changes: Any) -> Ticket:
    """Report something and have it routed."""
    answer = world.members[who].client.post("reports", world.report_body(**changes))
    assert answer.status_code == 201, answer.data
    tickets_route(ticket_ids=[answer.data["ticket"]], now=database_now())
    return Ticket.objects.get(reference=answer.data["reference"])


def act(world: World, who: str, ticket: Ticket, *steps: str, **body: Any) -> None:
    """Take some steps on a ticket, one after the other."""
    for step in steps:
        said = world.members[who].client.act(ticket.id, step, note=f"{step}: done as agreed.", **body)
        assert said.status_code == 200, (step, said.data)


def lines(world: World, who: str = "dan", **asked: str) -> dict[str, dict[str, Any]]:
    """Return the register as somebody sees it, by reference."""
    answer = world.members[who].client.get("hazards", **asked)
    assert answer.status_code == 200, answer.data
    return {line["reference"]: line for line in answer.data["items"]}


def test_a_hazard_is_followed_from_its_report_to_whoever_signed_it_off(world: World) -> None:
    ticket = reported(world)
    line = lines(world)[ticket.reference]
    assert (line["state"], line["found_by"], line["severity"]) == ("open", "report", ticket.severity)
    assert (line["place"]["code"], line["office"]["id"]) == ("stairwell", str(ticket.owner_id))
    assert line["due_at"] > line["filed_at"]
    act(world, "bob", ticket, "acknowledge", "record-interim-control")
    assert lines(world, state="open")[ticket.reference]["measure"].startswith("record-interim-control")
    act(world, "bob", ticket, "start")
    act(world, "bob", ticket, "resolve", control="eliminated")
    line = lines(world, state="put_right")[ticket.reference]
    assert (line["control"][:10], line["due_at"], line["signed_by"]) == ("Eliminated", None, "")
    act(world, "vera", ticket, "verify")
    line = lines(world, state="signed_off", office="security")[ticket.reference]
    assert (line["signed_by"], line["signed_at"] > line["put_right_at"]) == ("Vera", True)
    # It was Vera who looked, also where whoever reported it says so later, until it is opened again.
    act(world, "alice", ticket, "confirm")
    assert lines(world)[ticket.reference] == line
    act(world, "dan", ticket, "reopen")
    act(world, "bob", ticket, "resolve", control="eliminated")
    act(world, "alice", ticket, "confirm")
    assert lines(world)[ticket.reference]["signed_by"] == "Alice"
    late = filed(world, "F02", ago=timedelta(days=30))
    assert lines(world, overdue="true").keys() == {late.reference}
    assert lines(world, overdue="false").keys() == {ticket.reference}
    totals = world.dan.client.get("hazards/totals").data
    assert totals == {"open": 1, "overdue": 1, "put_right": 0, "signed_off": 1, "dropped": 0}


def test_files_that_were_taken_away_are_not_counted(world: World) -> None:
    ticket = reported(world)
    first, _second = (send(world.alice.client, f"tickets/{ticket.id}", picture(size=(n, 9)))["id"] for n in (8, 9))
    assert lines(world)[ticket.reference]["files"] == 2
    assert world.alice.client.post(f"files/{first}/remove").status_code == 204
    assert lines(world)[ticket.reference]["files"] == 1


def test_it_holds_what_its_reader_may_know_and_nothing_confidential_or_played(live_world: World) -> None:
    world = live_world
    ticket, sealed = reported(world), reported(world)
    drill, hurt, mine = reported(world, "dan", exercise=True), reported(world, category="N02"), reported(world, "carol")
    said = world.bob.client.act(sealed.id, "reclassify", note="A child did it.", category="C02")
    assert said.status_code == 200, said.data
    assert lines(world).keys() == lines(world, "bob").keys() == {ticket.reference, mine.reference}
    assert not {sealed.reference, drill.reference, hurt.reference} & lines(world, "erin").keys()
    for who in ("alice", "carol", "mallory"):
        assert lines(world, who) == {}, "neither for having reported one, nor at another school"
    assert world.carol.client.get("hazards/totals").data["open"] == 0
    assert world.dan.client.get("hazards", state="gone").data["errors"][0]["pointer"] == "/state"
    theirs = str(world.elsewhere.places["stairwell"].id)
    assert world.dan.client.get("hazards", place=theirs).data["errors"][0]["code"] == "unknown_place"


@pytest.mark.parametrize("mode", ["named", "confidential"])
def test_what_a_round_found_names_the_round_only_where_the_reporter_is_named(live_world: World, mode: str) -> None:
    world = live_world
    row = opened(world)
    say(world.bob.client, row, {"said": "to_report", "items": [{"item": "no-hazard", "ok": False}]})
    body = {name: value for name, value in world.report_body(reporter_mode=mode).items() if name != "category"}
    filed = world.bob.client.post(f"rounds/{row.id}/findings", {**body, "line": "no-hazard"})
    assert filed.status_code == 201, filed.data
    tickets_route(ticket_ids=[filed.data["ticket"]], now=database_now())
    line = next(iter(lines(world, "vera").values()))
    assert (line["found_by"], line["round"], line["round_name"]) == (
        ("round", str(row.id), "Daily report") if mode == "named" else ("report", None, "")
    )


def test_a_longer_register_costs_no_statement_more(world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            lines(world)
        return len(asked)

    act(world, "bob", reported(world), "acknowledge", "record-interim-control")
    lines(world)
    few = statements()
    for _more in range(3):
        act(world, "bob", reported(world), "acknowledge", "record-interim-control")
    assert statements() == few


def test_it_is_shown_narrowed_printed_and_taken_along(world: World, tmp_path: Any, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "files": {**settings.STORAGES["files"], "OPTIONS": {"location": tmp_path}},
    }
    ticket, late, dan = reported(world), filed(world, "F03", ago=timedelta(days=30)), browser_of(world.dan)
    act(world, "bob", ticket, "acknowledge", "record-interim-control")
    page = dan.get("/hazards").content.decode()
    assert ticket.reference in page
    assert "Measure: record-interim-control" in page
    assert page.index("number-red") < page.index(">Not put right yet<")
    only = dan.get(
        "/hazards", {"overdue": "true", "place": str(world.elsewhere.places["stairwell"].id)}
    ).content.decode()
    assert (late.reference in only, ticket.reference in only) == (True, False), "a place of nobody's is left out"
    assert "no such hazard" in dan.get("/hazards", {"office": "facilities", "severity": "P9"}).content.decode()
    words = texts_of(paper_of(dan.get("/hazards/paper.pdf", {"category": "F02"})))[0]
    assert (ticket.reference in words, late.reference in words) == (True, False)
    assert late.reference in texts_of(paper_of(world.dan.client.get("hazards/paper")))[0]
    asked = dan.post("/figures/files/new", {"kind": "hazards", "format": "xlsx", "weeks": "52"})
    assert asked.status_code == 302
    make_exports()
    mine = world.dan.client.get("insights/exports").data["items"][0]
    answer: Any = world.dan.client.get(f"insights/exports/{mine['id']}/content")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = [row[0] for row in book["Hazard register"].iter_rows(values_only=True)]
    assert rows == ["Reference", late.reference, ticket.reference]
    assert browser_of(world.alice).get("/hazards").status_code == 403
