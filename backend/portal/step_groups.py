"""The steps that are open to somebody on a ticket, under headings once there are too many to look through. Pure."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backend.portal.steps import StepForm

FEW = 6
"""So many are looked through at a glance."""
WORK = _("Work on it")
HEADINGS: Sequence[tuple[Promise, frozenset[str]]] = (
    (
        _("Ask and tell"),
        frozenset(
            {
                *(
                    "comment",
                    "message-reporter",
                    "ask-question",
                    "answer-question",
                    "withdraw-question",
                    "order",
                    "answer-order",
                ),
                *("withdraw-order", "promise", "change-promise", "progress", "add-affected", "inform-affected"),
                *("waive-affected", "publish-result", "publish-lesson", "withdraw-recommendation"),
            }
        ),
    ),
    (
        _("Other offices"),
        frozenset(
            {
                *("offer", "accept-offer", "refuse-offer", "withdraw-offer", "assign-office", "cannot-solve", "decide"),
                *("lift-decision", "ask-interim-control", "ask-subtask", "take-subtask", "complete-subtask"),
                *("refuse-subtask", "waive-subtask", "withdraw-subtask"),
            }
        ),
    ),
    (
        _("Correct or connect"),
        frozenset(
            {
                *("reclassify", "propose-lowering", "confirm-lowering", "refuse-lowering", "propose-decline"),
                *("propose-disclosure", "disclose-name", "hold-evidence", "end-hold"),
                *("split", "link", "unlink", "merge", "unmerge"),
            }
        ),
    ),
)
"""Every other step is of the work itself, which stands first."""


def steps_grouped(steps: Sequence["StepForm"]) -> Iterator[tuple[str | Promise, list["StepForm"]]]:
    """Yield the headings with their steps, in their order; of few steps one group without a heading."""
    if len(steps) <= FEW:
        yield "", list(steps)
        return
    elsewhere = frozenset[str]().union(*(actions for _heading, actions in HEADINGS))
    yield WORK, [step for step in steps if step.action not in elsewhere]
    for heading, actions in HEADINGS:
        yield heading, [step for step in steps if step.action in actions]
