"""A report's receipt is verified without this system, and proves nothing that is not so."""

import base64
import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client as Browser

from backend.common.clock import database_now
from backend.deadlines.clocks import ClockReading
from backend.deadlines.models import Timer
from backend.deadlines.services.watching import heartbeat_record
from backend.notary.entries import FORMAT
from backend.notary.folder import KEY
from backend.notary.models import Leaf, SignedCheckpoint
from backend.notary.notes import SignerKey
from backend.notary.receipts import event_said
from backend.notary.selectors import tree_of
from backend.notary.services.signing import notary_look
from backend.workflow.ledger import canonical
from backend.workflow.models import Ticket, TicketEvent
from tests.notary.conftest import look
from tests.roles import as_owner
from tests.workflow.steps import DAY, STRICT, file_ticket, fire_after
from tests.world import World
from tools.verify_receipt import main

TOOL = Path(__file__).parents[2] / "tools" / "verify_receipt.py"


def log_key(folder: Path) -> str:
    return str(SignerKey.read((folder / KEY).read_text()).verifier())


def verify(path: Path, text: str, *keys: str) -> int:
    path.write_text(text, encoding="utf-8")
    return main([str(path), *keys])


def filed(world: World, **changes: Any) -> tuple[str, str]:
    """File a report; return the ids of the report and its ticket."""
    ticket = Ticket.objects.get(id=file_ticket(world, **changes))
    return str(ticket.reports.get().id), str(ticket.id)


