"""The page of a ticket with a preview of one of its forms: the messages that would be sent, with all that was typed."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.notifications.previewing import action_preview
from backend.portal.access import staff_only
from backend.portal.place import place_of, ticket_address
from backend.portal.problems import problem_of_form, problem_of_refusal, typed_again
from backend.portal.requests import StaffRequest
from backend.portal.step_forms import step_form
from backend.portal.views.tickets import ticket_page
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME


@staff_only
def ticket_preview(request: StaffRequest, ticket_id: UUID, action: str) -> HttpResponse:
    """Show who would be told what by a step, or why it would be refused; nothing is changed and nothing sent."""
    if request.method != "POST":
        return redirect(ticket_address(ticket_id=ticket_id, place=place_of(request)))
    chosen = BY_NAME.get(action)
    if chosen is None or not chosen.is_for_people:
        raise NotFound
    if chosen.asks_proof and (asked := proof_ask(request)) is not None:
        return asked
    now, form = database_now(), step_form(chosen)(request.POST)
    form.at(now)
    if not form.is_valid():
        return ticket_page(request, ticket_id, problem=problem_of_form(action, form))
    said = said_from(chosen.said, form.cleaned_data)
    try:
        told = action_preview(actor=request.actor, ticket_id=ticket_id, action=chosen, said=lambda: said, now=now)
    except NotFound:
        raise
    except DomainError as error:
        return ticket_page(request, ticket_id, problem=problem_of_refusal(action, form, error))
    return ticket_page(request, ticket_id, problem=typed_again(action, form), preview=told)
