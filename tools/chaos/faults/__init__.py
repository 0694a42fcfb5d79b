"""Every fault by its name, in the order of a run."""

from collections.abc import Mapping

from tools.chaos.faults.answers import AnswerLost
from tools.chaos.faults.base import Fault
from tools.chaos.faults.broker import BrokerFlushed, BrokerKilled, BrokerRewound, BrokerStopped
from tools.chaos.faults.clock import ClockJump
from tools.chaos.faults.database import BackendKilled, LongTransaction, PoolExhausted, ServerKilled
from tools.chaos.faults.many import Race, Storm
from tools.chaos.faults.points import DeliveryPoints, FiringPoints, OutboxPoints
from tools.chaos.faults.poison import Poison
from tools.chaos.faults.processes import (
    EngineKilled,
    EnginesStopped,
    NoSchedule,
    RelayKilled,
    ThreeSchedules,
    WebKilled,
    WorkerKilled,
)
from tools.chaos.faults.versions import TwoVersions

FAULTS: Mapping[str, type[Fault]] = {
    fault.name: fault
    for fault in (
        *(WebKilled, WorkerKilled, RelayKilled, EngineKilled),
        *(DeliveryPoints, FiringPoints, OutboxPoints),
        *(BackendKilled, ServerKilled, LongTransaction, PoolExhausted),
        *(BrokerKilled, BrokerFlushed, BrokerRewound, BrokerStopped),
        *(NoSchedule, ThreeSchedules, EnginesStopped, TwoVersions),
        *(AnswerLost, Race, Poison, ClockJump, Storm),
    )
}