def test_a_receipt_is_ready_once_it_is_signed_and_holds_outside(world: World, folder: Path, tmp_path: Path) -> None:
    report, ticket = filed(world, routed=True)
    early = world.alice.client.get(f"reports/{report}/proof")
    assert (early.status_code, early.data["code"], early.headers["Retry-After"]) == (409, "proof_not_ready", "60")
    look()
    body: dict[str, Any] = {"place": str(world.home.places["teaching-building"].id), "note": "It is there."}
    assert world.bob.client.act(ticket, "reclassify", **body).status_code == 200
    for _more in range(3):
        file_ticket(world)
    look()
    answer = world.alice.client.get(f"reports/{report}/proof")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('.tlog-proof"')
    path = tmp_path / "receipt.tlog-proof"
    path.write_bytes(answer.content)
    alone = [sys.executable, "-I", str(TOOL), str(path), "--log", log_key(folder)]
    said = subprocess.run(alone, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert f"reference: {Ticket.objects.get(id=ticket).reference}" in said
    assert "二楼安全出口被课桌堵住了。" in said
    assert "No witness" in said
    for who, expected in (("bob", 404), ("mallory", 404)):
        assert world.members[who].client.get(f"reports/{report}/proof").status_code == expected


def test_a_receipt_that_was_changed_proves_nothing(
    world: World, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, _ticket = filed(world, category=STRICT)
    filed(world)
    look()
    text = world.alice.client.get(f"reports/{report}/proof").content.decode()
    path, key = tmp_path / "receipt", log_key(folder)
    assert verify(path, text, "--log", key) == 0
    extra = text.split("\n")[1].removeprefix("extra ")
    said = base64.b64decode(extra).decode()
    proof = text.split("\n\n")[0].split("\n")[3]
    changes = {
        "words": (extra, base64.b64encode(said.replace("二楼", "三楼").encode()).decode()),
        "body": (extra, base64.b64encode(said.replace('"class":"K2"', '"class":"K0"').encode()).decode()),
        "instant": (extra, base64.b64encode(said.replace('"sequence":1', '"sequence":2').encode()).decode()),
        "index": ("\nindex 0\n", "\nindex 1\n"),
        "proof": (proof, base64.b64encode(b"x" * 32).decode()),
        "size": ("/ledger\n4\n", "/ledger\n5\n"),
        "header": ("tlog-proof@v1", "tlog-proof@v9"),
        "form": ("\n\n", "\n"),
    }
    for what, (before, after) in changes.items():
        assert before in text, what
        assert verify(path, text.replace(before, after), "--log", key) == 1, what
    assert verify(path, text, "--log", str(SignerKey.made("127.0.0.1:8000/ledger").verifier())) == 1
    assert capsys.readouterr().err.count("NOT PROVEN") == len(changes) + 1


def test_the_proof_of_another_event_is_no_receipt(
    world: World, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An acknowledgement is in the tree as a report is, and its office could show its proof as one."""
    report, ticket = filed(world, routed=True)
    assert world.bob.client.act(ticket, "acknowledge", note="Seen.").status_code == 200
    look()
    text = world.alice.client.get(f"reports/{report}/proof").content.decode()
    event = TicketEvent.objects.get(ticket=UUID(ticket), kind="acknowledge")
    said = {"format": FORMAT, "event": event_said(event)}
    index = Leaf.objects.get(subject=UUID(ticket), kind=Leaf.EVENT, number=event.sequence).index
    signed = SignedCheckpoint.objects.order_by("-id")[0]
    proof = [base64.b64encode(one).decode() for one in tree_of(size=signed.size).inclusion(index)]
    extra = base64.b64encode(canonical(said)).decode()
    forged = "\n".join([text.split("\n")[0], f"extra {extra}", f"index {index}", *proof, "", signed.note])
    assert verify(tmp_path / "receipt", forged, "--log", log_key(folder)) == 1
    assert "no report that was filed" in capsys.readouterr().err


@pytest.mark.parametrize("taken_out", [("salt", "body"), ("salt",), ("body",)])
def test_words_that_no_body_covers_prove_nothing(
    world: World, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], taken_out: tuple[str, ...]
) -> None:
    """The event alone is on record of a report whose words were erased; whoever holds that could write other words."""
    report, _ticket = filed(world)
    look()
    text = world.alice.client.get(f"reports/{report}/proof").content.decode()
    extra = text.split("\n")[1].removeprefix("extra ")
    said = json.loads(base64.b64decode(extra))
    said["filed"]["description"] = "Something else altogether."
    for name in taken_out:
        del said[name]
    forged = text.replace(extra, base64.b64encode(json.dumps(said).encode()).decode())
    assert verify(tmp_path / "receipt", forged, "--log", log_key(folder)) == 1
    out = capsys.readouterr()
    assert "NOT PROVEN" in out.err
    assert "Something else" not in out.out
    del said["filed"]
    if "body" in taken_out:
        bare = text.replace(extra, base64.b64encode(json.dumps(said).encode()).decode())
        assert verify(tmp_path / "receipt", bare, "--log", log_key(folder)) == 0, "that something was filed is proven"


def test_what_was_promised_is_proven_kept_escalated_or_skipped(
    world: World, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, ticket = filed(world, routed=True)
    risen, other = filed(world, routed=True)
    assert world.bob.client.act(ticket, "acknowledge").status_code == 200
    fire_after(UUID(other), 5 * DAY)
    skipped, _third = filed(world, routed=True)
    with as_owner():
        Timer.objects.update(armed=False, stopped_at=database_now(), stop_reason="done")
    heartbeat(database_now() + 60 * DAY)
    for report, expected in ((kept, "kept, acknowledge"), (risen, "not kept, escalated"), (skipped, "SKIPPED")):
        text = world.alice.client.get(f"reports/{report}/proof").content.decode()
        assert verify(tmp_path / "receipt", text, "--log", log_key(folder)) == 0
        out = capsys.readouterr().out
        assert re.search(rf"promised: acknowledge, due .*: {expected}", out), out
        assert out.count("promised: ") == 2, "and that it is solved"
        assert "The tree that was signed: " in out
    extra = text.split("\n")[1].removeprefix("extra ")
    said = json.loads(base64.b64decode(extra))
    said["swept"]["up_to"] = said["swept"]["up_to"].replace("20", "21", 1)
    forged = text.replace(extra, base64.b64encode(json.dumps(said).encode()).decode())
    assert verify(tmp_path / "receipt", forged, "--log", log_key(folder)) == 1
    assert "what followed is not in the tree" in capsys.readouterr().err


def test_the_receipt_of_a_sealed_case_says_nothing_of_who_acts_on_it(
    world: World, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its reporter learns that it was filed; the ids and instants of its acts name who looks after it."""
    secret, ticket = filed(world, category=STRICT)
    assert world.erin.client.act(ticket, "acknowledge").status_code == 200
    heartbeat(database_now())
    said, out = receipt(world, secret, folder, tmp_path, capsys)
    assert not {"acts", "swept"} & said.keys()
    assert str(world.erin.person.id) not in json.dumps(said)
    assert "filed" in out
    assert "promised: " not in out, "what became of it is not said, least of all as skipped"


def heartbeat(now: datetime) -> None:
    """Let deadlines be swept, and all of it be signed."""
    beat = ClockReading(now=now, before=1.0, after=1.0)
    heartbeat_record(name="engine", reading=beat, boot_id="boot", fired=0, skipped=0, quarantined=0)
    notary_look(now=now)


def receipt(
    world: World, report: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], str]:
    """Return what the receipt of one of Alice's reports holds, and what the tool says of it."""
    text = world.alice.client.get(f"reports/{report}/proof").content.decode()
    assert verify(tmp_path / "receipt", text, "--log", log_key(folder)) == 0
    said: dict[str, Any] = json.loads(base64.b64decode(text.split("\n")[1].removeprefix("extra ")))
    return said, capsys.readouterr().out


def test_the_page_of_a_report_offers_it(world: World, folder: Path) -> None:
    report, _ticket = filed(world)
    look()
    browser = Browser()
    browser.force_login(world.alice.user)
    address = f"/reports/{report}/proof"
    assert address in browser.get(f"/reports/{report}").content.decode()
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.content.decode().endswith(SignedCheckpoint.objects.get().note)
