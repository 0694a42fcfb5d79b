"""Rounds, what was said of them, the tickets that belong to them, and inspections by the school and from outside."""

from backend.rounds.models.inspecting import Inspection, InspectionRound
from backend.rounds.models.outside import Authority, OutsideFinding, OutsideVisit
from backend.rounds.models.rounds import (
    NOT_OPENED,
    WAITING,
    Round,
    RoundAnswer,
    RoundCluster,
    RoundExcuse,
    RoundState,
    RoundSweep,
    RoundTicket,
    RoundVisit,
    Said,
)

__all__ = [
    "NOT_OPENED",
    "WAITING",
    "Authority",
    "Inspection",
    "InspectionRound",
    "OutsideFinding",
    "OutsideVisit",
    "Round",
    "RoundAnswer",
    "RoundCluster",
    "RoundExcuse",
    "RoundState",
    "RoundSweep",
    "RoundTicket",
    "RoundVisit",
    "Said",
]
