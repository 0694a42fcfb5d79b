"""A real, small kind of subject: rows of a table of its own, locked and written to like tickets are."""

import os
import signal
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import connection

from backend.deadlines.handlers import Firing

# `fired` has no unique key on purpose: a rung carried out twice must show.
CREATE = """
DROP SCHEMA IF EXISTS probe CASCADE; CREATE SCHEMA probe;
CREATE TABLE probe.subject (id uuid PRIMARY KEY, trouble text NOT NULL DEFAULT '');
CREATE TABLE probe.fired (
    id bigserial PRIMARY KEY,
    subject_id uuid NOT NULL REFERENCES probe.subject DEFERRABLE INITIALLY DEFERRED,
    timer_id bigint NOT NULL, clock text NOT NULL, epoch integer NOT NULL, rung integer NOT NULL,
    due_at timestamptz NOT NULL, is_repeat boolean NOT NULL, fired_at timestamptz NOT NULL
);
GRANT USAGE ON SCHEMA probe TO PUBLIC;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA probe TO PUBLIC;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA probe TO PUBLIC;
"""


class ProbeSubjects:
    """Writes each firing down; a subject's `trouble` makes it fail the way real handlers fail."""

    during_fire: ClassVar[Callable[[], None] | None] = None

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock the rows that nobody else holds."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM probe.subject WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED", [list(subject_ids)]
            )
            return {row[0] for row in cursor.fetchall()}

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Write every firing down in the order given, then run into whatever trouble the subjects carry."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO probe.fired (subject_id, timer_id, clock, epoch, rung, due_at, is_repeat, fired_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [(f.subject_id, f.timer_id, f.clock, f.epoch, f.rung, f.due_at, f.is_repeat, now) for f in firings],
            )
            cursor.execute(
                "SELECT trouble FROM probe.subject WHERE id = ANY(%s) AND trouble <> ''",
                [[f.subject_id for f in firings]],
            )
            for (trouble,) in cursor.fetchall():
                self._run_into(trouble)
        if ProbeSubjects.during_fire is not None:
            ProbeSubjects.during_fire()

    def _run_into(self, trouble: str) -> None:
        if trouble == "raises":
            raise RuntimeError("this subject cannot fire")
        if trouble == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        with connection.cursor() as cursor:
            if trouble == "breaks sql":
                cursor.execute("SELECT 1 / 0")
            if trouble == "refused at commit":
                cursor.execute(
                    "INSERT INTO probe.fired (subject_id, timer_id, clock, epoch, rung, due_at, is_repeat, fired_at)"
                    " VALUES (%s, 0, '', 1, 0, now(), false, now())",
                    [uuid4()],
                )
