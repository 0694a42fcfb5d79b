"""The glossary: each word with its Chinese, its meaning and its place in the code; the pages use the same Chinese."""

import re

import pytest

from tests.docs.papers import read
from tests.docs.test_pointers import is_defined, is_there
from tools.check.catalogue import catalogue_read

pytestmark = pytest.mark.source

ROW = re.compile(r"^\| (?!English|---)(.+) \|$", re.MULTILINE)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
POINTER = re.compile(r"`([^`]+)`")


def rows(section: str) -> list[list[str]]:
    """Return the rows of one table, cell by cell."""
    body = read("docs/glossary.md").split(f"## {section}\n")[1].split("\n## ")[0]
    return [[cell.strip() for cell in row.split(" | ")] for row in ROW.findall(body)]


BUILT, TO_COME = rows("In the code"), rows("Not in the code yet")


def leads_somewhere(pointer: str) -> bool:
    """Return whether a pointer is a file, a name that a file defines, a model or a field of one."""
    path, _, name = pointer.partition(": ")
    return is_defined(name, path) if name else is_there(path)


def test_each_word_stands_where_the_glossary_says() -> None:
    for english, _chinese, _meaning, where in BUILT:
        assert [pointer for pointer in POINTER.findall(where) if not leads_somewhere(pointer)] == [], english
        assert POINTER.findall(where), english
        assert all("." in pointer for pointer in POINTER.findall(where)), english


def test_each_word_is_there_once_with_its_chinese_and_one_sentence() -> None:
    words = [row[0] for row in (*BUILT, *TO_COME)]
    assert len(words) == len(set(words)) > 60
    for english, chinese, meaning, *_where in (*BUILT, *TO_COME):
        assert CHINESE.search(chinese), english
        assert meaning.endswith("."), english
    assert all(len(row) == 3 for row in TO_COME)


def test_the_pages_use_the_chinese_of_the_glossary() -> None:
    said = {str(message.id).lower(): str(message.string) for message in catalogue_read() if isinstance(message.id, str)}
    differing = {row[0]: said[row[0]] for row in (*BUILT, *TO_COME) if said.get(row[0], row[1]) not in row[1]}
    assert differing == {}
