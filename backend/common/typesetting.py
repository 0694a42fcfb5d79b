"""Papers as PDF: the one door to the typesetter.

A paper is a template of ours (`.typ`, beside its owner) and data. Words of people reach it as data only, never as
markup, so that nothing they write is carried out. It sees one folder of its own that holds the paper's pictures, and
the one font that is installed with us: neither the files nor the fonts of the machine. A page takes 25 milliseconds, so
a paper is made in the request that asks for it; one at a time in a process, which bounds the memory.
"""

import json
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError
from backend.common.later import Later

if TYPE_CHECKING:
    import pylopdf_fonts_zh_cn as font
    import typst
else:
    font = Later("pylopdf_fonts_zh_cn")
    typst = Later("typst")

FRAME = Path(__file__).with_name("paper.typ")
"""The look that all papers share; it stands before each template."""
MOST_BYTES = 4 * 1024 * 1024
"""So much data one paper takes: some hundred full pages."""
MOST_PICTURE_BYTES = 32 * 1024 * 1024
ONE_AT_A_TIME = threading.Lock()


class PaperTooLong(DomainError):
    """A paper would be longer than anybody prints."""

    code = "paper_too_long"
    status = 422
    title = _("This is too much for one paper. Please choose a smaller part of it.")


def paper_typeset(
    *,
    template: Path,
    title: str | Promise,
    data: Mapping[str, Any],
    now: datetime,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a paper as PDF in the reader's language; the template finds `data`, and `pictures` by file name.

    It is tagged and follows PDF/UA, so that it can be read aloud; where somebody wrote a character that the font lacks,
    it is only tagged. Raise PaperTooLong.
    """
    pictures = pictures or {}
    # Lazy translations are text by now, and every other value that JSON does not know is a fault of the caller.
    whole = {**data, "title": str(title), "pictures": list(pictures)}
    text = json.dumps(whole, ensure_ascii=False, default=_as_text)
    if len(text.encode()) > MOST_BYTES or sum(map(len, pictures.values())) > MOST_PICTURE_BYTES:
        raise PaperTooLong
    is_chinese = not (get_language() or "").startswith("en")
    inputs = {"data": text, "language": "zh" if is_chinese else "en", "region": "CN" if is_chinese else "GB"}
    with TemporaryDirectory(prefix="paper-") as folder, ONE_AT_A_TIME:
        for name, content in pictures.items():
            Path(folder, name).write_bytes(content)
        compiler = typst.Compiler(root=folder, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs)
        made_at = int(now.timestamp())
        try:
            paper = compiler.compile(_source(template), format="pdf", timestamp=made_at, pdf_standards="ua-1")
        except typst.TypstError:
            # PDF/UA forbids a character that the font lacks, such as a rare one in a name; the paper is needed still.
            paper = compiler.compile(_source(template), format="pdf", timestamp=made_at)
    if not isinstance(paper, bytes):
        raise TypeError("the typesetter returned no PDF")
    return paper


def _as_text(value: object) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place on a paper")


@cache
def _source(template: Path) -> bytes:
    return FRAME.read_bytes() + b"\n" + template.read_bytes()


@cache
def _fonts() -> "typst.Fonts":
    folder = str(font.sans_path().parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
