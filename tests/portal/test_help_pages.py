"""Help: the first steps of each role, and the page that gathers it."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.organisation.roles import UNIT_ROLES, Role
from backend.portal.first_steps import FIRST_STEPS
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.world import World, member_add

SECTION = r'id="first-steps">(.*?)</section>'


def first_steps_in(page: str) -> str:
    """Return what a page says of first steps."""
    found = re.search(SECTION, page, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.slow("tests/portal/test_help_pages.py", after=3)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_its_first_steps_on_an_empty_home_and_each_link_opens(
    world: World, signed_in: SignIn, role: Role
) -> None:
    site = None if role is Role.BUREAU_OFFICER else world.home
    client = signed_in(
        member_add(world, "nell", [(role, "facilities" if role in UNIT_ROLES else None, False)], site=site)
    )
    said = first_steps_in(client.get("/").content.decode())
    assert str(FIRST_STEPS[role].title) in said
    assert said == first_steps_in(client.get("/help").content.decode())
    links = re.findall(r'href="([^"]+)"', said)
    assert len(links) >= 3
    for link in links:
        assert client.get(link).status_code == 200, link


def test_every_role_has_two_to_four_lines() -> None:
    assert FIRST_STEPS.keys() == set(Role)
    assert {len(steps.lines) for steps in FIRST_STEPS.values()} <= {2, 3, 4}


def test_whoever_has_something_there_finds_no_first_steps(
    world: World, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(world.bob)
    with django_assert_max_num_queries(15):
        assert first_steps_in(client.get("/").content.decode())
    filed(world.alice, world)
    for member in (world.alice, world.bob):
        assert not first_steps_in(signed_in(member).get("/").content.decode())


def test_the_help_page_is_linked_from_every_page_and_fits_its_reader(world: World, signed_in: SignIn) -> None:
    for member, has_keys, has_school in (
        (world.alice, False, True),
        (world.bob, True, True),
        (world.olga, True, False),
    ):
        client = signed_in(member)
        assert 'href="/help"' in client.get("/notices").content.decode()
        page = client.get("/help").content.decode()
        assert ("<kbd>j</kbd>" in page) is has_keys
        assert ('href="/telephones"' in page) is has_school
        assert "nothing shows that it exists" in page
    assert client.post("/help").status_code == 405
