"""The database's clock jumps an hour ahead, comes back, jumps an hour back, and comes back again."""

import time
from typing import Any

from tools.prove.chaos.faults.base import Fault
from tools.run.postgres import APPLICATION

HOUR = 3600
JUMPED_SECONDS = 8.0
# A function of the same name that the application's role finds first: every statement of it, and nothing else, sees
# another time. So no part of the product has to know of this.
CLOCK = """
CREATE SCHEMA IF NOT EXISTS chaos;
CREATE TABLE IF NOT EXISTS chaos.jump (by interval NOT NULL);
INSERT INTO chaos.jump SELECT interval '0' WHERE NOT EXISTS (SELECT FROM chaos.jump);
CREATE OR REPLACE FUNCTION chaos.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + (SELECT by FROM chaos.jump)';
GRANT USAGE ON SCHEMA chaos TO APPLICATION;
GRANT SELECT ON chaos.jump TO APPLICATION;
ALTER ROLE APPLICATION SET search_path = chaos, pg_catalog, public;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'APPLICATION'
"""
HOLDS = "SELECT count(*) FROM deadlines_firinghold WHERE released_at IS NULL"
FIRED = "SELECT count(*) FROM deadlines_escalation"


class ClockJump(Fault):
    """Firing is held from the jump ahead on, until the clocks have been steady for a minute or somebody says so."""

    name = "clock-jump"
    patience_seconds = 150.0

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.is_laid = False

    def inject(self) -> None:
        """Jump both ways; between the jump ahead and the way back nothing may fire."""
        if not self.is_laid:
            with self.target.database() as connection:
                connection.execute(CLOCK.replace("APPLICATION", APPLICATION))
            self.is_laid = True
            time.sleep(4)
        fired = None
        for seconds in (HOUR, 0, -HOUR, 0):
            self._jump(seconds)
            if seconds == HOUR:
                time.sleep(2)  # a batch that read the clock before may still commit
                fired = self.target.rows(FIRED)
                if not self.target.rows(HOLDS)[0][0]:
                    self.breaks.append("a jump of an hour ahead held nothing")
            time.sleep(JUMPED_SECONDS)
            if seconds == HOUR and self.target.rows(FIRED) != fired:
                self.breaks.append("deadlines fired while the clock was an hour ahead")

    def _jump(self, seconds: int) -> None:
        with self.target.database() as connection:
            connection.execute("UPDATE chaos.jump SET by = make_interval(secs => %s)", [seconds])
        self.injected += bool(seconds)

    def heal(self) -> None:
        """In a small run the operator releases the hold; otherwise a minute of steady clocks does."""
        if self.is_small:
            self.target.system.command("deadlines_release", "--by", "the driver of make chaos")
