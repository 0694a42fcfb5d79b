"""A configuration as a file holds who answers for what, and the rules that a school set itself."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.administration.models import Change
from backend.duty.models import ContactRule
from backend.gate.models import GateRule
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.outside.models import OutsideNumber
from backend.responsibility.models import OfficeSlot, Share
from backend.setup.configuration.applying import ConfigurationRefused, configuration_apply, configuration_preview
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.files import ConfigurationUnreadable, configuration_read, configuration_write
from tests.world import World, member_add

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
TODAY, TOMORROW = "2026-11-28", "2026-11-29"
NAME = {"zh": "名称", "en": "Name"}
STANDING: dict[str, Any] = {
    "shares": [
        {"place": "kitchen", "staff_number": "002", "from": "2026-09-01"},
        {"place": "kitchen", "topic": "fire", "staff_number": "001", "from": "2026-09-01", "until": "2027-01-31"},
    ],
    "office_slots": [
        {"unit": "logistics", "slot": "in_charge", "staff_number": "001", "from": "2026-09-01"},
        {"unit": "logistics", "slot": "supporting", "staff_number": "002", "from": "2026-12-01"},
    ],
    "contact_rules": [{"kind": "night", "before": 60, "within": 15}],
    "outside_numbers": [{"recipient": "bureau", "phone": "010-5555"}],
    "gate": {"stay_minutes": 90},
}
CONTENT: dict[str, Any] = {
    "format": "allclear-configuration",
    "version": 1,
    "bureau": {"code": "bureau", "name": NAME},
    "school": {"code": "school", "name": NAME, "time_zone": "Asia/Shanghai"},
    "units": [{"code": "logistics", "kind": "office", "name": NAME}, {"code": "1a", "kind": "class", "name": NAME}],
    "places": [{"code": "kitchen", "name": NAME, "owner": "logistics"}],
    "people": [{"staff_number": number, "name": number, "language": "en"} for number in ("001", "002")],
    **STANDING,
}


def read(content: dict[str, Any]) -> dict[str, Any]:
    return configuration_read(configuration_write(content, as_json=True).encode())


def applied(content: dict[str, Any]) -> dict[str, Any]:
    """Apply a file as whoever runs the installation does; return what the school would be written out as."""
    configuration_apply(content=read(content), now=NOW)
    return configuration_of(school=School.objects.select_related("bureau", "calendar").get(code="school"), now=NOW)


def with_shares(*shares: dict[str, str]) -> dict[str, Any]:
    return {**deepcopy(CONTENT), "shares": [{"place": "kitchen", **share} for share in shares]}


def test_it_comes_back_as_it_was_and_changes_nothing_again(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """These five were neither in the file nor named as left out."""
    written = applied(CONTENT)
    assert {name: written[name] for name in STANDING} == STANDING
    recorded = Change.objects.count()
    with django_assert_max_num_queries(31):
        assert configuration_apply(content=read(written), now=NOW).is_same
    assert Change.objects.count() == recorded
    assert {row.by for row in [*Share.objects.all(), *OfficeSlot.objects.all()]} == {None}


def test_who_is_new_takes_over_and_ends_may_move(db: None) -> None:
    applied(CONTENT)
    wanted = with_shares(
        {"staff_number": "001", "from": TOMORROW},
        {"topic": "fire", "staff_number": "001", "from": "2026-09-01", "until": "2027-06-30"},
    )
    wanted |= {"gate": {"stay_minutes": 45}, "contact_rules": [{"kind": "night", "before": 0, "within": 20}]}
    preview = configuration_preview(content=wanted, now=NOW).sections
    assert [*preview["shares"].new] == [("kitchen", "", "001", TOMORROW)]
    assert [*preview["shares"].changed.values()] == [("until",)]
    written = applied(wanted)
    assert [row.get("until") for row in written["shares"]] == [TODAY, None, "2027-06-30"]
    assert (GateRule.objects.get().stay_minutes, ContactRule.objects.get().within) == (45, 20)
    assert OutsideNumber.objects.get().phone == "010-5555"


@pytest.mark.parametrize(
    "share", [{"staff_number": "001", "from": TODAY[:-2] + "27"}, {"staff_number": "001", "from": "2026-08-01"}]
)
def test_days_that_are_over_are_given_to_nobody_else(db: None, share: dict[str, str]) -> None:
    applied(CONTENT)
    with pytest.raises(ConfigurationRefused):
        configuration_apply(content=with_shares(share), now=NOW)
    assert Share.objects.filter(person__staff_number="002", ends_on=None).exists()


def test_what_names_nothing_in_the_file_is_told_with_its_place(db: None) -> None:
    wrong = with_shares({"staff_number": "009", "from": TOMORROW, "until": TODAY}, {"staff_number": "001", "from": "x"})
    with pytest.raises(ConfigurationUnreadable):
        read(wrong)
    wrong["shares"].pop()
    wrong["office_slots"][0]["unit"] = "1a"
    with pytest.raises(ConfigurationUnreadable) as refused:
        read(wrong)
    places = [fault.path for fault in refused.value.faults]
    assert places == [("shares", 0, "staff_number"), ("shares", 0, "until"), ("office_slots", 0, "unit")]


def test_an_administrators_file_names_them_as_the_author(world: World) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    content = ada.client.get("configuration").data
    place = content["places"][0]["code"]
    content |= {
        "shares": [{"place": place, "staff_number": "bob", "from": "2099-01-01"}],
        "outside_numbers": [{"recipient": "bureau", "phone": "010-5555"}],
        "gate": {"stay_minutes": 45},
    }
    look = ada.client.post("configuration/check", {"configuration": content}).data
    assert ada.client.post("configuration", {"configuration": content, "digest": look["digest"]}).status_code == 200
    authors = {GateRule.objects.get().set_by, OutsideNumber.objects.get().by, Share.objects.get().by}
    assert {author.staff_number for author in authors if author} == {"ada"}
    assert ada.client.get("configuration").data["shares"] == content["shares"]
