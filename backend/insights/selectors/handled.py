"""The word of reporters on the handling, by school or office: never by person, and no number that tells of one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.insights.selectors.extents import Reach, reach_of
from backend.insights.shapes import USUAL_WEEKS, Named, Narrowing, Period, weeks_until
from backend.insights.statements import Asked
from backend.insights.veiling import Shown, shown_of
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Handled

HANDLED = """{figures}
    SELECT {part}, feedback.handled, count(*) FROM figure
    JOIN workflow_ticketfeedback AS feedback ON feedback.ticket_id = figure.ticket_id
    GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class PartHandled:
    """A school or an office, and how often each word was said of its tickets, in steps of five."""

    of: Named
    said: Mapping[Handled, Shown]


def handled_of(*, actor: Actor, period: Period | None, narrowing: Narrowing, now: datetime) -> list[PartHandled]:
    """Return what reporters said of open reports filed in a period (None: twelve weeks), part by part.

    Raise PermissionDenied for whoever reads no figures, NotFound where they chose what is not theirs.
    """
    actor.require(Permission.FIGURES_READ)
    reach = reach_of(actor=actor)
    reach.check(narrowing)
    period = period or weeks_until(today=reach.today(now), weeks=USUAL_WEEKS)
    return handled_within(reach=reach, period=period, narrowing=narrowing)


def handled_within(*, reach: Reach, period: Period, narrowing: Narrowing) -> list[PartHandled]:
    """Return the same within what somebody may count."""
    asked = Asked(reach.countable, period, narrowing, reach.groups)
    said: dict[UUID, dict[str, int]] = defaultdict(dict)
    for part_id, handled, count in asked.rows(HANDLED, seals=(Confidentiality.K0,)):
        said[part_id][handled] = count
    return [
        PartHandled(
            Named(str(part.id), part.name_zh, part.name_en),
            {word: shown_of(said[part.id].get(word, 0), is_final=False) for word in Handled},
        )
        for part in reach.parts
        if part.id in said
    ]
