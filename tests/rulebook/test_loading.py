"""Loading a file: what it changes in words, and no version in use that would reach nobody."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.rulebook.changes import changes_between
from backend.rulebook.models import RulebookUse, RulebookVersion, SchoolRulebook
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.services import rulebook_load
from tests.roles import as_owner
from tests.rulebook.conftest import small_content
from tests.world import World


def written(folder: Path, content: dict[str, Any]) -> str:
    """Write a content as a file."""
    path = folder / "rulebook.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return str(path)


def load(path: str, *arguments: str) -> str:
    """Load a file for the cast's school and return what is said."""
    out = StringIO()
    call_command("rulebook_load", path, "--school", "home", *arguments, stdout=out)
    return out.getvalue()


def in_use(world: World) -> RulebookVersion:
    """Return the version in use at home."""
    return SchoolRulebook.objects.get(school=world.school).version


def changed() -> dict[str, Any]:
    """Return the small rulebook with a bit of everything changed."""
    content = small_content()
    rows = content["categories"]
    content["categories"] = [row for row in rows if row["code"] != "B06"]
    content["categories"].append({**rows[0], "code": "F09", "name": {"zh": "测试", "en": "Test"}})
    rows[1]["lead"] = "facilities"
    content["clocks"]["P2"]["act"]["within"] = "90m"
    content["clocks"]["P1"]["verify"]["rungs"].pop()
    del content["clocks"]["P2"]["progress"]
    content["bounds"]["answer"]["within"] = "5d"
    content["informed"]["P3"] = ["handler", "office_head"]
    content["quiet_hours"]["starts"] = "22:00"
    content["outside_clocks"]["R1"]["within"] = "12h"
    return content


def test_loading_says_in_words_what_changes(small_world: World, tmp_path: Path) -> None:
    said = load(written(tmp_path, changed()))
    for line in (
        "+ category F09 added: 测试 · Test",
        "- category B06 removed: 水电照明等日常报修 · Routine repair",
        "~ category F02: lead security → facilities",
        "~ clock P1 verify: ladder [+0m coordinator, +4h vice_principal, +24h principal, then every 1 day",
        "~ clock P2 act: within 2h → 90m",
        "~ clock P2 progress removed: was within 1d",
        "~ upper bound answer: within 7d → 5d",
        "~ outside clock R1: within 24h → 12h",
        "~ told at once of P3: handler → handler + office_head",
        "~ quiet hours: 21:00–07:00 for P3 + P4 → 22:00–07:00 for P3 + P4",
        "home: 10 changes against the version in use",
    ):
        assert line in said
    assert "home: new tickets open under cn-school" in said
    assert in_use(small_world).content["bounds"]["answer"]["within"] == "5d"


def test_every_part_of_a_rulebook_shows_when_it_changes() -> None:
    before = ruleset_from_content(small_content())
    content = small_content(at_night={"P2": {"principal": "duty_leader"}})
    content["protection"]["rungs"].pop()
    content["categories"][-1] |= {"clocks": {"P1": {"act": {"within": "20m"}}}}
    changes = changes_between(before=before, after=ruleset_from_content(content))
    assert [line.partition(":")[0] for line in changes] == [
        f"~ category {content['categories'][-1]['code']}",
        "~ at night of P1",
        "~ at night of P2",
        "~ protection",
    ]
    assert changes_between(before=before, after=ruleset_from_content(small_content())) == []


def test_a_rulebook_that_reaches_nobody_is_not_taken_into_use(small_world: World, tmp_path: Path) -> None:
    before = in_use(small_world)
    path = written(tmp_path, changed())
    with as_owner():
        Appointment.objects.filter(post__role=Role.BUREAU_OFFICER).delete()
    with pytest.raises(CommandError, match="home: not taken into use"):
        load(path)
    assert in_use(small_world) == before
    assert "nobody can be reached as Bureau duty officer" in load(path, "--force")
    assert in_use(small_world) != before


def test_loading_again_makes_no_second_version_and_a_former_one_can_return(small_world: World, tmp_path: Path) -> None:
    first = in_use(small_world)
    path = written(tmp_path, changed())
    assert ": loaded" in load(path)
    assert "already loaded" in load(path)
    assert "already loaded" in load(written(tmp_path, small_content()))
    assert in_use(small_world) == first
    assert RulebookUse.objects.filter(school=small_world.school).count() == 3


def test_a_version_never_changes(world: World) -> None:
    version, _created = rulebook_load(content=changed(), now=world.now)
    stored = RulebookVersion.objects.filter(id=version.id)
    for refused, role in (("permission denied", transaction.atomic), ("rulebook_version_immutable", as_owner)):
        with pytest.raises(ProgrammingError, match=refused), role():
            stored.update(name="other")
        with pytest.raises(ProgrammingError, match=refused), role():
            stored.delete()


@pytest.mark.usefixtures("small_world")
def test_an_unknown_school_or_country_stores_nothing(tmp_path: Path) -> None:
    before = RulebookVersion.objects.count()
    content = changed()
    content["outside_clocks"]["R1"]["country"] = "CN"
    path = written(tmp_path, content)
    for arguments in (("--school", "nowhere"), ("--country", "FR")):
        with pytest.raises(CommandError):
            load(path, *arguments)
    assert RulebookVersion.objects.count() == before
