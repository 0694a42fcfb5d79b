"""Posters with QR codes: who prints them, what stands on them, and where their code leads."""

from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from backend.organisation.models import Place
from tests.browser import SignIn
from tests.portal.papers import codes_of, paper_of, texts_of
from tests.world import World

PUBLIC_URL = "https://allclear.school.example"


def building(world: World, *, rooms: int) -> Place:
    """Enter a building with many rooms of long names."""
    stairwell = world.home.places["stairwell"]
    shared = {"school": world.school, "owner": stairwell.owner}
    top = Place.objects.create(name_zh="明德楼", name_en="Mingde building", code="mingde", **shared)
    names = {
        "name_zh": "高中部物理与化学综合实验准备室（含危险化学品暂存间）",
        "name_en": "Senior school preparation room for physics and chemistry, with the store of hazardous substances",
    }
    Place.objects.bulk_create(Place(code=f"r-{at}", parent=top, **names, **shared) for at in range(rooms))
    return top


@override_settings(PUBLIC_URL=PUBLIC_URL)
def test_the_code_on_a_poster_opens_the_report_form_at_its_place_also_after_a_renaming(
    world: World, signed_in: SignIn
) -> None:
    place = world.home.places["stairwell"]
    paper = paper_of(signed_in(world.cleo).get("/places/posters.pdf", {"place": str(place.id)}))
    (text,) = texts_of(paper)
    for words in ("在这里报告", "Report it here", place.name_zh, place.name_en, "110", "119", "120"):
        assert words in text
    (address,) = codes_of(paper)
    assert address.startswith(f"{PUBLIC_URL}/report?place=")
    Place.objects.filter(id=place.id).update(name_en="The other stairs", code="stairs-2")
    path = urlsplit(address)
    page = signed_in(world.alice).get(f"{path.path}?{path.query}").content.decode()
    assert f'<option value="{place.id}" selected' in page
    assert "The other stairs" in page


@override_settings(PUBLIC_URL=PUBLIC_URL)
def test_a_building_is_one_file_with_its_own_page_and_one_for_each_place_inside(
    world: World, signed_in: SignIn
) -> None:
    top = building(world, rooms=200)
    client = signed_in(world.cleo, "zh-hans")
    listed = client.get("/places/posters").content.decode()
    assert "明德楼" in listed
    assert f"/places/posters.pdf?inside={top.id}" in listed
    paper = paper_of(client.get("/places/posters.pdf", {"inside": str(top.id)}))
    assert len(paper) == 201
    texts = texts_of(paper)
    assert "危险化学品暂存间" in texts[200]
    assert "明德楼" in texts[200]
    assert codes_of(paper, page=200) != codes_of(paper, page=0)


def test_a_file_has_a_bound_and_the_page_says_so_before(world: World, signed_in: SignIn) -> None:
    top = building(world, rooms=300)
    client = signed_in(world.cleo)
    assert "please print building by building" in client.get("/places/posters").content.decode()
    answer = client.get("/places/posters.pdf", {"inside": str(top.id)})
    assert answer.status_code == 422
    assert "Please choose a smaller part of it." in answer.content.decode()


def test_they_are_for_those_who_keep_the_places_and_for_their_own_school(world: World, signed_in: SignIn) -> None:
    for member in (world.alice, world.olga):
        for path in ("/places/posters", "/places/posters.pdf"):
            assert signed_in(member).get(path).status_code == 403
    own, other = (str(next(iter(site.places.values())).id) for site in (world.home, world.elsewhere))
    for member, theirs, place in ((world.dan, own, other), (world.mallory, other, own)):
        client = signed_in(member)
        assert theirs in client.get("/places/posters").content.decode()
        assert place not in client.get("/places/posters").content.decode()
        for query in ({"place": place}, {"inside": place}, {"place": "nothing"}):
            assert client.get("/places/posters.pdf", query).status_code == 404


@pytest.mark.parametrize(("address", "is_warned"), [("http://127.0.0.1:8000", True), (PUBLIC_URL, False)])
def test_the_page_warns_before_codes_are_printed_that_no_phone_reaches(
    world: World, signed_in: SignIn, address: str, is_warned: bool
) -> None:
    with override_settings(PUBLIC_URL=address):
        page = signed_in(world.dan).get("/places/posters").content.decode()
    assert ("which telephones may not reach" in page) is is_warned
