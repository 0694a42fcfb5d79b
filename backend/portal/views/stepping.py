"""Taking an action from a form, for the pages of tickets and of one's own reports."""

from uuid import UUID

from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.portal.problems import StepProblem, problem_of_form, problem_of_refusal
from backend.portal.requests import StaffRequest
from backend.portal.services import Step, step_take
from backend.portal.step_forms import step_form
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME


def step_from(request: StaffRequest, ticket_id: UUID, action: str) -> StepProblem | None:
    """Take the action that the form sends; return what is wrong with it, together with what was typed."""
    chosen = BY_NAME.get(action)
    if chosen is None or not chosen.is_for_people:
        raise NotFound
    form = step_form(chosen)(request.POST)
    form.at(database_now())
    if not form.is_valid():
        return problem_of_form(action, form)
    values = form.cleaned_data
    step = Step(ticket_id, chosen, said_from(chosen.said, values), values["version"], values["token"])
    try:
        step_take(actor=request.actor, step=step, now=database_now())
    except NotFound:
        raise
    except DomainError as error:
        return problem_of_refusal(action, form, error)
    return None
