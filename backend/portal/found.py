"""Findings of rounds, as the form of a report and the page of a ticket show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from backend.organisation.actors import Actor
from backend.rounds.checking import findings_in
from backend.rounds.models import Round, RoundAnswer, RoundTicket, RoundVisit, Said
from backend.rounds.selectors.findings import Found, found_if_any, place_of
from backend.rounds.selectors.route import Stop
from backend.rounds.serializers import plan_of
from backend.rulebook.round_rules import CheckItem
from backend.workflow.models import Ticket


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A round by its plan, office and day; whether the line that is not well is starred, or all was said to be well."""

    id: UUID
    name: str
    office: str
    day: date
    is_starred: bool = False
    is_omission: bool = False


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Something that is not well, what an address carries of it, and the tickets about it."""

    label: str
    code: str
    tickets: Sequence[Ticket]
    place: str = ""


def found_code(*, row: Round, line: str, visit: RoundVisit | None = None) -> str:
    """Return what an address carries of a line of a round, or of a visit to a place of its route."""
    return f"{row.id}.{line}.{visit.id}" if visit else f"{row.id}.{line}"


def said_no(item: CheckItem) -> str:
    """Return in words that a line of a checklist is not well."""
    return _("%(ask)s: no.") % {"ask": item.label}


def found_lines(*, row: Round, links: Sequence[RoundTicket], stops: Sequence[Stop] = ()) -> list[FoundLine]:
    """Return what is not well by the latest answer of a round, each with the tickets about it the reader knows of.

    On a route, by the latest visit to each of its places.
    """
    latest = max(row.answers.all(), key=lambda answer: answer.number, default=None)
    found = [link for link in links if link.kind == RoundTicket.Kind.FINDING]
    lines = [line for stop in stops for line in _lines(row, stop.latest, found, stop)]
    return [*lines, *_lines(row, latest, found)] if not lines or (latest and latest.words) else lines


def _lines(
    row: Round, told: RoundAnswer | RoundVisit | None, found: Sequence[RoundTicket], stop: Stop | None = None
) -> list[FoundLine]:
    if told is None or told.said != Said.TO_REPORT:
        return []
    visit = stop.latest if stop else None
    items = findings_in(values=told.values, checklist=plan_of(row).checklist)
    labels = {item.key: said_no(item) for item in items} or {"": told.words}
    of_visit = [link for link in found if stop is None or link.visit_id == told.id]
    return [
        FoundLine(
            label,
            found_code(row=row, line=line, visit=visit),
            [link.ticket for link in of_visit if link.line == line and (stop is not None) == bool(link.visit_id)],
            stop.place.name if stop else "",
        )
        for line, label in labels.items()
    ]


def came_out_later(*, links: Sequence[RoundTicket]) -> list[Ticket]:
    """Return those of a round's tickets that are about what lay behind an answer that all is well."""
    return [link.ticket for link in links if link.kind == RoundTicket.Kind.OMISSION]


def found_chosen(*, actor: Actor, chosen: str, now: datetime) -> Found | None:
    """Return what the round found that an address or a form names; None where it names none that is there for them."""
    round_id, line, visit_id, *_rest = [*chosen.split("."), "", ""]
    try:
        visit = UUID(visit_id) if visit_id else None
        return found_if_any(actor=actor, round_id=UUID(round_id), line=line, visit_id=visit, now=now)
    except ValueError:
        return None


def found_filled_in(found: Found) -> dict[str, object]:
    """Return what a form of a report is filled in with: the line's category, the place, and the words."""
    place = place_of(found=found)
    line = said_no(found.item) if found.item else ""
    return {
        "found": found_code(row=found.row, line=found.item.key if found.item else "", visit=found.visit),
        "category": found.category,
        "description": "\n".join(words for words in (line, found.words) if words),
        **({"place": str(place.id)} if place else {}),
    }


def found_card(found: Found) -> FoundCard:
    """Return a round as the form of a report names it."""
    return _card(found.row, is_starred=found.at_least is not None)


def found_cards(*, links: Sequence[RoundTicket]) -> Sequence[FoundCard]:
    """Return the rounds that found what a ticket is about, or behind which it lay."""
    found = [link for link in links if link.kind != RoundTicket.Kind.SWEEP]
    return [_card(link.round, is_omission=link.kind == RoundTicket.Kind.OMISSION) for link in found]


def _card(row: Round, *, is_starred: bool = False, is_omission: bool = False) -> FoundCard:
    return FoundCard(row.id, plan_of(row).name, row.where.name, row.day, is_starred, is_omission)
