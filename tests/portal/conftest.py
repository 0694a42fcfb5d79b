"""People at a page: through Django's client, and in a real browser."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.outbox import outbox_consume
from backend.incidents.models import Report
from backend.incidents.services import report_file
from backend.notifications.services import notices_create
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_lock
from backend.workflow.services import ActionInput, TicketDraft, ticket_act, ticket_route
from backend.workflow.states import Action
from tests.world import Member, World

SignIn = Callable[..., Client]
OpenPage = Callable[..., Page]


@pytest.fixture
def signed_in() -> SignIn:
    """Return a function that gives a client signed in as somebody, reading English unless told otherwise."""

    def sign_in(member: Member, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser(needs: Callable[[str], str]) -> Iterator[Browser]:
    """A headless Chromium."""
    path = needs("chromium")
    # Playwright runs an event loop in this thread, in which Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, signed_in: SignIn) -> Iterator[OpenPage]:
    """Return a function that opens a path as somebody (None: not signed in), in a language, at a width."""
    contexts = []

    def open_one(
        path: str, member: Member | None, *, language: str = "en", width: int = 360, height: int = 760
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="en-GB" if language == "en" else "zh-CN",
            reduced_motion="reduce",
        )
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if member is not None:
            cookies[settings.SESSION_COOKIE_NAME] = (
                signed_in(member, language).cookies[settings.SESSION_COOKIE_NAME].value
            )
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def filed(
    member: Member,
    world: World,
    category: str = "F02",
    description: str = "二楼安全出口被课桌堵住了。",
    *,
    ago: timedelta = timedelta(0),
    concerned: Member | None = None,
) -> Report:
    """File a report some time ago, route its ticket as the worker does, and return the report."""
    at = database_now() - ago
    draft = TicketDraft(
        category=category,
        place_id=world.home.places["stairwell"].id,
        occurred_at=at - timedelta(minutes=2),
        description=description,
        persons_concerned=frozenset([concerned.person.id] if concerned else []),
    )
    report = report_file(actor=member.actor, draft=draft, now=at)
    ticket_route(ticket_id=report.ticket_id, now=at)
    return Report.objects.select_related("ticket").get(id=report.id)


def deliver() -> None:
    """Do what the worker does with everything that people are to be told."""
    ids = list(OutboxMessage.objects.filter(topic="ticket.told", done_at=None).values_list("id", flat=True))
    outbox_consume(ids=ids, handle=lambda message, now: notices_create(message=message, now=now), now=database_now())


def take(member: Member, ticket: Ticket, action: Action, note: str = "", assignee: Member | None = None) -> None:
    """Take an action on a ticket as somebody."""
    given = ActionInput(note=note, assignee_id=assignee.person.id if assignee else None)
    with transaction.atomic():
        locked = ticket_lock(actor=member.actor, ticket_id=ticket.id)
        ticket_act(actor=member.actor, ticket=locked, action=action, given=given, now=database_now())
