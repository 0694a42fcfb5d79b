"""The tag of a ticket's answer: another with every other body, the same version for as long as nothing was changed."""

from typing import Any

import pytest

from tests.workflow.steps import file_ticket
from tests.world import Client, World, version_of

pytestmark = pytest.mark.django_db


def asked(client: Client, ticket: object, **headers: str) -> Any:
    return client.http.get(f"/api/v1/tickets/{ticket}", headers=headers)


def test_a_comment_changes_the_tag_and_refuses_nobodys_change(world: World) -> None:
    ticket = file_ticket(world, routed=True)
    bob = world.bob.client
    before = asked(bob, ticket)
    assert world.alice.client.act(ticket, "comment", note="Two more desks.").status_code == 200
    after = asked(bob, ticket)
    assert after.content != before.content
    assert after.headers["ETag"] != before.headers["ETag"]
    assert version_of(after) == version_of(before)
    path, body = f"tickets/{ticket}/actions/record-interim-control", {"note": "Closed off."}
    assert bob.post(path, body, match=before.headers["ETag"]).status_code == 200
    assert bob.post(path, body, match=after.headers["ETag"]).data["code"] == "stale"


def test_two_readers_of_one_version_have_tags_of_their_own(world: World) -> None:
    ticket = file_ticket(world, routed=True)
    seen = [asked(member.client, ticket) for member in (world.alice, world.bob)]
    assert seen[0].content != seen[1].content
    assert seen[0].headers["ETag"] != seen[1].headers["ETag"]
    known = asked(world.bob.client, ticket, if_none_match=seen[0].headers["ETag"])
    assert (known.status_code, known.content) == (200, seen[1].content)


@pytest.mark.parametrize("marked", ["{}", "W/{}", '"v1", {}', "gzip", "*"])
def test_who_has_the_body_is_not_sent_it_again(world: World, marked: str) -> None:
    ticket = file_ticket(world, routed=True)
    first = asked(world.bob.client, ticket)
    tag = first.headers["ETag"]
    sent = f'{tag[:-1]}-gzip"' if marked == "gzip" else marked.format(tag)
    again = asked(world.bob.client, ticket, if_none_match=sent)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Vary"] == first.headers["Vary"]
    assert world.bob.client.act(ticket, "acknowledge").status_code == 200
    assert asked(world.bob.client, ticket, if_none_match=tag).status_code == 200


def test_knowing_a_body_opens_nothing(world: World) -> None:
    ticket = file_ticket(world, routed=True)
    tag = asked(world.bob.client, ticket).headers["ETag"]
    assert asked(world.mallory.client, ticket, if_none_match=tag).status_code == 404
    assert asked(world.mallory.client, ticket, if_none_match="*").status_code == 404
