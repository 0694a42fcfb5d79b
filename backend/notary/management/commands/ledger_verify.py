"""Proving that nothing on record was changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.common.sealed.folder import ContentsLocked
from backend.notary.recomputing import TreeBroken
from backend.notary.verification import Sweeps, TreeWalk, tree_verify
from backend.workflow.verification import ledger_verdicts

TOLD_EVERY = 50_000


class Command(BaseCommand):
    """Walks every chain, then the tree over all of them; stops at the first that does not hold, names it and fails."""

    help = "Verify every ticket's hash chain, that it says what was filed, and the tree and its checkpoints over all."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether a backup was restored, and what somebody kept outside."""
        parser.add_argument("--restored", action="store_true", help="the database may be older than what was signed")
        words = "a checkpoint that somebody kept, as a mail has it: the tree has to go on from it; may be repeated"
        parser.add_argument("--checkpoint", action="append", default=[], type=Path, metavar="FILE", help=words)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Verify, and say how much was verified."""
        try:
            self._chains(is_restored=options["restored"])
        except ContentsLocked as error:
            raise CommandError(f"What confidential tickets say cannot be opened: {error.__notes__[0]}.") from error
        self._tree(is_restored=options["restored"], notes=options["checkpoint"])

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

    def _tree(self, *, is_restored: bool, notes: Sequence[Path]) -> None:
        walk, told = None, 0
        kept = [(str(path), path.read_text(encoding="utf-8")) for path in notes]
        try:
            for walk in tree_verify(is_restored=is_restored, notes=kept):
                told = self._tell(told, walk.size, "leaves")
        except TreeBroken as error:
            raise CommandError(f"The tree is broken: {error}.") from error
        if walk:
            self._held(walk)

    def _held(self, walk: TreeWalk) -> None:
        claims = walk.claims
        signed = f"{claims.checkpoints} checkpoints, the last over {claims.signed} of them"
        self.stdout.write(f"The tree holds: {walk.size} leaves, {signed}.")
        self._sweeps(walk.sweeps)
        if walk.ahead:
            self.stdout.write(f"It is {walk.ahead} leaves short of what the notary's folder has.")
        if claims.copies:
            unseen = walk.size - claims.seen
            self.stdout.write(
                f"{claims.copies} checkpoints elsewhere agree; {unseen} leaves are under none of them yet."
            )
        for name, seen in claims.witnesses.items():
            self.stdout.write(f"{name} has seen {seen} of the leaves.")
        if walk.size and not (claims.copies or claims.witnesses):
            self.stdout.write("No checkpoint lies elsewhere: nobody outside this machine has seen the tree.")
        if claims.outside is None:
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
