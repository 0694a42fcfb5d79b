"""The office's tickets, and one ticket with its clocks, its timeline and what can be done now."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.lists_in_words import listed_in_words
from backend.incidents.selectors import answers_of, reports_behind
from backend.notifications.previewing import WouldTell
from backend.notifications.selectors import unread_count
from backend.notifications.services import notices_mark_seen
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.portal.access import staff_only
from backend.portal.beside import held_beside
from backend.portal.bulk import BulkResult, bulk_choices, bulk_take
from backend.portal.cards import clock_card, declining, reported_by
from backend.portal.file_cards import files_card
from backend.portal.fixes_in_words import fix_in_words
from backend.portal.forms import token_new
from backend.portal.found import found_cards
from backend.portal.hands_in_words import hand_rows
from backend.portal.inbox import (
    BOARD,
    NEWEST,
    NEWEST_FIRST,
    NOTHING,
    Tab,
    narrowed_by,
    order_asked,
    rows_asked,
    rows_found,
    tab_chosen,
)
from backend.portal.inbox_counts import inbox_counts
from backend.portal.linked_cards import linked_cards
from backend.portal.listing import listing
from backend.portal.merged_cards import merged_cards, went_card
from backend.portal.outside_cards import outside_card
from backend.portal.owed_words import next_in_words, turn_in_words
from backend.portal.pages import staff_page
from backend.portal.part_cards import part_cards
from backend.portal.place import place_back, place_of, ticket_address
from backend.portal.problems import StepProblem
from backend.portal.proposals import lowering
from backend.portal.recurrence_cards import recurrence_card
from backend.portal.requests import StaffRequest
from backend.portal.response_cards import responses_card
from backend.portal.saved_views import view_links, views_of
from backend.portal.selectors import timers_running
from backend.portal.step_options import options_of
from backend.portal.steps import step_next, steps_open
from backend.portal.sweep_cards import sweeps_card
from backend.portal.ticket_cards import ticket_card, ticket_cards
from backend.portal.ticket_filter import filter_bar
from backend.portal.ticket_slip import may_draw_slip
from backend.portal.timeline import timeline_lines
from backend.portal.views.attaching import take_with_step
from backend.portal.views.stepping import step_from
from backend.rounds.selectors.tickets import rounds_of_ticket
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.actions import BY_NAME
from backend.workflow.actions.complete_subtask import COMPLETE_SUBTASK
from backend.workflow.actions.reclassify import RECLASSIFY
from backend.workflow.actions.refuse_offer import REFUSE_OFFER
from backend.workflow.actions.refuse_subtask import REFUSE_SUBTASK
from backend.workflow.affected import affected_of
from backend.workflow.facts import Situation
from backend.workflow.filters import Narrowed
from backend.workflow.fixing import fix_of
from backend.workflow.models import Ticket
from backend.workflow.policy import Part, opened_to, relations_of
from backend.workflow.relation_groups import OWNERS
from backend.workflow.results import result_of
from backend.workflow.reviewing import review_of
from backend.workflow.search import LONGEST, is_searchable
from backend.workflow.selectors import outside_clocks_of, ticket_get_now, ticket_is_visible, timeline
from backend.workflow.services.opening_log import ticket_opened
from backend.workflow.states import OVER

MAY_HIDE_IT = frozenset({RECLASSIFY.name, REFUSE_OFFER.name, COMPLETE_SUBTASK.name, REFUSE_SUBTASK.name})


@staff_only
def tickets(request: StaffRequest) -> HttpResponse:
    """Show a page of the list, or take an action on the tickets ticked in it; a refusal keeps what was typed."""
    if request.method != "POST":
        return _tickets_page(request)
    picks = request.POST.getlist("pick")
    result = bulk_take(actor=request.actor, data=request.POST, picks=picks, now=database_now())
    if not result.is_done:
        return _tickets_page(request, result)
    count = len(result.outcomes)
    words = ngettext("%(count)d ticket saved: %(references)s.", "%(count)d tickets saved: %(references)s.", count)
    references = listed_in_words(row.reference for row in result.outcomes)
    messages.success(request, words % {"count": count, "references": references})
    return redirect(request.get_full_path())


def _rows_asked(request: StaffRequest, tab: Tab, words: str, now: datetime) -> tuple[Narrowed, tuple[str, str]]:
    if words:
        return rows_found(actor=request.actor, words=words, query=request.GET), NEWEST_FIRST
    return rows_asked(actor=request.actor, tab=tab, query=request.GET, now=now), order_asked(request.GET)


def _tickets_page(request: StaffRequest, result: BulkResult | None = None) -> HttpResponse:
    """Show the tickets of a tab, those due first at the top, or what was searched for, the newest first."""
    now, actor = database_now(), request.actor
    tab = tab_chosen(actor=actor, name=request.GET.get("tab"))
    words = request.GET.get("q", "")[:LONGEST].strip()
    narrowed, order = _rows_asked(request, tab, words, now)
    found = listing(request, narrowed.tickets, ordering=order)
    bar = filter_bar(actor=actor, narrowed=narrowed, is_open="filter" in request.GET)
    if not found.rows and "cursor" in request.GET and result is None:
        # The last row of the last page was dealt with.
        return redirect(f"{reverse('portal:tickets')}?tab={tab}{'&' if bar.applied else ''}{bar.applied}")
    views = list(views_of(actor=actor)) if "filter" in request.GET or bar.chips else []
    shown = narrowed.tickets if bar.chips and not words else None
    counts = inbox_counts(actor=actor, shown=shown, views=views, now=now)
    is_newest = order == NEWEST_FIRST and not words
    cards = ticket_cards(tickets=found.rows, actor=actor, now=now, only_mine=tab is Tab.MINE and not words)
    context = {
        "now": now,
        "listing": found,
        "cards": cards,
        "choices": bulk_choices(cards=cards),
        "result": result,
        "bar": bar,
        "views": view_links(views=views, counts=counts.views, tab=tab, words=words, filters=bar.applied_values),
        "here": urlencode({"q": words} if words else {"tab": tab} | ({"order": NEWEST} if is_newest else {})),
        "is_newest": is_newest,
        "count": counts.shown,
        "tab": None if words else tab,
        "is_of_board": tab in BOARD or narrowed_by(request.GET) is not None,
        "words": words,
        "is_searchable": is_searchable(words),
        "nothing": NOTHING[tab],
        "tabs": counts.tabs,
        "token": token_new(),
        "place": request.get_full_path(),
    }
    return staff_page(
        request, "tickets", context, section="tickets", status=HTTPStatus.CONFLICT if result else HTTPStatus.OK
    )


@staff_only
def ticket_detail(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Show one ticket."""
    return ticket_page(request, ticket_id)


