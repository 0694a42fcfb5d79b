"""News of power over people cannot be switched off, and what staff were told goes with their sight."""

from backend.notifications.models import Delivery, Notice
from backend.notifications.ringing import Group
from backend.organisation.models import Power
from tests.notifications.hands import work
from tests.notifications.peers import MailServer
from tests.organisation.powers import asked, in_use, told
from tests.workflow.steps import STRICT, TOLD, file_ticket
from tests.world import World


def test_news_of_power_rings_although_everything_is_switched_off(world: World, post: MailServer) -> None:
    ada = in_use(world)
    off = {"choices": [{"group": group, "channels": []} for group in Group.values]}
    assert world.dan.client.http.put("/api/v1/me/choices", off, format="json").status_code == 200
    asked(world, ada, world.bob.person)
    assert told(world)["dan"] == [f"{Power.POST} asked"]
    (mail,) = post.to("dan")
    assert "second person" in mail.get_content()
    assert set(Delivery.objects.filter(notice__person=world.dan.person).values_list("status", flat=True)) == {"sent"}


def test_what_a_reporter_was_told_as_one_of_the_office_goes_when_the_ticket_is_sealed(
    world: World,
) -> None:
    ticket_id = file_ticket(world, by="ben", routed=True)
    work(TOLD)
    assert [row["kind"] for row in world.ben.client.get("notices").data["items"]] == ["route"]
    assert world.bob.client.act(ticket_id, "reclassify", note="A child.", category=STRICT).status_code == 200
    work(TOLD)
    kinds = [row["kind"] for row in world.ben.client.get("notices").data["items"]]
    assert "route" not in kinds
    notice = Notice.objects.get(person=world.ben.person, kind="route")
    assert world.ben.client.get(f"notices/{notice.id}").status_code == 404
