"""Papers as a reader has them: the text of a PDF's pages, and the QR codes that a phone finds on a page."""

from collections.abc import Sequence

import pypdfium2
import zxingcpp
from django.http import HttpResponse

DOTS = 2.0


def paper_of(answer: object) -> pypdfium2.PdfDocument:
    """Open the PDF that an answer holds."""
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 200, answer.content[:300]
    assert answer.headers["Content-Type"] == "application/pdf"
    return pypdfium2.PdfDocument(answer.content)


def texts_of(paper: pypdfium2.PdfDocument) -> list[str]:
    """Return the text of each page in the order in which it is read; line ends and soft breaks are blanks."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in paper]


def codes_of(paper: pypdfium2.PdfDocument, *, page: int = 0) -> Sequence[str]:
    """Return what the QR codes of a page say, read from its picture as a phone does."""
    return [found.text for found in zxingcpp.read_barcodes(paper[page].render(scale=DOTS).to_pil())]
