"""The shape of short questions in a rulebook file, and what makes no sense in them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, Place, fault
from backend.common.file_shapes import closed, listed, text
from backend.rulebook.outside_fitting import questions_of_reports
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.short_questions import STANDARD, UNKNOWN

MOST_QUESTIONS, FEWEST_ANSWERS, MOST_ANSWERS = 3, 2, 5
KEY = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,19}$"}
NOT_TRANSLATED = _("“%(said)s” is not translated.")
CHINESE_FIRST, CHINESE_LAST = "\u4e00", "\u9fff"


def questions_shape(*, unit_code: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape of a category's questions; an office is written as `unit_code` says."""
    answer = closed(
        {
            "key": KEY,
            "name": closed({"zh": text(40), "en": text(40)}),
            "severity": {"enum": Severity.values},
            "lead": unit_code,
        },
        optional=("name", "severity", "lead"),
    )
    question = closed(
        {
            "key": KEY,
            "ask": closed({"zh": text(80), "en": text(120)}),
            "answers": listed(answer, at_least=FEWEST_ANSWERS, at_most=MOST_ANSWERS),
        }
    )
    return listed(question, at_least=1, at_most=MOST_QUESTIONS)


def question_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the questions of every category, each with the place where it stands."""
    for row in content["categories"]:
        questions = row.get("questions", ())
        place: Place = ("categories", row["code"], "questions")
        yield from _doubled(place, "key", [question["key"] for question in questions])
        for language in ("zh", "en"):
            yield from _doubled(place, language, [_plain(question["ask"][language]) for question in questions])
        of_reports = questions_of_reports(content, row)
        for question in questions:
            yield from _faults_of((*place, question["key"]), question, row)
            changing = [answer for answer in question["answers"] if answer.keys() & {"severity", "lead"}]
            if not changing and question["key"] not in of_reports:
                words = _("no answer changes anything; what changes nothing is not asked.")
                yield fault((*place, question["key"]), words)


def _faults_of(place: Place, question: Mapping[str, Any], category: Mapping[str, Any]) -> Iterator[Fault]:
    answers, below = question["answers"], (*place, "answers")
    yield from _untranslated((*place, "ask"), question["ask"])
    yield from _doubled(below, "key", [answer["key"] for answer in answers])
    for language in ("zh", "en"):
        names = [_plain(answer["name"][language]) for answer in answers if "name" in answer]
        yield from _doubled(below, language, names)
    for answer in answers:
        yield from _answer_faults((*below, answer["key"]), answer, category)


def _answer_faults(place: Place, answer: Mapping[str, Any], category: Mapping[str, Any]) -> Iterator[Fault]:
    severity, lead, usual = answer.get("severity", ""), answer.get("lead"), category["severity"]
    if answer["key"] == UNKNOWN:
        yield fault(place, _("every question takes this answer by itself, and it changes nothing."))
    elif "name" in answer:
        yield from _untranslated((*place, "name"), answer["name"])
    elif answer["key"] not in STANDARD:
        yield fault((*place, "name"), _("only yes and no have words of their own; say it in both languages."))
    if severity >= usual:
        words = _("%(severity)s raises nothing above %(usual)s, the category's own.")
        yield fault((*place, "severity"), words, severity=severity, usual=usual)
    if lead and category["class"] == Confidentiality.K2.value:
        yield fault((*place, "lead"), _("for class K2 student protection answers, whatever is said."))
    elif lead and lead == category["lead"]:
        yield fault((*place, "lead"), _("%(lead)s answers for the category anyway."), lead=lead)


def _doubled(place: Place, what: str, values: Sequence[str]) -> Iterator[Fault]:
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield fault(place, _("%(what)s “%(value)s” stands twice."), what=what, value=value)


def _untranslated(place: Place, words: Mapping[str, str]) -> Iterator[Fault]:
    if _has_letters(words["zh"]) and not _has_chinese(words["zh"]):
        yield fault((*place, "zh"), NOT_TRANSLATED, said=words["zh"])
    if _has_chinese(words["en"]):
        yield fault((*place, "en"), NOT_TRANSLATED, said=words["en"])


def _plain(words: str) -> str:
    """Return words as they are compared: without case, blanks and marks."""
    return "".join(letter for letter in words.casefold() if letter.isalnum())


def _has_letters(words: str) -> bool:
    return any(letter.isalpha() for letter in words)


def _has_chinese(words: str) -> bool:
    return any(CHINESE_FIRST <= letter <= CHINESE_LAST for letter in words)
