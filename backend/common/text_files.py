"""Text as spreadsheets and other programs save it: its encoding is guessed only where that is certain. Pure."""

import codecs
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.errors import Invalid
from backend.common.identities import identity_of

CANDIDATES = {
    "gb18030": gettext_lazy("Chinese (GBK, GB 18030)"),
    "big5": gettext_lazy("Chinese, traditional (Big5)"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
}
"""The encodings without a mark of their own that programs in schools still write."""
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
MARK = "\ufeff"
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
WORD_ENDS = re.compile(r'[,;\t\r\n"]+')
SAMPLES = 3
LONGEST_SAMPLE = 120

IsKnown = Callable[[str], bool]
"""Says whether a word, in its form of comparison, is one that such a file holds."""


class FileUnreadable(Invalid):
    """The file as a whole cannot be read; the message says why, and what to do instead."""

    code = "file_unreadable"
    title = gettext_lazy("The file is not text. Save it as “CSV UTF-8” and choose it again.")


@dataclass(frozen=True, slots=True)
class Sample:
    """Some lines of a file as one encoding reads them."""

    encoding: str
    label: str
    lines: tuple[str, ...]


class EncodingUnclear(Invalid):
    """Several encodings are possible, and only whoever knows the names in the file can tell which is right."""

    code = "encoding_unclear"
    title = gettext_lazy("It is not certain how the letters of this file are to be read. Please choose.")

    def __init__(self, samples: Collection[Sample]) -> None:
        self.samples = tuple(samples)
        super().__init__()


def text_decoded(*, content: bytes, is_known: IsKnown, encoding: str = "") -> str:
    """Return the text, read as asked or as is certain; raise EncodingUnclear with samples, or FileUnreadable."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return _strictly(content, name).lstrip(MARK)
    if CONTROLS.search(content):
        raise FileUnreadable
    if encoding:
        return _strictly(content, encoding if encoding in CANDIDATES else "utf-8")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _without_mark(content, is_known)


def _without_mark(content: bytes, is_known: IsKnown) -> str:
    if _speaks(content.decode(errors="replace"), is_known):
        raise FileUnreadable(
            _("This file mixes two ways of writing letters. Save it once more as “CSV UTF-8” and choose it again.")
        )
    certain = [name for name in CANDIDATES if _speaks(content.decode(name, errors="replace"), is_known)]
    if len(certain) == 1:
        return _strictly(content, certain[0])
    samples = [sample for name in CANDIDATES if (sample := _sample(content, name))]
    if not samples:
        raise FileUnreadable
    raise EncodingUnclear(samples)


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        line = len(content[: error.start].splitlines()) or 1
        said = _("Line %(line)d ends in the middle of a letter or is damaged. Please export the whole file again.")
        raise FileUnreadable(said % {"line": line}) from error


def _speaks(text: str, is_known: IsKnown) -> bool:
    """Say whether a word that is more than plain letters is known: a proof, since no other encoding gives it."""
    return any(not word.isascii() and is_known(identity_of(word)) for word in set(WORD_ENDS.split(text)))


def _sample(content: bytes, name: str) -> Sample | None:
    try:
        lines = [line for line in content.decode(name).splitlines() if not line.isascii()]
    except UnicodeDecodeError:
        return None
    return Sample(name, str(CANDIDATES[name]), tuple(line[:LONGEST_SAMPLE] for line in lines[:SAMPLES]))
