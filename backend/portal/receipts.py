"""The part of a receipt that cannot wait: what whoever is there does at once, and whom they telephone."""

from dataclasses import dataclass

from backend.incidents.models import Report
from backend.organisation.models import School
from backend.portal.cards import is_chinese
from backend.rulebook.ruleset import Severity
from backend.rulebook.selectors import ruleset_get
from backend.rulebook.wording import Emergency
from backend.workflow.answering import outcome_of


@dataclass(frozen=True, slots=True)
class Call:
    """A service to telephone and the school's number for it."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class DoNow:
    """The things to do at once, sentence by sentence, and the services to telephone."""

    lines: tuple[str, ...]
    calls: tuple[Call, ...]


def do_now(*, report: Report, school: School | None) -> DoNow | None:
    """Return what a report's category says to do at once; urgent ones without words of their own name every number."""
    category = ruleset_get(report.ticket.rulebook_id).categories[report.category]
    services = category.call
    if not category.do_now.zh:
        if outcome_of(category=category, answers=report.answers).severity != Severity.P1:
            return None
        services = tuple(Emergency)
    lines = category.do_now.zh if is_chinese() else category.do_now.en
    calls = [Call(str(service.label), getattr(school, f"emergency_{service}")) for service in services]
    return DoNow(lines, tuple(calls))
