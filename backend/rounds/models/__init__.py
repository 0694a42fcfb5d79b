"""Rounds, what was said of them, the tickets that belong to them, and inspections."""

from backend.rounds.models.inspecting import Inspection, InspectionRound
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
    "Inspection",
    "InspectionRound",
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
