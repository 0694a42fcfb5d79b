"""A portal that asks for itself: everybody's to-dos, what ended since, and nothing that is or ever was confidential."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.todos.selectors.subjects import WAY_BACK
from tests.integrations.programs import Program, administrator, made, program
from tests.integrations.test_service_accounts import code
from tests.todos.steps import act, connected, owed, work
from tests.workflow.steps import CLOSER, STRICT, file_ticket
from tests.world import World


class Puller:
    """A portal's copy, kept by asking for changes; it needs no set-up."""

    def __init__(self, reader: Program) -> None:
        self.reader, self.since = reader, ""
        self.copy: dict[str, dict[str, Any]] = {}

    def setup(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def pull(self) -> None:
        """Bring the copy up to date, page by page."""
        begun = database_now().isoformat()
        query = {"page_size": "3", **({"updated_since": self.since} if self.since else {})}
        answer = self.reader.get("todo/pull", **query)
        while True:
            assert answer.status_code == 200, answer.data
            for item in answer.data["items"]:
                self.copy[item["source_id"]] = item
            if not answer.data["next"]:
                break
            answer = self.reader.http.get(answer.data["next"])
        self.since = begun

    def shown(self) -> dict[str, set[str]]:
        """Return what each person sees open: the links."""
        found: dict[str, set[str]] = {}
        for item in self.copy.values():
            if item["state"] == "open":
                found.setdefault(item["person"], set()).add(item["link"])
        return found


def open_ones(world: World, *sealed: object) -> dict[str, set[str]]:
    """Return what is owed but on tickets that are or were confidential, and what beside them leads to the list."""
    hidden = (WAY_BACK, *map(str, sealed))
    told = {
        name: {link for link in links if not any(one in link for one in hidden)} for name, links in owed(world).items()
    }
    return {name: links for name, links in told.items() if links}


def test_the_copy_is_what_is_owed_and_forgets_what_was_sealed(world: World) -> None:
    portal = Puller(program(world, "todo.read"))
    assert portal.reader.get("todo/pull").status_code == 404, "no system of the kind"
    connected(world, portal, kind="pull", setup={}, name="pulled")
    handed, kept, sealed = (file_ticket(world, routed=True) for _number in range(3))
    hidden = [file_ticket(world, routed=True, category=name) for name in (CLOSER, STRICT)]
    work()
    portal.pull()
    assert portal.shown() == open_ones(world, *hidden)
    act(world, "bob", handed, "offer", office=str(world.home.units["facilities"].id), note="It is their door.")
    act(world, "ben", kept, "acknowledge")
    act(world, "bob", sealed, "reclassify", note="A child.", category=STRICT)
    # Before a worker looked: what a reader gets is decided when it is read.
    assert str(sealed) not in str(portal.reader.get("todo/pull").data)
    work()
    portal.pull()
    assert portal.shown() == open_ones(world, *hidden, sealed)
    gone = [item for item in portal.copy.values() if item["state"] == "gone"]
    assert {(item["title"], item["link"], item["due_at"]) for item in gone} == {("", "", None)}
    assert {item["state"] for item in portal.copy.values()} == {"open", "done", "gone"}
    act(world, "carol", handed, "accept-offer")
    work()
    portal.pull()
    assert portal.shown() == open_ones(world, *hidden, sealed)
    with CaptureQueriesContext(connection) as few:
        portal.reader.get("todo/pull", page_size="1")
    with CaptureQueriesContext(connection) as many:
        portal.reader.get("todo/pull", page_size="50")
    assert len(many) - len(few) <= 1, "parts are read where a ticket has some"


def test_a_person_reads_their_own_and_another_school_nothing(world: World) -> None:
    portal = Puller(program(world, "todo.read"))
    connected(world, portal, kind="pull", setup={}, name="pulled")
    file_ticket(world, routed=True)
    work()
    of_bob = portal.reader.for_("bob").get("todo/pull").data["items"]
    assert {item["person"] for item in of_bob} == {"bob"}
    assert [item["source_id"] for item in world.bob.client.get("todo/pull").data["items"]] == [of_bob[0]["source_id"]]
    assert world.dan.client.get("todo/pull").data["items"] == []
    assert world.mallory.client.get("todo/pull").status_code == 404
    assert code(Program(made(world, "tickets.read", name="other")["secret"]).get("todo/pull")) == (403, "scope_missing")
    assert code(portal.reader.get("todo")) == (403, "on_behalf_required")
    body = {"name": "again", "kind": "pull", "setup": {}}
    ada = administrator(world).client
    assert code(ada.post("todo-systems", body)) == (409, "todo_pulled_already")
    assert code(ada.post("todo-systems", {**body, "setup": {"a": 1}})) == (400, "todo_setup_wrong")
