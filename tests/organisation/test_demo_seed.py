"""`demo_seed`: the demo is laid out once, and the credentials it writes open the accounts."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import override_settings

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.duty.selectors import actor_get
from backend.organisation.models import Person, School
from backend.organisation.roles import Role
from backend.rounds.models import Period, Round
from backend.rulebook.fitting import own_name
from backend.rulebook.models import RulebookVersion, SchoolRulebook
from backend.rulebook.services import rulebook_activate, rulebook_load
from tools.demo_school.credentials import passwords_read
from tools.demo_school.management.commands.demo_seed import RULEBOOK, Command
from tools.demo_school.schools import demo_lay_out, demo_read


@pytest.fixture
def credentials(db: None, tmp_path: Path) -> Iterator[Path]:
    with override_settings(DEMO=True):
        yield tmp_path / "demo-credentials.json"


def seed(path: Path, base_url: str = "http://127.0.0.1:8000") -> dict[str, Any]:
    call_command(Command(), credentials=path, base_url=base_url, verbosity=0)
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def stored_hashes() -> dict[str, str]:
    return dict(User.objects.values_list("username", "password"))


def test_credentials_open_one_account_per_role(credentials: Path) -> None:
    content = seed(credentials)
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert list(credentials.parent.iterdir()) == [credentials]
    assert content["base_url"] == "http://127.0.0.1:8000"
    accounts = content["accounts"]
    assert {account["role"] for account in accounts} == set(Role.values)
    hashes = stored_hashes()
    for account in accounts:
        assert set(account) == {"username", "password", "role", "person"}
        actor = actor_get(user_id=User.objects.get(username=account["username"]).pk)
        assert actor is not None
        assert actor.name == account["person"]
        assert actor.holds(Role(account["role"]))
    assert all(check_password(account["password"], hashes[account["username"]]) for account in accounts[::5])
    assert Person.objects.filter(user__isnull=False, school__code="nanshan").count() == 2
    assert set(Round.objects.values_list("school__code", flat=True)) == {"qinghe", "nanshan"}
    assert [row.state for row in Period.objects.filter(school__code="qinghe")] == ["approved"], "one is coming up"


def test_for_measuring_nothing_falls_due_by_the_clock_on_the_wall(credentials: Path) -> None:
    """A round that opened while idle sweeps were measured ended a whole bench."""
    call_command(Command(), credentials=credentials, base_url="http://127.0.0.1", without_rounds=True, verbosity=0)
    assert School.objects.count() == 2
    assert not Timer.objects.exists()


@pytest.mark.slow("tests/organisation/test_demo_seed.py")
def test_second_run_changes_no_password_and_no_rulebook(credentials: Path) -> None:
    first = seed(credentials)
    before = stored_hashes(), list(SchoolRulebook.objects.values()), RulebookVersion.objects.count()
    again = seed(credentials, "http://127.0.0.1:9000")
    assert again == {"base_url": "http://127.0.0.1:9000", "accounts": first["accounts"]}
    assert (stored_hashes(), list(SchoolRulebook.objects.values()), RulebookVersion.objects.count()) == before
    assert SchoolRulebook.objects.count() == School.objects.count() == 2


@pytest.mark.slow("tests/organisation/test_demo_seed.py")
def test_a_school_keeps_its_own_clocks_when_the_file_of_rules_changed(credentials: Path) -> None:
    """The next release's file went over what the school had set."""
    seed(credentials)
    qinghe, nanshan = (School.objects.get(code=code) for code in ("qinghe", "nanshan"))
    stands = SchoolRulebook.objects.select_related("version").get(school=qinghe).version.content
    own, _is_new = rulebook_load(content={**stands, "name": own_name(stands["name"])}, now=database_now())
    rulebook_activate(school=qinghe, version=own, now=database_now())
    files = demo_read(folder=settings.BASE_DIR / "demo", rulebook=settings.BASE_DIR / RULEBOOK)
    changed = {**stands, "quiet_hours": {**stands["quiet_hours"], "starts": "21:30"}}
    passwords = passwords_read(credentials)
    for _time in range(2):
        demo_lay_out(files=replace(files, rulebook=changed), passwords=passwords, now=database_now())
    used = dict(SchoolRulebook.objects.values_list("school", "version"))
    assert used[qinghe.id] == own.id
    assert RulebookVersion.objects.get(id=used[nanshan.id]).content["quiet_hours"]["starts"] == "21:30"


@pytest.mark.slow("tests/organisation/test_demo_seed.py")
def test_file_lost_or_spoilt_gives_new_passwords(credentials: Path) -> None:
    first = seed(credentials)["accounts"]
    credentials.write_text("half a {file", encoding="utf-8")
    again = seed(credentials)["accounts"]
    assert all(old["password"] != new["password"] for old, new in zip(first, again, strict=True))
    assert check_password(again[0]["password"], stored_hashes()[again[0]["username"]])


@pytest.mark.slow("tests/organisation/test_demo_seed.py")
def test_file_of_another_database_is_made_true_again(credentials: Path) -> None:
    first = seed(credentials)["accounts"]
    for user in User.objects.all():
        user.set_unusable_password()
        user.save()
    assert seed(credentials)["accounts"] == first
    assert check_password(first[-1]["password"], stored_hashes()[first[-1]["username"]])


def test_installation_that_is_no_demo_is_left_alone(credentials: Path) -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="not a demo"):
        seed(credentials)
    assert not School.objects.exists()
    assert not credentials.exists()
