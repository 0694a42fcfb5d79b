"""One report from filing to closing, with the client that openapi-python-client writes; prints each state."""

import os
import time
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from allclear_client import AuthenticatedClient, Client
from allclear_client.api.reports import reports_file, reports_retrieve
from allclear_client.api.tickets import tickets_act, tickets_retrieve
from allclear_client.api.tokens import token_create, token_end
from allclear_client.models import (
    ActionInputRequest,
    Problem,
    ReportDetailOutput,
    ReportInputRequest,
    ReportOutput,
    StateEnum,
    TicketOutput,
    TicketsActAction,
    TokenInputRequest,
    TokenOutput,
)

URL = os.environ["ALLCLEAR_URL"]
SECONDS_TO_ROUTE = 30


def sign_in(name: str) -> AuthenticatedClient:
    """Return a client that speaks for the person whose name and password the environment gives."""
    body = TokenInputRequest(username=os.environ[name], password=os.environ[f"{name}_PASSWORD"])
    answer = token_create.sync(client=Client(base_url=URL), body=body)
    assert isinstance(answer, TokenOutput), answer
    return AuthenticatedClient(base_url=URL, token=answer.token, prefix="Token")


def file_twice(teacher: AuthenticatedClient) -> ReportOutput:
    """File a report and send it again with the same key, as after a lost answer: one report."""
    body = ReportInputRequest(category="F02", occurred_at=datetime.now(UTC), description="二楼安全出口被课桌堵住了。")
    key = str(uuid4())
    first = reports_file.sync_detailed(client=teacher, body=body, idempotency_key=key)
    again = reports_file.sync_detailed(client=teacher, body=body, idempotency_key=key)
    assert isinstance(first.parsed, ReportOutput), first
    assert again.parsed == first.parsed
    assert again.headers["Idempotency-Replayed"] == "true"
    return first.parsed


def wait_until_routed(teacher: AuthenticatedClient, report: UUID) -> StateEnum:
    """Ask until the office has it."""
    deadline = time.monotonic() + SECONDS_TO_ROUTE
    while True:
        answer = reports_retrieve.sync(report, client=teacher)
        assert isinstance(answer, ReportDetailOutput), answer
        if answer.state is StateEnum.ROUTED or time.monotonic() > deadline:
            return answer.state
        time.sleep(0.2)


def seen(person: AuthenticatedClient, ticket: UUID) -> str:
    """Return the ETag of the ticket as this person sees it."""
    return str(tickets_retrieve.sync_detailed(ticket, client=person).headers["ETag"])


def act(person: AuthenticatedClient, ticket: UUID, action: TicketsActAction, note: str, match: str) -> StateEnum | str:
    """Take an action; return the state it led to, or the code of the refusal."""
    body = ActionInputRequest(note=note)
    key = str(uuid4())
    answer = tickets_act.sync(ticket, action, client=person, body=body, idempotency_key=key, if_match=match)
    if isinstance(answer, Problem):
        return answer.code
    assert isinstance(answer, TicketOutput), answer
    return answer.state


def main() -> None:
    """Go the whole way."""
    teacher, head, coordinator = sign_in("TEACHER"), sign_in("HEAD"), sign_in("COORDINATOR")
    report = file_twice(teacher)
    assert isinstance(report.ticket, UUID), report
    print(report.state, wait_until_routed(teacher, report.id), sep="\n")
    ticket = report.ticket
    old = seen(head, ticket)
    print(act(head, ticket, TicketsActAction.ACKNOWLEDGE, "", old))
    print(act(head, ticket, TicketsActAction.START, "", old))
    print(act(head, ticket, TicketsActAction.RECORD_INTERIM_CONTROL, "Desks moved aside.", seen(head, ticket)))
    print(act(head, ticket, TicketsActAction.START, "", seen(head, ticket)))
    print(act(head, ticket, TicketsActAction.RESOLVE, "Desks are in the depot.", seen(head, ticket)))
    print(act(head, ticket, TicketsActAction.VERIFY, "Looks fine.", seen(head, ticket)))
    print(act(coordinator, ticket, TicketsActAction.VERIFY, "Seen: the exit is free.", seen(coordinator, ticket)))
    for person in (teacher, head, coordinator):
        assert token_end.sync_detailed(client=person).status_code == HTTPStatus.NO_CONTENT


if __name__ == "__main__":
    main()