@staff_only
def ticket_action(request: StaffRequest, ticket_id: UUID, action: str) -> HttpResponse:
    """Take an action; a refusal shows the ticket as it is now and keeps what was typed."""
    if request.method == "POST":
        asks_proof = action in BY_NAME and BY_NAME[action].asks_proof
        if asks_proof and (asked := proof_ask(request)) is not None:
            return asked
        # Before the step, as scripts do: it may prove the step, and none is taken once the step closes the ticket.
        take_with_step(request, ticket_id=ticket_id, action=action)
        problem = step_from(request, ticket_id, action)
        if problem is not None:
            return ticket_page(request, ticket_id, problem=problem)
        messages.success(request, _("Saved. Thank you."))
        # Whoever makes a ticket more confidential, or does not take it over, may lose sight of it with the same step.
        is_gone = action in MAY_HIDE_IT and not ticket_is_visible(actor=request.actor, ticket_id=ticket_id)
        if is_gone or place_back(request):
            return redirect(place_back(request) or place_of(request) or "portal:tickets")
    return redirect(ticket_address(ticket_id=ticket_id, place=place_of(request)))


def ticket_page(
    request: StaffRequest,
    ticket_id: UUID,
    *,
    problem: StepProblem | None = None,
    preview: Sequence[WouldTell] | None = None,
) -> HttpResponse:
    """Show one ticket with what is wrong with a step that was sent, or with what that step would send."""
    actor = request.actor
    ticket, now = ticket_get_now(actor=actor, ticket_id=ticket_id)
    ticket_opened(actor=actor, ticket=ticket, now=now, with_merged=True)
    if unread := unread_count(actor=actor):
        notices_mark_seen(actor=actor, ticket_id=ticket.id, now=now)
        unread = unread_count(actor=actor)
    status = problem.status if problem else HTTPStatus.OK
    opened = problem.action if problem else request.GET.get("form", "")
    context = {**_context(request, ticket, opened, now), "problem": problem, "preview": preview}
    context["token"] = token_new()
    context["place"] = place_back(request) or place_of(request)
    return staff_page(request, "ticket_detail", context, section="tickets", status=status, unread=unread)


