"""Every address names who may use it, every permission is used, and what is for staff lets in nobody else."""

import ast
import re
from uuid import UUID, uuid4

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.test import APIClient
from rest_framework.views import APIView

from backend.common.access import ACCOUNT, PUBLIC
from backend.organisation.permissions import RULES, Permission
from backend.organisation.roles import Role
from backend.organisation.staff_view import StaffView
from tests.addresses import addresses
from tests.architecture.source import ROOT, files, place, tree
from tests.world import World, member_add

OWN_ACCOUNT = {
    *("api/v1/tokens/current", "api/v1/me/sessions", "api/v1/me/sessions/<uuid:sign_in_id>"),
    *("api/v1/me/passkeys", "api/v1/me/passkeys/ceremony", "api/v1/me/passkeys/<uuid:passkey_id>"),
}
"""Open to everybody with an account, whether they work here or not."""
TABLE = ROOT / "backend" / "organisation" / "permissions.py"
ACTOR = ROOT / "backend" / "organisation" / "actors.py"
UNNAMED = {
    *("api/v1/anonymous/schools", "api/v1/anonymous/schools/<slug:code>"),
    *("api/v1/anonymous/schools/<slug:code>/reports", "api/v1/anonymous/report", "api/v1/anonymous/report/messages"),
    *("api/v1/anonymous/report/photos", "api/v1/anonymous/report/actions/<slug:action>"),
}
"""Of people without a name: whoever says who they are is refused."""
PUBLIC_API = {"api/schema", "api/docs", "api/v1/tokens", "api/v1/tokens/passkey"} | UNNAMED
PUBLIC_PAGES = {
    *("healthz", "readyz", "statusz", "metrics", "sign-in", "sign-in/factor", "sign-out", "settings/language"),
    *("invitation", "password/forgotten", "password/new", "duty/feed/<str:token>.ics", "answer/<str:token>"),
    *("sign-in/with", "sign-in/with/<slug:code>", "sign-in/with/<slug:code>/back", "sign-in/with/<slug:code>/ended"),
    "sign-in/with/<slug:code>/metadata",
    *("setup/start", "setup/school", "setup/administrator"),
    *("anonymous", "anonymous/at/<slug:code>", "anonymous/at/<slug:code>/words"),
    *("anonymous/report", "anonymous/leave"),
    *("service-worker.js", "manifest.<slug:language>.webmanifest", "offline"),
}


ADDRESSES = addresses()
API = {address: getattr(view, "cls", None) for address, view in ADDRESSES.items() if address.startswith("api/")}
PAGES = {address: view for address, view in ADDRESSES.items() if not address.startswith("api/")}


def test_every_view_of_the_api_declares_its_permission() -> None:
    for address, view in API.items():
        assert view is not None, address
        assert issubclass(view, APIView), address
        if address in PUBLIC_API:
            assert view.permission_classes == [AllowAny], address
            continue
        ours = [base for base in view.__mro__ if base.__module__.startswith("backend.")]
        assert any("permission_classes" in vars(base) for base in ours), address
        assert AllowAny not in view.permission_classes, address


def test_every_page_declares_who_may_open_it() -> None:
    for address, view in PAGES.items():
        named = getattr(view, "access", None)
        assert (named == PUBLIC) if address in PUBLIC_PAGES else isinstance(named, Permission), address


def test_every_operation_names_its_permission() -> None:
    for address, view in API.items():
        assert view is not None, address
        named = getattr(view, "access", getattr(ADDRESSES[address], "access", None))
        if address in PUBLIC_API | OWN_ACCOUNT:
            assert named == (ACCOUNT if address in OWN_ACCOUNT else PUBLIC), address
            continue
        assert issubclass(view, StaffView), address
        if not isinstance(view.access, Permission):
            methods = {name for name in view.http_method_names if hasattr(view, name)} - {"options"}
            assert set(view.access) == methods, address
        assert all(isinstance(view.permission_for(name), Permission) for name in view.http_method_names), address


