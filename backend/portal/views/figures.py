"""Figures by week for those who answer for an office, a school or several, and the tickets behind each number."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from backend.common.errors import NotFound
from backend.insights.behind import What
from backend.insights.models import Export
from backend.insights.selectors.behind import Behind, tickets_behind
from backend.insights.selectors.extents import Reach, reach_of
from backend.insights.selectors.figures import figures_within
from backend.insights.selectors.handled import handled_within
from backend.insights.selectors.promises import promises_within
from backend.insights.shapes import AGES, DAYS, HOURS, MOST_LISTED
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.figure_choice import WEEKS, Chosen, chosen_of
from backend.portal.figure_sections import key_numbers, sections_of
from backend.portal.figure_shapes import Addresses
from backend.portal.handled_section import handled_section
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.promises_section import promises_section
from backend.portal.requests import StaffRequest, request_now
from backend.portal.ticket_cards import ticket_cards
from backend.rulebook.wording import Group

NEWEST_FIRST = ("-filed_at", "id")


@permitted(Permission.FIGURES_READ)
@require_GET
def figures(request: StaffRequest) -> HttpResponse:
    """Show weeks of figures: key numbers, then each chart with its table."""
    now, chosen, reach = request_now(request), chosen_of(request.GET), reach_of(actor=request.actor)
    period, narrowing = chosen.period(reach, now), chosen.narrowing(reach)
    found = figures_within(reach=reach, period=period, narrowing=narrowing, now=now)
    handled = handled_section(handled_within(reach=reach, period=period, narrowing=narrowing))
    promises = promises_section(promises_within(reach=reach, period=period, narrowing=narrowing, now=now))
    addresses = Addresses(f"{reverse('portal:figure_tickets')}?{chosen.query}")
    schools = {str(school.id): school.name for school in reach.schools}
    context = {
        "figures": found,
        "numbers": key_numbers(total=found.total, addresses=addresses),
        "sections": [
            *sections_of(figures=found, by_school=reach.by_school, addresses=addresses, schools=schools),
            promises,
            handled,
        ],
        "kinds": Export.Kind,
        "formats": Export.Format,
        **_choices(chosen, reach),
    }
    return staff_page(request, "figures", context, section=section_of(request))


@permitted(Permission.FIGURES_READ)
@require_GET
def figure_tickets(request: StaffRequest) -> HttpResponse:
    """List the tickets behind one number, as far as the reader may open them."""
    now, chosen, actor = request_now(request), chosen_of(request.GET), request.actor
    reach = reach_of(actor=actor)
    rows = tickets_behind(
        actor=actor,
        period=chosen.period(reach, now),
        narrowing=chosen.narrowing(reach),
        behind=_behind(request),
        now=now,
    )
    found = listing(request, rows, ordering=NEWEST_FIRST)
    context = {
        "now": now,
        "listing": found,
        "cards": ticket_cards(tickets=found.rows, actor=actor, now=now, only_mine=False),
        "back": f"{reverse('portal:figures')}?{chosen.query}",
        "most": MOST_LISTED,
    }
    return staff_page(request, "figure_tickets", context, section=section_of(request))


def section_of(request: StaffRequest) -> str:
    """Return the part of the navigation to which figures belong: to Today for whoever has it there."""
    return "today" if request.actor.may(Permission.BOARD_READ) else "tickets"


def _choices(chosen: Chosen, reach: Reach) -> dict[str, object]:
    groups: Sequence[Group] = [group for group in Group if group in set(reach.groups.values())]
    return {"chosen": chosen, "weeks": WEEKS, "parts": reach.parts, "groups": groups, "by_school": reach.by_school}


def _behind(request: StaffRequest) -> Behind:
    given = request.GET
    try:
        behind = Behind(
            what=What(given.get("what", "")),
            week=date.fromisoformat(given["week"]) if "week" in given else None,
            age=int(given["age"]) if "age" in given else None,
            hour=(int(given["weekday"]), int(given["hour"])) if "hour" in given else None,
            repeated=(UUID(given["place"]), given["category"]) if "place" in given else None,
        )
    except (ValueError, KeyError) as error:
        raise NotFound from error
    weekday, hour = behind.hour or (1, 0)
    is_there = (behind.age or 0) in range(len(AGES) + 1) and weekday in range(1, DAYS + 1) and hour in range(HOURS)
    if not is_there:
        raise NotFound
    return behind
