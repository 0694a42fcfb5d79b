"""Faults of a bundle: of a cell of one of its files, or of the whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid


class FaultCode(StrEnum):
    """The sorts of faults; the values are part of the API."""

    HEADING_MISSING = "heading_missing"
    CELL_EMPTY = "cell_empty"
    CELL_WRONG = "cell_wrong"
    NOT_THERE = "not_there"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one cell, by file, line and column (line 1: a heading)."""

    file: str
    line: int
    column: str
    code: FaultCode
    message: str


class BundleUnreadable(Invalid):
    """The bundle as a whole cannot be read; the message says why, and what to do instead."""

    code = "bundle_unreadable"
    title = _("This is not a OneRoster bundle: a ZIP file with a manifest.csv and the files it names.")


class BundleFaulty(Invalid):
    """Some cells of a bundle are wrong, so nothing of it is taken in."""

    code = "bundle_faulty"
    title = _("This bundle has to be corrected. Nothing was changed.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__()
