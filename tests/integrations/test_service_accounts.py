"""Service accounts: made, exchanged, revoked by administrators, and recorded; a secret is shown once."""

from datetime import timedelta
from uuid import UUID, uuid4

from backend.administration.models import Change
from backend.common.clock import database_now
from backend.common.models import IdempotencyRecord, OutboxMessage
from backend.integrations.models import ServiceAccount, ServiceCall, ServiceSecret
from backend.integrations.services.calls import calls_purge
from backend.organisation.roles import Role
from tests.integrations.programs import Program, administrator, made, program, service_body
from tests.roles import as_owner
from tests.world import World, member_add


def code(answer: object) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return answer.status_code, answer.data["code"]  # type: ignore[attr-defined]


def test_its_secret_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    ada, key = administrator(world).client, str(uuid4())
    body = service_body("tickets.read")
    first = ada.post("service-accounts", body, key=key)
    assert (first.status_code, first.headers["Cache-Control"]) == (201, "no-store")
    assert ada.post("service-accounts", body, key=key).data == first.data
    secret = first.data["secret"]
    assert Program(secret).get("tickets").status_code == 200
    kept = [*ServiceSecret.objects.values_list("digest", flat=True)]
    kept += [*IdempotencyRecord.objects.values_list("body", flat=True), str(Change.objects.values_list("changes"))]
    assert not any(secret in text for text in kept)
    listed = ada.get("service-accounts").data["items"]
    assert [(row["name"], row["scopes"], "secret" in row) for row in listed] == [("校园门户", ["tickets.read"], False)]
    assert Change.objects.filter(content_type__model="serviceaccount", employer_id=world.school.id).count() == 1
    told = OutboxMessage.objects.get(topic="people.power_changed", payload__what="service").payload
    assert {str(world.dan.person.id), str(world.erin.person.id)} <= set(told["people"])
    assert (told["whom"], told["by"]) == ("校园门户", "Ada")


def test_two_secrets_work_while_it_is_exchanged_and_none_once_it_is_revoked(world: World) -> None:
    account = made(world, "tickets.read")
    ada, path = administrator(world).client, f"service-accounts/{account['id']}"
    key = str(uuid4())
    second = ada.post(f"{path}/rotate", {}, key=key).data["secret"]
    assert ada.post(f"{path}/rotate", {}, key=key).data["secret"] == second
    for secret in (account["secret"], second):
        assert Program(secret).get("tickets").status_code == 200
    third = ada.post(f"{path}/rotate", {"at_once": True}).data["secret"]
    assert code(ada.post(f"{path}/rotate", {}, key=key)) == (409, "service_secret_dead")
    assert code(Program(account["secret"]).get("tickets")) == (401, "token_invalid")
    assert code(Program(second).get("tickets")) == (401, "token_expired")
    assert Program(third).get("tickets").status_code == 200
    assert ada.post(f"{path}/revoke").data["revoked_at"] is not None
    assert ada.get(path).data["revoked_at"] is not None
    assert code(Program(third).get("tickets")) == (401, "token_invalid")
    assert code(ada.post(f"{path}/rotate")) == (409, "service_over")
    made(world, "tickets.read")  # its name is free again


def test_it_ends_on_its_day(world: World) -> None:
    account = made(world, "tickets.read")
    with as_owner():
        ServiceAccount.objects.update(ends_at=database_now())
    assert code(Program(account["secret"]).get("tickets")) == (401, "token_expired")
    ada = administrator(world).client
    assert code(ada.post(f"service-accounts/{account['id']}/rotate")) == (409, "service_over")


def test_what_makes_no_sense_is_refused(world: World) -> None:
    ada, body = administrator(world).client, service_body("tickets.read")
    made(world, "tickets.read")
    assert code(ada.post("service-accounts", {**body, "name": "校园\u200b门户"})) == (409, "service_name_taken")
    for wrong, pointer in (
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["tickets.write"]}, "/scopes/0"),
        ({"name": ""}, "/name"),
        ({"ends_at": database_now().isoformat()}, "/ends_at"),
        ({"ends_at": (database_now() + timedelta(days=800)).isoformat()}, "/ends_at"),
    ):
        answer = ada.post("service-accounts", {**body, "name": "other", **wrong})
        assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (400, pointer)
    for number in range(19):
        made(world, "tickets.read", name=f"program {number}")
    assert code(ada.post("service-accounts", {**body, "name": "one more"})) == (409, "too_many_services")


def test_only_the_administrator_of_the_school_manages_it(world: World) -> None:
    account = made(world, "tickets.read")
    path = f"service-accounts/{account['id']}"
    abroad = member_add(world, "mia", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    for address in ("service-accounts", path, f"{path}/calls"):
        assert code(world.dan.client.get(address)) == (403, "not_administrator")
    for address in (path, f"{path}/calls"):
        assert abroad.client.get(address).status_code == 404
    for action in ("rotate", "revoke"):
        assert code(world.dan.client.post(f"{path}/{action}")) == (403, "not_administrator")
        assert abroad.client.post(f"{path}/{action}").status_code == 404
    assert abroad.client.get("service-accounts").data["items"] == []
    bureaus = made(world, "tickets.read", by=world.olga)
    assert [row["id"] for row in world.olga.client.get("service-accounts").data["items"]] == [bureaus["id"]]
    assert code(Program(bureaus["secret"]).get("tickets")) == (403, "on_behalf_required")
    assert Program(bureaus["secret"], "olga").get("tickets").status_code == 200
    assert code(Program(bureaus["secret"], "dan").get("tickets")) == (403, "on_behalf_unknown")


def test_every_call_is_counted_by_day_operation_and_person_without_contents(world: World) -> None:
    reader = program(world, "tickets.read")
    for _time in range(3):
        reader.for_("dan").get(f"tickets/{UUID(int=1)}")
    reader.get("tickets", q="secret words")
    reader.for_("nobody").post("reports", world.report_body())
    account = ServiceAccount.objects.get()
    rows = administrator(world).client.get(f"service-accounts/{account.id}/calls").data["items"]
    counted = {(row["operation"], row["person"] and row["person"]["name"]): row["count"] for row in rows}
    assert counted == {
        ("GET /api/v1/tickets/<uuid:ticket_id>", "Dan"): 3,
        ("GET /api/v1/tickets", None): 1,
        ("POST /api/v1/reports", None): 1,
    }
    assert calls_purge(now=database_now() + timedelta(days=400)) == 0
    assert calls_purge(now=database_now() + timedelta(days=402)) == 3
    assert not ServiceCall.objects.exists()
