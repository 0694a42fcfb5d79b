"""The findings of a rulebook check as sentences, in the words of the school and the active language. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from backend.common.moments import moment_in
from backend.duty.reach import PassedOver, Skip
from backend.rulebook.coverage import Gap, Question, Span, Use
from backend.rulebook.round_rules import RoundPlan, Target
from backend.rulebook.ruleset import ClockName, Severity
from backend.rulebook.short_questions import Choice, ShortQuestion

CLOCK_NAMES: dict[str, Promise] = {
    ClockName.ACKNOWLEDGE: gettext_lazy("Acknowledge"),
    ClockName.ACT: gettext_lazy("Be there and act"),
    ClockName.PROGRESS: gettext_lazy("Report progress"),
    ClockName.CONTAIN: gettext_lazy("Contain"),
    ClockName.RESOLVE: gettext_lazy("Solve"),
    ClockName.WAIT: gettext_lazy("Wait at most"),
    ClockName.VERIFY: gettext_lazy("Verify"),
    ClockName.SILENCE: gettext_lazy("Word from the owner"),
    ClockName.ANSWER: gettext_lazy("Answer the reporter"),
    ClockName.RESULT: gettext_lazy("Give a result"),
    ClockName.ORDER: gettext_lazy("Answer a supervision order"),
    ClockName.DECISION: gettext_lazy("Decide what an office cannot solve"),
    ClockName.OFFER: gettext_lazy("Accept or refuse a hand-over"),
    ClockName.SUBTASK: gettext_lazy("Do what the leading office asks"),
    ClockName.QUESTION: gettext_lazy("Answer a question"),
    ClockName.RECOMMENDATION: gettext_lazy("Answer a recommendation"),
    ClockName.IMPROVEMENT: gettext_lazy("Carry out a recommendation"),
    ClockName.PROMISE: gettext_lazy("Keep the promised date"),
    ClockName.STEP: gettext_lazy("Next step"),
    ClockName.REVIEW: gettext_lazy("Review the cause"),
    ClockName.ADOPTION: gettext_lazy("See to an adopted case"),
}
WHY: dict[PassedOver, Promise] = {
    PassedOver.VACANT: gettext_lazy("nobody holds this post"),
    PassedOver.ABSENT: gettext_lazy("%(people)s: away"),
    PassedOver.NO_CHANNEL: gettext_lazy("%(people)s: no verified way to be reached"),
    PassedOver.CLOSED: gettext_lazy("%(people)s: account closed"),
    PassedOver.NO_ANSWER: gettext_lazy("%(people)s: did not answer the contact test"),
    PassedOver.EXCLUDED: gettext_lazy("%(people)s: supposed to be away"),
}
MOST_NAMED = 6
LeadingAnswer = tuple[str, ShortQuestion, Choice]
"""The code of a category, one of its questions, and an answer that leads to another office."""


@dataclass(frozen=True, slots=True)
class Names:
    """A school's names for its offices (in the language asked for) and people, its time zone, and the whole period."""

    offices: Mapping[UUID, object]
    people: Mapping[UUID, str]
    zone: tzinfo
    whole: Span


def gap_sentence(*, gap: Gap, uses: Mapping[Question, Sequence[Use]], names: Names) -> str:
    """Return one gap in words: who cannot be reached, when, why, and which steps of which categories it leaves open."""
    words = {
        "asked": _asked(gap.questions, names),
        "times": _times(gap.spans, names),
        "why": _listed(_reasons(gap.skips, names), mark=_("; ")),
        "steps": _steps(use for question in gap.questions for use in uses[question]),
    }
    if gap.only is None:
        return _("%(times)s: nobody can be reached as %(asked)s. Why: %(why)s. It concerns %(steps)s.") % words
    words["person"] = names.people.get(gap.only, "?")
    return _("%(times)s: only %(person)s can be reached as %(asked)s. It concerns %(steps)s.") % words


def missing_office_sentence(*, code: str, categories: Sequence[str]) -> str:
    """Return in words that the rulebook names an office which the school does not have."""
    words = {"code": code, "categories": _listed(categories)}
    return _("The school has no office %(code)s, which answers for %(categories)s. They would stay at intake.") % words


def missing_grades_sentence(*, categories: Sequence[str]) -> str:
    """Return in words that the school has no grade group to answer for some categories."""
    words = {"categories": _listed(categories)}
    return _("The school has no grade group, which answers for %(categories)s. They would stay at intake.") % words


def missing_answer_office_sentence(*, code: str, answers: Sequence[LeadingAnswer]) -> str:
    """Return in words that answers to questions name an office which the school does not have."""
    said = (
        _("%(category)s “%(question)s” %(answer)s")
        % {"category": category, "question": question.label, "answer": choice.label}
        for category, question, choice in answers
    )
    words = {"code": code, "answers": _listed(said, mark=_("; "))}
    return _("The school has no office %(code)s, to which these answers lead: %(answers)s.") % words


def missing_support_sentence(*, code: str, categories: Sequence[str]) -> str:
    """Return in words that the rulebook suggests a supporting office which the school does not have."""
    words = {"code": code, "categories": _listed(categories)}
    return _("The school has no office %(code)s, which supports %(categories)s.") % words


def missing_units_sentence(*, plan: RoundPlan, codes: Sequence[str]) -> str:
    """Return in words that a plan of rounds is held for offices or classes which the school does not have."""
    words = {"plan": plan.name, "codes": _listed(codes)}
    return _("“%(plan)s” is asked of these, which the school does not have: %(codes)s.") % words


