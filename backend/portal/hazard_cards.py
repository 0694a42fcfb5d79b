"""The lines of the hazard register as pages and papers show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from backend.common.moments import day_in_words
from backend.organisation.actors import Actor
from backend.portal.cards import is_chinese
from backend.portal.due import Due, due_of, moment
from backend.rounds.hazard_rules import HazardState
from backend.rounds.selectors.hazards import Hazard, HazardTotals, hazards_of
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.selectors import category_name

CHIPS = {
    HazardState.OPEN: "in_progress",
    HazardState.PUT_RIGHT: "resolved",
    HazardState.SIGNED_OFF: "closed",
    HazardState.DROPPED: "declined",
}


@dataclass(frozen=True, slots=True)
class HazardCard:
    """A hazard with its words."""

    hazard: Hazard
    title: str
    found: str
    measure: str
    files: str
    signed: str
    due: Due | None
    chip: str

    @property
    def ticket(self) -> Ticket:
        """Its ticket."""
        return self.hazard.ticket

    @property
    def state(self) -> str | Promise:
        """How far it is."""
        return self.hazard.state.label


@dataclass(frozen=True, slots=True)
class Sum:
    """A number of the register that leads to what it counts."""

    label: str | Promise
    count: int
    query: str
    is_red: bool = False


def hazard_cards(*, actor: Actor, tickets: Sequence[Ticket], now: datetime) -> list[HazardCard]:
    """Return these tickets as lines of the register in words."""
    return [_card(hazard, now) for hazard in hazards_of(actor=actor, tickets=tickets, now=now)]


def sums_of(totals: HazardTotals) -> list[Sum]:
    """Return the numbers over the register, what is overdue first."""
    return [
        Sum(pgettext_lazy("hazards", "Overdue"), totals.overdue, "overdue=true", is_red=totals.overdue > 0),
        Sum(HazardState.OPEN.label, totals.open, f"state={HazardState.OPEN}"),
        Sum(HazardState.PUT_RIGHT.label, totals.put_right, f"state={HazardState.PUT_RIGHT}"),
        Sum(HazardState.SIGNED_OFF.label, totals.signed_off, f"state={HazardState.SIGNED_OFF}"),
    ]


def _card(hazard: Hazard, now: datetime) -> HazardCard:
    due = due_of(at=hazard.due_at, now=now) if hazard.due_at else None
    return HazardCard(
        hazard=hazard,
        title=category_name(hazard.ticket, chinese=is_chinese()),
        found=_found(hazard),
        measure=" · ".join(filter(None, [hazard.control, hazard.measure])),
        files=_files(hazard.files),
        signed=_signed(hazard),
        due=due,
        chip=CHIPS[hazard.state],
    )


def _found(hazard: Hazard) -> str:
    on = moment(hazard.ticket.filed_at)
    if hazard.outside is not None:
        visit, answer_by = hazard.outside.visit, hazard.outside.wanted_by
        words = {"who": visit.get_authority_display(), "day": day_in_words(visit.day)}
        found = _("Found by %(who)s on %(day)s") % words
        asked = _("answer by %(day)s") % {"day": day_in_words(answer_by)} if answer_by else ""
        return " · ".join(filter(None, [found, asked]))
    if hazard.round is None:
        return _("Reported on %(time)s") % {"time": on}
    plan = ruleset_get(hazard.round.rulebook_id).round_plans[hazard.round.plan]
    return _("Found on %(time)s: %(round)s") % {"time": on, "round": plan.name}


def _files(count: int) -> str:
    return _("Photos and documents: %(count)d") % {"count": count} if count else ""


def _signed(hazard: Hazard) -> str:
    if hazard.signed_at is None:
        return ""
    said = {"name": hazard.signed_by or _("Name withheld"), "time": moment(hazard.signed_at)}
    return _("Signed off by %(name)s on %(time)s") % said
