"""Short questions of a category to whoever reports it, and what each answer changes. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.common.named import localised

if TYPE_CHECKING:
    from backend.rulebook.ruleset import Severity

UNKNOWN = "unknown"
"""The answer that every question takes beside its own, and that changes nothing."""
STANDARD: dict[str, Promise] = {"yes": _("Yes"), "no": _("No"), UNKNOWN: _("Not sure")}
"""The answers whose words are the same everywhere; a rulebook need not name them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: it may raise the ticket to a severity, or name the office that answers for it."""

    key: str
    name_zh: str = ""
    name_en: str = ""
    severity: "Severity | None" = None
    lead: str = ""

    def __str__(self) -> str:
        changes = " ".join(filter(None, (self.severity, self.lead)))
        return f"{self.key} → {changes}" if changes else self.key

    @property
    def label(self) -> str:
        """The answer in the reader's language."""
        return localised(self, "name") if self.name_zh else str(STANDARD[self.key])


DO_NOT_KNOW = Choice(UNKNOWN)


@dataclass(frozen=True, slots=True)
class ShortQuestion:
    """A question that is answered with one tap, or not at all; nothing depends on its being answered."""

    key: str
    ask_zh: str
    ask_en: str
    choices: tuple[Choice, ...]

    def __str__(self) -> str:
        return f"{self.key} ({', '.join(map(str, self.choices))})"

    @property
    def label(self) -> str:
        """The question in the reader's language."""
        return localised(self, "ask")

    @property
    def offered(self) -> tuple[Choice, ...]:
        """Every answer it takes; that one does not know is always among them."""
        return (*self.choices, DO_NOT_KNOW)

    def choice(self, key: str) -> Choice | None:
        """Return the answer of this key; None where it takes no such answer."""
        return next((choice for choice in self.offered if choice.key == key), None)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the answer that was given to it."""

    question: ShortQuestion
    choice: Choice


def answered(*, questions: Iterable[ShortQuestion], answers: Mapping[str, str]) -> list[Answered]:
    """Return the questions that were answered, in their order; what is none of their answers is left out."""
    given = ((question, question.choice(answers[question.key])) for question in questions if question.key in answers)
    return [Answered(question, choice) for question, choice in given if choice]
