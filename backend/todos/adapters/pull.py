"""A portal that asks for itself (`GET /todo/pull`): nothing is sent, and what stands there is what our rows say."""

from collections.abc import Mapping

from backend.todos.models import TodoSystem
from backend.todos.todo import Todo


class Pull:
    """Takes everything at once."""

    def __init__(self, _system: TodoSystem) -> None:
        pass

    def put(self, *, todo: Todo, remote_id: str) -> str:  # noqa: ARG002 - nothing is sent
        """Leave it to the portal."""
        return ""

    def finish(self, *, todo: Todo, remote_id: str) -> None:
        """Leave it to the portal."""

    def remove(self, *, todo: Todo, remote_id: str) -> None:
        """Leave it to the portal."""

    def listed(self, *, known_as: str) -> Mapping[str, str] | None:  # noqa: ARG002 - nothing is kept elsewhere
        """Return that there is no list besides ours."""
        return None
