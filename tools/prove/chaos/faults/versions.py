"""Two versions of the code during an upgrade: one knows a kind of subject the other does not."""

import subprocess
import time

from tools.prove.chaos.faults.base import Fault
from tools.run.installation import manage_command

KIND = "rehearsal"
TIMERS, TIMERS_SMALL = 600, 60
OLDER_ALONE_SECONDS = 5.0
TOUCHED = "SELECT count(*) FROM deadlines_timer WHERE subject_kind = %(kind)s AND (rung > 0 OR failures > 0)"
FIRED = """
SELECT count(*) FROM deadlines_timer AS timer JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
WHERE timer.subject_kind = %(kind)s
"""


class TwoVersions(Fault):
    """The newer version's timers wait untouched for an engine that knows them, and tickets fire all the while."""

    name = "two-versions"
    hold_seconds = 6.0

    def inject(self) -> None:
        """Arm timers of the newer kind while only older engines run, then start a newer one and one older still."""
        self.started: list[subprocess.Popen[bytes]] = []
        wanted = TIMERS_SMALL if self.is_small else TIMERS
        before = self.target.rows(FIRED, kind=KIND)[0][0]
        touched = self.target.rows(TOUCHED, kind=KIND)[0][0]
        self.hands.ask(do="rehearse", kind=KIND, wanted=wanted, seconds=1)
        self.wanted = before + wanted
        self._start("older")
        time.sleep(OLDER_ALONE_SECONDS)
        if self.target.rows(TOUCHED, kind=KIND)[0][0] != touched:
            self.breaks.append("an older engine touched the timers of a kind it does not know")
        self._start("newer")
        self.injected += 1

    def heal(self) -> None:
        """End the older one: the upgrade is over."""
        self.target.end(self.started[0])

    def is_over(self) -> bool:
        """Say whether the newer one fired its own timers."""
        return bool(self.target.rows(FIRED, kind=KIND)[0][0] == self.wanted)

    def clear(self) -> None:
        """End the newer one."""
        self.target.end(self.started[1])

    def _start(self, version: str) -> None:
        command = manage_command("deadlines_engine", "--skip-checks", "--name", f"engine-{version}")
        self.started.append(self.target.start(command, DJANGO_SETTINGS_MODULE=f"tools.prove.chaos.settings_{version}"))
