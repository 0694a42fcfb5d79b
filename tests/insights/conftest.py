"""Steps of the tests of figures: reports of some time ago, counted as the worker does."""

from datetime import timedelta

from backend.common.clock import database_now
from backend.incidents.services import report_file
from backend.insights.services.counting import all_count
from backend.workflow.models import Ticket
from backend.workflow.services import TicketDraft, tickets_route
from tests.world import Member, Site, World


def filed(
    world: World,
    category: str = "F02",
    *,
    by: str = "alice",
    ago: timedelta = timedelta(0),
    site: Site | None = None,
    concerned: Member | None = None,
) -> Ticket:
    """File a report at the stairwell some time ago and route its ticket; return it."""
    at = database_now() - ago
    draft = TicketDraft(
        category=category,
        place_id=(site or world.home).places["stairwell"].id,
        occurred_at=at - timedelta(minutes=1),
        description="Something happened.",
        persons_concerned=frozenset([concerned.person.id] if concerned else []),
    )
    report = report_file(actor=world.members[by].actor, draft=draft, now=at)
    tickets_route(ticket_ids=[report.ticket_id], now=at)
    return Ticket.objects.get(id=report.ticket_id)


def counted() -> None:
    """Count everything, whenever it was filed."""
    all_count(now=database_now())
