"""The rulebooks as shipped: complete, in step with each other, with the schema and with the table of clocks."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator

from backend.rulebook.clock_edits import clocks_out_of_bounds
from backend.rulebook.countries import content_for
from backend.rulebook.files import rulebook_read
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.ruleset import LEAD_GRADE, Clock, ClockName, Confidentiality, Ruleset, Severity
from backend.rulebook.validation import rulebook_errors, schema_text
from backend.rulebook.wording import Group
from tests.world import RULEBOOK

FOLDER = RULEBOOK.parent
CHINA, ABROAD = FOLDER / "cn-school.yaml", FOLDER / "international.yaml"
OFFICES = {
    *("security", "facilities", "student-affairs", "academic", "health-room", "canteen", "it-centre", "school-office"),
    *("student-protection", LEAD_GRADE),
}
GROUPS = {"F": 4, "B": 6, "D": 3, "H": 4, "N": 3, "S": 7, "C": 4, "T": 4, "X": 5}
CODES = [f"{group}{number:02}" for group, count in GROUPS.items() for number in range(1, count + 1)]
URGENT = {"F01", "B03", "D01", "H02", "H04", "N01", "S01", "S04", "C01", "C03", "C04", "T01", "T02", "X01", "X03"}
TABLE = {
    "P1": {
        "acknowledge": "5m | 0m deputy of handler office_head vice_principal principal | 5m coordinator bureau_officer",
        "act": "15m | 0m vice_principal | 10m principal | 20m bureau_officer",
        "progress": "2h | 0m office_head | 30m vice_principal",
        "contain": "4h | 0m principal | 1h bureau_officer",
        "resolve": "24h | 0m principal | 4h bureau_officer",
        "verify": "24h | 0m coordinator | 4h vice_principal | 24h principal",
        "silence": "1d | 0m office_head | 12h vice_principal",
    },
    "P2": {
        "acknowledge": "30m | 0m office_head | 30m vice_principal | 2h principal",
        "act": "2h | 0m vice_principal | 2h principal | 24h bureau_officer",
        "progress": "1d | 0m office_head | 1d vice_principal",
        "resolve": "72h | 0m principal | 24h bureau_officer",
        "wait": "10dW | 0m office_head",
        "verify": "24h | 0m coordinator | 24h vice_principal | 48h principal",
        "silence": "2d | 0m office_head | 1d vice_principal",
    },
    "P3": {
        "acknowledge": "4hW | 0m office_head | 1dW vice_principal | 3dW principal",
        "act": "1dW | 0m office_head | 2dW vice_principal | 4dW principal",
        "resolve": "5dW | 0m office_head | 3dW vice_principal | 5dW principal",
        "wait": "10dW | 0m office_head",
        "verify": "3dW | 0m coordinator | 3dW vice_principal",
        "silence": "3dW | 0m office_head | 2dW vice_principal",
    },
    "P4": {
        "acknowledge": "1dW | 0m office_head | 5dW vice_principal",
        "act": "3dW | 0m office_head | 5dW vice_principal",
        "resolve": "15dW | 0m office_head | 5dW vice_principal | 10dW principal",
        "wait": "10dW | 0m office_head",
        "verify": "3dW | 0m coordinator | 3dW vice_principal",
        "silence": "5dW | 0m office_head | 5dW vice_principal",
    },
}
REPEATS = {
    "P1": "10m 15m 1h 4h 1d 1d 1d",
    "P2": "2h 1d 1d 1d 1d 2d 1d",
    "P3": "5d 5d 5d 5d 5d 5d",
    "P4": "10d 10d 10d 10d 10d 5d",
}


@cache
def read(path: Path) -> dict[str, Any]:
    """Read a file once, since reading and checking it takes a tenth of a second."""
    return rulebook_read(path)


def written(path: Path) -> dict[str, Any]:
    """Return what a file says, to be changed at will."""
    return deepcopy(read(path))


def rules(path: Path) -> Ruleset:
    """Return a file's rules."""
    return ruleset_from_content(written(path))


def ladder(clock: Clock) -> str:
    """Return a clock as the table above writes it."""
    rungs = [f"{r.after}{' deputy of' if r.deputies else ''} {' '.join(r.tell)}" for r in clock.rungs]
    return " | ".join([str(clock.within), *rungs])


@pytest.mark.parametrize("path", [CHINA, ABROAD], ids=lambda path: path.stem)
def test_every_category_stands_once_with_both_names_an_office_and_its_class(path: Path) -> None:
    categories = rules(path).categories
    assert list(categories) == CODES
    assert {code for code, category in categories.items() if category.severity is Severity.P1} == URGENT
    assert [code for code, row in categories.items() if row.confidentiality is Confidentiality.K2] == CODES[27:31]
    for category in categories.values():
        assert re.search(r"[\u4e00-\u9fff]", category.name_zh)
        assert re.fullmatch(r"[A-Z][\x20-\x7e]+", category.name_en)
        assert {category.lead, *category.support} <= OFFICES
        assert category.lead not in category.support


