"""A finding of a round becomes a ticket, once; the two name each other to those who may know of both."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from backend.rounds.models import Round, RoundCluster, RoundTicket
from backend.rulebook.services import rulebook_load
from backend.workflow.models import Ticket
from tests.rounds.conftest import opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_plans import ITEMS, changed
from tests.rounds.test_round_pages import browser_of
from tests.world import Client, World

NOT_WELL = {"said": "to_report", "words": "配电间门锁坏了。", "items": [{"item": "no-hazard", "ok": False}]}


def find(client: Client, world: World, row: Round, *, key: str | None = None, **changes: object) -> Any:
    """Report what a round found."""
    body = {name: value for name, value in world.report_body().items() if name != "category"}
    return client.post(f"rounds/{row.id}/findings", {**body, "line": "no-hazard", **changes}, key=key)


def test_a_line_that_is_not_well_becomes_a_ticket_once_and_both_name_each_other(live_world: World) -> None:
    row = opened(live_world)
    bob = live_world.bob.client
    assert find(bob, live_world, row).data["code"] == "nothing_found"
    say(bob, row, NOT_WELL)
    filed = find(bob, live_world, row, key="finding-of-bob")
    assert (filed.status_code, filed.data["category"]) == (201, "B02"), filed.data
    assert find(bob, live_world, row, key="finding-of-bob").json() == filed.json()
    (found,) = bob.get(f"rounds/{row.id}").data["tickets"]
    assert (found["line"], found["reference"]) == ("no-hazard", filed.data["reference"])
    (by,) = live_world.dan.client.get(f"tickets/{found['ticket']}/rounds").data
    assert (by["round"]["id"], by["line"]) == (str(row.id), "no-hazard")
    assert find(bob, live_world, row, line="on-duty").data["code"] == "nothing_found"
    assert find(bob, live_world, row, line="rats").data["code"] == "unknown_item"
    say(bob, row, WELL, how="correct")
    assert find(bob, live_world, row).data["code"] == "nothing_found"
    assert (RoundTicket.objects.count(), Ticket.objects.count()) == (1, 1)


def test_nobody_sees_a_ticket_through_a_round_nor_a_round_through_a_ticket(live_world: World) -> None:
    row = opened(live_world)
    say(live_world.bob.client, row, NOT_WELL)
    sealed = find(live_world.bob.client, live_world, row, category="C02")
    assert (sealed.status_code, sealed.data["ticket"]) == (201, None), sealed.data
    ticket = Ticket.objects.get()
    hidden = find(live_world.bob.client, live_world, row, reporter_mode="confidential").data["ticket"]
    for name, seen in {"bob": 1, "ben": 0, "cleo": 0, "vera": 0, "olga": 0, "dan": 0}.items():
        assert len(live_world.members[name].client.get(f"rounds/{row.id}").data["tickets"]) == seen, name
    assert live_world.bob.client.get(f"rounds/{row.id}").data["tickets"][0]["ticket"] == hidden
    for name, known in {"erin": ticket.id, "dan": ticket.id, "cleo": hidden}.items():
        said = live_world.members[name].client.get(f"tickets/{known}/rounds")
        assert (said.status_code, said.data) == (200, []), f"to {name} it would tell who reported it"
    page = browser_of(live_world.cleo).get(reverse("portal:ticket_detail", args=[hidden])).content.decode()
    assert reverse("portal:round_detail", args=[row.id]) not in page
    for name in ("mallory", "alice"):
        assert find(live_world.members[name].client, live_world, row).status_code == 404, name
        assert live_world.members[name].client.get(f"tickets/{ticket.id}/rounds").status_code == 404, name


def test_a_starred_line_is_at_least_important_and_the_timeline_says_why(live_world: World) -> None:
    row = opened(live_world)
    say(live_world.bob.client, row, {**NOT_WELL, "items": [{"item": "on-duty", "ok": False}]})
    version, _created = rulebook_load(content=changed((*ITEMS, 0, "star"), True), now=live_world.now)
    Round.objects.filter(id=row.id).update(rulebook_id=version.id)
    filed = find(live_world.bob.client, live_world, row, line="on-duty")
    ticket = Ticket.objects.get(reports=filed.data["id"])
    assert (ticket.category, ticket.severity) == ("S05", "P2")
    page = browser_of(live_world.dan).get(reverse("portal:ticket_detail", args=[ticket.id])).content.decode()
    assert "Because of the line of a checklist by which it was found." in page
    assert reverse("portal:round_detail", args=[row.id]) in page


def test_one_tap_fills_the_form_in_and_sending_it_twice_is_one_report(live_world: World) -> None:
    row = opened(live_world)
    bob = browser_of(live_world.bob)
    sent = bob.post(reverse("portal:round_answer", args=[row.id]), {"said": "to_report", "item-no-hazard": "no"})
    assert sent["Location"] == reverse("portal:round_detail", args=[row.id])
    address = f"{reverse('portal:report')}?found={row.id}.no-hazard"
    assert address in bob.get(sent["Location"]).content.decode()
    form = bob.get(address).context["form"]
    assert form["category"].value() == "B02"
    assert "There is no new hazard" in form["description"].value()
    body = {
        **{name: form[name].value() for name in ("category", "occurred_at", "description", "found", "token")},
        "place": str(live_world.home.places["stairwell"].id),
    }
    for _time in range(2):
        assert bob.post(reverse("portal:report"), body).status_code == 302
    finding = RoundTicket.objects.get()
    assert (finding.round_id, finding.line, finding.by) == (row.id, "no-hazard", live_world.bob.person)
    assert finding.ticket.reference in bob.get(sent["Location"]).content.decode()


def test_a_report_is_filed_whatever_became_of_the_round(live_world: World) -> None:
    row, other = opened(live_world), round_of(live_world, "facilities")
    bob = browser_of(live_world.bob)
    for found in (f"{row.id}.no-hazard", f"{other.id}.no-hazard", f"{uuid4()}.", "nonsense"):
        assert _filed(bob, live_world, found=found).status_code == 302
    assert (Ticket.objects.count(), RoundTicket.objects.count()) == (4, 0)


def _filed(browser: Browser, world: World, **fields: object) -> Any:
    body = {**world.report_body(), "token": uuid4().hex, "occurred_at": f"{world.now:%Y-%m-%dT%H:%M}", **fields}
    return browser.post(reverse("portal:report"), {**body, "description": f"门锁坏了 {uuid4()}"})


def test_the_auditor_finds_links_that_nothing_said_led_to(live_world: World) -> None:
    row, other = opened(live_world), round_of(live_world, "facilities")
    say(live_world.bob.client, row, NOT_WELL)
    find(live_world.bob.client, live_world, row)
    call_command("rounds_audit", stdout=StringIO())
    (ticket,) = Ticket.objects.all()
    link = {"ticket": ticket, "by": live_world.bob.person, "at": live_world.now + timedelta(days=2)}
    RoundTicket.objects.create(round=other, kind=RoundTicket.Kind.FINDING, **link)
    RoundTicket.objects.create(round=round_of(live_world, "health-room"), kind=RoundTicket.Kind.OMISSION, **link)
    RoundCluster.objects.create(
        school=live_world.school, rule="CLASS_ON_A_DAY", line="fever", day=row.day, cases=3, ticket=ticket
    )
    said = StringIO()
    with pytest.raises(CommandError, match="3 of"):
        call_command("rounds_audit", stdout=said)
