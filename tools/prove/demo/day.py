"""One demo day from the first report to the last verdict."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.prove.demo.clients import Person
from tools.prove.demo.collecting import LEADERS, day_seen, told
from tools.prove.demo.filing import Draft, file_all
from tools.prove.demo.judging import Filing, verdicts
from tools.prove.demo.rounds import CLUSTERS, say_rounds
from tools.prove.demo.stage import Stage
from tools.prove.demo.system import System
from tools.prove.demo.table import figures_of, result_of
from tools.prove.demo.working import handle, lead, report_back

TEACHER = "teacher."
HEAD = "head."
NOT_WORKING = ("absent", "conflicted", "bureau")
"""These and the heads of offices leave the tickets to the others; of rounds the heads are asked."""
SIGN_INS_AT_ONCE = 8
LOOK_SECONDS = 3.0
STEPS = ("stored", "routed", "acknowledged", "closed")
STEPS_DONE = {"received": 1, "routed": 2, "acknowledged": 3, "in_progress": 3, "resolved": 3}
PATIENCE_DAYS, PATIENCE_SECONDS = 2, 120
"""Everything has to come to an end within two days and two minutes; what is open then is judged as such."""


class DayWentWrong(Exception):
    """The day could not be played to its end."""


@dataclass(slots=True)
class DemoDay:
    """The people of one school and what they send."""

    stage: Stage
    system: System
    people: Mapping[str, Person]
    drafts: Sequence[Draft]
    console: Console
    filings: list[Filing] = field(default_factory=list)
    concerning: set[str] = field(default_factory=set)

    def play(self) -> None:
        """Let everybody work at once until every ticket has come to an end; after Ctrl-C only close what is open."""
        watcher = Person.like(self.people["principal"])
        with self._at_work(), self._progress() as progress, ThreadPoolExecutor(len(self._teachers())) as pool:
            shares = [pool.submit(self._file_share, number) for number in range(len(self._teachers()))]
            try:
                self._watch(watcher, shares, progress)
            except KeyboardInterrupt:
                self.console.print("Closing what is open; Ctrl-C again leaves it as it is.")
                self.stage.is_interrupted.set()
                self._watch(watcher, shares, progress)
                raise
            finally:
                self.stage.is_interrupted.set()
                self.stage.is_over.set()
                watcher.close()
        if self.stage.problems:
            raise DayWentWrong("\n".join(self.stage.problems))

    def result(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """Look back at the day and judge it."""
        messages = told(people=self.people, school=self.stage.school, system=self.system)
        seen = day_seen(
            people=self.people,
            filings=[*self.filings, *self.stage.later],
            concerning=frozenset(self.concerning),
            stage=self.stage,
            system=self.system,
        )
        counts = self.stage.counts
        figures = figures_of(seen, counts=counts, notices=messages.notices, mails=messages.mails)
        figures["seconds"] = round(self.stage.elapsed, 1)
        figures["requests"] = sum(person.requests for person in self.people.values())
        return result_of(figures=figures, verdicts=verdicts(seen), about=about)

    def _teachers(self) -> list[Person]:
        return [person for part, person in sorted(self.people.items()) if part.startswith(TEACHER)]

    def _file_share(self, number: int) -> None:
        teachers = self._teachers()
        share = self.drafts[number :: len(teachers)]
        places = {place["code"]: place["id"] for place in teachers[number].items("/places")}
        filings = file_all(teachers[number], share, places=places, stage=self.stage)
        self.filings += filings
        self.concerning |= {
            filing.reference for filing, draft in zip(filings, share, strict=False) if draft.is_concerning
        }

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        workers = [threading.Thread(target=job, args=(person, self.stage), daemon=True) for job, person in self._jobs()]
        workers.append(threading.Thread(target=say_rounds, args=(self.people, self.stage), daemon=True))
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.stage.is_over.set()
            for worker in workers:
                worker.join()

    def _jobs(self) -> Iterator[tuple[Any, Person]]:
        for part, person in self.people.items():
            if part in LEADERS:
                yield lead, person
            elif part.startswith(TEACHER):
                yield report_back, Person.like(person)
            elif part not in NOT_WORKING and not part.startswith(HEAD):
                yield handle, person

    def _watch(self, watcher: Person, shares: Sequence["Future[None]"], progress: Progress) -> None:
        bars = {task.description: task.id for task in progress.tasks} or {
            name: progress.add_task(name, total=len(self.drafts)) for name in ("filed", *STEPS)
        }
        end = PATIENCE_DAYS * self.stage.day_seconds + PATIENCE_SECONDS
        while not self.stage.is_over.wait(LOOK_SECONDS) and self.stage.elapsed < end:
            states = {ticket["id"]: ticket["state"] for ticket in watcher.items("/tickets")}
            done = [STEPS_DONE.get(state, len(STEPS)) for state in states.values()]
            progress.update(bars["filed"], completed=self.stage.counts["filed"])
            for number, name in enumerate(STEPS, start=1):
                progress.update(bars[name], completed=sum(each >= number for each in done))
            is_quiet = self.stage.is_evening and self._rounds_are_over(len(states)) and all(map(Future.done, shares))
            if is_quiet and all(each == len(STEPS) for each in done):
                break
        for share in shares:
            share.result()

    def _rounds_are_over(self, tickets: int) -> bool:
        """Say whether every round is answered or missing, and what they lead to is there; after Ctrl-C nobody waits."""
        expected = self.stage.counts["filed"] + len(self.stage.later) + CLUSTERS
        return self.stage.is_interrupted.is_set() or (self.stage.rounds_said.is_set() and tickets >= expected)

    @contextmanager
    def _progress(self) -> Iterator[Progress]:
        columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, refresh_per_second=4) as progress:
            yield progress


@contextmanager
def signed_in(system: System, accounts: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Person]]:
    """Sign everybody in; hang up afterwards."""
    people: dict[str, Person] = {}
    try:
        with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
            for person in pool.map(lambda account: Person.sign_in(base_url=system.base_url, account=account), accounts):
                people[person.part] = person
        yield people
    finally:
        for person in people.values():
            with suppress(OSError):
                person.close()
