"""The history of a ticket in sentences, one for each event of its ledger. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from backend.duty.reach import PassedOver
from backend.organisation.roles import Role
from backend.outside.models import OutsideWord
from backend.portal.affected_in_words import affected_in_words, handled_in_words
from backend.portal.due import moment
from backend.portal.event_words import DONE, ICONS
from backend.portal.fixes_in_words import fixed_in_words
from backend.portal.missed_words import REASONS, missed_in_words
from backend.portal.recommendation_words import recommended_in_words
from backend.rounds.models import PeriodDecision
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.short_questions import Answered
from backend.workflow.actions.link import LINK
from backend.workflow.actions.merge import MERGE
from backend.workflow.actions.resume import RESUME
from backend.workflow.actions.route import ROUTE
from backend.workflow.as_reporter import is_reporters_own
from backend.workflow.ledger import SERVICE, UNNAMED
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.policy import Part
from backend.workflow.system_events import ESCALATED, MERGED_HERE

CORRECTED: dict[str, Promise] = {
    "category": gettext_lazy("What it is about"),
    "severity": gettext_lazy("Urgency"),
    "class": gettext_lazy("Who may see it"),
    "place": gettext_lazy("Place"),
    "office": gettext_lazy("Office"),
}
CHOICES: dict[str, type[Severity | Confidentiality]] = {"severity": Severity, "class": Confidentiality}
SAID: dict[str, Promise] = {
    "whom": gettext_lazy("Asked: "),
    "answered_on": gettext_lazy("Day: "),
    "needed": gettext_lazy("What is needed: "),
    "decided_in": gettext_lazy("Decided: "),
    "provided": gettext_lazy("What is provided: "),
}
"""The words before each thing that somebody said besides the note."""
SAID_WHEN_FILING = frozenset({MERGE.name, MERGED_HERE.name, LINK.name})
"""Said by a reporter of an earlier ticket when filing: the ledger names nobody there."""

ERASED = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a timeline: when, what happened, the words somebody wrote, and small print."""

    at: datetime
    icon: str
    sentence: str
    note: str = ""
    details: tuple[str, ...] = ()
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a ledger's ids stand for."""

    known: Mapping[UUID, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answered] = field(default_factory=dict)

    def person(self, identity: str | UUID | None) -> str:
        """Return a person's name, or a word for one whose name is gone."""
        return self.known.get(UUID(str(identity)), _("somebody")) if identity else _("somebody")


