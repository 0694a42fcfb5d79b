"""Emergency numbers can be dialled as they are printed, by whichever door they came."""

from copy import deepcopy

import pytest
from django.db import IntegrityError, transaction

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.setup.configuration.exporting import configuration_of
from tests.administration.conftest import address, form_of
from tests.browser import SignIn
from tests.setup.test_pages import RULES
from tests.world import World, member_add

WRONG = ("--", "call the guard", "1", "１１０号", "110\n")


def test_what_cannot_be_dialled_enters_by_no_door(world: World, signed_in: SignIn) -> None:
    """Only the page of the rules refused words, and none refused hyphens: posters and slips would have printed them."""
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    client, page = signed_in(ada), address("organisation.School", world.school)
    form = form_of(client, page)
    content = configuration_of(school=School.objects.get(id=world.school.id), now=database_now())
    for number in WRONG[:2]:
        refused = client.post("/setup/rules", {**RULES, "emergency_fire": number})
        assert list(refused.context["form"].errors) == ["emergency_fire"], number
        page_again = client.post(page, {**form, "emergency_fire": number})
        assert "Digits only, for example 110 or +44 999." in page_again.content.decode(), number
    for number in WRONG:
        other = deepcopy(content)
        other["school"]["emergency"]["fire"] = number
        said = ada.client.post("configuration/check", {"configuration": other})
        assert [error["pointer"] for error in said.data["errors"]] == ["/configuration/school/emergency/fire"], number
        with pytest.raises(IntegrityError, match="emergency_numbers_can_be_dialled"), transaction.atomic():
            School.objects.filter(id=world.school.id).update(emergency_fire=number)
    assert client.post(page, {**form, "emergency_fire": "+86 119"}).status_code == 302
    assert School.objects.get(id=world.school.id).emergency_fire == "+86 119"
