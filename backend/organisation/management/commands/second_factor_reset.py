"""Reset the second factor of somebody who lost app, passkeys and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.selectors.people import account_of
from backend.organisation.services.accounts import factor_reset


class Command(BaseCommand):
    """For a school's only administrator; who reads sealed tickets needs a second person here too."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the user name."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Reset it, and say whether it waits for a second person."""
        try:
            account = account_of(username=options["username"])
            waits = factor_reset(by=None, account=account, now=database_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "It waits for a second person: the principal, the student protection lead, the board chair or the bureau."
            if waits
            else f"{account} signs in with the password alone until a new second factor is set up."
        )
