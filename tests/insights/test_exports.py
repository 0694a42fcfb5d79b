"""Files of figures and tickets: made by a worker, for whoever asked, while all in them is open to them."""

import csv
import io
import subprocess
import time
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.files.store import ORIGINAL, content_read
from backend.insights.models import Export
from backend.insights.services.exporting import exports_sweep
from backend.insights.sheets import CsvWriter, XlsxWriter
from backend.insights.tasks import export as make_exports
from backend.notifications.tasks import tell_exports
from tests.browser import SignIn
from tests.insights.conftest import counted, filed
from tests.patience import PATIENCE
from tests.world import Member, World


@pytest.fixture(autouse=True)
def folder(tmp_path: Any, settings: Any) -> None:
    """Keep files of this test in a folder of its own."""
    storages = {**settings.STORAGES, "files": {**settings.STORAGES["files"], "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = storages


def ask(member: Member, **body: object) -> dict[str, Any]:
    """Ask for a file, let the worker make it, and return how it stands then."""
    asked = member.client.post("insights/exports", {"kind": "tickets", "format": "csv", "language": "en", **body})
    assert asked.status_code == 202, asked.data
    assert asked.data["ready_at"] is None
    make_exports()
    found: dict[str, Any] = member.client.get(f"insights/exports/{asked.data['id']}").data
    return found


def content(member: Member, export: dict[str, Any]) -> bytes:
    """Return the bytes of a file as its owner gets them."""
    answer = member.client.get(f"insights/exports/{export['id']}/content")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def lines(content_: bytes) -> list[dict[str, str]]:
    """Return the lines of a CSV that begins with the mark Excel looks for."""
    assert content_.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content_.decode("utf-8-sig"))))


def test_a_register_holds_what_its_reader_may_know_and_no_names(world: World) -> None:
    mine = filed(world, "B06")
    filed(world, "F02", concerned=world.carol)
    hurt = filed(world, "N02")
    filed(world, "C02")
    counted()
    found = ask(world.vera)
    assert (found["rows"], found["done"], found["is_cut"]) == (3, 3, False)
    rows = {row["Reference"]: row for row in lines(content(world.vera, found))}
    assert rows[mine.reference]["What was reported"] == "Something happened."
    assert (rows[hurt.reference]["Class"], rows[hurt.reference]["What was reported"]) == ("K1", "")
    assert "Alice" not in content(world.vera, found).decode()
    carol = ask(world.carol)
    assert [row["Reference"] for row in lines(content(world.carol, carol))] == [mine.reference]
    assert len(lines(content(world.dan, ask(world.dan)))) == 4


def test_a_workbook_in_chinese(world: World) -> None:
    ticket = filed(world, "F02")
    counted()
    found = ask(world.dan, format="xlsx", language="zh-hans")
    sheet = load_workbook(io.BytesIO(content(world.dan, found))).worksheets[0]
    assert sheet.title == "工单"
    head, row = list(sheet.iter_rows(values_only=True))
    assert head[:3] == ("编号", "学校", "报告时间")
    assert row[0] == ticket.reference
    assert row[1] == "清河学校"


def test_figures_as_a_workbook(world: World) -> None:
    filed(world, "F02")
    filed(world, "S02")
    counted()
    book = load_workbook(io.BytesIO(content(world.dan, ask(world.dan, kind="figures", format="xlsx"))))
    assert book.sheetnames[:2] == ["By week", "By office"]
    weeks = list(book["By week"].iter_rows(values_only=True))
    assert weeks[-1][:2] == ("Altogether", 1)
    hidden = {row[1]: row[2] for row in book["Confidential (K1, K2)"].iter_rows(values_only=True)}
    assert hidden["People, gate and traffic"] == "not shown"
    text = content(world.dan, ask(world.dan, kind="figures")).decode("utf-8-sig")
    assert "\r\n\r\nBy office\r\n" in text


def test_nobody_else_gets_it(world: World, signed_in: SignIn) -> None:
    filed(world, "F02")
    counted()
    found = ask(world.dan)
    for name in ("vera", "carol", "mallory", "olga"):
        other = world.members[name]
        for path in (f"insights/exports/{found['id']}", f"insights/exports/{found['id']}/content"):
            assert other.client.get(path).status_code == 404
        assert other.client.get("insights/exports").data["items"] == []
        assert signed_in(other).get(f"/figures/files/{found['id']}").status_code == 404
    assert world.alice.client.get("insights/exports").status_code == 403
    asked = {"kind": "tickets", "format": "csv", "language": "en", "office": str(world.home.units["security"].id)}
    assert world.mallory.client.post("insights/exports", asked).status_code == 404
    assert world.carol.client.post("insights/exports", asked).status_code == 404


def test_what_left_its_readers_sight_takes_the_file_along(world: World) -> None:
    ticket = filed(world, "F02")
    counted()
    found = ask(world.vera)
    raised = world.dan.client.act(ticket.id, "reclassify", category="C02", note="It is bullying.")
    assert raised.status_code == 200
    refused = world.vera.client.get(f"insights/exports/{found['id']}/content")
    assert (refused.status_code, refused.data["code"]) == (409, "export_outdated")
    assert len(lines(content(world.vera, ask(world.vera)))) == 0


