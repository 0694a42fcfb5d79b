"""News of what has to be told outside waits: by then its ticket may be confidential, and its reader another."""

from backend.common.clock import database_now
from backend.notifications.news_standing import news_standing
from backend.notifications.rendering import words_of
from tests.outside.test_duties import file, heard
from tests.world import World


def test_once_its_ticket_is_confidential_news_name_neither_it_nor_anybody(world: World) -> None:
    ticket = file(world, "F01")
    told = heard(world)
    (dans,), (cleos,) = told["Dan"], told["Cleo"]

    def texts() -> list[str]:
        (listed,) = (row["text"] for row in world.dan.client.get("notices").data["items"] if row["id"] == str(dans.id))
        return [listed, words_of(notices=[dans])[dans.id]().sentence]

    assert all(ticket.reference in text and "Police" in text for text in texts())
    assert news_standing(notices=[dans, cleos], now=database_now()) == [dans, cleos]
    raised = world.dan.client.act(ticket.id, "reclassify", category="C01", severity="P1", note="It is one.")
    assert raised.status_code == 200, raised.data
    assert [text for text in texts() if ticket.reference in text or "Police" in text] == [], "mailed and in the list"
    assert news_standing(notices=[dans, cleos], now=database_now()) == [dans], "she may know of it no more"
