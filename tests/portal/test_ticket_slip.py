"""The slip of a ticket in three parts: who draws it, what stands on which part, and what is never printed."""

import pytest

from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.papers import codes_of, paper_of, texts_of
from tests.workflow.steps import file_ticket
from tests.world import Client, World

PARTS = ("For the reporter", "For the office that answers for it", "For whoever supervises it")


def parts_of(text: str) -> list[str]:
    """Cut the text of a slip into its three parts."""
    at = [text.index(label) for label in PARTS]
    return [text[start:end] for start, end in zip(at, [*at[1:], len(text)], strict=True)]


def test_the_office_draws_three_parts_each_with_what_its_reader_may_see(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    ticket = report.ticket
    take(world.bob, ticket, "acknowledge")
    order = world.vera.client.act(ticket.id, "order", note="Say by noon.", due_at="2099-01-01T12:00:00+08:00")
    assert order.status_code == 200
    page = signed_in(world.bob)
    assert f"/tickets/{ticket.id}/slip" in page.get(f"/tickets/{ticket.id}").content.decode()
    shown = page.get(f"/tickets/{ticket.id}/slip").content.decode()
    assert all(label in shown for label in PARTS)
    paper = paper_of(page.get(f"/tickets/{ticket.id}/slip.pdf"))
    (text,) = texts_of(paper)
    own, office, supervision = parts_of(text)
    for words, where in {
        "二楼安全出口被课桌堵住了。": [own, office],
        "Alice": [office],
        "Say by noon": [supervision],
        "Printed by Bob": [office, supervision],
    }.items():
        assert [part for part in (own, office, supervision) if words in part] == where
    leads = sorted(address.rsplit("/", 2)[1:] for address in codes_of(paper))
    assert leads == [["reports", str(report.id)], *[["tickets", str(ticket.id)]] * 2]


def test_it_comes_by_the_api_in_the_readers_language(world: World) -> None:
    ticket = filed(world.alice, world).ticket
    for member in (world.ben, world.cleo, world.dan):
        client = Client(member.client.token, "zh-hans")
        answer = client.http.get(f"/api/v1/tickets/{ticket.id}/slip", HTTP_ACCEPT="application/pdf")
        (text,) = texts_of(paper_of(answer))
        assert all(words in text for words in ("报告人留存", "负责处室办理", "监督存根"))


def test_a_name_that_was_not_given_openly_is_not_printed(world: World, signed_in: SignIn) -> None:
    """A paper lies about, so it does not name its reporter even where the reporter's own colleague draws it."""
    ticket_id = file_ticket(world, routed=True, by="bob", reporter_mode="confidential")
    (text,) = texts_of(paper_of(signed_in(world.bob).get(f"/tickets/{ticket_id}/slip.pdf")))
    assert "Name withheld" in text
    assert text.count("Bob") == 2  # as whoever printed it, on the parts of the office and of the supervision


@pytest.mark.parametrize(
    ("category", "who", "refused"),
    [
        ("F02", "alice", (403, "permission_denied")),
        ("F02", "carol", (404, "not_found")),
        ("F02", "mallory", (404, "not_found")),
        ("C02", "erin", (409, "slip_of_confidential")),
        ("C02", "dan", (409, "slip_of_confidential")),
        ("C02", "bob", (404, "not_found")),
    ],
)
def test_nobody_else_draws_it_and_nothing_strictly_confidential_is_on_one(
    world: World, signed_in: SignIn, category: str, who: str, refused: tuple[int, str]
) -> None:
    ticket = filed(world.alice, world, category).ticket
    member = world.members[who]
    answer = member.client.http.get(f"/api/v1/tickets/{ticket.id}/slip", HTTP_ACCEPT="application/pdf")
    assert (answer.status_code, answer.json()["code"]) == refused
    for name in ("slip", "slip.pdf"):
        assert signed_in(member).get(f"/tickets/{ticket.id}/{name}").status_code == refused[0]
    if refused[0] != 404:
        assert "/slip" not in signed_in(member).get(f"/tickets/{ticket.id}").content.decode()
