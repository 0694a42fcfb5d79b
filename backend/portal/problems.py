"""Problems with a form, placed where the reader finds them, with everything kept that was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django import forms

from backend.common.errors import DomainError
from backend.common.preconditions import Stale
from backend.portal.step_forms import StepInput
from backend.workflow.errors import ActionUnavailable

WHOLE_FORM = None


@dataclass(frozen=True, slots=True)
class StepProblem:
    """The reason an action was not taken; `field` is the one it is about, or empty for the action as a whole."""

    action: str
    message: str
    field: str
    typed: Mapping[str, str]
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


def typed_again(action: str, form: StepInput) -> StepProblem:
    """Return what was typed into a form with which nothing is wrong, so that it is shown once more."""
    return _problem(action, form, "", "", HTTPStatus.OK)


def problem_of_change(change: str, form: forms.Form, error: DomainError | None = None) -> StepProblem:
    """Return why a report was not added to or taken back: the refusal, else the first thing wrong with the form."""
    first = next(iter(form.errors.values()))[0] if error is None else error
    is_about_text = error is None and "text" in form.errors
    return StepProblem(
        action=change,
        message=str(first),
        field="text" if is_about_text else "",
        typed={"text": str(form.data.get("text", ""))},
        status=int(HTTPStatus.UNPROCESSABLE_ENTITY if error is None else error.status),
    )


def _problem(
    action: str, form: StepInput, message: str, field: str, status: int, *, is_stale: bool = False
) -> StepProblem:
    return StepProblem(
        action=action,
        message=message,
        field=field if field in form.own_fields else "",
        typed={name: str(form.data.get(name, "")) for name in form.own_fields},
        status=int(status),
        is_stale=is_stale,
    )
