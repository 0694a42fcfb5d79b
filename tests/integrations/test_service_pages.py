"""The page of service accounts: made with what is typed, its secret shown once, exchanged and revoked."""

import re
from datetime import timedelta

from django.utils import timezone

from backend.common.clock import database_now
from backend.integrations.models import ServiceAccount
from tests.browser import SignIn
from tests.integrations.programs import Program, administrator
from tests.integrations.test_service_accounts import code
from tests.workflow.steps import file_ticket
from tests.world import World

SECRET = re.compile(r"allclear_[\w-]{40,}")


def test_an_administrator_makes_exchanges_and_revokes_one(world: World, signed_in: SignIn) -> None:
    page, ticket_id = signed_in(administrator(world)), file_ticket(world, routed=True)
    ends_at = timezone.localdate(database_now() + timedelta(days=30)).isoformat()
    typed = {"name": "校园门户", "scopes": ["tickets.read", "reports.file"], "ends_at": ends_at}
    wrong = page.post("/service-accounts", {**typed, "scopes": [], "ends_at": "2020-01-01"})
    assert wrong.status_code == 400
    assert 'value="校园门户"' in wrong.content.decode()
    assert page.post("/service-accounts", {**typed, "ends_at": "9999-12-31"}).status_code == 400, "no day follows it"
    answer = page.post("/service-accounts", typed)
    (secret,) = SECRET.findall(answer.content.decode())
    assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True)
    assert page.post("/service-accounts", typed).status_code == 400  # sent again: the name is taken
    reader = Program(secret, "dan")
    assert reader.get(f"tickets/{ticket_id}").status_code == 200
    account = ServiceAccount.objects.get()
    assert SECRET.search(page.get("/service-accounts").content.decode()) is None
    seen = page.get(f"/service-accounts/{account.id}").content.decode()
    assert "GET /api/v1/tickets/&lt;uuid:ticket_id&gt;" in seen
    assert "for Dan" in seen
    (second,) = SECRET.findall(page.post(f"/service-accounts/{account.id}/secret", {"at_once": "1"}).content.decode())
    assert code(reader.get("tickets")) == (401, "token_expired")
    assert Program(second).get("tickets").status_code == 200
    assert page.post(f"/service-accounts/{account.id}/end").status_code == 302
    assert code(Program(second).get("tickets")) == (401, "token_invalid")
    assert "File reports on behalf of staff" in page.get("/admin/administration/change/").content.decode()


def test_it_is_a_page_of_administrators_of_their_own_school(world: World, signed_in: SignIn) -> None:
    page = signed_in(administrator(world))
    ends_at = timezone.localdate(database_now() + timedelta(days=30)).isoformat()
    made = page.post("/service-accounts", {"name": "Kiosk", "scopes": ["reports.file"], "ends_at": ends_at})
    (secret,) = SECRET.findall(made.content.decode())
    address = f"/service-accounts/{ServiceAccount.objects.get().id}"
    for path in ("/service-accounts", address):
        assert signed_in(world.dan).get(path).status_code == 403
        assert signed_in(world.mallory).post(f"{address}/end").status_code == 403
    assert signed_in(world.olga).get(address).status_code == 404
    assert signed_in(world.olga).post(f"{address}/secret").status_code == 404
    filed = Program(secret, "alice").post("reports", world.report_body())
    ticket = signed_in(world.alice).get(f"/tickets/{filed.data['ticket']}").content.decode()
    assert "Through Kiosk." in ticket
