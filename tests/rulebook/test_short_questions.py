"""Short questions in a rulebook: both files ask what changes something, and what makes no sense is a finding."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from backend.organisation.roles import Role
from backend.rulebook.changes import changes_between
from backend.rulebook.fitting import Fit, content_fitted, fit_of, offices_asked
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.selectors import coverage_get
from backend.rulebook.selectors.checking import ruleset_check
from backend.rulebook.validation import rulebook_errors
from tests.rulebook.conftest import small_content
from tests.world import World, rulebook_content

HURT = {
    "key": "hurt",
    "ask": {"zh": "有人受伤吗？", "en": "Is anybody hurt?"},
    "answers": [{"key": "yes", "severity": "P1"}, {"key": "no"}],
}
STAIRS = {
    "key": "stairs",
    "ask": {"zh": "是楼梯吗？", "en": "Is it the stairs?"},
    "answers": [{"key": "yes", "lead": "academic"}, {"key": "no"}],
}
ASKED_OF = {
    *("F01", "F02", "F03", "F04", "B01", "B02", "B04", "B05", "B06", "D02", "D03", "H01", "H03"),
    *("N02", "N03", "S02", "S03", "S04", "S05", "S07", "C02", "T03", "T04", "X01", "X02", "X05"),
}


def with_questions(*questions: dict[str, Any], code: str = "F02") -> dict[str, Any]:
    """Return the shipped rulebook with these questions of one category."""
    content = deepcopy(rulebook_content())
    next(row for row in content["categories"] if row["code"] == code)["questions"] = [*questions]
    return content


def changed(question: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return a question with a change."""
    row = deepcopy(question)
    change(row)
    return row


def test_the_shipped_rulebooks_ask_only_what_changes_something() -> None:
    categories = ruleset_from_content(rulebook_content()).categories
    assert {code for code, category in categories.items() if category.questions} == ASKED_OF
    for category in categories.values():
        for question in category.questions:
            assert any(choice.severity or choice.lead for choice in question.choices)
            assert question.choice("unknown")


@pytest.mark.slow("tests/rulebook/test_short_questions.py", after=4)
@pytest.mark.parametrize(
    ("questions", "code", "error"),
    [
        ([changed(HURT, lambda row: row["answers"][0].update(severity="P2"))], "F02", "hurt/answers/yes/severity: P2"),
        ([HURT], "F01", "F01/questions/hurt/answers/yes/severity: P1 raises nothing"),
        ([changed(HURT, lambda row: row["answers"][0].update(severity="P0"))], "F02", "'P0' is not one of"),
        ([changed(HURT, lambda row: row["answers"][0].pop("severity"))], "F02", "hurt: no answer changes anything"),
        ([changed(STAIRS, lambda row: row["answers"][0].update(lead="security"))], "F02", "yes/lead: security answers"),
        ([STAIRS], "C02", "C02/questions/stairs/answers/yes/lead: for class K2 student protection answers"),
        ([HURT, changed(HURT, lambda row: row.update(key="injured"))], "F02", "questions: en “isanybodyhurt” stands"),
        ([HURT, changed(STAIRS, lambda row: row.update(key="hurt"))], "F02", "questions: key “hurt” stands twice"),
        ([HURT, STAIRS, HURT, STAIRS], "F02", "categories/1/questions: ["),
        ([changed(HURT, lambda row: row["answers"].append({"key": "yes"}))], "F02", "hurt/answers: key “yes” stands"),
        (
            [changed(HURT, lambda row: row["answers"].append({"key": "unknown"}))],
            "F02",
            "unknown: every question takes",
        ),
        ([changed(HURT, lambda row: row["answers"].append({"key": "some"}))], "F02", "some/name: only yes and no"),
        ([changed(HURT, lambda row: row["ask"].update(zh="Is anybody hurt?"))], "F02", "hurt/ask/zh: “Is anybody"),
        ([changed(HURT, lambda row: row["ask"].pop("en"))], "F02", "'en' is a required property"),
        (
            [changed(HURT, lambda row: row["answers"].append({"key": "two", "name": {"zh": "两人", "en": "两人"}}))],
            "F02",
            "hurt/answers/two/name/en: “两人” is not translated",
        ),
        ([changed(HURT, lambda row: row["answers"][0].update(key=True))], "F02", "True is not of type 'string'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(questions: list[dict[str, Any]], code: str, error: str) -> None:
    assert rulebook_errors(with_questions(HURT, STAIRS)) == []
    found = rulebook_errors(with_questions(*questions, code=code))
    assert any(error in each for each in found), found


def test_an_answer_that_leads_to_an_office_the_school_has_not_is_a_finding(world: World) -> None:
    content = small_content()
    next(row for row in content["categories"] if row["code"] == "F02")["questions"] = [STAIRS]
    (finding,) = coverage_get(school=world.school, ruleset=ruleset_from_content(content), since=world.now).findings
    assert finding.text_en == (
        "The school has no office academic, to which these answers lead: F02 “Is it the stairs?” Yes."
    )
    assert "“是楼梯吗？”" in finding.text_zh


def test_an_office_that_an_answer_names_is_checked_as_an_owner_of_its_category(world: World) -> None:
    content = small_content()
    next(row for row in content["categories"] if row["code"] == "F02")["questions"] = [HURT]
    checked = ruleset_check(school=world.school, ruleset=ruleset_from_content(content), since=world.now)
    units = world.home.units
    assert checked.owners["F02"] == [units["security"].id]
    assert checked.owners["F01"] == [units["security"].id, units["facilities"].id]
    assert checked.owners["C02"] == [units["student-protection"].id]


def test_offices_that_answers_name_are_fitted_to_the_school_and_found_again() -> None:
    preset = with_questions(HURT, STAIRS)
    assert "F02" in offices_asked(preset)["academic"]
    fit = Fit({code: f"our-{code}" for code in offices_asked(preset)}, Role.BOARD_CHAIR)
    own = content_fitted(preset, fit)
    category = ruleset_from_content(own).categories["F02"]
    assert category.leads == ("our-security", "our-academic")
    assert rulebook_errors(own) == []
    assert fit_of(preset, own).offices == fit.offices


def test_a_question_that_changes_nothing_at_a_school_is_not_asked_there() -> None:
    preset = with_questions(HURT, STAIRS)
    own = content_fitted(preset, Fit(dict.fromkeys(offices_asked(preset), "office"), Role.BOARD_CHAIR))
    assert [question.key for question in ruleset_from_content(own).categories["F02"].questions] == ["hurt"]
    assert rulebook_errors(own) == []


def test_a_change_of_a_question_is_said_when_a_version_is_loaded() -> None:
    before, after = (ruleset_from_content(with_questions(*asked)) for asked in ([HURT], [HURT, STAIRS]))
    assert changes_between(before=before, after=after) == [
        "~ category F02: questions hurt (yes → P1, no) → hurt (yes → P1, no) + stairs (yes → academic, no)"
    ]
