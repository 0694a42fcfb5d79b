"""The shape of short questions in a rulebook file, and what makes no sense in them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.common.file_shapes import closed, listed, text
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.short_questions import STANDARD, UNKNOWN

MOST_QUESTIONS, FEWEST_ANSWERS, MOST_ANSWERS = 3, 2, 5
KEY = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,19}$"}
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


def question_errors(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the questions of every category, each with the place where it stands."""
    for row in content["categories"]:
        questions = row.get("questions", ())
        where = f"categories/{row['code']}/questions"
        yield from _doubled(where, "key", [question["key"] for question in questions])
        for language in ("zh", "en"):
            yield from _doubled(where, language, [_plain(question["ask"][language]) for question in questions])
        for question in questions:
            yield from _errors_of(f"{where}/{question['key']}", question, row)


def _errors_of(where: str, question: Mapping[str, Any], category: Mapping[str, Any]) -> Iterator[str]:
    answers = question["answers"]
    yield from _untranslated(f"{where}/ask", question["ask"])
    yield from _doubled(f"{where}/answers", "key", [answer["key"] for answer in answers])
    for language in ("zh", "en"):
        names = [_plain(answer["name"][language]) for answer in answers if "name" in answer]
        yield from _doubled(f"{where}/answers", language, names)
    for answer in answers:
        yield from _answer_errors(f"{where}/answers/{answer['key']}", answer, category)
    if not any("severity" in answer or "lead" in answer for answer in answers):
        yield f"{where}: no answer changes anything; what changes nothing is not asked."


def _answer_errors(where: str, answer: Mapping[str, Any], category: Mapping[str, Any]) -> Iterator[str]:
    if answer["key"] == UNKNOWN:
        yield f"{where}: every question takes this answer by itself, and it changes nothing."
    elif "name" in answer:
        yield from _untranslated(f"{where}/name", answer["name"])
    elif answer["key"] not in STANDARD:
        yield f"{where}/name: only yes and no have words of their own; say it in both languages."
    if answer.get("severity", "") >= category["severity"]:
        yield f"{where}/severity: {answer['severity']} raises nothing above {category['severity']}, the category's own."
    if "lead" in answer and category["class"] == Confidentiality.K2.value:
        yield f"{where}/lead: for class K2 student protection answers, whatever is said."
    elif answer.get("lead") == category["lead"]:
        yield f"{where}/lead: {answer['lead']} answers for the category anyway."


def _doubled(where: str, what: str, values: Sequence[str]) -> Iterator[str]:
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield f"{where}: {what} {value!r} stands twice."


def _untranslated(where: str, words: Mapping[str, str]) -> Iterator[str]:
    if _has_letters(words["zh"]) and not _has_chinese(words["zh"]):
        yield f"{where}/zh: {words['zh']!r} is not translated."
    if _has_chinese(words["en"]):
        yield f"{where}/en: {words['en']!r} is not translated."


def _plain(words: str) -> str:
    """Return words as they are compared: without case, blanks and marks."""
    return "".join(letter for letter in words.casefold() if letter.isalnum())


def _has_letters(words: str) -> bool:
    return any(letter.isalpha() for letter in words)


def _has_chinese(words: str) -> bool:
    return any(CHINESE_FIRST <= letter <= CHINESE_LAST for letter in words)
