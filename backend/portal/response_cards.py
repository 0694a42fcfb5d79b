"""Started response plans as the page of their ticket and home show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.organisation.actors import Actor
from backend.response.models import Response, ResponseTask
from backend.response.selectors.boards import plans_offered, responses_of, tasks_mine
from backend.response.words import plan_behind
from backend.rulebook.response_rules import ResponsePlan
from backend.workflow.models import Ticket


@dataclass(frozen=True, slots=True)
class ResponsesCard:
    """The plans started on a ticket with their names, and those that the reader may start, fitting ones apart."""

    rows: Sequence[tuple[Response, str]]
    fitting: Sequence[ResponsePlan]
    others: Sequence[ResponsePlan]


def responses_card(*, actor: Actor, ticket: Ticket, has_any: bool) -> ResponsesCard | None:
    """Return the plans of a ticket; None where there is none and the reader can start none.

    One statement, or none for a ticket that is known to have none (`has_any`).
    """
    rows = [(row, plan_behind(row).name) for row in responses_of(ticket=ticket)] if has_any else []
    running = {row.plan for row, _name in rows if row.ended_at is None}
    offered = [plan for plan in plans_offered(actor=actor, ticket=ticket) if plan.code not in running]
    if not (rows or offered):
        return None
    fitting = [plan for plan in offered if ticket.category in plan.categories]
    return ResponsesCard(rows, fitting, [plan for plan in offered if plan not in fitting])


def asked_now(*, actor: Actor) -> list[tuple[ResponseTask, str, str]]:
    """Return the steps that wait for somebody, with the plan's name and what is asked; one statement."""
    rows = [(task, plan_behind(task.response)) for task in tasks_mine(actor=actor)]
    return [(task, plan.name, plan.step(task.step).words) for task, plan in rows]
