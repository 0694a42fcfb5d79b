"""The adapters: one file for each kind of system, behind one small protocol. None of them touches the database."""

from collections.abc import Callable, Mapping
from typing import Protocol

from backend.todos.adapters.dingtalk import DingTalk
from backend.todos.adapters.feishu import Feishu
from backend.todos.adapters.pull import Pull
from backend.todos.adapters.push import Push
from backend.todos.models import TodoSystem
from backend.todos.todo import Todo


class Adapter(Protocol):
    """A system as it is talked to; each call may be repeated, and leaves one to-do of a source id at most.

    What is not taken raises `NotTaken`, or one of its kinds in `refusals`.
    """

    def put(self, *, todo: Todo, remote_id: str) -> str:
        """Have it stand there, open, as it is now; return the id by which the system knows it."""
        ...

    def finish(self, *, todo: Todo, remote_id: str) -> None:
        """Have it done."""
        ...

    def remove(self, *, todo: Todo, remote_id: str) -> None:
        """Have it gone; one that is not there is gone."""
        ...

    def listed(self, *, known_as: str) -> Mapping[str, str] | None:
        """Return what stands open there for somebody, by source id; None where the system has no such list."""
        ...


ADAPTERS: Mapping[str, Callable[[TodoSystem], Adapter]] = {
    TodoSystem.Kind.PUSH: Push,
    TodoSystem.Kind.PULL: Pull,
    TodoSystem.Kind.DINGTALK: DingTalk,
    TodoSystem.Kind.FEISHU: Feishu,
}


def adapter_of(system: TodoSystem) -> Adapter:
    """Return how to talk to a system."""
    return ADAPTERS[system.kind](system)