def test_every_category_is_found_by_words_of_both_languages_and_every_urgent_one_says_what_to_do() -> None:
    categories = rules(CHINA).categories
    assert {category.group for category in categories.values()} == set(Group)
    for code, category in categories.items():
        for words, least in ((category.synonyms, 5), (category.examples, 2)):
            assert len(words.zh) >= least <= len(words.en), code
            assert all(re.search(r"[\u4e00-\u9fff]", word) for word in words.zh), code
            assert all(re.fullmatch(r"[\x20-\x7e]+", word) for word in words.en), code
        assert len(category.do_now.zh) == len(category.do_now.en), code
    assert {code for code, category in categories.items() if category.do_now.zh} == {*URGENT, "S02", "S03"}
    assert all(bool(category.do_now.zh) == bool(category.call) for category in categories.values())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"group": "weather"}, "categories/0/group"),
        ({"synonyms": {"zh": ["冒烟"]}}, "'en' is a required property"),
        ({"synonyms": {"zh": ["冒烟", "冒烟"], "en": ["smoke"]}}, "non-unique"),
        ({"do_now": {"call": ["army"], "zh": ["快走。"], "en": ["Go."]}}, "categories/0/do_now/call/0"),
    ],
)
def test_words_to_find_a_category_by_are_checked(changes: dict[str, Any], error: str) -> None:
    content = written(CHINA)
    content["categories"][0].update(changes)
    assert [error in found for found in rulebook_errors(content)] == [True]


def test_a_file_from_before_there_were_such_words_still_loads() -> None:
    content = written(CHINA)
    for row in content["categories"]:
        for field in ("group", "synonyms", "examples", "do_now"):
            row.pop(field, None)
    assert rulebook_errors(content) == []
    found = ruleset_from_content(content).categories["F01"]
    assert (found.group, found.synonyms.zh, found.call) == (Group.OTHER, (), ())


@pytest.mark.parametrize("path", [CHINA, ABROAD], ids=lambda path: path.stem)
def test_clocks_and_ladders_are_those_of_the_table(path: Path) -> None:
    found = rules(path)
    assert {
        severity: {name: ladder(clock) for name, clock in clocks.items()} for severity, clocks in found.clocks.items()
    } == TABLE
    clocks = written(path)["clocks"]
    assert {severity: " ".join(row["repeat"] for row in rows.values()) for severity, rows in clocks.items()} == REPEATS
    assert {name: str(clock.within) for name, clock in found.bounds.items()} == {"answer": "7d", "result": "90d"}


def test_bullying_has_ten_days_and_only_where_the_table_says_so() -> None:
    found = rules(CHINA)
    resolve = [
        (category, severity, str(found.clocks_of(category=category, severity=severity)[ClockName.RESOLVE].within))
        for category in ("C02", "C01")
        for severity in (Severity.P1, Severity.P2)
    ]
    assert resolve == [("C02", "P1", "24h"), ("C02", "P2", "10d"), ("C01", "P1", "24h"), ("C01", "P2", "72h")]
    own, usual = (found.clocks_of(category=code, severity=Severity.P2)[ClockName.RESOLVE] for code in ("C02", "C01"))
    assert (own.rungs, own.repeat) == (usual.rungs, usual.repeat)


def test_both_rulebooks_differ_only_in_their_reports_to_authorities() -> None:
    ours, theirs = written(CHINA), written(ABROAD)
    for content in (ours, theirs):
        for row in content["categories"]:
            row.pop("outside_clocks", None)
        del content["outside_clocks"], content["outside"], content["name"]
    assert ours == theirs


@pytest.mark.parametrize("path", [CHINA, ABROAD], ids=lambda path: path.stem)
def test_every_outside_clock_says_where_it_comes_from_and_when_it_was_checked(path: Path) -> None:
    found = rules(path)
    for clock in found.outside_clocks.values():
        assert clock.source_zh
        assert clock.source_en
        assert clock.checked_on >= date(2026, 11, 23)
        assert clock.reminds
    if path == CHINA:
        assert list(found.outside_clocks) == [f"R{number}" for number in range(1, 17)]
        assert found.categories["N01"].outside_clocks == ("R1", "R2")


@pytest.mark.parametrize(
    ("country", "name", "keys"),
    [
        ("", "international", set()),
        ("US", "international-us", {"US-OSHA-DEATH", "US-OSHA-HOSPITAL", "US-CHILD-ABUSE"}),
        ("UK", "international-uk", {"UK-RIDDOR", "UK-LADO", "UK-GDPR"}),
        ("EU", "international-eu", {"EU-GDPR", "EU-WHISTLEBLOWING"}),
    ],
)
def test_a_country_pack_keeps_its_own_reports_to_authorities(country: str, name: str, keys: set[str]) -> None:
    content = content_for(content=written(ABROAD), country=country)
    assert (content["name"], set(content["outside_clocks"])) == (name, keys)
    assert {key for row in content["categories"] for key in row.get("outside_clocks", ())} == keys
    assert rulebook_errors(content) == []


