"""The periods of keeping are a rule of the school, within bounds; a rulebook that says nothing keeps as usual."""

import pytest
from django.utils import translation

from backend.rulebook.keeping import USUAL_KEEPING, days_said, keeping_faults, keeping_read


def test_a_rulebook_says_some_of_the_periods_and_the_rest_is_as_usual() -> None:
    read = keeping_read({"tickets": "1825d"})
    assert (read.tickets, read.callers) == (1825, USUAL_KEEPING.callers)
    assert keeping_read({}) == USUAL_KEEPING
    with translation.override("en"):
        assert (days_said(1825), days_said(30)) == ("5 years", "30 days")


@pytest.mark.parametrize(
    ("what", "said", "is_fault"),
    [
        *[("tickets", "364d", True), ("tickets", "365d", False), ("tickets", "3651d", True)],
        *[("callers", "31d", True), ("patrols", "90d", True), ("sealed_tickets", "1095d", False)],
    ],
)
def test_a_period_outside_its_bounds_is_refused(what: str, said: str, is_fault: bool) -> None:
    assert bool(list(keeping_faults({"keeping": {what: said}}))) is is_fault
