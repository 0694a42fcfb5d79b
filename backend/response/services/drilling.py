"""Holding a drill: a plan is started on an exercise, by the same way and with the same clocks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.response.models import Response
from backend.response.selectors.plans import plan_find
from backend.response.services.starting import plan_run
from backend.rulebook.selectors import active_version_id
from backend.workflow.selectors import tickets_with_school
from backend.workflow.services import TicketDraft, ticket_draw_up_alone, ticket_open


@dataclass(frozen=True, slots=True)
class DrillDraft:
    """The words on what is supposed to have happened, and its place."""

    words: str
    place_id: UUID | None = None


@transaction.atomic
def drill_start(*, actor: Actor, code: str, told: Callable[[], DrillDraft], now: datetime) -> Response:
    """Open an exercise of the plan's first category and start the plan on it.

    What is told is read only once it is known that the plan is there, and theirs to start.
    """
    plan = plan_find(actor=actor, code=code)
    actor.require(Permission.RESPONSES_START)
    version_id = active_version_id(school_id=actor.school_scope)
    if actor.school_id is None or version_id is None:
        raise NotFound
    draft = told()
    category = plan.categories[0]
    drawn = TicketDraft(category, draft.place_id, occurred_at=now, description=draft.words, is_exercise=True)
    opened = ticket_draw_up_alone(school_id=actor.school_id, draft=drawn, now=now)
    ticket_open(actor=actor, ticket=opened, now=now)
    ticket = tickets_with_school(ticket_ids=[opened.id])[opened.id]
    return plan_run(actor=actor, ticket=ticket, version_id=version_id, plan=plan, now=now)
