"""Merging on the pages: by a reference typed into the form, and then each reader finds where it goes on."""

from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.test_ticket_pages import text_of
from tests.world import World


def test_a_reference_is_typed_and_both_pages_say_what_became_of_the_other(world: World, signed_in: SignIn) -> None:
    earlier = filed(world.carol, world)
    later = filed(world.alice, world, description="The back door is stuck.")
    client = signed_in(world.bob)
    address = f"/tickets/{later.ticket_id}"
    assert "merge-into" in client.get(f"{address}?form=merge").content.decode()
    form = {
        "version": Ticket.objects.get(id=later.ticket_id).version,
        "token": "t1",
        "into": "nonsense",
        "note": "The same door.",
    }
    refused = client.post(f"{address}/actions/merge", form)
    assert refused.status_code == 400
    assert ("nonsense" in refused.content.decode(), "The same door." in refused.content.decode()) == (True, True)
    assert client.post(f"{address}/actions/merge", {**form, "into": earlier.ticket.reference}).status_code == 302
    gone = text_of(client.get(address).content)
    assert "about the same on" in gone
    assert earlier.ticket.reference in gone
    assert "Undo the merge" in gone
    taken = text_of(client.get(f"/tickets/{earlier.ticket_id}").content)
    assert "Also reported" in taken
    assert "The back door is stuck." in taken
    assert later.ticket.reference in taken
    own = text_of(signed_in(world.alice).get(f"/reports/{later.id}").content)
    assert "goes on there" in own
    assert earlier.ticket.reference in own
