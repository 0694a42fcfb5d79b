"""What is wrong with a form, put where the reader finds it, with what was typed kept."""

from dataclasses import dataclass
from http import HTTPStatus

from django import forms

from backend.common.errors import DomainError
from backend.common.preconditions import Stale
from backend.portal.forms import StepInput
from backend.workflow.errors import ActionUnavailable

WHOLE_FORM = None


@dataclass(frozen=True, slots=True)
class StepProblem:
    """Why an action was not taken; `field` is note or assignee, or empty for the action as a whole."""

    action: str
    message: str
    field: str
    note: str
    assignee: str
    status: int
    is_stale: bool = False


def add_refusal(form: forms.Form, error: DomainError) -> None:
    """Put a refusal beside the field its pointer names, or above the form."""
    field = (error.pointer or "").strip("/").split("/")[0]
    form.add_error(field if field in form.fields else WHOLE_FORM, str(error))


def problem_of_form(action: str, form: StepInput) -> StepProblem:
    """Return the first thing wrong with the shape of what was sent."""
    field, errors = next(iter(form.errors.items()))
    return _problem(action, form, str(errors[0]), field, HTTPStatus.UNPROCESSABLE_ENTITY)


def problem_of_refusal(action: str, form: StepInput, error: DomainError) -> StepProblem:
    """Return a refusal of the workflow; a stale page and an action that is gone mean that somebody else was quicker."""
    is_stale = isinstance(error, Stale | ActionUnavailable)
    status = HTTPStatus.CONFLICT if is_stale else error.status
    return _problem(action, form, str(error), (error.pointer or "").strip("/"), status, is_stale=is_stale)


def _problem(
    action: str, form: StepInput, message: str, field: str, status: int, *, is_stale: bool = False
) -> StepProblem:
    return StepProblem(
        action=action,
        message=message,
        field=field if field in {"note", "assignee"} else "",
        note=str(form.data.get("note", "")),
        assignee=str(form.data.get("assignee", "")),
        status=int(status),
        is_stale=is_stale,
    )
