"""Any portal that takes to-dos by HTTP: each request is made from the portal's own template."""

from collections.abc import Mapping
from typing import Any

from backend.common.outgoing import NotTaken
from backend.todos.adapters.talking import Request, Said, ask, taken
from backend.todos.models import TodoSystem
from backend.todos.refusals import NotThere
from backend.todos.secrets import secret_of
from backend.todos.templates import USUAL_HEADER, address_filled, filled, found_at
from backend.todos.todo import State, Todo

LONGEST_ID = 120
MOST_LISTED = 5000


class Push:
    """A portal by its template: requests for what is open, done and gone, and perhaps one that lists."""

    def __init__(self, system: TodoSystem) -> None:
        self._setup: Mapping[str, Any] = system.setup
        self._system = system

    def put(self, *, todo: Todo, remote_id: str) -> str:
        """Send what is open; return the id in the answer where the template says where it stands."""
        document = taken(self._asked("open", todo, remote_id))
        if pointer := self._setup.get("id_at"):
            found = found_at(document, pointer)
            return str(found)[:LONGEST_ID] if isinstance(found, str | int) else remote_id
        return remote_id

    def finish(self, *, todo: Todo, remote_id: str) -> None:
        """Send what is done; what the portal does not know any more is done too."""
        self._ended("done", todo, remote_id)

    def remove(self, *, todo: Todo, remote_id: str) -> None:
        """Send what is gone."""
        self._ended("gone", todo, remote_id)

    def listed(self, *, known_as: str) -> Mapping[str, str] | None:
        """Return what stands open for somebody, where the template has a request for it."""
        if "list" not in self._setup:
            return None
        todo = Todo(source_id="", known_as=known_as, state=State.OPEN, title="", link="")
        listing = self._setup["list"]
        items = found_at(taken(self._asked("list", todo, "")), listing["items_at"])
        if not isinstance(items, list):
            raise NotTaken("The list is not where the template says.")
        ids = (item.get(listing["source_id"]) for item in items[:MOST_LISTED] if isinstance(item, dict))
        return {str(source_id): "" for source_id in ids if isinstance(source_id, str | int)}

    def _ended(self, name: str, todo: Todo, remote_id: str) -> None:
        try:
            taken(self._asked(name, todo, remote_id))
        except NotThere:
            return

    def _asked(self, name: str, todo: Todo, remote_id: str) -> Said:
        chosen = self._setup.get(name) or self._setup.get("done") or self._setup["open"]
        states = self._setup.get("states", {})
        secret = secret_of(self._system)
        said = ask(
            Request(
                method=chosen["method"],
                address=address_filled(chosen["address"], todo, remote_id),
                payload=filled(chosen.get("body"), todo, remote_id, states),
                headers={self._setup.get("secret_header", USUAL_HEADER): secret} if secret else {},
            )
        )
        if said.is_good and (success := self._setup.get("success")):
            value = found_at(said.document, success["at"])
            if value != success["value"]:
                raise NotTaken(f"It answered {str(value)[:80]} at {success['at']}.", is_permanent=value is not None)
        return said
