"""Prove that an installation is ready to be relied on, line by line."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.lists_in_words import listed_in_words
from backend.common.mail_addresses import mail_address_shown
from backend.setup.live_checks import CHECKS, Asked, State, Verdict


class Command(BaseCommand):
    """Run every check of docs/production.md and end with 1 where one of them fails."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the language of the lines, where the test mail goes, and whether to ask for its code."""
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)
        parser.add_argument("--mail-to", action="append", default=[], metavar="ADDRESS", help="may be repeated")
        parser.add_argument("--confirm", action="store_true", help="ask for the code that stands in the mail")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what each check found."""
        with translation.override(options["language"]):
            confirm = self._ask if options["confirm"] else None
            to = options["mail_to"]
            verdicts = {name: check(Asked(database_now(), to, confirm)) for name, check in CHECKS.items()}
            self.stdout.write("\n".join(_line(name, verdict) for name, verdict in verdicts.items()))
            failed = [name for name, verdict in verdicts.items() if verdict.state is State.FAILS]
            if failed:
                self.stdout.write(
                    _("Not ready: %(names)s. docs/production.md says what to do.") % {"names": listed_in_words(failed)}
                )
                raise SystemExit(1)
            self.stdout.write(_("Ready."))

    def _ask(self, address: str) -> str:
        to = {"address": mail_address_shown(address)}
        self.stdout.write(_("A mail is on its way to %(address)s. The code that stands in it: ") % to)
        return input().strip()


def _line(name: str, verdict: Verdict) -> str:
    marks = {State.HOLDS: _("ok"), State.FAILS: _("FAILS")}
    return f"{marks[verdict.state]:<10} {name:<10} {verdict.words}"
