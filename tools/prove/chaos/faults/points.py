"""kill -9 at labelled points inside the firing and the delivery path (backend/common/faults.py)."""

from typing import ClassVar

from tools.prove.chaos.faults.base import Fault
from tools.run.children import wait_until

REACHED_SECONDS = 30
TIMES = 3


class Points(Fault):
    """Whichever process comes to the point first dies there; then the next point, over and over."""

    points: ClassVar[tuple[str, ...]]

    def inject(self) -> None:
        """Arm each point and wait until a process has died at it."""
        for _ in range(1 if self.is_small else TIMES):
            for point in self.points:
                self._arm(point)

    def _arm(self, point: str) -> None:
        path = self.target.points / point
        path.touch()
        self.provoke(point)
        if wait_until(lambda: not path.exists(), seconds=REACHED_SECONDS):
            self.injected += 1
            return
        path.unlink(missing_ok=True)
        self.breaks.append(f"no process came to the point {point} within {REACHED_SECONDS} s")

    def provoke(self, point: str) -> None:
        """Make sure that somebody comes by."""


class FiringPoints(Points):
    """Claimed but not advanced; advanced but not carried out; carried out, not committed; committed, not counted."""

    name = "points-firing"
    points = ("deadlines.claimed", "deadlines.advanced", "deadlines.carried_out", "deadlines.committed")


class OutboxPoints(Points):
    """The row claimed; handled but not committed; closed with more rows to come; published just now."""

    name = "points-outbox"
    points = ("outbox.claimed", "outbox.handled", "outbox.closed", "outbox.published")


class DeliveryPoints(Points):
    """The delivery leased but not sent; sent but not closed; the relay's lease taken but nothing published."""

    name = "points-delivery"
    points = ("delivery.leased", "delivery.sent", "relay.leased")

    def provoke(self, point: str) -> None:
        """Lose what is in the broker, so that the relay has something to do."""
        if point == "relay.leased":
            with self.target.broker() as broker:
                broker.flushall()
