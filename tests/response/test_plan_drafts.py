"""The steps of a response plan written otherwise: a draft that changes nothing until it is approved, and the paper."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

from backend.duty.models import DutyShift, DutySlot
from backend.organisation.models import TelephoneNumber
from backend.response.models import ResponseDraft
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.reading import ruleset_from_content
from tests.browser import SignIn
from tests.response.test_plans import FIRE, approve
from tests.world import World, rulebook_content

SHOUT = {"minutes": 0, "words_zh": "呼救", "words_en": "Shout"}
LEAD = {"key": "command", "minutes": 2, "role": "duty_leader", "words_zh": "指挥", "words_en": "Take command"}
CLOSE = {"minutes": 60, "office": "security", "words_zh": "关门", "words_en": "Close the gate"}


def write(world: World, *steps: dict[str, Any], who: str = "dan", **body: Any) -> Any:
    """Write the steps of the plan for fires otherwise."""
    return world.members[who].client.post(f"{FIRE}/draft", {"steps": list(steps), **body})


def test_nothing_goes_by_a_draft_before_it_is_approved(world: World) -> None:
    approve(world)
    before = SchoolRulebook.objects.get(school=world.school).version_id
    assert world.dan.client.get(f"{FIRE}/draft").status_code == 404
    written = write(world, SHOUT, LEAD, CLOSE)
    assert [step["key"] for step in written.data["steps"]] == ["own-1", "command", "own-2"], written.data
    assert [step["minutes"] for step in written.data["steps"]] == [0, 2, 60]
    assert len(world.carol.client.get(FIRE).data["steps"]) == 9, "the plan in use stays as it is"
    assert world.vera.client.get(FIRE).data["holds"] is True
    assert SchoolRulebook.objects.get(school=world.school).version_id == before
    assert world.mallory.client.get(f"{FIRE}/draft").status_code == 404
    assert world.bob.client.get(f"{FIRE}/draft").status_code == 404, "nor whoever approves no plan"
    assert write(world, SHOUT, LEAD, who="bob").data["code"] == "not_plan_approver"
    taken = approve(world, "vera", draft=True, seen=written.data["at"]).data
    assert ([step["words"] for step in taken["steps"]], taken["holds"]) == (
        ["Shout", "Take command", "Close the gate"],
        True,
    )
    assert taken["approval"]["number"] == 2
    assert not ResponseDraft.objects.exists()
    assert approve(world, draft=True).status_code == 404, "there is no draft any more"
    assert world.mallory.client.get(FIRE).data["steps"][0]["words"] != "Shout", "another school's stays"
    write(world, SHOUT, LEAD)
    assert world.dan.client.post(f"{FIRE}/draft/drop").status_code == 204
    assert not ResponseDraft.objects.exists()


def test_no_draft_is_approved_or_written_over_that_somebody_has_not_read(world: World, signed_in: SignIn) -> None:
    dan = signed_in(world.dan)
    read = write(world, SHOUT, LEAD).data["at"]
    page = dan.get("/plans/RP-FIRE/steps").context
    sent = {name: "" if (value := page["form"][name].value()) is None else value for name in page["form"].fields}
    on_page = {"approve": "draft", "last_day": "", "seen": page["seen"]}
    latest = write(world, SHOUT, LEAD, CLOSE, who="vera", seen=read)
    assert latest.status_code == 200, latest.data
    refused = [
        approve(world, draft=True, seen=read),
        approve(world, draft=True),
        write(world, LEAD, seen=read),
        write(world, LEAD),
    ]
    assert {(said.status_code, said.data["code"]) for said in refused} == {(409, "plan_draft_changed")}
    assert dan.post("/plans/RP-FIRE", on_page).status_code == 409
    kept = dan.post("/plans/RP-FIRE/steps", {**sent, "do_en_0": "Cry", "seen": page["seen"]})
    assert (kept.status_code, 'value="Cry"' in kept.content.decode()) == (409, True), "what was typed stays"
    assert len(ResponseDraft.objects.get().steps) == 3
    assert len(world.dan.client.get(FIRE).data["steps"]) == 9, "nothing is in force that nobody has read"
    shown = dan.get("/plans/RP-FIRE").content.decode().partition('name="seen" value="')[2].partition('"')[0]
    assert dan.post("/plans/RP-FIRE", {**on_page, "seen": shown}).status_code == 302
    assert approve(world, draft=True, seen=latest.data["at"]).data["code"] == "plan_draft_changed", "it is gone"


def test_what_cannot_be_a_step_is_said_with_its_place(world: World) -> None:
    refused = {
        "/steps": write(world, SHOUT),
        "/steps/1/minutes": write(world, SHOUT, {**LEAD, "minutes": 0}),
        "/steps/0/asked": write(world, {**CLOSE, "office": "no-such-office"}),
        "/steps/1/asked": write(world, SHOUT, {**CLOSE, "role": "principal"}),
        "/steps/0/words_zh": write(world, {**LEAD, "words_zh": " "}),
    }
    assert {said.status_code for said in refused.values()} == {400}
    assert [said.data["errors"][0]["pointer"] for said in refused.values()] == list(refused)
    assert not ResponseDraft.objects.exists()


def test_as_many_new_steps_as_a_plan_takes_are_written_and_keep_their_keys(world: World) -> None:
    steps = [{**CLOSE, "key": f"own-{number}", "minutes": number} for number in range(1, 31)]
    first = write(world, *steps)
    assert first.status_code == 200, first.data
    keys = [step["key"] for step in first.data["steps"]]
    again = write(world, *({**step, "key": key} for step, key in zip(steps, keys, strict=True)), seen=first.data["at"])
    assert [step["key"] for step in again.data["steps"]] == keys, "they stand in the draft already"


def test_a_plan_is_of_a_kind_and_that_is_no_other_version_of_it(world: World) -> None:
    assert {row["kind"] for row in world.bob.client.get("response-plans").data} == {"event"}
    content = deepcopy(rulebook_content())
    content["response_plans"]["plans"]["RP-FIRE"]["kind"] = "annual"
    before, after = (ruleset_from_content(one).response_plans["RP-FIRE"] for one in (rulebook_content(), content))
    assert (after.kind.value, after.content()) == ("annual", before.content())


def test_on_the_pages_steps_are_written_and_printed_with_the_annexes_of_the_day(
    world: World, signed_in: SignIn
) -> None:
    dan, bob = signed_in(world.dan), signed_in(world.bob)
    form = dan.get("/plans/RP-FIRE/steps").context["form"]
    sent = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    assert dan.post("/plans/RP-FIRE/steps", {**sent, "do_en_1": ""}).status_code == 400
    assert dan.post("/plans/RP-FIRE/steps", {**sent, "minutes_1": "0"}).status_code == 400
    unchanged = dan.post("/plans/RP-FIRE/steps", sent)
    assert unchanged.status_code == 400
    sent |= {
        "do_zh_8": "",
        "do_en_8": "",
        "order_1": "20",
        "minutes_9": "5",
        "do_zh_9": "关门",
        "do_en_9": "Close the gate",
    }
    sent["asked_9"] = "office:security"
    assert dan.post("/plans/RP-FIRE/steps", sent).status_code == 302
    page = dan.get("/plans/RP-FIRE").content.decode()
    assert ("Approve the draft" in page, "Close the gate" in page) == (True, True)
    assert "Close the gate" not in bob.get("/plans/RP-FIRE").content.decode()
    row = ResponseDraft.objects.get()
    assert [step["key"] for step in row.steps][-2:] == ["command", "own-1"], (
        "moved, and a new one without a place at the end"
    )
    approved = {"approve": "draft", "last_day": "", "seen": row.at.isoformat()}
    assert dan.post("/plans/RP-FIRE", approved).status_code == 302
    assert "Close the gate" in bob.get("/plans/RP-FIRE").content.decode()
    dan.post("/plans/RP-FIRE/steps", {**sent, "do_en_0": "Shout"})
    assert dan.post("/plans/RP-FIRE/draft/drop").status_code == 302
    assert bob.post("/plans/RP-FIRE/draft/drop").status_code == 403
    TelephoneNumber.objects.create(school=world.school, name_zh="传达室", name_en="Porter", number="0571-99")
    shift = DutyShift.objects.create(
        school=world.school, kind="night", starts_at=world.now, ends_at=world.now + timedelta(hours=9)
    )
    DutySlot.objects.create(shift=shift, part="leader", person=world.carol.person)
    shown = bob.get("/plans/RP-FIRE").content.decode()
    assert ("0571-99" in shown, "Carol (leads)" in shown) == (True, True)
    paper = bob.get("/plans/RP-FIRE.pdf")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert world.bob.client.get("response-plans/RP-FIRE/paper").content[:5] == b"%PDF-"
    assert world.olga.client.get("response-plans/RP-FIRE/paper").status_code == 404
    assert signed_in(world.mallory).get("/plans/RP-NONE.pdf").status_code == 404
