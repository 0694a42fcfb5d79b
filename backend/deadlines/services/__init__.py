"""Every write of the deadline engine: arming, moving, pausing and stopping timers, firing them, and its own records."""

from backend.deadlines.services.firing import BatchResult, FireSummary, fire_batch, fire_due
from backend.deadlines.services.timers import (
    TimerDraft,
    TimerMove,
    TimerPause,
    timers_arm,
    timers_arming,
    timers_move,
    timers_pause,
    timers_resume,
    timers_stop,
    timers_stop_all,
    timers_stop_targets,
    timers_stopping,
)
from backend.deadlines.services.watching import (
    firing_hold_open,
    firing_hold_release,
    heartbeat_record,
    sweep_gap_record,
)

__all__ = [
    "BatchResult",
    "FireSummary",
    "TimerDraft",
    "TimerMove",
    "TimerPause",
    "fire_batch",
    "fire_due",
    "firing_hold_open",
    "firing_hold_release",
    "heartbeat_record",
    "sweep_gap_record",
    "timers_arm",
    "timers_arming",
    "timers_move",
    "timers_pause",
    "timers_resume",
    "timers_stop",
    "timers_stop_all",
    "timers_stop_targets",
    "timers_stopping",
]