def missing_places_sentence(*, plan: RoundPlan, codes: Sequence[str]) -> str:
    """Return in words that the route of a plan of rounds leads over places which the school does not have."""
    words = {"plan": plan.name, "codes": _listed(codes)}
    return _("“%(plan)s” leads over these places, which the school does not have: %(codes)s.") % words


def missing_kind_sentence(*, plan: RoundPlan) -> str:
    """Return in words that a plan of rounds asks nobody, for want of offices or classes."""
    if plan.target is Target.CLASSES:
        said = _("“%(plan)s” is asked of nobody, since the school has no classes. Enter them, or switch it off.")
    else:
        said = _("“%(plan)s” is asked of nobody, since the school has no offices. Enter them, or switch it off.")
    return said % {"plan": plan.name}


def misfit_plan_sentence(*, plan: RoundPlan) -> str:
    """Return in words that a plan of rounds is asked of something that its kind is not meant for."""
    said = _(
        "“%(plan)s” (%(kind)s) is asked of: %(target)s. "
        "Rounds of this kind are meant for something else, and these count nowhere. Switch it off."
    )
    return said % {"plan": plan.name, "kind": plan.kind.label, "target": plan.target.label}


def _asked(questions: Sequence[Question], names: Names) -> str:
    plain = {role: None for question in questions if not question.deputies for role in question.roles}
    deputies = {role: None for question in questions if question.deputies for role in question.roles}
    roles = [str(role.label) for role in plain]
    roles += [_("deputy of: %(role)s") % {"role": role.label} for role in deputies if role not in plain]
    units = {question.unit_id: None for question in questions if question.unit_id is not None}
    if not units:
        return _listed(roles)
    words = {"roles": _listed(roles), "offices": _listed(str(names.offices[unit]) for unit in units)}
    return _("%(roles)s (%(offices)s)") % words


def _times(spans: Sequence[Span], names: Names) -> str:
    if tuple(spans) == (names.whole,):
        return _("At any time of the period checked")
    return _listed(_span(span, names) for span in spans)


def _span(span: Span, names: Names) -> str:
    since, until = (moment_in(at=at, zone=names.zone) for at in span)
    return _("%(since)s until %(until)s") % {"since": since, "until": until}


def _reasons(skips: Iterable[Skip], names: Names) -> Iterator[str]:
    people: defaultdict[tuple[str, PassedOver], list[str]] = defaultdict(list)
    for skip in skips:
        known = names.people.get(skip.person_id, "?") if skip.person_id else ""
        people[str(skip.role.label), skip.reason].append(known)
    for (role, reason), named in people.items():
        why = str(WHY[reason]) % {"people": _listed(dict.fromkeys(named))}
        yield _("%(role)s: %(why)s") % {"role": role, "why": why}


def _steps(uses: Iterable[Use]) -> str:
    of_category: defaultdict[str, dict[Use, None]] = defaultdict(dict)
    for use in uses:
        of_category[use.category][use._replace(category="")] = None
    alike: defaultdict[tuple[Use, ...], list[str]] = defaultdict(list)
    for category in sorted(of_category):
        alike[tuple(sorted(of_category[category], key=_order))].append(category)
    groups = [{"categories": _listed(codes), "steps": _of_severities(steps)} for steps, codes in alike.items()]
    return _listed((_("%(categories)s: %(steps)s") % words for words in groups), mark=_("; "))


def _order(use: Use) -> tuple[str, str, int]:
    return use.severity or "", use.clock or "", use.rung


def _of_severities(uses: Sequence[Use]) -> str:
    rungs: defaultdict[Severity, list[tuple[ClockName | None, int]]] = defaultdict(list)
    for use in uses:
        if use.severity is None:
            return _of_round(uses)
        rungs[use.severity].append((use.clock, use.rung))
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for severity in Severity:
        if severity in rungs:
            alike[_rungs(rungs[severity])].append(str(severity.label))
    return _listed(
        _("%(severities)s (%(rungs)s)") % {"severities": _listed(who), "rungs": what} for what, who in alike.items()
    )


def _of_round(uses: Iterable[Use]) -> str:
    """Return the steps of a plan of rounds: who is to look, and the rungs of its ladder."""
    return _listed(_("step %(step)d") % {"step": use.rung} if use.rung else _("who is asked") for use in uses)


def _rungs(rungs: Iterable[tuple[ClockName | None, int]]) -> str:
    of_clock: defaultdict[ClockName | None, set[int]] = defaultdict(set)
    for clock, rung in rungs:
        of_clock[clock].add(rung)
    return _listed(_step(clock, of_clock[clock]) for clock in (None, *ClockName) if clock in of_clock)


def _step(clock: ClockName | None, rungs: Iterable[int]) -> str:
    if clock is None:
        return _("told at once")
    steps = "+".join(map(str, sorted(rungs)))
    return _("“%(clock)s” step %(steps)s") % {"clock": CLOCK_NAMES[clock], "steps": steps}


def _listed(words: Iterable[str], *, mark: str | None = None) -> str:
    between = pgettext("between words of a list", ", ") if mark is None else mark
    all_words = list(words)
    more = len(all_words) - MOST_NAMED
    if more <= 1:
        return between.join(all_words)
    rest = ngettext("%(count)d more", "%(count)d more", more) % {"count": more}
    return between.join([*all_words[:MOST_NAMED], rest])
