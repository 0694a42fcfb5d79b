"""Pages offer nobody what they may not do: no link on them leads to a refusal."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client

from tests.browser import SignIn
from tests.insights.conftest import counted
from tests.portal.scene import play
from tests.world import World

LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
LEAST_REFUSAL = 400
FILES = (".pdf", ".ics", "/sign-out")


def walked(client: Client, start: str) -> Iterator[tuple[str, str, int]]:
    """Yield each page that links lead to, one of each kind, with the page that links to it and the answer's status."""
    queue, kinds = [("", start)], set()
    while queue:
        before, path = queue.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\?.*", "", path)
        if kind in kinds or kind.endswith(FILES) or kind.startswith("/admin/"):
            continue
        kinds.add(kind)
        answer = client.get(path, follow=True)
        yield path, before, answer.status_code
        if not answer.streaming:
            queue += [(path, unescape(link)) for link in LINK.findall(answer.content.decode())]


@pytest.mark.parametrize("who", ["olga"])
def test_no_link_leads_to_a_refusal(world: World, signed_in: SignIn, who: str) -> None:
    play(world)
    counted()
    found = list(walked(signed_in(world.members[who]), "/"))
    assert len(found) > 10
    assert [row for row in found if row[2] >= LEAST_REFUSAL] == []
