"""Every link of a paper leads somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.papers import paper_name, papers, prose

pytestmark = pytest.mark.source

LINK = re.compile(r"\[[^\]]*\]\(<?([^)>\s]+)>?\)|<img src=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
WEB = {"http", "https"}


def anchors(text: str) -> set[str]:
    """Return the anchors that a Markdown page offers, one for each heading."""
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in HEADING.findall(text)}


def dead_links(paper: Path) -> list[str]:
    """Return the relative links of a paper whose file, or whose heading in that file, is not there."""
    dead = []
    for groups in LINK.findall(prose(paper.read_text(encoding="utf-8"))):
        link = "".join(groups)
        parts = urlsplit(link)
        if parts.scheme in WEB:
            continue
        target = paper.parent / unquote(parts.path) if parts.path else paper
        if not target.exists() or (
            parts.fragment and parts.fragment not in anchors(prose(target.read_text(encoding="utf-8")))
        ):
            dead.append(link)
    return dead


def test_every_relative_link_resolves() -> None:
    dead = {paper_name(paper): dead_links(paper) for paper in papers()}
    assert {name: found for name, found in dead.items() if found} == {}


def test_every_decision_is_linked_from_the_architecture() -> None:
    architecture = next(paper for paper in papers() if paper.name == "architecture.md")
    linked = {"".join(groups) for groups in LINK.findall(architecture.read_text(encoding="utf-8"))}
    decisions = {f"adr/{paper.name}" for paper in papers() if paper.parent.name == "adr"}
    assert decisions - linked == set()
    assert len(decisions) >= 8
