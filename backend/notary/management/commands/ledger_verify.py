"""Proving that nothing on record was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.common.sealed.folder import ContentsLocked
from backend.notary.recomputing import TreeBroken
from backend.notary.verification import Sweeps, Verified, tree_verify
from backend.workflow.verification import ledger_verdicts

TOLD_EVERY = 50_000


class Command(BaseCommand):
    """Walks every chain, then the tree over all of them; stops at the first that does not hold, names it and fails."""

    help = "Verify every ticket's hash chain, that it says what was filed, and the tree and its checkpoints over all."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether a backup was restored."""
        parser.add_argument("--restored", action="store_true", help="the database may be older than what was signed")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, and say how much was verified."""
        try:
            self._chains(is_restored=options["restored"])
        except ContentsLocked as error:
            raise CommandError(f"What confidential tickets say cannot be opened: {error.__notes__[0]}.") from error
        self._tree(is_restored=options["restored"])

    def _chains(self, *, is_restored: bool) -> None:
        tickets = events = told = 0
        for verdict in ledger_verdicts(is_restored=is_restored):
            if verdict.broken:
                where = f"ticket {verdict.reference}, event {verdict.broken.sequence}"
                raise CommandError(f"The ledger is broken at {where}: {verdict.broken.reason}.")
            tickets += 1
            events += verdict.events
            told = self._tell(told, events, "events")
        self.stdout.write(f"The ledger holds: {tickets} tickets, {events} events.")

    def _tree(self, *, is_restored: bool) -> None:
        verified, told = Verified(), 0
        try:
            for verified in tree_verify(is_restored=is_restored):
                told = self._tell(told, verified.leaves, "leaves")
        except TreeBroken as error:
            raise CommandError(f"The tree is broken: {error}.") from error
        signed = f"{verified.checkpoints} checkpoints, the last over {verified.signed} of them"
        self.stdout.write(f"The tree holds: {verified.leaves} leaves, {signed}.")
        self._sweeps(verified.sweeps)
        if verified.ahead:
            self.stdout.write(f"It is {verified.ahead} leaves short of what the notary's folder has.")
        if verified.copies:
            unseen = verified.leaves - verified.seen
            self.stdout.write(
                f"{verified.copies} checkpoints elsewhere agree; {unseen} leaves are under none of them yet."
            )
        for name, seen in verified.witnesses.items():
            self.stdout.write(f"{name} has seen {seen} of the leaves.")
        if verified.leaves and not (verified.copies or verified.witnesses):
            self.stdout.write("No checkpoint lies elsewhere: nobody outside this machine has seen the tree.")
        if verified.outside is None:
            self.stdout.write("Nothing outside the database vouches for it: the notary's folder has no checkpoint.")

    def _sweeps(self, sweeps: Sweeps) -> None:
        if sweeps.up_to is None:
            return
        self.stdout.write(f"Deadlines were swept up to {sweeps.up_to:%F %T} UTC.")
        if sweeps.longest:
            since, until = sweeps.longest
            self.stdout.write(
                f"Nothing says so for over three minutes {sweeps.silences} times, the longest from {since:%F %T} to "
                f"{until:%F %T} UTC."
            )

    def _tell(self, told: int, done: int, what: str) -> int:
        if done - told < TOLD_EVERY:
            return told
        self.stderr.write(f"{done} {what} hold so far …")
        return done
