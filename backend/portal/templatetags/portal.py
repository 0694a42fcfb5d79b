"""Template tags of the pages: icons, the name of a thing in the reader's language, and times."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import day_in_words
from backend.common.named import localised as in_readers_language
from backend.portal import due
from backend.portal.action_words import ASKED_BACK
from backend.portal.affected_in_words import party_in_words
from backend.portal.problems import StepProblem
from backend.portal.step_options import Options
from backend.portal.steps import StepField, StepForm
from backend.workflow.action_input import FieldKind
from backend.workflow.models import AffectedParty

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it only repeats what words beside it say."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.filter
def localised(thing: object, field: str) -> str:
    """Write a text that is stored in both languages in the reader's."""
    return in_readers_language(thing, field)


@register.filter
def listed(words: Iterable[str]) -> str:
    """Write several names as one list, with the mark of the reader's language between them."""
    return listed_in_words(words)


@register.filter
def party(affected: AffectedParty) -> str:
    """Write whom an affected party means."""
    return party_in_words(affected)


@register.filter
def moment(at: datetime) -> SafeString:
    """Write an instant as a day and a time of day in the reader's time zone, also for machines."""
    return format_html('<time datetime="{}">{}</time>', _machine(at), due.moment(at))


def _machine(at: datetime) -> str:
    """Write an instant as HTML has it, which knows no microseconds."""
    return at.isoformat(timespec="seconds")


@register.filter
def day(at: date) -> str:
    """Write a day with its year as the reader's language does."""
    return day_in_words(at.astimezone(get_current_timezone()) if isinstance(at, datetime) else at)


@register.filter
def until(start: datetime, end: datetime) -> SafeString:
    """Write from when until when something lasts, in the reader's time zone, also for machines."""
    last = due.until(start=start, end=end)
    return format_html('{} – <time datetime="{}">{}</time>', moment(start), _machine(end), last)


@register.inclusion_tag("portal/_step_field.html")
def step_field(
    step: StepForm, field: StepField, problem: StepProblem | None, options: Mapping[str, Options]
) -> dict[str, Any]:
    """Draw one field of an action's form, with what was typed and what is wrong with it after a refusal."""
    spec = field.spec
    mine = problem if problem and problem.action == step.action else None
    return {
        "id": f"{step.action}-{spec.name}",
        "name": spec.name,
        "label": field.label,
        "hint": field.hint,
        "required": field.is_required,
        "longest": spec.longest,
        "is_line": spec.kind in {FieldKind.LINE, FieldKind.TICKET},
        "is_typed": spec.kind is FieldKind.TICKET,
        "is_left_out": spec.name in ASKED_BACK and mine is None,
        "is_number": spec.kind is FieldKind.NUMBER,
        "is_flag": spec.kind is FieldKind.FLAG,
        "is_moment": spec.kind is FieldKind.MOMENT,
        "options": options.get(spec.name) if options else None,
        "typed": mine.typed.get(spec.name, "") if mine else "",
        "error": mine.message if mine and mine.field == spec.name else "",
    }
