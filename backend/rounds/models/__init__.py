"""Rounds, what was said of them, the tickets that belong to them, inspections, visits and special periods."""

from backend.rounds.models.inspecting import Inspection, InspectionRound
from backend.rounds.models.outside import Authority, OutsideFinding, OutsideVisit
from backend.rounds.models.periods import Period, PeriodAct, PeriodDecision, PeriodMeasure, PeriodSummary
from backend.rounds.models.replies import OutsideReply, OutsideReplyWord
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
    "OutsideReply",
    "OutsideReplyWord",
    "OutsideVisit",
    "Period",
    "PeriodAct",
    "PeriodDecision",
    "PeriodMeasure",
    "PeriodSummary",
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
