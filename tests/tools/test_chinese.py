"""Written Chinese is checked: each rule finds what breaks it, and lets pass what only looks like it."""

import pytest

from tools.check.catalogue import catalogue_read
from tools.check.chinese import (
    GLOSSARY,
    Said,
    Term,
    chinese_problems,
    said_in_catalogue,
    said_in_papers,
    said_in_rulebooks,
    terms,
)

TERMS = terms(GLOSSARY.read_text(encoding="utf-8"))


def problems(chinese: str, english: str = "text") -> list[str]:
    """Return the rules that a text of the catalogue breaks."""
    return [problem.split(": ")[1] for problem in chinese_problems([Said("django.po", english, chinese)], TERMS)]


def test_the_catalogue_the_rulebooks_and_the_papers_keep_the_rules() -> None:
    in_catalogue, in_rulebooks = list(said_in_catalogue(catalogue_read())), list(said_in_rulebooks())
    in_papers = list(said_in_papers())
    assert {said.where for said in in_papers} >= {"README.zh-CN.md", "production.zh-CN.md"}
    assert len(in_catalogue) > 2000
    assert len(in_rulebooks) > 1000
    assert list(chinese_problems([*in_catalogue, *in_rulebooks, *in_papers], TERMS)) == []


@pytest.mark.parametrize(
    ("chinese", "rule"),
    [
        ("已保存,谢谢", "half-width punctuation"),
        ("%(role)s:%(why)s", "half-width punctuation"),
        ("%(role)s(%(office)s)", "half-width punctuation"),
        ("在「我的报告」里", "other quotation marks than “ ”"),
        ("（…）", "an ellipsis other than ……"),
        ("（...）", "an ellipsis other than ……"),
        ("已保存。，谢谢", "punctuation twice"),
        ("剩下 %(count)d条", "a space that Chinese does not have"),
        ("已保存， 谢谢", "a space that Chinese does not have"),
        ("在15 分钟内", "a space beside a number"),
        ("最多 15分钟", "a space beside a number"),
        ("下载PDF", "no space beside a foreign word"),
        ("您的 ticket", "not Chinese (ticket)"),
        ("Save", "not Chinese (Save)"),
        ("已保存。", "it ends otherwise than the English"),
    ],
)
def test_each_rule_finds_what_breaks_it(chinese: str, rule: str) -> None:
    assert problems(chinese) == [rule]


@pytest.mark.parametrize(
    "chinese",
    [
        "请写成 2026-09-01T08:30:00+08:00 这样的形式",
        "请在 %(code)s 后填写 `next(step)`",
        "打开 https://allclear.example/a,b，再试",
        "最多%(count)d张照片（PDF、Word），每张2 MB",
        "冒烟、打架……",
    ],
)
def test_code_addresses_and_units_are_let_pass(chinese: str) -> None:
    assert problems(chinese) == []


def test_one_thing_has_one_word() -> None:
    assert Term("密级", "保密级别", ()) in TERMS
    assert len(TERMS) >= 30
    assert problems("没有这个密级") == ["密级 where the glossary says 保密级别"]
    assert problems("没有这个保密级别") == []


def test_a_word_is_right_where_the_english_says_so() -> None:
    assert problems("已上报", "Filed") == ["上报 where the glossary says 报告"]
    assert problems("已上报", "Escalated") == []