def _beside(actor: Actor, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Return what stands beside a ticket: others about it, rounds, the cause, who is affected, what came of it."""
    held = held_beside(ticket=ticket)
    links = rounds_of_ticket(actor=actor, ticket=ticket, now=now) if held.rounds else ()
    return {
        "merged": merged_cards(actor=actor, ticket=ticket),
        "recurrence": recurrence_card(actor=actor, ticket=ticket),
        "review": review_of(ticket=ticket) if ticket.part_count else None,
        "linked": linked_cards(actor=actor, ticket=ticket),
        "sweeps": sweeps_card(actor=actor, ticket=ticket, links=links, now=now),
        "rounds": found_cards(links=links),
        "responses": responses_card(actor=actor, ticket=ticket, has_any=held.responses),
        "outside_card": outside_card(actor=actor, ticket=ticket, now=now, has_any=held.outside),
        "affected": affected_of(ticket=ticket),
        "result": result_of(ticket=ticket),
    }


def _context(request: StaffRequest, ticket: Ticket, opened_form: str, now: datetime) -> dict[str, Any]:
    actor = request.actor
    relations = relations_of(actor=actor, ticket=ticket)
    opened = opened_to(actor=actor, ticket=ticket)
    situation = Situation(ticket=ticket, now=now, actor_id=actor.person_id)
    steps = steps_open(situation=situation, relations=relations)
    step = step_next(situation=situation, actor=actor, relations=relations, steps=steps)
    events = timeline(ticket=ticket)
    reports = [row for row in reports_behind(actor=actor, ticket=ticket) if row.report.ticket_id == ticket.id]
    return {
        "now": now,
        "ticket": ticket,
        "card": ticket_card(situation=situation, actor=actor),
        "files": files_card(actor=actor, ticket=ticket, relations=relations, now=now),
        "takes_files": ticket.state not in OVER,
        "reports": reports,
        "answers": [answer for behind in reports for answer in answers_of(report=behind.report)],
        **_beside(actor, ticket, now),
        "went": went_card(actor=actor, ticket=ticket),
        "declining": declining(ticket=ticket),
        "lowering": lowering(ticket=ticket),
        "fixed": fix_in_words(fix_of(ticket=ticket)),
        "outside": outside_clocks_of(ticket),
        "clocks": [clock_card(ticket=ticket, timer=timer, now=now) for timer in timers_running(situation=situation)],
        "may_ask": not OWNERS.isdisjoint(relations),
        "may_read_log": ticket.seal != Confidentiality.K0 and actor.may(Permission.ACCESS_LOG_READ),
        "may_draw_slip": may_draw_slip(actor=actor, ticket=ticket),
        "parts": part_cards(ticket=ticket, now=now),
        "lines": timeline_lines(ticket=ticket, opened=opened, events=events),
        "hands": hand_rows(ticket=ticket, events=events, now=now),
        "next_lines": next_in_words(situation=situation, actor=actor),
        "turn": turn_in_words(
            situation=situation, actor=actor, relations=relations, can_step_in=step.first is not None
        ),
        "next": step,
        "opened": opened_form,
        "options": options_of(situation=situation, actor=actor, steps=steps, opened=opened_form),
        "reported_by": reported_by(ticket=ticket, is_named=Part.REPORTER in opened),
    }
