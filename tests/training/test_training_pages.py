"""The training log on its pages: what one sees, entering with two taps of one form, refusals, and making void."""

from backend.training.models import TrainingSession
from backend.training.services.keeping import dues_keep
from tests.rounds.test_round_pages import browser_of
from tests.training.test_dues import LATE, begun
from tests.training.test_recording import day, room
from tests.world import World


def test_on_the_pages(world: World) -> None:
    assert "Enter what was held" not in browser_of(world.alice).get("/trainings").content.decode()
    unit = room(world, "1-1", teacher="alice")
    begun(world, LATE)
    dues_keep(now=world.now)
    dan, alice, ben = (browser_of(world.members[name]) for name in ("dan", "alice", "ben"))
    assert "Trainings: what was held" in dan.get("/").content.decode()
    page = dan.get("/trainings").content.decode()
    assert ("Due at the school" in page, "Nothing was entered yet." in page) == (True, True)
    assert browser_of(world.olga).get("/trainings").status_code == 404
    assert "Colleagues" not in alice.get("/trainings/new?code=TRAFFIC_LESSON").content.decode(), "her class alone"
    sent = {
        "code": "FIRE_SAFETY",
        "kind": "training",
        "held_on": day(world),
        "minutes": 45,
        "held_by": "Fire brigade",
        "people": [world.alice.person.id, world.bob.person.id],
        f"due-{unit.id}": 40,
        f"present-{unit.id}": 39,
        "token": "t",
    }
    assert dan.post("/trainings/new", {**sent, "held_by": ""}).status_code == 400
    assert dan.post("/trainings/new", {**sent, f"due-{unit.id}": ""}).status_code == 400
    refused = dan.post("/trainings/new", {**sent, "held_on": day(world, 1)})
    assert (refused.status_code, "still to come" in refused.content.decode()) == (400, True)
    assert [dan.post("/trainings/new", sent).status_code for _tap in range(2)] == [302, 302]
    session = TrainingSession.objects.get()
    address = f"/trainings/{session.id}"
    whole = dan.get(address).content.decode()
    assert ("Alice, Bob" in whole, "Class 1-1 39/40" in whole, "It was entered by mistake" in whole) == (True,) * 3
    own = alice.get(address).content.decode()
    assert ("Alice" in own, "Bob" in own, "It was entered by mistake" in own) == (True, False, False)
    assert "You were there" in alice.get("/trainings").content.decode()
    assert alice.post(address, {"reason": "No"}).status_code == 400
    assert dan.post(address, {"reason": ""}).status_code == 400
    assert dan.post(address, {"reason": "Another day."}).status_code == 302
    assert "Another day." in ben.get(address).content.decode()
