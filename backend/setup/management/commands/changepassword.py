"""Set the password of somebody who cannot set it themselves, such as an only administrator without mail."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.selectors.people import account_of
from backend.organisation.services.accounts import password_set


class Command(BaseCommand):
    """In place of Django's, which told nobody and ended no token; the password is asked for, or read from a pipe."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the user name."""
        parser.add_argument("username")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Set it, and say what became of the sign-ins."""
        try:
            account = account_of(username=options["username"])
            password_set(account=account, password=_typed(), now=database_now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{account} has a new password and is signed out everywhere; they are told by mail.")


def _typed() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first, second = getpass("New password: "), getpass("The same again: ")
    if first != second:
        raise CommandError("These are two different passwords. Nothing was changed.")
    return first
