"""Earlier tickets about perhaps the same are suggested to whoever could merge a later one into them."""

from tests.browser import SignIn
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World


def test_an_earlier_one_of_the_same_kind_and_place_is_suggested(world: World, signed_in: SignIn) -> None:
    earlier = file_ticket(world, routed=True)
    elsewhere = file_ticket(world, routed=True, place=str(world.home.places["teaching-building"].id))
    later = file_ticket(world, routed=True)
    file_ticket(world, routed=True)
    (row,) = world.bob.client.get(f"tickets/{later}/alike").data
    assert row["id"] == str(earlier)
    assert world.bob.client.get(f"tickets/{elsewhere}/alike").data == []
    assert world.alice.client.get(f"tickets/{later}/alike").data == []
    assert world.mallory.client.get(f"tickets/{later}/alike").status_code == 404
    page = signed_in(world.bob)
    closed, opened = (page.get(f"/tickets/{later}{query}").content.decode() for query in ("", "?form=merge"))
    assert row["reference"] not in closed
    assert f'<option value="{row["reference"]}">' in opened
    assert world.bob.client.act(earlier, "merge", into=str(later)).status_code == 409
    assert world.bob.client.act(later, "merge", into=row["reference"]).status_code == 200


def test_of_a_sealed_case_nothing_is_suggested(world: World) -> None:
    file_ticket(world, category=STRICT, routed=True)
    later = file_ticket(world, category=STRICT, routed=True)
    assert world.erin.client.get(f"tickets/{later}/alike").data == []
