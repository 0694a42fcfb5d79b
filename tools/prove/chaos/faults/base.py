"""The base of every fault: it is injected, held for a while and healed, and may know of breaks that only it can see."""

from abc import ABC, abstractmethod
from typing import ClassVar

from tools.prove.bench.parts import Talking
from tools.prove.chaos.load import Load
from tools.prove.chaos.target import Target


class Fault(ABC):
    """One way of breaking the system; `injected` counts how often it was, `hold_seconds` is how long it lasts."""

    name: ClassVar[str]
    hold_seconds: float = 1.0
    patience_seconds: float = 90.0

    def __init__(self, target: Target, load: Load, hands: Talking, *, is_small: bool) -> None:
        self.target = target
        self.load = load
        self.hands = hands
        self.is_small = is_small
        self.injected = 0
        self.breaks: list[str] = []

    @abstractmethod
    def inject(self) -> None:
        """Break it."""

    def heal(self) -> None:  # noqa: B027 - what heals by itself needs nothing
        """Take the cause away; what died is started again by the supervisor."""

    def is_over(self) -> bool:
        """Say whether what only this fault knows of has recovered."""
        return True

    def clear(self) -> None:  # noqa: B027 - most leave nothing behind
        """Remove what is left of it, before everything is judged."""
