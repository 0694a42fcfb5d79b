"""The two READMEs say the same in both languages, and the licence is the one they name."""

import hashlib
import re
from itertools import zip_longest

import pytest

from tests.docs.papers import ROOT, fences, read

pytestmark = pytest.mark.source

ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
MOST_LINES = 120
# The text as apache.org publishes it.
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def commands(name: str) -> list[str]:
    """Return the commands in the blocks of a README, without their comments."""
    lines = "".join(fence.text for fence in fences(read(name))).splitlines()
    return [line.split("#")[0].strip() for line in lines]


def outline(name: str) -> list[int]:
    """Return the levels of the headings, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", read(name), re.MULTILINE)]


def words_in_code(name: str) -> set[str]:
    """Return what stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", read(name)))


def targets(name: str) -> list[str]:
    """Return what the README links to, in order, without the link to the other language; what both have is one."""
    found = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", read(name))
    links = [link for groups in found for link in groups if link and not link.startswith("README")]
    return [link.replace(".zh-CN.", ".") if name == CHINESE else link for link in links]


def test_both_begin_with_the_same_two_commands() -> None:
    assert commands(ENGLISH) == commands(CHINESE) == ["make run", "make test"]


def test_both_have_the_same_outline() -> None:
    assert outline(ENGLISH) == outline(CHINESE)
    assert len(outline(ENGLISH)) >= 6


def test_both_link_to_the_same_places_in_the_same_order() -> None:
    assert [pair for pair in zip_longest(targets(ENGLISH), targets(CHINESE)) if pair[0] != pair[1]] == []


def test_both_name_the_same_commands_files_and_logins() -> None:
    assert words_in_code(ENGLISH) == words_in_code(CHINESE)


def test_each_lists_only_logins_that_the_demo_opens() -> None:
    demo = "".join(read(f"demo/{name}.yaml") for name in ("bureau", "qinghe", "nanshan"))
    opened = set(re.findall(r"username: ([\w.]+)", demo))
    named = {word for word in words_in_code(ENGLISH) if re.fullmatch(r"[a-z]+\.[a-z]+", word)}
    assert named
    assert named - opened == set()


def test_each_fits_on_a_few_screens_and_links_to_the_other() -> None:
    for name, other in ((ENGLISH, CHINESE), (CHINESE, ENGLISH)):
        assert len(read(name).splitlines()) <= MOST_LINES
        assert f"]({other})" in read(name)


def test_the_licence_is_the_unmodified_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2
    assert 'license = "Apache-2.0"' in read("pyproject.toml")
