"""The rules in words: who is called when nobody answers a report of a category at a time of day."""

from pytest_django import DjangoAssertNumQueries

from backend.duty.models import Absence
from backend.organisation.roles import Role
from backend.rulebook.models import SchoolRulebook
from tests.browser import SignIn
from tests.roles import as_owner
from tests.world import World, member_add


def words(client: object, **chosen: str) -> str:
    """Return the page for a category and a time, without the marks of the page."""
    answer = client.get("/rules", chosen)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_who_is_called_when_nobody_answers_a_fire_at_ten_in_the_evening(world: World, signed_in: SignIn) -> None:
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    client = signed_in(ada)
    page = words(client, category="F01", at="22:00")
    assert "Fire, smoke or gas leak" in page
    assert "Security office" in page
    assert "· at night" in page
    assert "Acknowledge: within 5 minutes" in page
    assert "At once: " in page
    assert "After 5 minutes and 5 minutes more: Cleo, Olga" in page
    assert "· at night" not in words(client, category="F01", at="10:00")
    assert "Erin" in words(client, category="C02", at="10:00")


def test_whoever_is_away_then_is_not_among_them(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.dan)
    assert "Cleo" in words(client, category="F01", at="22:00")
    Absence.objects.create(
        person=world.cleo.person, starts_at=world.now, ends_at=world.now.replace(year=world.now.year + 1)
    )
    assert "Cleo" not in words(client, category="F01", at="22:00")


def test_only_those_who_look_after_the_school_ask(world: World, signed_in: SignIn) -> None:
    for name in ("alice", "bob", "cleo", "olga"):
        assert signed_in(world.members[name]).get("/rules").status_code == 403
    assert "Cleo" not in words(signed_in(world.mallory), category="F01", at="22:00")
    with as_owner():
        SchoolRulebook.objects.all().delete()
    assert signed_in(world.dan).get("/rules").status_code == 404


def test_what_is_no_category_or_time_is_refused(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.dan)
    for chosen in ({"category": "Z99", "at": "22:00"}, {"category": "F01", "at": "soon"}, {"category": "\x00"}):
        assert client.get("/rules", chosen).status_code == 400


def test_it_costs_the_same_for_any_category(
    world: World, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(world.dan)
    with django_assert_max_num_queries(18):
        words(client, category="S01", at="12:00")
