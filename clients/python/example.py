"""One report from filing to closing, with this client; prints each state."""

import os
import time
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID, uuid4

from allclear_client import AuthenticatedClient, Client
from allclear_client.api.reports import reports_file, reports_retrieve
from allclear_client.api.tickets import (
    tickets_acknowledge,
    tickets_record_interim_control,
    tickets_resolve,
    tickets_retrieve,
    tickets_start,
    tickets_verify,
)
from allclear_client.api.tokens import token_create, token_end
from allclear_client.models import (
    AcknowledgeActionInputRequest,
    ControlEnum,
    Problem,
    RecordInterimControlActionInputRequest,
    ReportDetailOutput,
    ReportInputRequest,
    ReportOutput,
    ResolveActionInputRequest,
    StartActionInputRequest,
    StateEnum,
    TicketOutput,
    TokenInputRequest,
    TokenOutput,
    VerifyActionInputRequest,
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


def outcome(answer: TicketOutput | Problem | None) -> StateEnum | str:
    """Return the state an action led to, or the code of the refusal."""
    if isinstance(answer, Problem):
        return answer.code
    assert isinstance(answer, TicketOutput), answer
    return answer.state


def new() -> str:
    """Return the key of a new request."""
    return str(uuid4())


def work(head: AuthenticatedClient, ticket: UUID) -> None:
    """Work on the ticket until it is solved; starting is tried with an old tag first."""
    old = seen(head, ticket)
    acknowledge, start = AcknowledgeActionInputRequest(), StartActionInputRequest()
    safe = RecordInterimControlActionInputRequest(note="Desks moved aside.")
    solved = ResolveActionInputRequest(note="Desks are in the depot.", control=ControlEnum.ELIMINATED)
    print(outcome(tickets_acknowledge.sync(ticket, client=head, body=acknowledge, idempotency_key=new())))
    print(outcome(tickets_start.sync(ticket, client=head, body=start, idempotency_key=new(), if_match=old)))
    match = seen(head, ticket)
    print(
        outcome(
            tickets_record_interim_control.sync(ticket, client=head, body=safe, idempotency_key=new(), if_match=match)
        )
    )
    match = seen(head, ticket)
    print(outcome(tickets_start.sync(ticket, client=head, body=start, idempotency_key=new(), if_match=match)))
    match = seen(head, ticket)
    print(outcome(tickets_resolve.sync(ticket, client=head, body=solved, idempotency_key=new(), if_match=match)))


def main() -> None:
    """Go the whole way."""
    teacher, head, coordinator = sign_in("TEACHER"), sign_in("HEAD"), sign_in("COORDINATOR")
    report = file_twice(teacher)
    assert isinstance(report.ticket, UUID), report
    print(report.state, wait_until_routed(teacher, report.id), sep="\n")
    ticket = report.ticket
    work(head, ticket)
    for person, note in ((head, "Looks fine."), (coordinator, "Seen: the exit is free.")):
        verify = VerifyActionInputRequest(note=note)
        match = seen(person, ticket)
        print(outcome(tickets_verify.sync(ticket, client=person, body=verify, idempotency_key=new(), if_match=match)))
    for person in (teacher, head, coordinator):
        assert token_end.sync_detailed(client=person).status_code == HTTPStatus.NO_CONTENT


if __name__ == "__main__":
    main()
