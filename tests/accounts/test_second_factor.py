"""A second factor by app and recovery codes: set up, asked for, used once, limited, told, and taken away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from backend.accounts.models import Authenticator, RecoveryCode, User
from backend.common.models import OutboxMessage
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.organisation.selectors.second_factor import people_without_second_factor
from tests.accounts.factors import App, app_add, give, password_typed
from tests.browser import SignIn
from tests.world import PASSWORD, Member, World, member_add


@pytest.fixture
def erin(world: World, signed_in: SignIn) -> tuple[Client, App, list[str]]:
    """The protection lead at her desk, with an app."""
    client = signed_in(world.erin)
    return client, *app_add(client)


def news() -> list[str]:
    return list(
        OutboxMessage.objects.filter(topic="account.news").order_by("id").values_list("payload__what", flat=True)
    )


def token(member: Member, **more: str) -> tuple[int, str]:
    body = {"username": member.user.username, "password": PASSWORD, **more}
    answer = Client().post("/api/v1/tokens", body, content_type="application/json")
    return answer.status_code, answer.json().get("code", "")


def test_an_app_is_set_up_and_asked_for_from_then_on(world: World, erin: tuple[Client, App, list[str]]) -> None:
    _desk, app, codes = erin
    assert len(set(codes)) == 10
    assert news() == ["factor_added"]
    client = password_typed(world.erin, "/reports")
    assert client.get("/reports")["Location"].startswith("/sign-in")
    page = client.get("/sign-in/factor").content.decode()
    assert "Your password is right, erin." in page
    answer = give(client, app.code())
    assert answer["Location"] == "/reports"
    assert client.get("/reports").status_code == 200


def test_a_code_is_accepted_once_and_an_earlier_one_not_after_it(
    world: World, erin: tuple[Client, App, list[str]]
) -> None:
    _desk, app, _codes = erin
    code = app.code()
    assert give(password_typed(world.erin), code).status_code == 302
    again = give(password_typed(world.erin), code)
    assert again.status_code == 400
    assert "it was used already" in again.content.decode()
    assert give(password_typed(world.erin), app.code(steps=-1)).status_code == 400
    assert give(password_typed(world.erin), app.code(steps=-9)).status_code == 400
    assert give(password_typed(world.erin), app.code(steps=1)).status_code == 302


def test_a_code_typed_in_full_width_is_the_same_code(world: World, erin: tuple[Client, App, list[str]]) -> None:
    _desk, app, _codes = erin
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in app.code())
    assert give(password_typed(world.erin), wide).status_code == 302


def test_a_recovery_code_opens_once_and_is_told(world: World, erin: tuple[Client, App, list[str]]) -> None:
    _desk, _app, codes = erin
    assert give(password_typed(world.erin), codes[0].upper()).status_code == 302
    assert news()[-2:] == ["recovery_used", "new_device"]
    assert give(password_typed(world.erin), codes[0]).status_code == 400
    assert give(password_typed(world.erin), codes[1].replace("-", "")).status_code == 302
    assert RecoveryCode.objects.filter(user=world.erin.user, used_at__isnull=True).count() == 8
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()


def test_new_recovery_codes_end_the_old_ones(world: World, erin: tuple[Client, App, list[str]]) -> None:
    desk, _app, codes = erin
    assert "10 codes are left" in desk.get("/account/factors").content.decode()
    page = desk.post("/account/factors/codes").content.decode()
    assert codes[0] not in page
    assert give(password_typed(world.erin), codes[0]).status_code == 400


def test_wrong_codes_have_to_wait_and_no_password_evades_it(world: World, erin: tuple[Client, App, list[str]]) -> None:
    _desk, app, _codes = erin
    statuses = [give(password_typed(world.erin), "000000").status_code for _try in range(5)]
    assert statuses == [400] * 5
    late = give(password_typed(world.erin), app.code())
    assert late.status_code == 429
    assert 1 <= int(late["Retry-After"]) <= 15
    assert token(world.erin, code=app.code()) == (429, "second_factor_locked")


def test_a_known_device_types_codes_while_strangers_guess(world: World, erin: tuple[Client, App, list[str]]) -> None:
    _desk, app, codes = erin
    known = password_typed(world.erin)
    assert give(known, codes[0]).status_code == 302
    known.cookies.pop("sessionid")
    for _try in range(6):
        last = give(password_typed(world.erin), "000000")
    assert last.status_code == 429
    assert known.post("/sign-in", {"username": "erin", "password": PASSWORD}).status_code == 302
    assert give(known, app.code()).status_code == 302


def test_the_second_step_ends_after_ten_minutes_and_with_a_new_password(
    world: World, erin: tuple[Client, App, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _desk, app, codes = erin
    client = password_typed(world.erin)
    user = User.objects.get(pk=world.erin.user.pk)
    user.set_password("another long phrase")
    user.save()
    assert give(client, codes[0])["Location"] == "/sign-in"
    user.set_password(PASSWORD)
    user.save()
    client = password_typed(world.erin)
    later = world.now + timedelta(minutes=11)
    monkeypatch.setattr("backend.portal.views.factors.database_now", lambda: later)
    assert give(client, app.code(now=later))["Location"] == "/sign-in"
    assert Client().get("/sign-in/factor")["Location"] == "/sign-in"


def test_a_token_needs_the_code_too(world: World, erin: tuple[Client, App, list[str]]) -> None:
    _desk, app, _codes = erin
    assert token(world.erin) == (401, "second_factor_required")
    assert token(world.erin, code="123456") == (401, "second_factor_wrong")
    assert token(world.erin, code=app.code()) == (201, "")
    assert token(world.alice, code="123456") == (201, "")


def test_an_app_with_a_wrong_code_counts_for_nothing(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    client.get("/account/factors")
    secret = Authenticator.objects.get(user=world.alice.user).secret
    answer = client.post("/account/factors/app", {"code": "000000"})
    assert answer.status_code == 400
    assert "This code is not right" in answer.content.decode()
    client.get("/account/factors")
    assert Authenticator.objects.get(user=world.alice.user).secret == secret
    assert User.objects.get(pk=world.alice.user.pk).second_factor_at is None
    assert Client().post("/sign-in", {"username": "alice", "password": PASSWORD})["Location"] == "/"


def test_the_secret_lies_encrypted_and_another_key_of_the_house_opens_nothing(
    world: World, erin: tuple[Client, App, list[str]]
) -> None:
    _desk, app, _codes = erin
    assert app.totp.secret not in Authenticator.objects.get(user=world.erin.user).secret
    with override_settings(SECRET_KEY="another key of thirty-two letters"):
        assert token(world.erin, code=app.code()) == (401, "second_factor_wrong")


def test_removing_the_app_is_told_and_opens_the_account_by_password_again(
    world: World, erin: tuple[Client, App, list[str]]
) -> None:
    desk, _app, _codes = erin
    assert desk.post("/account/factors/app/remove").status_code == 302
    assert news()[-1] == "factor_removed"
    assert not RecoveryCode.objects.filter(user=world.erin.user).exists()
    assert token(world.erin) == (201, "")
    assert desk.post("/account/factors/app/remove").status_code == 404


@pytest.fixture
def ada(world: World) -> Member:
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def live(world: World, days: int) -> None:
    School.objects.filter(id=world.school.id).update(live_at=world.now - timedelta(days=days))


ROLES: list[tuple[str, bool]] = [
    ("ada", True),
    ("dan", True),
    ("erin", True),
    ("olga", True),
    ("cleo", False),
    ("alice", False),
]


@pytest.mark.slow("tests/accounts/test_second_factor.py", after=3)
@pytest.mark.parametrize(("name", "needs"), ROLES)
def test_who_has_power_needs_one_a_week_after_the_school_is_live(
    world: World, ada: Member, signed_in: SignIn, name: str, needs: bool
) -> None:
    member = world.members[name]
    client = signed_in(member)
    opens: Callable[[], bool] = lambda: client.get("/").status_code == 200  # noqa: E731
    for days in (None, 6):
        if days is not None:
            live(world, days)
        assert opens()
        assert ("Your post needs a second factor." in client.get("/").content.decode()) is (needs and days == 6)
        assert member.client.get("me").status_code == 200
    live(world, 8)
    assert opens() is not needs
    answer = member.client.get("me")
    assert (answer.status_code, answer.data.get("code")) == ((403, "second_factor_missing") if needs else (200, None))
    if not needs:
        return
    assert client.get("/tickets")["Location"] == "/account/factors"
    assert "other pages open only once it is set up" in client.get("/account/factors").content.decode()
    app_add(client)
    assert opens()
    assert member.client.get("me").status_code == 200


def test_the_administration_pages_ask_for_it_too(world: World, ada: Member, signed_in: SignIn) -> None:
    live(world, 8)
    client = signed_in(ada)
    assert client.get("/admin/")["Location"] == "/account/factors"
    app_add(client)
    assert client.get("/admin/").status_code == 200


def test_who_lacks_one_is_found(world: World, ada: Member, signed_in: SignIn) -> None:
    def lacking() -> set[str]:
        employers = (world.school, world.bureau)
        found = (people_without_second_factor(employer=employer, now=world.now) for employer in employers)
        return {person.name for people in found for person in people}

    assert lacking() == {"Ada", "Dan", "Erin", "Olga"}, "officers of the bureau open what is sealed too"
    app_add(signed_in(ada))
    assert lacking() == {"Dan", "Erin", "Olga"}
    world.dan.user.is_active = False
    world.dan.user.save()
    assert lacking() == {"Erin", "Olga"}, "a closed account signs in with nothing, and would be asked for it for ever"


@override_settings(PUBLIC_URL="https://school.example")
@pytest.mark.parametrize("credential", ["[" * 9000, '{"id":' * 3000, "null", '{"id": 5}'])
def test_an_answer_of_no_browser_is_refused_as_a_passkey(world: World, signed_in: SignIn, credential: str) -> None:
    alice = signed_in(world.alice)
    alice.get("/account/factors")
    assert alice.post("/account/factors/passkeys", {"credential": credential, "name": "x"}).status_code == 400
    app_add(alice)
    assert password_typed(world.alice).post("/sign-in/factor", {"credential": credential}).status_code == 400
