"""The folder of the keys of confidential tickets: gone, another one, or with a key that cannot be read."""

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.common.sealed.cipher import is_sealed
from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> Path:
    """Return a folder in which keys are made."""
    settings.SEALING_FOLDER = str(tmp_path / "sealing")
    return tmp_path / "sealing"


def file_strict(world: World) -> Any:
    """Have Alice file a strictly confidential report, whatever comes of it."""
    return world.alice.client.post("reports", world.report_body(category=STRICT))


@pytest.mark.parametrize("is_another", [False, True], ids=["empty", "another"])
def test_in_a_folder_that_is_not_the_one_nothing_is_sealed_and_back_in_the_right_one_all_goes_on(
    world: World, keys: Path, tmp_path: Path, is_another: bool
) -> None:
    ticket_id = file_ticket(world, category=STRICT, description="Zqwords")
    keys.rename(tmp_path / "aside")
    if is_another:
        keys.mkdir()
        (keys / "mark").write_text("of another installation\n")
    before = sorted(keys.rglob("*"))
    refused = file_strict(world)
    assert (refused.status_code, refused.data["code"]) == (503, "contents_locked"), refused.data
    assert [path.name for path in sorted(keys.rglob("*")) if path not in before] in ([], ["lock"])
    with pytest.raises(CommandError, match="another" if is_another else "empty"):
        call_command("sealing_keys", rotate=True, stdout=StringIO())
    shutil.rmtree(keys)
    (tmp_path / "aside").rename(keys)
    assert file_strict(world).status_code == 201
    assert Ticket.objects.get(id=ticket_id).description == "Zqwords"


def test_where_the_folder_is_lost_for_good_whoever_says_so_can_go_on_in_a_new_one(world: World, keys: Path) -> None:
    lost = file_ticket(world, category=STRICT, description="Zqwords")
    shutil.rmtree(keys)
    assert file_strict(world).status_code == 503
    call_command("sealing_keys", lost=True, stdout=StringIO())
    assert file_strict(world).status_code == 201
    assert world.erin.client.get(f"tickets/{lost}").status_code == 503


def test_one_key_that_cannot_be_read_hides_no_other_ticket_of_a_list(
    world: World, keys: Path, signed_in: SignIn
) -> None:
    tickets = [file_ticket(world, category=STRICT, routed=True, description=f"Zqwords{n}") for n in range(3)]
    next(keys.glob(f"keys/*/{tickets[1].hex}.1")).write_text("broken")
    listed = world.erin.client.get("tickets")
    assert {row["id"] for row in listed.data["items"]} == {str(ticket) for ticket in tickets}
    page = signed_in(world.erin).get("/tickets").content.decode()
    assert [f"Zqwords{n}" in page for n in range(3)] == [True, False, True]
    assert "cannot be opened or kept right now" in page
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_ticket SET description = 'Zqclear' WHERE id = ANY(%s)", [tickets[1:]])
    with pytest.raises(CommandError, match="1 could not be opened"):
        call_command("contents_seal", stdout=StringIO())
    stored = Ticket.objects.in_bulk(tickets[1:])
    assert [is_sealed(stored[ticket].__dict__["description"]) for ticket in tickets[1:]] == [False, True]
