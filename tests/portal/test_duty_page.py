"""The page of duty: who is on duty, stepping in for a colleague, and one's own duty as a calendar."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from icalendar import Calendar

from backend.duty.models import Absence, DutyFeed, DutyShift, DutySlot, DutySwap
from backend.organisation.models import Appointment
from tests.browser import SignIn
from tests.organisation.test_rosters import planned
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def night(world: World) -> DutyShift:
    """Return a night that Vera leads and Alice serves in, an hour old."""
    shift = DutyShift.objects.get(id=planned(world)["id"])
    shift.starts_at = world.now - HOUR
    shift.save()
    return shift


def slot_of(shift: DutyShift, name: str) -> DutySlot:
    return DutySlot.objects.get(shift=shift, person__staff_number=name)


def test_somebody_steps_in_for_a_colleague(world: World, night: DutyShift, signed_in: SignIn) -> None:
    lead, served = slot_of(night, "vera"), slot_of(night, "alice")
    address = f"/duty/slots/{lead.id}/take-over"
    client = signed_in(world.bob)
    page = client.get("/duty").content.decode()
    assert f'action="{address}"' in page
    assert f'action="/duty/slots/{served.id}/take-over"' in page
    assert 'href="/duty"' in client.get("/").content.decode()
    refused = client.post(address, {"note": " "})
    assert refused.status_code == 422
    assert "Please say why it cannot wait" in refused.content.decode()
    assert client.get(address).status_code == 302
    assert signed_in(world.mallory).post(address, {"note": "x"}).status_code == 404
    answer = signed_in(world.bob).post(address, {"note": "Vera cannot\x0b be reached"}, follow=True)
    assert "You are on duty from now on." in answer.content.decode()
    swap = DutySwap.objects.get()
    assert (swap.taken_by, swap.note) == (world.bob.person, "Vera cannot be reached")
    assert f'action="{address}"' not in answer.content.decode()


@pytest.mark.parametrize("how", ["closed", "left", "away"])
def test_whoever_is_on_the_roster_and_not_there_is_marked(
    world: World, night: DutyShift, signed_in: SignIn, how: str
) -> None:
    """Colleagues read that Vera leads tonight, and rang somebody who had left."""
    vera = world.vera.person
    mark = "cannot be reached now"
    assert mark not in signed_in(world.bob).get("/duty").content.decode()
    if how == "closed":
        world.vera.user.is_active = False
        world.vera.user.save()
    elif how == "left":
        vera.appointments.update(ends_at=world.now - HOUR)
    else:
        Absence.objects.create(person=vera, starts_at=world.now - HOUR, ends_at=world.now + HOUR)
    assert re.search(rf"Vera[^<]*<strong>{mark}", signed_in(world.bob).get("/duty").content.decode())


def test_nobody_is_offered_what_is_refused(world: World, night: DutyShift, signed_in: SignIn) -> None:
    for name in ("vera", "alice", "mallory"):
        page = signed_in(world.members[name]).get("/duty").content.decode()
        for held in night.slots.all():
            offered = f'action="/duty/slots/{held.id}/take-over"' in page
            member = world.members[name]
            if not offered:
                answer = member.client.post(f"rosters/{night.id}/slots/{held.id}/take-over", {"note": "x"})
                assert answer.status_code in {404, 409}


def test_keepers_see_the_shifts_in_which_nobody_serves(world: World, night: DutyShift, signed_in: SignIn) -> None:
    assert "Nobody serves" not in signed_in(world.cleo).get("/duty").content.decode()
    night.slots.all().delete()
    assert "Nobody serves" in signed_in(world.cleo).get("/duty").content.decode()
    assert "Nobody serves" not in signed_in(world.bob).get("/duty").content.decode()


def feed_made(browser: Browser) -> str:
    """Make a feed on the page; return the path of its address."""
    page = unescape(browser.post("/duty/feed").content.decode())
    found = re.search(r'value="http://[^/]+(/duty/feed/[^"]+\.ics)"', page)
    assert found, page
    return found[1]


def test_a_private_feed_shows_ones_own_duty_and_nothing_else(world: World, night: DutyShift, signed_in: SignIn) -> None:
    gate = DutyShift.objects.create(
        school=world.school, kind="gate", starts_at=world.now + HOUR, ends_at=world.now + 2 * HOUR
    )
    DutySlot.objects.create(shift=gate, part="teacher", person=world.bob.person)
    client = signed_in(world.vera)
    address = feed_made(client)
    token = address.removeprefix("/duty/feed/").removesuffix(".ics")
    assert token not in DutyFeed.objects.get().token_digest
    assert token not in client.get("/duty").content.decode()
    answer = Browser().get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event["UID"], str(event["SUMMARY"])) == (f"{night.id}@allclear", "Night duty")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (
        night.starts_at.replace(microsecond=0),
        night.ends_at.replace(microsecond=0),
    )
    downloaded = client.get("/duty.ics")
    assert [row["UID"] for row in Calendar.from_ical(downloaded.content).walk("VEVENT")] == [event["UID"]]
    assert Browser().get("/duty.ics").status_code == 302
    assert Browser().post(address).status_code == 404


def test_a_feed_dies_when_it_is_replaced_taken_back_or_its_person_leaves(
    world: World, night: DutyShift, signed_in: SignIn
) -> None:
    client = signed_in(world.vera)
    first, second = feed_made(client), feed_made(client)
    assert [Browser().get(address).status_code for address in (first, second)] == [404, 200]
    assert client.post("/duty/feed/end").status_code == 302
    assert Browser().get(second).status_code == 404
    third = feed_made(client)
    assert Browser().get(third).status_code == 200
    world.vera.user.is_active = False
    world.vera.user.save()
    assert Browser().get(third).status_code == 404
    world.vera.user.is_active = True
    world.vera.user.save()
    Appointment.objects.filter(person=world.vera.person).update(ends_at=world.now)
    assert Browser().get(third).status_code == 404
    assert Browser().get("/duty/feed/nonsense.ics").status_code == 404


@pytest.mark.parametrize(("hours", "end"), [(1, "13:00"), (24, "3 Mar 2027, 12:00")])
def test_the_end_of_a_duty_has_its_day_only_where_it_is_another(
    world: World, night: DutyShift, signed_in: SignIn, hours: int, end: str
) -> None:
    noon = datetime(2027, 3, 2, 12, tzinfo=ZoneInfo(world.school.time_zone))
    DutyShift.objects.filter(id=night.id).update(starts_at=noon, ends_at=noon + hours * HOUR)
    page = signed_in(world.vera).get("/duty").content.decode()
    assert re.search(rf">2 Mar 2027, 12:00</time> – <time [^>]*>{end}</time>", page)


def test_only_whoever_leads_is_told_what_they_do_in_it(world: World, night: DutyShift, signed_in: SignIn) -> None:
    assert "You lead this duty." in signed_in(world.vera).get("/duty").content.decode()
    assert "You serve in this duty." not in signed_in(world.alice).get("/duty").content.decode()
