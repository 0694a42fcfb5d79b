"""The values that the fields of an action's form offer to choose from; each is read only where a form asks for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from backend.organisation.actors import Actor
from backend.portal import due
from backend.portal.affected_in_words import party_in_words
from backend.portal.cards import is_chinese
from backend.portal.linked_cards import linked_cards
from backend.portal.part_cards import subtask_in_words
from backend.portal.placetree import PlaceGroup, place_groups
from backend.portal.selectors import assignees, places_for_report
from backend.portal.steps import StepForm
from backend.rulebook.ruleset import PARTS, ClockName, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.actions.withdraw_recommendation import recommended_open
from backend.workflow.affected import affected_of
from backend.workflow.alike import tickets_alike_before
from backend.workflow.facts import Situation, parts_open
from backend.workflow.handing import OF_OFFICE, offices_to_take
from backend.workflow.models import (
    Affected,
    Cause,
    Control,
    LinkKind,
    MeasuredIn,
    RecommendationAim,
    Ticket,
    TicketPart,
)
from backend.workflow.policy import relations_of
from backend.workflow.questions import outside_of
from backend.workflow.relation_groups import OWNERS
from backend.workflow.selectors import category_name


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose and its name."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one field, flat or in groups, and what it says while nothing is chosen."""

    unchosen: str | Promise
    choices: Sequence[Choice] = ()
    suggestions: Sequence[Choice] = ()
    """Values that are proposed where others can be typed."""
    groups: Sequence[PlaceGroup] = field(default_factory=tuple)


def options_of(
    *, situation: Situation, actor: Actor, steps: Sequence[StepForm], opened: str = ""
) -> Mapping[str, Options]:
    """Return the choices of every field that one of the forms has, by the field's name; of lists the opened one's."""
    steps = [step for step in steps if step.action == opened or not step.chooses_from_lists]
    ticket, now = situation.ticket, situation.now
    offers: Mapping[str, Callable[[], Options]] = {
        "assignee": lambda: _assignees(ticket, actor, now),
        "office": lambda: _offices(ticket, now),
        "category": lambda: _categories(ticket),
        "severity": lambda: _as_it_is(
            str(Severity(ticket.severity).label),
            [Choice(row, str(row.label)) for row in Severity if row != ticket.severity],
        ),
        "confidentiality": lambda: _as_it_is(
            str(Confidentiality(ticket.confidentiality).label),
            [Choice(row, str(row.label)) for row in Confidentiality if row != ticket.confidentiality],
        ),
        "place": lambda: _places(ticket, actor),
        **{str(kind): partial(_parts, situation, kind) for kind in PARTS},
        "cause": lambda: _chosen(Cause),
        "subtask": lambda: _subtasks(_own_or_led(situation, actor)),
        "waived": lambda: _subtasks(situation.subtasks),
        "link_as": lambda: _chosen(LinkKind),
        "linked": lambda: _linked(ticket, actor),
        "question": lambda: _questions(situation, actor),
        "into": lambda: _earlier(ticket, actor),
        "affected": lambda: _chosen(Affected),
        "party": lambda: _parties(ticket),
        "recommended": lambda: _named(recommended_open(situation)),
        "aim": lambda: _chosen(RecommendationAim),
        "control": lambda: _chosen(Control),
        "unit": lambda: _chosen(MeasuredIn),
    }
    return {name: offer() for name, offer in offers.items() if any(step.asks_for(name) for step in steps)}


def _assignees(ticket: Ticket, actor: Actor, now: datetime) -> Options:
    people = assignees(actor=actor, ticket=ticket, now=now)
    return Options(_("Choose somebody"), [Choice(str(person.id), person.name) for person in people])


def _offices(ticket: Ticket, now: datetime) -> Options:
    offices = offices_to_take(ticket=ticket, now=now)
    return Options(_("Choose an office"), [Choice(str(office.id), office.name) for office in offices])


def _questions(situation: Situation, actor: Actor) -> Options:
    """Offer the questions that the actor can answer: its reporter none that goes to somebody outside."""
    works_on_it = not OWNERS.isdisjoint(relations_of(actor=actor, ticket=situation.ticket))
    rows = parts_open(situation, ClockName.QUESTION)
    return _named(row for row in rows if works_on_it or outside_of(row) is None)


def _parts(situation: Situation, kind: ClockName) -> Options:
    return _named(parts_open(situation, kind))


def _named(parts: Iterable[TicketPart]) -> Options:
    found = [Choice(str(part.id), Truncator(part.words).chars(60) or due.moment(part.due_at)) for part in parts]
    return Options("" if len(found) == 1 else _("Choose one"), found)


def _own_or_led(situation: Situation, actor: Actor) -> Sequence[TicketPart]:
    """Return the open sub-tasks of the actor's own offices, or of somebody who is asked for none all of them."""
    asked = list(parts_open(situation, ClockName.SUBTASK))
    return [part for part in asked if part.office_id in actor.units(*OF_OFFICE)] or asked


def _subtasks(parts: Sequence[TicketPart]) -> Options:
    found = [Choice(str(part.id), Truncator(subtask_in_words(part)).chars(60)) for part in parts]
    return Options("" if len(found) == 1 else _("Choose one"), found)


def _linked(ticket: Ticket, actor: Actor) -> Options:
    cards = linked_cards(actor=actor, ticket=ticket)
    found = [Choice(str(card.ticket.id), f"{card.title} · {card.ticket.reference}") for card in cards]
    return Options("" if len(found) == 1 else _("Choose one"), found)


def _earlier(ticket: Ticket, actor: Actor) -> Options:
    """Suggest earlier tickets of the same category and place; any other reference can be typed."""
    found = tickets_alike_before(actor=actor, ticket=ticket)
    lines = [f"{due.moment(row.filed_at)} · {Truncator(row.description).chars(60)}" for row in found]
    return Options("", suggestions=[Choice(row.reference, line) for row, line in zip(found, lines, strict=True)])


def _parties(ticket: Ticket) -> Options:
    untold = [row for row in affected_of(ticket=ticket) if not row.outcome]
    found = [Choice(str(row.id), party_in_words(row)) for row in untold]
    return Options("" if len(found) == 1 else _("Choose one"), found)


def _categories(ticket: Ticket) -> Options:
    categories = ruleset_get(ticket.rulebook_id).categories.values()
    names = [Choice(row.code, row.name_zh if is_chinese() else row.name_en) for row in categories]
    present = category_name(ticket, chinese=is_chinese())
    return _as_it_is(present, [choice for choice in names if choice.value != ticket.category])


def _places(ticket: Ticket, actor: Actor) -> Options:
    places = [place for place in places_for_report(actor=actor) if place.school_id == ticket.school_id]
    present = ticket.place.name if ticket.place else _("Not given")
    return Options(_("As it is: %(present)s") % {"present": present}, groups=place_groups(places))


def _chosen(choices: type[TextChoices]) -> Options:
    return Options(_("Please choose"), [Choice(str(row), str(row.label)) for row in choices])


def _as_it_is(present: str, choices: Sequence[Choice]) -> Options:
    return Options(_("As it is: %(present)s") % {"present": present}, choices)