def body_of(event: TicketEvent) -> dict[str, Any]:
    """Return what an event says; nothing after an erasure."""
    payload = getattr(event, "payload", None)
    return payload.body if payload else {}


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of the people, offices and places that some events name."""

    people: set[UUID]
    offices: set[UUID]
    places: set[UUID]


def ids_named(events: Sequence[TicketEvent]) -> Named:
    """Return the ids that some events name."""
    people = {event.actor_id for event in events if event.actor_id}
    offices: set[UUID] = set()
    places: set[UUID] = set()
    for event in events:
        body = body_of(event)
        offices |= _ids_of(body, "office")
        places |= _ids_of(body, "place")
        listed = [
            *body.get("paged", ()),
            *body.get("opened_to", ()),
            body.get("assignee"),
            body.get("adopter"),
            *(skip["person"] for skip in body.get("passed_over", ())),
        ]
        people.update(UUID(identity) for identity in listed if identity)
        if "office" in body:
            offices.add(UUID(body["office"]))
    return Named(people, offices, places)


def _ids_of(body: Mapping[str, Any], name: str) -> set[UUID]:
    change = body.get("changes", {}).get(name, {})
    return {UUID(identity) for identity in change.values() if identity}


def lines_of(*, ticket: Ticket, events: Sequence[TicketEvent], names: Names, opened: Collection[Part]) -> list[Line]:
    """Tell a timeline, first to last, as far as it is opened to the reader."""
    return [_line(ticket, event, names, opened) for event in events]


def _line(ticket: Ticket, event: TicketEvent, names: Names, opened: Collection[Part]) -> Line:
    body = body_of(event)
    icon = ICONS[event.kind]
    if event.kind == ESCALATED.name:
        details = (
            tuple(_escalation_details(body, names))
            if Part.INTERNAL in opened
            else (_("The next person up has been told."),)
        )
        return Line(event.at, icon, missed_in_words(body), details=details, is_alarm=True)
    if event.kind == ROUTE.name:
        return Line(event.at, icon, _routed(body, names), details=tuple(_because(body.get("led_by"), names)))
    if event.kind == RESUME.name and event.actor_id is None:
        return Line(event.at, icon, _("The wait was over, so work goes on."), details=tuple(_waited(body)))
    words = {
        "who": _who(ticket, event, names, opened),
        "assignee": names.person(body.get("assignee")),
        "adopter": names.person(body.get("adopter")),
        "office": _office(body, names),
        "party": body.get("waiting_for") or _("somebody"),
        "file": body.get("name") or _("name erased"),
        **_of_plan(body),
        "opened_to": listed([names.person(identity) for identity in body.get("opened_to", ())]),
    }
    told = (
        *fixed_in_words(body),
        *affected_in_words(body),
        *_asked(body),
        *recommended_in_words(body),
        *handled_in_words(body),
    )
    details = (*_changes(body, names), *_raised(body, names), *_waited(body), *told, *_through(body))
    return Line(event.at, icon, _begun(str(DONE[event.kind]) % words), note=body.get("note", ""), details=details)


def _changes(body: Mapping[str, Any], names: Names) -> Iterator[str]:
    for name, change in body.get("changes", {}).items():
        before, after = (_value(name, change[end], names) for end in ("from", "to"))
        yield _("%(what)s: %(before)s → %(after)s") % {"what": CORRECTED[name], "before": before, "after": after}


def _raised(body: Mapping[str, Any], names: Names) -> Iterator[str]:
    """Say that an answer, or a line of a checklist, made it more urgent than its category is, and which."""
    if "raised_from" in body:
        before, after = (_value("severity", body[name], names) for name in ("raised_from", "severity"))
        yield _("%(what)s: %(before)s → %(after)s") % {
            "what": CORRECTED["severity"],
            "before": before,
            "after": after,
        }
        by_line = _("Because of the line of a checklist by which it was found.")
        yield from _because(body["raised_by"], names) if "raised_by" in body else [by_line]


def _because(question: str | None, names: Names) -> Iterator[str]:
    """Say the answer to which something is owed; nothing of one that was erased."""
    given = names.answers.get(question or "")
    if given:
        words = {"question": given.question.label, "answer": given.choice.label}
        yield _("Because of the answer to “%(question)s”: %(answer)s.") % words


def _waited(body: Mapping[str, Any]) -> Iterator[str]:
    """Say until when it will wait, or for whom and how long it waited."""
    since, until = (parse_datetime(body.get(name, "")) for name in ("waited_from", "waited_until"))
    latest = parse_datetime(body.get("waiting_until", ""))
    if latest:
        yield _("At most until %(until)s.") % {"until": moment(latest)}
    if since and until:
        words = {"party": body["waited_for"], "since": moment(since), "until": moment(until)}
        yield _("It waited for %(party)s from %(since)s until %(until)s.") % words


def _asked(body: Mapping[str, Any]) -> Iterator[str]:
    """Say by when something is asked for or promised, what was said besides, and how often the date was changed."""
    due_at = parse_datetime(body.get("due_at", ""))
    if due_at:
        yield _("By %(time)s.") % {"time": moment(due_at)}
    for name, said in SAID.items():
        if body.get(name):
            yield f"{said}{body[name]}"
    if times := body.get("changed_times"):
        yield ngettext("Changed once.", "Changed %(times)d times.", times) % {"times": times}


def _through(body: Mapping[str, Any]) -> Iterator[str]:
    """Say by which program it was done, as that was called then."""
    if SERVICE in body:
        yield _("Through %(program)s.") % {"program": body[SERVICE]["name"]}


def _value(name: str, value: str | None, names: Names) -> str:
    if value is None:
        return _("not given")
    if name in CHOICES:
        return str(CHOICES[name](value).label)
    if name == "category":
        return names.categories.get(value, value)
    return names.known.get(UUID(value), _("unknown"))


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _who(ticket: Ticket, event: TicketEvent, names: Names, opened: Collection[Part]) -> str:
    if event.actor_id is None and ticket.reporter_id is None:
        return _("The anonymous reporter") if UNNAMED in body_of(event) else _("The system")
    is_hidden = is_reporters_own(event=event, ticket=ticket) and Part.REPORTER not in opened
    if is_hidden or (event.actor_id is None and event.kind in SAID_WHEN_FILING):
        return _("the reporter")
    return names.person(event.actor_id)


def _office(body: Mapping[str, Any], names: Names) -> str:
    found = names.known.get(UUID(body["office"])) if "office" in body else None
    return found or _("another office")


def _routed(body: Mapping[str, Any], names: Names) -> str:
    office = names.known.get(UUID(body["office"])) if "office" in body else None
    if office is None:
        return _("It was passed to the office that answers for it.")
    if body.get("found"):
        return _("It was passed to the office that answers for it: %(office)s.") % {"office": office}
    return _("No office is set up for this category yet, so it stays with %(office)s.") % {"office": office}


def _escalation_details(body: Mapping[str, Any], names: Names) -> Iterator[str]:
    paged = [names.person(identity) for identity in body.get("paged", ())]
    if paged:
        roles = listed([str(Role(role).label) for role in body["roles"]])
        yield _("Told: %(people)s (%(roles)s).") % {"people": listed(paged), "roles": roles}
    elif body.get("reached"):
        yield _("Everybody on this step had been told already.")
    else:
        yield _("Nobody on this step could be reached. Please tell the principal in person.")
    for skip in body.get("passed_over", ()):
        # Nothing shows that somebody was left out because the report concerns them.
        if skip["reason"] != PassedOver.EXCLUDED:
            yield _passed_over(skip, names)


def _passed_over(skip: Mapping[str, Any], names: Names) -> str:
    words = {"role": Role(skip["role"]).label, "reason": REASONS[skip["reason"]]}
    if skip["person"] is None:
        return _("Passed over: %(role)s, %(reason)s.") % words
    return _("Passed over: %(person)s (%(role)s), %(reason)s.") % {**words, "person": names.person(skip["person"])}


def _of_plan(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of a response plan and its step, who is told outside and why, and what a review chose."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    named = {name: body[name][language] for name in ("plan", "step", "to", "trigger") if name in body}
    what = str(OutsideWord.Kind(body["what"]).label) if "word" in body else ERASED
    chosen = str(PeriodDecision.Choice(body["choice"]).label) if "period" in body else ERASED
    return {**dict.fromkeys(("plan", "step", "to", "trigger"), ERASED), **named, "what": what, "choice": chosen}


def listed(words: Sequence[str]) -> str:
    """Join words as the reader's language lists them."""
    return _(", ").join(words)
