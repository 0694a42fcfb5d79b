"""Every fault by its name, in the order of a run."""

from collections.abc import Mapping

from tools.prove.chaos.faults.answers import AnswerLost
from tools.prove.chaos.faults.base import Fault
from tools.prove.chaos.faults.broker import BrokerFlushed, BrokerKilled, BrokerRewound, BrokerStopped
from tools.prove.chaos.faults.clock import ClockJump
from tools.prove.chaos.faults.database import BackendKilled, LongTransaction, PoolExhausted, ServerKilled
from tools.prove.chaos.faults.many import Race, Storm
from tools.prove.chaos.faults.points import DeliveryPoints, FiringPoints, OutboxPoints
from tools.prove.chaos.faults.poison import Poison
from tools.prove.chaos.faults.processes import (
    EngineKilled,
    EnginesStopped,
    NoSchedule,
    RelayKilled,
    ThreeSchedules,
    WebKilled,
    WorkerKilled,
)
from tools.prove.chaos.faults.versions import TwoVersions

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