def test_a_pack_that_the_file_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no pack for FR; it has EU, UK, US"):
        content_for(content=written(ABROAD), country="FR")


@pytest.mark.parametrize("path", [CHINA, ABROAD], ids=lambda path: path.stem)
def test_every_reader_of_yaml_can_read_the_files(path: Path) -> None:
    assert yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader) == rulebook_read(path)


def test_the_schema_for_editors_is_in_step_and_named_in_every_file() -> None:
    assert (FOLDER / "rulebook.schema.json").read_text(encoding="utf-8") == schema_text()
    Draft202012Validator.check_schema(json.loads(schema_text()))
    call_command("rulebook_schema", "--check")
    for path in (CHINA, ABROAD):
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=rulebook.schema.json\n")


@pytest.mark.parametrize("path", [CHINA, ABROAD])
def test_their_clocks_lie_within_the_bounds_of_what_a_school_may_set(path: Path) -> None:
    content = written(path)
    assert list(clocks_out_of_bounds(content)) == []
    own = next(row for row in content["categories"] if row["code"] == "C02")
    own["clocks"]["P2"]["resolve"]["within"] = "15d"
    content["bounds"]["answer"]["rungs"][-1]["tell"] = ["coordinator"]
    content["bounds"]["answer"]["rungs"] = content["bounds"]["answer"]["rungs"][-1:]
    places = [place for place, _error in clocks_out_of_bounds(content)]
    assert places[0].startswith("bounds/answer/rungs")
    assert places[1].endswith("/clocks/P2/resolve/within")


def _set(content: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    changed = deepcopy(content)
    row: Any = changed
    for step in path[:-1]:
        row = row[step]
    row[path[-1]] = value
    return changed


@pytest.mark.slow("tests/rulebook/test_shipped_files.py", after=4)
@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("categories", 0, "outside_clocks"), ["R99"], "F01/outside_clocks: R99 does not stand under outside_clocks"),
        (("categories", 0, "clocks"), {"P3": {"contain": {"within": "4h"}}}, "P3 has no such clock"),
        (("categories", 0, "clocks"), {"P1": {"resolve": {"within": "1dW"}}}, "P1 runs day and night"),
        (("categories", 0, "clocks"), {"P3": {"answer": {"within": "5dW"}}}, "An upper bound runs day and night"),
        (("bounds", "answer", "within"), "7dW", "bounds/answer: An upper bound runs day and night"),
        (("quiet_hours", "starts"), "24:00", "'24:00' does not match"),
        (("quiet_hours",), {"starts": "00:00", "ends": "24:00", "severities": ["P4"]}, "would wait for ever"),
        (("outside_clocks", "R1", "checked_on"), "yesterday", "'yesterday' is not a 'date'"),
        (("outside_clocks", "R1", "within"), "24hW", "'24hW' does not match"),
        (("at_night", "P1"), {"vice_principal": "watchman"}, "'watchman' is not one of"),
        (("response_plans", "plans", "RP-FIRE", "categories"), ["C01"], "C01 is known to its case team alone"),
        (("response_plans", "plans", "RP-FIRE", "categories"), ["Z99"], "Z99 is no category of this rulebook"),
        (("response_plans", "plans", "RP-FIRE", "steps", 1, "office"), "security", "of one role, of one office"),
        (("response_plans", "plans", "RP-FIRE", "steps", 1, "at"), "0m", "needs a minute at least"),
        (("response_plans", "plans", "RP-FIRE", "steps", 1, "key"), "alarm", "alarm stands twice"),
        (("response_plans", "rungs", 1, "after"), "0m", "the first rung is at 0m"),
        (("clocks", "P1", "answer"), {}, "'answer' was unexpected"),
        (("clocks", "P1", "wait"), {}, "'wait' was unexpected"),
        (("categories", 0, "clocks"), {"P1": {"wait": {"within": "1d"}}}, "P1 has no such clock"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, expected: str
) -> None:
    content = written(CHINA)
    assert rulebook_errors(content) == []
    errors = rulebook_errors(_set(content, path, value))
    assert any(expected in error for error in errors), errors


@pytest.mark.parametrize("path", [CHINA, ABROAD], ids=["cn-school", "international"])
def test_chinese_is_written_with_full_width_punctuation(path: Path) -> None:
    half = re.compile(r"[\u4e00-\u9fff][,;:()]|[;:()][\u4e00-\u9fff]")
    assert [text for text in chinese_of(written(path)) if half.search(text)] == []


def chinese_of(content: object) -> Iterator[str]:
    """Yield every text under a key `zh`."""
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "zh":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from chinese_of(value)
    elif isinstance(content, list):
        for row in content:
            yield from chinese_of(row)
