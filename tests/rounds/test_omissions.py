"""An event that lay behind an "all well" is linked with it, and shown to those who know of both."""

from datetime import datetime, timedelta

from django.urls import reverse

from backend.rounds.models import Round, RoundTicket
from backend.rounds.tasks import link_omissions
from backend.workflow.models import Ticket
from tests.roles import as_owner
from tests.rounds.conftest import SHANGHAI, opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_round_pages import browser_of
from tests.world import World


def before(world: World) -> datetime:
    """Return an instant before anything in the test was said."""
    return world.now - timedelta(minutes=10)


def said_well(world: World, office: str = "security") -> Round:
    """Have the head of an office say just now that all is well, in the daily report of the day that counts here."""
    opened(world)
    row = round_of(world, office)
    with as_owner():
        Round.objects.filter(id=row.id).update(day=before(world).astimezone(SHANGHAI).date())
    head = {"security": world.bob, "facilities": world.carol}[office]
    assert say(head.client, row, WELL).status_code == 200
    return row


def filed(world: World, office: str, *, minutes: int = 0, **changes: object) -> Ticket:
    """File a report now of what happened some minutes later than before, and give it to an office, as routing does."""
    body = world.report_body(occurred_at=(before(world) + timedelta(minutes=minutes)).isoformat(), **changes)
    sent = world.alice.client.post("reports", body)
    assert sent.status_code == 201, sent.data
    ticket = Ticket.objects.get(reports=sent.data["id"])
    with as_owner():
        Ticket.objects.filter(id=ticket.id).update(owner=world.home.units[office], state="routed")
    return ticket


def linked() -> set[tuple[object, object]]:
    """Return which rounds and tickets are linked."""
    return set(RoundTicket.objects.values_list("round_id", "ticket_id"))


def test_what_came_out_later_is_linked_once_with_the_report_of_its_office_and_day(live_world: World) -> None:
    known_before = filed(live_world, "security")
    row = said_well(live_world)
    behind = filed(live_world, "security")
    filed(live_world, "facilities")
    filed(live_world, "security", minutes=-24 * 60)
    filed(live_world, "security", minutes=13)
    for _time in range(2):
        link_omissions()
        assert linked() == {(row.id, behind.id)}
    assert known_before.id != behind.id
    say(live_world.bob.client, row, {"said": "to_report", "words": "下午才知道。"}, how="correct")
    filed(live_world, "security", description="又一件。")
    link_omissions()
    assert linked() == {(row.id, behind.id)}


def test_it_is_shown_to_those_who_know_of_both_and_what_is_sealed_to_nobody(live_world: World) -> None:
    row = said_well(live_world)
    behind = filed(live_world, "security")
    sealed = filed(live_world, "security", category="C02")
    link_omissions()
    assert linked() == {(row.id, behind.id)}
    for name, seen in {"bob": 1, "ben": 1, "dan": 1, "vera": 1, "olga": 0}.items():
        tickets = live_world.members[name].client.get(f"rounds/{row.id}").data["tickets"]
        assert len(tickets) == seen, name
    (by,) = live_world.bob.client.get(f"tickets/{behind.id}/rounds").data
    assert (by["round"]["id"], by["kind"]) == (str(row.id), "omission")
    assert live_world.alice.client.get(f"tickets/{behind.id}/rounds").data == []
    with as_owner():
        Ticket.objects.filter(id=behind.id).update(confidentiality="K2", seal="K2", owner=sealed.owner)
    assert live_world.bob.client.get(f"rounds/{row.id}").data["tickets"] == []
    boards = {name: browser_of(live_world.members[name]) for name in ("bob", "dan")}
    pages = {name: b.get(f"/rounds?day={before(live_world).astimezone(SHANGHAI):%F}") for name, b in boards.items()}
    assert "something came out later" not in pages["bob"].content.decode()
    assert "something came out later" in pages["dan"].content.decode()


def test_somebody_who_knows_of_both_links_it_by_hand(live_world: World) -> None:
    row = said_well(live_world, "facilities")
    behind = filed(live_world, "security")
    sealed = filed(live_world, "security", category="C02")
    since = filed(live_world, "security", minutes=13)

    def link(name: str, ticket: Ticket) -> str:
        body = {"ticket": ticket.reference}
        sent = live_world.members[name].client.post(f"rounds/{row.id}/omissions", body)
        return str(sent.data["code"] if sent.status_code != 200 else sent.status_code)

    assert link("dan", sealed) == "sealed_stays_apart"
    assert link("vera", sealed) == link("carol", behind) == "unknown_ticket"
    assert link("dan", since) == "not_behind_it"
    assert link("olga", behind) == "not_for_excusing"
    assert link("mallory", behind) == link("bob", behind) == "not_found"
    page = browser_of(live_world.dan)
    address = reverse("portal:round_omission", args=[row.id])
    assert "unknown" not in page.post(address, {"ticket": "no-such"}).context["omission_form"].errors
    for _time in range(2):
        sent = page.post(address, {"ticket": behind.reference})
        assert sent["Location"] == reverse("portal:round_detail", args=[row.id])
    assert linked() == {(row.id, behind.id)}
    assert RoundTicket.objects.get().by == live_world.dan.person
    assert link("dan", behind) == "200"
    assert linked() == {(row.id, behind.id)}
    assert behind.reference in page.get(sent["Location"]).content.decode()
    shown = page.get(reverse("portal:ticket_detail", args=[behind.id])).content.decode()
    assert "Came out after" in shown
