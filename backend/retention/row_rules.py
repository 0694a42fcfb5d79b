"""Rows that are forgotten by their own age, and belong to no ticket: what goes of them, and whose they are. Pure."""
# ruff: noqa: S608 - what is put into the statements is written here

from collections.abc import Mapping
from dataclasses import dataclass

from backend.rulebook.keeping import BOUNDS


@dataclass(frozen=True, slots=True)
class RowRule:
    """A table of which words are emptied: `sets` of rows that still have some (`has`), once `at` is long enough past.

    Where it `sets` nothing, the rows go as a whole.

    `school` says whose a row is, by another table where need be (`joins`); `kept` is the row. What is said in
    `unless` keeps the row as it is.
    """

    period: str
    sets: str
    has: str
    at: str = "kept.at"
    school: str = "kept.school_id"
    joins: str = ""
    unless: str = "false"

    def found(self, name: str, *, school: str, until: str) -> str:
        """Return what of a statement finds the rows of a school that are old enough."""
        return f"""
            FROM {name} AS kept {self.joins}
            WHERE {self.school} = {school} AND {self.at} < {until} AND ({self.has}) AND NOT ({self.unless})"""

    def counts(self, name: str) -> str:
        """Return the statement that counts what would go of a school."""
        return f"SELECT count(*) {self.found(name, school='%(school)s', until=_until(self.period, '%(before)s'))}"

    def statement(self, name: str) -> str:
        """Return what the function of the database does for the table of this name."""
        rows = self.found(name, school="of_school", until=_until(self.period, "before"))
        found = f"SELECT kept.ctid {rows} LIMIT most"
        does = f"UPDATE {name} SET {self.sets}" if self.sets else f"DELETE FROM {name}"
        return f"""
            IF what = '{name}' THEN
                {does} WHERE ctid = ANY(ARRAY({found}));
                GET DIAGNOSTICS gone = ROW_COUNT;
            END IF;"""


@dataclass(frozen=True, slots=True)
class WholeRule:
    """Rows that go as a whole, wherever they belong."""

    period: str
    found: str
    """The statement that finds them, by an instant."""
    deletes: tuple[str, ...]

    def counts(self, name: str) -> str:  # noqa: ARG002 - as the other rules
        """Return the statement that counts what would go."""
        return f"SELECT count(*) FROM ({self.found.format(until=_until(self.period, '%(before)s'))}) AS found"

    def statement(self, name: str) -> str:
        """Return what the function of the database does for these rows."""
        found = f"{self.found.format(until=_until(self.period, 'before'))} LIMIT most"
        lines = "\n".join(f"{line} IN ({found}); " for line in self.deletes)
        return f"IF what = '{name}' THEN {lines} GET DIAGNOSTICS gone = ROW_COUNT; END IF;"


def _until(period: str, before: str) -> str:
    """Return the instant before which a row is old enough, whatever is asked for."""
    return f"least({before}, now() - interval '{BOUNDS[period][0]} days')"


def held_as_evidence(ticket: str) -> str:
    """Return the condition that a ticket, or one that it is merged with either way, is held as evidence.

    It may be held by itself or as the matter of a person, as `tickets_held` says (`backend/workflow/holding.py`).
    """
    return f"""EXISTS (
        SELECT FROM workflow_ticket AS held WHERE held.id IN (
            SELECT {ticket}
            UNION ALL
            SELECT into_id FROM workflow_ticketmerge WHERE ticket_id = {ticket} AND ended_at IS NULL
            UNION ALL
            SELECT ticket_id FROM workflow_ticketmerge WHERE into_id = {ticket} AND ended_at IS NULL
        ) AND (
            EXISTS (SELECT FROM workflow_evidencehold AS hold WHERE hold.ticket_id = held.id AND hold.ended_at IS NULL)
            OR EXISTS (
                SELECT FROM workflow_personhold AS matter
                WHERE matter.ends_id IS NULL
                AND NOT EXISTS (SELECT FROM workflow_personhold AS ending WHERE ending.ends_id = matter.id)
                AND (
                    matter.person_id IN (held.reporter_id, held.assignee_id)
                    OR matter.person_id = ANY(held.workers)
                    OR EXISTS (
                        SELECT FROM workflow_ticketparticipant AS concerned
                        WHERE concerned.ticket_id = held.id AND concerned.person_id = matter.person_id
                    )
                )
            )
        )
    )"""