def test_every_permission_is_in_the_table_and_used() -> None:
    assert set(RULES) == set(Permission)
    sources = {path: path.read_text(encoding="utf-8") for path in files("backend") if path != TABLE}
    unused = [
        name.name for name in Permission if not any(f"Permission.{name.name}" in text for text in sources.values())
    ]
    assert unused == []


@pytest.mark.source
def test_nothing_outside_the_table_asks_for_roles() -> None:
    """How somebody stands to one ticket follows from roles in `workflow`; everything else asks for a permission."""
    asking = {
        place(path, node)
        for path in files("backend")
        if path.parts[-2] != "workflow" and path != ACTOR
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "holds" and ast.unparse(node.value).endswith("actor")
    }
    assert asking == set()


OPEN = {Permission.STAFF, Permission.OWN_REPORTS_READ}


def test_an_operation_asks_for_the_permission_it_names(world: World) -> None:
    """Who lacks it is refused with its own error before anything else is looked at, unless one thing is asked for."""
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    asking = [
        (address, method, view.permission_for(method))
        for address, view in API.items()
        if view and issubclass(view, StaffView) and "<" not in address
        for method in ("get", "post")
        if hasattr(view, method) and view.permission_for(method) not in OPEN
    ]
    assert {needed for _address, _method, needed in asking} >= {Permission.ROSTER_WRITE, Permission.REACH_READ}
    for address, method, needed in asking:
        answer = getattr(world.alice.client.http, method)(f"/{address}", HTTP_IDEMPOTENCY_KEY=str(uuid4()))
        assert (answer.status_code, answer.data["code"]) == (403, RULES[needed].refusal.code), address
        holder = next(member for member in (world.cleo, world.erin, ada) if member.actor.may(needed))
        answer = getattr(holder.client.http, method)(f"/{address}", HTTP_IDEMPOTENCY_KEY=str(uuid4()))
        assert answer.status_code != 403, address


def test_permissions_are_named_by_resource_and_action() -> None:
    named = set(Permission) - {Permission.STAFF}
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", permission) for permission in named)


def test_everybody_reads_what_their_own_posts_permit(world: World) -> None:
    assert world.alice.client.get("me").data["permissions"] == ["staff", "own_reports.read"]
    assert "exercise.file" in world.dan.client.get("me").data["permissions"]
    assert set(world.dan.client.get("me").data["permissions"]) < set(Permission)


def filled(address: str) -> str:
    """Return a path that fits an address."""
    address = re.sub(r"<uuid:\w+>", str(UUID(int=1)), address).replace("<str:day>", "2026-09-01")
    address = address.replace("<slug:severity>/<slug:clock>", "P2/acknowledge").replace("<slug:code>", "DAILY_REPORT")
    address = re.sub(r"\^\(\?P<app_label>(\w+).*", r"\1/", address).replace("<path:object_id>", str(UUID(int=1)))
    path = re.sub(r"<int:\w+>", "1", address).replace("<slug:action>", "acknowledge").replace("<str:token>", "none")
    path = path.replace("<str:name>", "User").replace("<path:rest>", "Groups")
    assert "<" not in path, f"say here what fits {address}"
    return f"/{path}"


def test_nobody_reads_the_api_without_signing_in(world: World) -> None:
    for address in sorted(set(API) - PUBLIC_API):
        for method in ("get", "post"):
            answer = getattr(APIClient(), method)(filled(address))
            assert answer.status_code == 401, (method, address)


def test_nobody_opens_a_page_without_signing_in(world: World) -> None:
    for address in sorted(set(PAGES) - PUBLIC_PAGES):
        answer = APIClient().get(filled(address))
        assert answer.status_code in {302, 405}, address
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in"), address


def test_staff_views_answer_staff_only(world: World) -> None:
    staff = {address for address, view in API.items() if view and issubclass(view, StaffView)}
    assert len(staff) >= 8
    world.alice.person.user = None
    world.alice.person.save()
    for address in staff:
        assert world.alice.client.http.get(filled(address)).status_code in {403, 405}, address
