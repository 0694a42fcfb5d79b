"""Every write to a ticket."""

from backend.workflow.services.acting import ticket_act_on
from backend.workflow.services.amending import ticket_amend
from backend.workflow.services.attaching import attachment_remove, files_attach, ticket_file_begin
from backend.workflow.services.joining import ticket_join
from backend.workflow.services.letting_go import tickets_let_go
from backend.workflow.services.opening import TicketDraft, ticket_draw_up, ticket_draw_up_alone, ticket_open
from backend.workflow.services.recomputing import calendar_changed, recompute_stale, tickets_recompute
from backend.workflow.services.routing import tickets_route
from backend.workflow.services.wait_ends import ticket_wait_over

__all__ = [
    "TicketDraft",
    "attachment_remove",
    "calendar_changed",
    "files_attach",
    "recompute_stale",
    "ticket_act_on",
    "ticket_amend",
    "ticket_draw_up",
    "ticket_draw_up_alone",
    "ticket_file_begin",
    "ticket_join",
    "ticket_open",
    "ticket_wait_over",
    "tickets_let_go",
    "tickets_recompute",
    "tickets_route",
]
