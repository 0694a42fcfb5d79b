"""The figures of the system in the text format of Prometheus, read from the database at each scrape."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from backend.common.selectors import heartbeat_age, outbox_failed_count, outbox_failing_count, outbox_lag
from backend.deadlines.selectors import due_count, engine_lag, heartbeats, hold_current, sweep_gap_open, sweep_gaps
from backend.health.selectors import RELAY, deliveries_failed, seconds_since
from backend.notary.selectors import notary_state, verification_held, verifications_broken

WEEK = timedelta(days=7)
ZERO = timedelta(0)


def metrics_text(*, now: datetime) -> bytes:
    """Return the figures of this instant as a monitor reads them."""
    registry = CollectorRegistry()
    registry.register(_Figures(now))
    return generate_latest(registry)


class _Figures(Collector):
    """The figures of one instant."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """Return every figure."""
        yield from _deadlines(self._now)
        yield from _engines(self._now)
        yield from _messages(self._now)
        yield from _ledger(self._now)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"allclear_{name}", text, value=value)


def _deadlines(now: datetime) -> Iterator[Metric]:
    lag, gap = engine_lag(now=now), sweep_gap_open(now=now) or ZERO
    yield _gauge("deadline_lag_seconds", "How long the oldest due deadline has been waiting.", lag.total_seconds())
    yield _gauge(
        "deadlines_due", "Deadlines that are due and have not fired, counted up to 10,000.", due_count(now=now)
    )
    yield _gauge("firing_on_hold", "1 while the clock is distrusted and nothing fires.", float(bool(hold_current())))
    yield _gauge("sweep_gap_seconds", "For how long nothing has swept, if that is over 30 s.", gap.total_seconds())
    yield _gauge(
        "sweep_gaps_week", "Gaps in the sweeping that ended in the last 7 days.", len(sweep_gaps(since=now - WEEK))
    )


def _engines(now: datetime) -> Iterator[Metric]:
    fired = CounterMetricFamily("allclear_deadlines_fired", "Rungs fired.", labels=["engine"])
    skipped = CounterMetricFamily(
        "allclear_deadlines_skipped", "Timers passed over, their ticket in use.", labels=["engine"]
    )
    put_off = CounterMetricFamily(
        "allclear_deadlines_quarantined", "Timers put off since they fail.", labels=["engine"]
    )
    silence = GaugeMetricFamily("allclear_engine_silence_seconds", "Since the last sign of life.", labels=["engine"])
    for beat in heartbeats():
        fired.add_metric([beat.name], beat.fired)
        skipped.add_metric([beat.name], beat.skipped)
        put_off.add_metric([beat.name], beat.quarantined)
        silence.add_metric([beat.name], seconds_since(beat.beat_at, now))
    yield from (fired, skipped, put_off, silence)


def _messages(now: datetime) -> Iterator[Metric]:
    silence = heartbeat_age(name=RELAY, now=now)
    yield _gauge(
        "outbox_lag_seconds", "How long the oldest message waits for the relay.", outbox_lag(now=now).total_seconds()
    )
    yield _gauge("outbox_failing", "Messages that failed and are tried again.", outbox_failing_count())
    yield _gauge("outbox_given_up", "Messages given up.", outbox_failed_count())
    yield _gauge(
        "deliveries_failed_day", "Notices a channel failed to take in the last 24 hours.", deliveries_failed(now=now)
    )
    if silence is not None:
        yield _gauge("relay_silence_seconds", "Since the relay's last sign of life.", max(silence.total_seconds(), 0.0))


def _ledger(now: datetime) -> Iterator[Metric]:
    state = notary_state()
    yield _gauge("ledger_leaves", "What has a number in the ledger's tree.", state.size)
    yield _gauge("ledger_breaks", "Verifications that found a break nobody has answered.", len(verifications_broken()))
    if held := verification_held():
        yield _gauge("ledger_verified_seconds", "Since a verification held.", seconds_since(held.ended_at, now))
    if state.looked_at and state.signed_at:
        yield _gauge(
            "ledger_look_seconds", "Since all that was new had been signed.", seconds_since(state.looked_at, now)
        )
        yield _gauge("ledger_checkpoint_seconds", "Since the last checkpoint.", seconds_since(state.signed_at, now))
