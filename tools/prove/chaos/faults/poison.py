"""A ticket whose firing fails every time: the others fire in time, and once it is healed it fires too."""

from tools.prove.chaos.faults.base import Fault
from tools.prove.chaos.target import ChaosWentWrong
from tools.prove.demo.clients import Person

TRIGGER = """
CREATE FUNCTION chaos_poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'escalated' AND NEW.ticket_id = TG_ARGV[0]::uuid THEN RAISE EXCEPTION 'poison'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chaos_poison BEFORE INSERT ON workflow_ticketevent
    FOR EACH ROW EXECUTE FUNCTION chaos_poison('{ticket}')
"""
HEAL = "DROP TRIGGER chaos_poison ON workflow_ticketevent; DROP FUNCTION chaos_poison"
STANDING = """
SELECT coalesce(max(failures), 0), count(*) FILTER (WHERE rung > 0) FROM deadlines_timer WHERE subject_id = %(ticket)s
"""
WORST_OF_OTHERS = """
SELECT coalesce(max(extract(epoch FROM fired.fired_at - greatest(fired.due_at, timer.started_at))), 0)
FROM deadlines_escalation AS fired JOIN deadlines_timer AS timer ON timer.id = fired.timer_id
WHERE fired.fired_at BETWEEN %(since)s AND %(until)s AND timer.subject_id <> %(ticket)s
"""
OBJECTIVE_SECONDS = 5.0


class Poison(Fault):
    """A trigger in the database refuses the escalations of one ticket."""

    name = "poison"
    hold_seconds = 14.0

    def inject(self) -> None:
        """File the ticket and poison it before its first clock is due."""
        sent = self.load.file(Person.like(self.load.teachers[0]))
        if sent is None:
            raise ChaosWentWrong("The ticket to be poisoned was refused.")
        self.ticket = sent.ticket
        with self.target.database() as connection:
            connection.execute(TRIGGER.replace("{ticket}", sent.ticket))
        self.since = self.target.now()
        self.injected += 1

    def heal(self) -> None:
        """Take the trigger away; until then the ticket was put off and nobody else waited."""
        failures, climbed = self.target.rows(STANDING, ticket=self.ticket)[0]
        found = self.target.rows(WORST_OF_OTHERS, since=self.since, until=self.target.now(), ticket=self.ticket)
        with self.target.database() as connection:
            connection.execute(HEAL)
        if not failures or climbed:
            self.breaks.append(f"the poisoned ticket failed {failures} times and climbed {climbed} clocks")
        if (worst := float(found[0][0])) > OBJECTIVE_SECONDS:
            self.breaks.append(f"other tickets waited {worst:.1f} s for the poisoned one")

    def is_over(self) -> bool:
        """Say whether the healed ticket has climbed."""
        return bool(self.target.rows(STANDING, ticket=self.ticket)[0][1])