def test_it_is_told_taken_and_removed(world: World, signed_in: SignIn) -> None:
    filed(world, "F02")
    counted()
    dan = signed_in(world.dan)
    asked = dan.post("/figures/files/new", {"kind": "figures", "format": "csv", "weeks": "4"}, follow=True)
    assert asked.headers["Refresh"] == "3"
    assert "Being made" in asked.content.decode()
    export = Export.objects.get()
    not_yet = world.dan.client.get(f"insights/exports/{export.id}/content")
    assert (not_yet.status_code, not_yet.data["code"]) == (409, "export_not_ready")
    make_exports()
    tell_exports()
    page = dan.get("/figures/files")
    assert "Refresh" not in page.headers
    assert f'href="/figures/files/{export.id}"' in page.content.decode()
    taken = dan.get(f"/figures/files/{export.id}")
    assert taken.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(taken.streaming_content).startswith(b"\xef\xbb\xbf")  # type: ignore[attr-defined]
    assert '<a href="/figures/files">The file you asked for is ready' in dan.get("/notices").content.decode()
    assert exports_sweep(now=database_now() + timedelta(hours=23)) == 0
    assert exports_sweep(now=database_now() + timedelta(hours=25)) == 1
    assert dan.get(f"/figures/files/{export.id}").status_code == 404
    with pytest.raises(NotFound):
        content_read(file_id=export.id, name=ORIGINAL)


def test_three_at_a_time_and_only_what_can_be_made(world: World, signed_in: SignIn) -> None:
    body = {"kind": "figures", "format": "csv", "language": "en"}
    for _number in range(3):
        assert world.dan.client.post("insights/exports", body).status_code == 202
    refused = world.dan.client.post("insights/exports", body)
    assert (refused.status_code, refused.data["code"]) == (409, "too_many_exports")
    wrong = world.dan.client.post("insights/exports", {**body, "format": "pdf", "kind": "people"})
    assert {error["pointer"] for error in wrong.data["errors"]} == {"/format", "/kind"}
    assert signed_in(world.dan).post("/figures/files/new", {"kind": "people", "format": "csv"}).status_code == 404
    make_exports()
    assert world.dan.client.post("insights/exports", body).status_code == 202


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r\n=2"])
def test_no_text_becomes_a_formula(text: str) -> None:
    file = io.BytesIO()
    writer = CsvWriter(file)
    writer.begin("x", ["a"])
    writer.line([text])
    writer.line(["safe = 1"])
    writer.end()
    _head, dangerous, safe = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline=""))
    assert dangerous[0].startswith("'")
    assert safe == ["safe = 1"]


def test_words_that_became_confidential_take_the_file_along(world: World) -> None:
    """The leader sees the ticket still, where opening it is on record; the file had its words without that."""
    ticket = filed(world, "B06")
    counted()
    found = ask(world.dan)
    assert world.dan.client.act(ticket.id, "reclassify", severity="P2", note="More of it.").status_code == 200
    assert content(world.dan, found)
    assert world.dan.client.act(ticket.id, "reclassify", category="S02", note="A fight.").status_code == 200
    refused = world.dan.client.get(f"insights/exports/{found['id']}/content")
    assert (refused.status_code, refused.data["code"]) == (409, "export_outdated")
    (line,) = lines(content(world.dan, ask(world.dan)))
    assert (line["Class"], line["What was reported"]) == ("K1", "")


def test_words_that_became_confidential_by_a_merge_take_the_file_along(world: World) -> None:
    earlier = filed(world, "B06")
    counted()
    found, fight = ask(world.dan), filed(world, "S02")
    assert world.dan.client.act(fight.id, "merge", into=str(earlier.id), note="The same.").status_code == 200
    refused = world.dan.client.get(f"insights/exports/{found['id']}/content")
    assert (refused.status_code, refused.data["code"]) == (409, "export_outdated")


def test_no_letter_breaks_a_workbook() -> None:
    """One report with U+FFFF in it, and no program opened the file of anybody who asked for its tickets."""
    file = io.BytesIO()
    writer = XlsxWriter(file)
    writer.begin("x", ["a"])
    writer.line(["door\x0b \ufffe\uffff1"])
    writer.end()
    assert load_workbook(file).worksheets[0]["A2"].value == "door 1"


def test_a_real_worker_makes_it(committed_world: World, worker: subprocess.Popen[bytes]) -> None:
    filed(committed_world, "F02")
    counted()
    client = committed_world.dan.client
    asked = client.post("insights/exports", {"kind": "tickets", "format": "xlsx", "language": "en"})
    ends = time.monotonic() + PATIENCE
    while client.get(f"insights/exports/{asked.data['id']}").data["ready_at"] is None:
        assert time.monotonic() < ends, "the worker did not make it"
        time.sleep(0.1)
    while not client.get("notices").data["items"]:
        assert time.monotonic() < ends, "nobody was told"
        time.sleep(0.1)
    assert client.get("notices").data["items"][0]["kind"] == "figures.exported"
