"""Print a link that opens the set-up pages for a new school."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from backend.common.clock import database_now
from backend.organisation.selectors.bureaus import bureau_at
from backend.setup.selectors.links import has_school
from backend.setup.services.links import setup_link_make


class Command(BaseCommand):
    """Make a link, which works once and for a day; the one before it ends."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to do nothing where a school stands, and the bureau that the school comes under."""
        parser.add_argument("--first", action="store_true", help="only where there is no school yet")
        parser.add_argument("--bureau", metavar="CODE", help="put the school under a bureau that is here already")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print it, in both languages: nobody has chosen one yet."""
        if options["first"] and has_school():
            return
        code = options["bureau"]
        bureau = bureau_at(code=code) if code else None
        if code and bureau is None:
            raise CommandError(f"There is no bureau with the code {code}.")
        token = setup_link_make(now=database_now(), bureau=bureau)
        link = f"{settings.PUBLIC_URL}{reverse('portal:setup_start')}?{urlencode({'token': token})}"
        self.stdout.write("Set a school up here · 请打开此链接，设置学校:\n")
        self.stdout.write(f"{link}\n")
        self.stdout.write(
            "It works once, for one day. Another one · 仅限一次，一天内有效。重新生成: manage.py setup_link"
        )
