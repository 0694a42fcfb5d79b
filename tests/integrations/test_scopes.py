"""A program may do nothing but what its scopes open, never more than the person, and nothing confidential."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import get_random_string
from drf_spectacular.generators import SchemaGenerator

from backend.common.clock import database_now
from backend.incidents.models import Report
from backend.organisation.roles import Role
from tests.architecture.conftest import METHODS
from tests.architecture.test_operations import PUBLIC, filled, ids_of_home, send
from tests.integrations.programs import EVERY_SCOPE, Program, administrator, made, program
from tests.integrations.test_service_accounts import code
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, OPEN, STRICT, file_ticket
from tests.world import World, member_add


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Return every operation but signing in: its path, its method and its description."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS and path not in PUBLIC
    ]


def is_closed(answer: Any) -> bool:
    """Say whether an answer refuses a program: for the want of a scope, or where nobody may say who they are."""
    refused = {403: "scope_missing", 409: "still_signed_in"}.get(answer.status_code)
    return refused is not None and answer.data["code"] == refused


def opened_by(operation: dict[str, Any]) -> str | None:
    """Return the scope that the description says opens an operation; None where it is closed to programs."""
    scope: str | None = operation.get("x-scope")
    assert (scope is not None) == ({"service": []} in operation["security"])
    return scope


def test_every_operation_is_closed_unless_a_scope_opens_it(world: World) -> None:
    ids = ids_of_home(world)
    every = program(world, *EVERY_SCOPE, on_behalf_of="dan")
    opened: dict[str, set[str]] = {scope: set() for scope in EVERY_SCOPE}
    one = {scope: Program(made(world, scope, name=scope)["secret"], "dan") for scope in EVERY_SCOPE}
    for path, method, operation in operations():
        address, scope = filled(path, operation, ids), opened_by(operation)
        answer = send(every, method, address)
        assert is_closed(answer) == (scope is None), (method, path, answer.status_code)
        if scope in one:
            opened[scope].add(f"{method} {path}")
            other = one[next(name for name in EVERY_SCOPE if name != scope)]
            assert is_closed(send(other, method, address)), (method, path)
            assert not is_closed(send(one[scope], method, address)), (method, path)
    assert all(opened.values()), "a scope that opens nothing"
    assert not any("actions" in path or "/me" in path for paths in opened.values() for path in paths)


def test_it_files_on_behalf_of_a_person_and_the_ledger_names_both(world: World) -> None:
    kiosk = program(world, "reports.file")
    assert code(kiosk.post("reports", world.report_body())) == (403, "on_behalf_required")
    assert kiosk.get("categories").status_code == 200
    filed = kiosk.for_("ALICE").post("reports", world.report_body())
    assert filed.status_code == 201, filed.data
    report = Report.objects.select_related("ticket").get()
    assert report.reporter_id == world.alice.person.id
    account = administrator(world).client.get("service-accounts").data["items"][0]
    (opened,) = world.alice.client.get(f"tickets/{report.ticket_id}/timeline").data
    assert (opened["actor"], opened["details"]["service"]) == (
        str(world.alice.person.id),
        {"id": account["id"], "name": "校园门户"},
    )
    assert kiosk.for_("alice").post(f"reports/{report.id}/withdraw", {"note": "By mistake."}).status_code == 200
    assert "service" in world.alice.client.get(f"tickets/{report.ticket_id}/timeline").data[-1]["details"]
    # Not more than the person may: Bob did not report it, and Alice holds no exercise.
    assert kiosk.for_("bob").get(f"reports/{report.id}").status_code == 404
    exercise = kiosk.for_("alice").post("reports", world.report_body(exercise=True))
    assert code(exercise) == (403, "exercise_not_allowed")


def test_one_key_for_two_people_files_two_reports(world: World) -> None:
    kiosk, key = program(world, "reports.file"), get_random_string(20)
    ids = {kiosk.for_(name).post("reports", world.report_body(), key=key).data["id"] for name in ("alice", "bob")}
    assert len(ids) == 2


def test_sight_is_the_persons_and_never_what_is_or_was_confidential(world: World) -> None:
    reader = program(world, "tickets.read", "reports.file")
    since = database_now()
    tickets = {name: file_ticket(world, routed=True, category=name) for name in (OPEN, CLOSER, STRICT)}
    readers = {"dan": {OPEN}, "cleo": {OPEN}, "erin": set(), "bob": {OPEN}, "carol": set(), "alice": {OPEN}, "": {OPEN}}
    for who, expected in readers.items():
        one = reader.for_(who)
        listed = {row["id"] for row in one.get("tickets").data["items"]}
        assert listed == {str(tickets[name]) for name in expected}, who
        for name, ticket_id in tickets.items():
            status = 200 if name in expected else 404
            assert one.get(f"tickets/{ticket_id}").status_code == status, (who, name)
            assert one.get(f"tickets/{ticket_id}/timeline").status_code == status, (who, name)
    assert reader.for_("dan").get(f"tickets/{tickets[OPEN]}").data["available_actions"] == []
    # Even her own confidential reports are not read by a program, though it may file one.
    shown = {row["category"] for row in reader.for_("alice").get("reports").data["items"]}
    assert shown == {OPEN}
    sealed = reader.for_("alice").post("reports", world.report_body(category=STRICT))
    assert (sealed.status_code, sealed.data["ticket"]) == (201, None)
    # What is sealed afterwards leaves the copy of the program, and what always was is not named.
    assert world.bob.client.act(tickets[OPEN], "reclassify", note="A child.", category=STRICT).status_code == 200
    for who in ("", "dan", "bob"):
        answer = reader.for_(who).get("tickets", updated_since=since.isoformat()).data
        assert (answer["items"], answer["gone"]) == ([], [tickets[OPEN]]), who
    assert reader.for_("dan").get("tickets").data["items"] == []


def test_a_program_of_another_school_finds_nothing(world: World) -> None:
    ids = ids_of_home(world)
    mia = member_add(world, "mia", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    abroad = program(world, "tickets.read", "reports.file", by=mia)
    for who in ("", "mallory"):
        for path in (f"tickets/{ids['ticket_id']}", f"tickets/{ids['ticket_id']}/timeline"):
            assert abroad.for_(who).get(path).status_code == 404, path
        assert abroad.for_(who).get("tickets").data["items"] == []
    assert abroad.for_("mallory").get(f"reports/{ids['report_id']}").status_code == 404
    assert code(abroad.for_("alice").get("tickets")) == (403, "on_behalf_unknown")


def test_nobody_is_acted_for_who_left_or_whose_account_is_closed(world: World) -> None:
    reader = program(world, "tickets.read")
    world.bob.user.is_active = False
    world.bob.user.save()
    assert code(reader.for_("bob").get("tickets")) == (403, "on_behalf_unknown")
    with as_owner():
        world.carol.person.appointments.all().delete()
    assert code(reader.for_("carol").get("tickets")) == (403, "not_staff")
    assert reader.for_("%61lice").get("tickets").status_code == 200
    for nobody in ("", " ", "%20", "%00"):
        unsaid = Program(reader.secret)
        unsaid.http.credentials(HTTP_AUTHORIZATION=f"Bearer {reader.secret}", HTTP_ON_BEHALF_OF=nobody)
        assert code(unsaid.get("tickets")) == (403, "on_behalf_unknown"), "a field left empty is not the account itself"


def test_it_reads_what_waits_for_somebody(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    reader = program(world, "todo.read")
    todo = [row["id"] for row in reader.for_("bob").get("todo").data["items"]]
    assert todo == [str(ticket_id)] == [row["id"] for row in world.bob.client.get("todo").data["items"]]
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert reader.for_("carol").get("todo").data["items"] == []
    assert code(reader.get("todo")) == (403, "on_behalf_required")


def test_its_rate_is_its_own_and_told(world: World) -> None:
    rates = {"service": "3/d", "principal": "600/min"}
    reader = program(world, "tickets.read")
    with override_settings(REST_FRAMEWORK={**settings.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": rates}):
        left = [reader.for_(who).get("categories").headers["RateLimit"] for who in ("", "dan", "bob")]
        assert [words.split(";t=")[0] for words in left] == [f'"service";r={number}' for number in (2, 1, 0)]
        refused = reader.get("tickets")
        assert code(refused) == (429, "throttled")
        assert refused.headers["RateLimit-Policy"] == '"service";q=3;w=86400'
        assert world.dan.client.get("categories").status_code == 200


def test_a_call_costs_two_statements_before_the_view_and_four_for_a_person(world: World) -> None:
    reader = program(world, "tickets.read")
    for who, most in (("", 2), ("bob", 4)):
        one = reader.for_(who)
        assert one.http.head("/api/v1/offices").status_code == 200
        with CaptureQueriesContext(connection) as asked:
            assert one.http.options("/api/v1/offices").status_code == 403
        assert len(asked) == (2 if not who else 3)
        with CaptureQueriesContext(connection) as asked:
            assert one.get("offices").status_code == 200
        assert len(asked) == most + 1


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer \xe9", f"Bearer {'a' * 300}", "Bearer allclear_x"])
def test_a_wrong_token_is_refused(world: World, header: str) -> None:
    wrong = Program("")
    wrong.http.credentials(HTTP_AUTHORIZATION=header)
    assert code(wrong.get("tickets")) == (401, "token_invalid")
