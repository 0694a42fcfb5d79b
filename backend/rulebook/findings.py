"""The findings of a rulebook check as they are shown and kept: first what reaches nobody, then warnings. Pure."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from backend.rulebook.coverage import Gap, Questions
from backend.rulebook.round_rules import TARGETS, UnitsAsked
from backend.rulebook.ruleset import LEAD_GRADE, Ruleset
from backend.rulebook.words import (
    LeadingAnswer,
    Names,
    gap_sentence,
    misfit_plan_sentence,
    missing_answer_office_sentence,
    missing_grades_sentence,
    missing_kind_sentence,
    missing_office_sentence,
    missing_places_sentence,
    missing_support_sentence,
    missing_units_sentence,
)

LANGUAGES = (("zh", "zh-hans"), ("en", "en"))
MOST_SPANS = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found, in both languages; `identity` stays the same while it is the same trouble."""

    identity: str
    text_zh: str
    text_en: str
    spans: tuple[tuple[datetime, datetime], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the finding as it is stored and shown."""
        return {
            "text": {"zh": self.text_zh, "en": self.text_en},
            "times": [[since.isoformat(), until.isoformat()] for since, until in self.spans[:MOST_SPANS]],
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """The outcome of a check: findings are nobody's, warnings rest on one person or lack a supporting office."""

    since: datetime
    until: datetime
    findings: tuple[Finding, ...]
    warnings: tuple[Finding, ...]

    @property
    def digest(self) -> str:
        """A digest that changes when there is other trouble, or when trouble ahead has begun."""
        told = json.dumps([finding.identity for finding in self.findings], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


def coverage_in_words(
    *,
    ruleset: Ruleset,
    known_offices: Iterable[str],
    has_grades: bool,
    targets: UnitsAsked,
    places: Collection[str],
    gaps: Sequence[Gap],
    uses: Questions,
    names: Names,
) -> Coverage:
    """Return what was found in words of both languages."""
    since, until = names.whole
    known = set(known_offices)
    nobody = (gap for gap in gaps if gap.only is None)
    one = (gap for gap in gaps if gap.only is not None)
    return Coverage(
        since=since,
        until=until,
        findings=(
            *_missing_leads(ruleset, known, has_grades=has_grades),
            *_missing_by_answers(ruleset, known, has_grades=has_grades),
            *_missing_units(ruleset, targets),
            *_missing_places(ruleset, places),
            *_misfits(ruleset),
            *_gaps(nobody, uses, names),
        ),
        warnings=(
            *_gaps(one, uses, names),
            *_missing_support(ruleset, known, has_grades=has_grades),
            *_missing_kinds(ruleset, targets),
        ),
    )


def _missing_leads(ruleset: Ruleset, known: set[str], *, has_grades: bool) -> Iterator[Finding]:
    wanting: defaultdict[str, list[str]] = defaultdict(list)
    for category in ruleset.categories.values():
        wanting[category.lead].append(category.code)
    for code, categories in _without(wanting, known):
        if code != LEAD_GRADE:
            yield _finding(f"office {code}", missing_office_sentence, code=code, categories=categories)
        elif not has_grades:
            yield _finding("grades", missing_grades_sentence, categories=categories)


def _missing_by_answers(ruleset: Ruleset, known: set[str], *, has_grades: bool) -> Iterator[Finding]:
    wanting: defaultdict[str, list[LeadingAnswer]] = defaultdict(list)
    for category in ruleset.categories.values():
        for question in category.questions:
            for choice in question.choices:
                if choice.lead:
                    wanting[choice.lead].append((category.code, question, choice))
    for code, answers in wanting.items():
        if code not in known and (code != LEAD_GRADE or not has_grades):
            yield _finding(f"answers {code}", missing_answer_office_sentence, code=code, answers=answers)


def _missing_units(ruleset: Ruleset, targets: UnitsAsked) -> Iterator[Finding]:
    for plan in ruleset.round_plans.values():
        codes = [code for code in plan.only if code not in targets[plan.target]]
        if codes and not plan.is_off:
            yield _finding(f"plan {plan.code} {codes}", missing_units_sentence, plan=plan, codes=codes)


def _missing_places(ruleset: Ruleset, places: Collection[str]) -> Iterator[Finding]:
    for plan in ruleset.round_plans.values():
        codes = [code for code in plan.route if code not in places]
        if codes and not plan.is_off:
            yield _finding(f"route {plan.code} {codes}", missing_places_sentence, plan=plan, codes=codes)


def _misfits(ruleset: Ruleset) -> Iterator[Finding]:
    """Yield the plans of rules from before whose kind is asked of something else."""
    for plan in ruleset.round_plans.values():
        if not plan.is_off and plan.target not in TARGETS[plan.kind]:
            yield _finding(f"misfit {plan.code}", misfit_plan_sentence, plan=plan)


def _missing_kinds(ruleset: Ruleset, targets: UnitsAsked) -> Iterator[Finding]:
    """Yield the plans that nobody is asked for, since the school has no unit of that kind."""
    for plan in ruleset.round_plans.values():
        if not (plan.is_off or plan.only or plan.may_ask(targets)):
            yield _finding(f"nobody {plan.code}", missing_kind_sentence, plan=plan)


def _missing_support(ruleset: Ruleset, known: set[str], *, has_grades: bool) -> Iterator[Finding]:
    wanting: defaultdict[str, list[str]] = defaultdict(list)
    for category in ruleset.categories.values():
        for code in category.support:
            wanting[code].append(category.code)
    for code, categories in _without(wanting, known):
        if code != LEAD_GRADE or not has_grades:
            yield _finding(f"support {code}", missing_support_sentence, code=code, categories=categories)


def _without(wanting: Mapping[str, list[str]], known: set[str]) -> list[tuple[str, list[str]]]:
    return [(code, categories) for code, categories in wanting.items() if code not in known]


def _gaps(gaps: Iterable[Gap], uses: Questions, names: Names) -> Iterator[Finding]:
    for gap in gaps:
        yield _finding(_identity(gap, names), gap_sentence, spans=gap.spans, gap=gap, uses=uses, names=names)


def _identity(gap: Gap, names: Names) -> str:
    first = gap.spans[0][0]
    asked = [f"{'|'.join(question.roles)} {question.deputies} {question.unit_id or ''}" for question in gap.questions]
    begun = "now" if first == names.whole[0] else first.isoformat()
    return f"{sorted(asked)} {begun}"


def _finding(identity: str, say: Callable[..., str], *, spans: tuple[Any, ...] = (), **words: Any) -> Finding:
    texts = {}
    for key, language in LANGUAGES:
        with translation.override(language):
            texts[key] = say(**words)
    return Finding(identity, texts["zh"], texts["en"], spans)
