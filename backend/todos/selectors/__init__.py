"""Reads of to-do systems: what administrators see of them."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.todos.models import PushedTodo, TodoName, TodoSystem


def systems_of(*, actor: Actor) -> QuerySet[TodoSystem]:
    """Return the to-do systems of the actor's school, each with how many to-dos stand there and how many were refused.

    A bureau has none.
    """
    standing = Count("todos", filter=Q(todos__state=PushedTodo.State.OPEN))
    refused = Count("todos", filter=~Q(todos__last_error=""))
    found = TodoSystem.objects.filter(school=actor.school_scope).select_related("made_by")
    return found.annotate(standing_count=standing, refused_count=refused)


def system_get(*, actor: Actor, system_id: UUID) -> TodoSystem:
    """Return a to-do system of the actor's school, or NotFound."""
    system = systems_of(actor=actor).filter(id=system_id).first()
    if system is None:
        raise NotFound
    return system


def names_of(*, system: TodoSystem) -> QuerySet[TodoName]:
    """Return how a system that the caller was let in to knows people."""
    return TodoName.objects.filter(system=system).select_related("person")
