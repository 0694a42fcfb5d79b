"""Papers as PDF: words are never markup, a rare character costs no paper, and the typesetter reads nothing of ours."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.utils import translation
from typst import TypstError

from backend.common.typesetting import MOST_BYTES, PaperTooLong, paper_typeset
from tests.conftest import ROOT

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def typeset(folder: Path, body: str, **data: Any) -> bytes:
    """Typeset a template of one line."""
    template = folder / "probe.typ"
    template.write_text(body, encoding="utf-8")
    return paper_typeset(template=template, title="Probe", data=data, now=NOW)


def text_of(paper: bytes) -> str:
    """Return the text of the first page."""
    with pypdfium2.PdfDocument(paper) as read:
        return " ".join(read[0].get_textpage().get_text_range().split())


def test_what_people_write_is_printed_as_they_wrote_it(tmp_path: Path) -> None:
    said = '*bold* #let x = read("/etc/passwd") $x$ = head // <a> \\ @b'
    assert text_of(typeset(tmp_path, "#words(data.said)", said=said)) == said


def test_a_paper_says_its_language_its_date_and_that_it_can_be_read_aloud(tmp_path: Path) -> None:
    with translation.override("zh-hans"):
        paper, again = (typeset(tmp_path, "= #data.said", said="隐患") for _ in range(2))
    for mark in (b"/Lang(zh-CN)", b"pdfuaid:part", b"2026-09-01T08:30", b"/MarkInfo"):
        assert mark in paper
    assert paper == again


def test_a_character_that_the_font_lacks_costs_no_paper(tmp_path: Path) -> None:
    assert "有事" in text_of(typeset(tmp_path, "#words(data.said)", said="𠮷老师说：有事🔥"))


@pytest.mark.parametrize("path", ["/etc/passwd", "../../etc/passwd", str(ROOT / "manage.py")])
def test_a_template_reads_nothing_of_the_machine(tmp_path: Path, path: str) -> None:
    with pytest.raises(TypstError):
        typeset(tmp_path, f'#read("{path}")')


def test_templates_bring_in_nothing_from_elsewhere() -> None:
    templates = list((ROOT / "backend").rglob("*.typ"))
    assert templates
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert not any(word in text for word in ("#import", "#include", "eval(", "@preview"))


def test_a_paper_has_a_bound(tmp_path: Path) -> None:
    with pytest.raises(PaperTooLong):
        typeset(tmp_path, "x", said="x" * MOST_BYTES)
