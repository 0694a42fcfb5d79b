"""Response plans on a phone: approved, read, started, answered and ended."""

import re

from backend.response.models import Response, ResponseTask
from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.world import World


def test_a_plan_is_approved_and_confirmed_on_a_phone(world: World, signed_in: SignIn) -> None:
    dan, bob = signed_in(world.dan), signed_in(world.bob, "zh-hans")
    assert dan.get("/plans").status_code == 200
    early = dan.post("/plans/RP-FIRE", {"approve": "yes", "last_day": "2001-01-01"})
    assert (early.status_code, b"no later than the rulebook" in early.content) == (400, True)
    assert dan.post("/plans/RP-FIRE", {"approve": "yes", "last_day": ""}).status_code == 302
    page = bob.get("/plans/RP-FIRE").content.decode()
    assert "我已阅读" in page
    assert "断着火区域的电和气" in page
    assert bob.post("/plans/RP-FIRE", {"confirm": "yes"}).status_code == 302
    assert "我已阅读" not in bob.get("/plans/RP-FIRE").content.decode()
    assert "Ben, Carol" in dan.get("/plans/RP-FIRE").content.decode()
    assert bob.post("/plans/RP-FIRE", {"approve": "yes", "last_day": ""}).status_code == 403


def test_on_a_phone_one_tap_starts_it_and_one_tap_answers(world: World, fire: Ticket, signed_in: SignIn) -> None:
    dan, tina = signed_in(world.dan), signed_in(world.tina, "zh-hans")
    page = dan.get(f"/tickets/{fire.id}").content.decode()
    assert "Start the plan: Fire" in page
    begun = dan.post(f"/tickets/{fire.id}/response", {"plan": "RP-FIRE"})
    assert begun.status_code == 302
    board = begun["Location"]
    assert "现在请您做" in tina.get("/").content.decode()
    own = tina.get(board).content.decode()
    assert "按路线带学生撤离" in own
    assert "切断着火区域" not in own
    task = ResponseTask.objects.get(step="head-count")
    for word in ("there", "done"):
        assert tina.post(f"{board}/steps/{task.id}", {word: "yes", "words": "35 人，\x0b全部到齐"}).status_code == 302
    whole = dan.get(board).content.decode()
    assert "35 人，全部到齐" in whole
    assert dan.post(f"{board}/end", {"words": " "}).status_code == 400
    assert dan.post(f"{board}/end", {"words": "Everybody is \x1bsafe."}).status_code == 302
    shown = dan.get(f"/tickets/{fire.id}").content.decode()
    assert "Everybody is safe." in shown, "what pasting brings along is left out"
    assert "ended the response plan “Fire”" in shown
    assert dan.get("/plans/RP-FIRE").status_code == 200
    drill = dan.post("/plans/RP-FIRE/drill", {"words": "Smoke\x0b."})
    assert drill.status_code == 302
    assert Response.objects.get(ended_at=None).ticket.description == "Smoke."
    assert drill["Location"].split("/")[-1] in dan.get("/plans/RP-FIRE").content.decode()


def test_a_second_tap_holds_no_second_drill(world: World, fire: Ticket, signed_in: SignIn) -> None:
    dan = signed_in(world.dan)
    page = dan.get("/plans/RP-FIRE").content.decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    tapped = [dan.post("/plans/RP-FIRE/drill", {"words": "Smoke.", "token": found[1]}) for _tap in range(2)]
    assert tapped[0]["Location"] == tapped[1]["Location"]
    assert Response.objects.count() == 1, "nobody is called twice"
    assert dan.post("/plans/RP-FIRE/drill", {"words": "Smoke upstairs.", "token": found[1]}).status_code == 302
    assert Response.objects.count() == 2