OF_ROUND = "JOIN rounds_round AS round ON round.id = kept.round_id"
OF_REPLY = "JOIN rounds_outsidereply AS reply ON reply.id = kept.reply_id"
OF_PERIOD = "JOIN rounds_period AS period ON period.id = kept.period_id"
OF_MEETING = "JOIN meetings_meeting AS meeting ON meeting.id = kept.meeting_id"
WORDS, HAS_WORDS = "words = ''", "kept.words <> ''"
BULLETIN = {
    "sets": "words = '', reason = '', lessons = '{}'",
    "has": "kept.words <> '' OR kept.reason <> '' OR kept.lessons <> '{}'",
    "at": "kept.week",
}
HELD = held_as_evidence("kept.ticket_id")
OLD_NOTICES = (
    f"SELECT id FROM notifications_notice AS kept WHERE created_at < {{until}} AND NOT {HELD} ORDER BY created_at, id"
)
OLD_MESSAGES = "SELECT id FROM common_outboxmessage WHERE failed_at < {until}"
ROW_RULES: Mapping[str, RowRule | WholeRule] = {
    **{
        table: RowRule("patrols", WORDS, HAS_WORDS, school="round.school_id", joins=OF_ROUND)
        for table in ("rounds_roundanswer", "rounds_roundvisit")
    },
    "rounds_roundexcuse": RowRule(
        "patrols", "reason = ''", "kept.reason <> ''", school="round.school_id", joins=OF_ROUND
    ),
    "rounds_roundsweep": RowRule(
        *("patrols", "not_by = '{}', question = ''", "kept.not_by <> '{}' OR kept.question <> ''"),
        school="round.school_id",
        joins=OF_ROUND,
    ),
    "rounds_inspection": RowRule("patrols", "reason = '—'", "kept.reason NOT IN ('', '—')"),
    "rounds_outsidevisit": RowRule("patrols", "who = '', words = ''", "kept.who <> '' OR kept.words <> ''"),
    "rounds_outsidereplyword": RowRule(
        *("patrols", "reference = '', reason = ''", "kept.reference <> '' OR kept.reason <> ''"),
        school="reply.school_id",
        joins=OF_REPLY,
    ),
    "training_trainingsession": RowRule(
        "patrols",
        "title = left('—', length(title)), held_by = '', void_reason = ''",
        "kept.title NOT IN ('', '—') OR kept.held_by <> '' OR kept.void_reason <> ''",
        at="greatest(kept.held_on, kept.counts_until)",
    ),
    "response_responsedraft": RowRule("patrols", "", "true"),
    "rounds_period": RowRule(
        "patrols", "name = '—', goals = ''", "kept.goals <> '' OR kept.name <> '—'", at="kept.ends_on"
    ),
    "rounds_periodact": RowRule(
        "patrols", WORDS, HAS_WORDS, at="period.ends_on", school="period.school_id", joins=OF_PERIOD
    ),
    "rounds_periodsummary": RowRule(
        "patrols", WORDS, HAS_WORDS, at="period.ends_on", school="period.school_id", joins=OF_PERIOD
    ),
    "meetings_meetingitem": RowRule(
        "patrols",
        "added_words = '', off_words = '', noted_words = '', erased_at = coalesce(erased_at, now())",
        "kept.added_words <> '' OR kept.off_words <> '' OR kept.noted_words <> ''",
        at="meeting.day",
        school="meeting.school_id",
        joins=OF_MEETING,
        unless=HELD,
    ),
    "meetings_meeting": RowRule(
        *("patrols", "about = '', words = '', erased_at = coalesce(erased_at, now())"),
        "kept.about <> '' OR kept.words <> ''",
        at="kept.day",
    ),
    "gate_openday": RowRule("patrols", "about = ''", "kept.about <> ''", at="kept.day"),
    "insights_bulletin": RowRule("patrols", **BULLETIN),
    "insights_bulletindraft": RowRule("patrols", **BULLETIN),
    "notifications_notice": WholeRule(
        "news",
        OLD_NOTICES,
        ("DELETE FROM notifications_delivery WHERE notice_id", "DELETE FROM notifications_notice WHERE id"),
    ),
    "common_outboxmessage": WholeRule(
        "news",
        OLD_MESSAGES,
        ("DELETE FROM common_outboxmessage WHERE id",),
    ),
}
"""By table. Of a meeting's or a round's words, the rows below it go first."""
