"""A word on a round that was said without a network stays on the device, arrives once, and corrects nobody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from backend.common.services import idempotency_purge
from backend.gate.models import GateEntry
from backend.organisation.models import School
from backend.rounds.models import Round, RoundAnswer, RoundVisit
from tests.browser import OpenPage, until
from tests.portal.test_in_a_browser import assert_sound
from tests.rounds.conftest import opened
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_round_pages import browser_of, post
from tests.rounds.test_turns import held, turn
from tests.world import World

VISITOR = "Zhang Wenli"
WORDS_OF_FORMS = "something to report"
FORM_KEPT = """(id) => new Promise((done) => {
  const asked = indexedDB.open("allclear-forms", 1);
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => done(false);
  asked.onsuccess = () => {
    const base = asked.result;
    const all = base.transaction("forms").objectStore("forms").getAll();
    all.onsuccess = () => { base.close(); done(all.result.some((row) => row.id === id)); };
  };
})"""
ON_DEVICE = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const asked = indexedDB.open(name);
    await new Promise((done) => { asked.onsuccess = done; });
    const base = asked.result;
    for (const store of base.objectStoreNames) {
      const all = base.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { all.onsuccess = done; });
      for (const row of all.result) {
        const bytes = row.sealed ? new TextDecoder().decode(row.sealed) : "";
        found.push(bytes + JSON.stringify({ ...row, sealed: "" }));
      }
    }
    base.close();
  }
  return found;
}"""
"""Everything that lies in the databases of the browser, as it lies there."""


def kept_by_worker(page: Page) -> None:
    """Wait until the service worker keeps its pages."""
    page.evaluate("navigator.serviceWorker.ready")
    until(page, "async () => (await caches.match('/offline')) && navigator.serviceWorker.controller")


@pytest.mark.slow("tests/rounds/test_said_offline.py")
def test_all_well_without_a_network_is_kept_and_goes_out_once(committed_world: World, open_page: OpenPage) -> None:
    School.objects.update(live_at=committed_world.now)
    row = opened(committed_world)
    page = open_page("/", committed_world.bob)
    page.context.set_offline(True)
    page.get_by_role("button", name="All well").click()
    expect(page.get_by_text("What you said is kept on this device")).to_be_visible()
    expect(page.get_by_role("button", name="All well")).to_be_hidden()
    assert_sound(page)
    assert RoundAnswer.objects.count() == 0
    page.context.set_offline(False)
    arrived = page.locator("[data-arrived=said]")
    expect(arrived).to_be_visible()
    expect(arrived.get_by_role("link")).to_have_text("Daily report · Security office")
    page.goto("/")
    expect(page.get_by_text("Waiting on this device")).to_be_hidden()
    assert [(answer.round_id, answer.said) for answer in RoundAnswer.objects.all()] == [(row.id, "all_well")]
    page.goto(f"/rounds/{row.id}")
    page.get_by_text("Correct the answer").click()
    page.locator("#id_words").fill("The intercom of the east gate is broken.")
    page.get_by_role("button", name="Send: something to report").click()
    expect(page.get_by_role("heading", name="What was found")).to_be_visible()
    assert RoundAnswer.objects.count() == 2


def test_what_arrives_again_changes_nothing_and_what_comes_after_another_word_corrects_nobody(
    live_world: World,
) -> None:
    row = opened(live_world)
    bob, token = browser_of(live_world.bob), str(uuid4())
    kept = {"said": "all_well", "token": token, "seen": "0"}
    for _time in range(2):
        arrived = bob.post(f"/rounds/{row.id}/answer", kept, headers={"accept": "application/json"})
        assert (arrived.status_code, arrived.json()) == (201, {"address": "/rounds"})
    say(live_world.bob.client, row, {"said": "to_report", "words": "东门对讲机坏了"}, how="correct")
    assert post(bob, row, kept).status_code == 302
    late = bob.post(f"/rounds/{row.id}/answer", {**kept, "token": str(uuid4())}, headers={"accept": "application/json"})
    assert late.status_code == 409
    assert "answered already" in late.json()["errors"][0]
    assert [answer.said for answer in RoundAnswer.objects.order_by("number")] == ["all_well", "to_report"]


def test_a_round_and_the_gate_are_opened_without_a_network_and_arrive_once(
    committed_world: World, open_page: OpenPage
) -> None:
    School.objects.update(live_at=committed_world.now)
    row = opened(committed_world)
    with override_settings(SERVICE_WORKER=True):
        page = open_page("/", committed_world.bob)
        kept_by_worker(page)
        until(page, FORM_KEPT, f"/rounds/{row.id}")
        page.goto("/gate")
        until(page, FORM_KEPT, "/gate/new")
        assert WORDS_OF_FORMS not in str(page.evaluate(ON_DEVICE)), "sealed, as papers are"
        page.context.set_offline(True)
        page.goto(f"/rounds/{row.id}")
        form = page.locator("details[open]", has_text="Daily report")
        form.locator("textarea").first.fill("The intercom of the east gate is broken.")
        form.get_by_role("button", name="Send: something to report").click()
        expect(page.get_by_text("What you said is kept on this device")).to_be_visible()
        expect(form).to_be_hidden()
        page.goto("/gate/new")
        assert page.locator("details", has_text="Daily report").count() == 0, "it is said already"
        gate = page.locator("details[open]", has_text="Enter a visitor")
        gate.locator(".tile").first.click()
        gate.locator("#visitor").fill(VISITOR)
        gate.locator(".person").first.click()
        gate.get_by_role("button", name="Let in").click()
        expect(page.get_by_text("What you said is kept on this device")).to_be_visible()
        expect(gate.locator("#visitor")).to_have_value("")
        assert_sound(page)
        assert VISITOR not in str(page.evaluate(ON_DEVICE))
        assert (RoundAnswer.objects.count(), GateEntry.objects.count()) == (0, 0)
        page.context.set_offline(False)
        expect(page.locator("[data-back]").first).to_be_visible()
        expect(page.get_by_text("Waiting on this device")).to_be_hidden()
        page.goto("/gate")
        expect(page.get_by_text(VISITOR).first).to_be_visible()
    assert [(answer.round_id, answer.said) for answer in RoundAnswer.objects.all()] == [(row.id, "to_report")]
    assert [entry.visitor for entry in GateEntry.objects.all()] == [VISITOR]


def test_an_entry_of_the_gate_that_waited_says_when_they_came_and_stands_once_however_late_it_comes_again(
    world: World,
) -> None:
    """After two days, when what is remembered of forms is gone, the visitor stood in the log twice."""
    bob, token = browser_of(world.bob), str(uuid4())
    sent = {
        "gate": str(world.home.places["stairwell"].id),
        "purpose": "family",
        "visitor": VISITOR,
        "host": f"person:{world.alice.person.id}",
        "token": token,
        "waited": "3600",
    }
    for _time in range(2):
        idempotency_purge(now=world.now + timedelta(days=3))
        arrived = bob.post("/gate/new", sent, headers={"accept": "application/json"})
        assert (arrived.status_code, arrived.json()) == (201, {"address": "/gate"})
    entry = GateEntry.objects.get()
    assert entry.written_at - entry.came_at == timedelta(hours=1)
    late = bob.post("/gate/new", {**sent, "waited": "9999999", "token": ""}, headers={"accept": "application/json"})
    assert (late.status_code, len(late.json()["errors"])) == (400, 1)


def test_a_stop_said_without_a_network_counts_from_when_it_was_said_and_not_before_the_round(live_world: World) -> None:
    held(live_world, "PATROL")
    row, now, places = turn(live_world, "07:30"), live_world.now, live_world.home.places
    opens_at, late_at = now - timedelta(hours=3), now - timedelta(hours=1)
    Round.objects.filter(id=row.id).update(opens_at=opens_at, due_at=late_at, late_at=late_at)
    pages = browser_of(live_world.ben)
    assert f"/rounds/{row.id}/route" in pages.get("/").content.decode(), "the home keeps it"
    route = pages.get(f"/rounds/{row.id}/route").content.decode()
    assert [route.count(word) for word in ("data-code=", 'value="all_well"')] == [2, 3]
    assert "data-code=" not in browser_of(live_world.bob).get(f"/rounds/{row.id}/route").content.decode()
    assert browser_of(live_world.mallory).get(f"/rounds/{row.id}/route").status_code == 404
    for place, waited in (("stairwell", 7200), ("teaching-building", 3 * 86400)):
        kept = {"said": "all_well", "code": places[place].token, "seen": "0", "token": str(uuid4()), "waited": waited}
        for _time in range(2):
            arrived = pages.post(
                f"/rounds/{row.id}/places/{places[place].id}", kept, headers={"accept": "application/json"}
            )
            assert arrived.status_code == 201
    first, second = RoundVisit.objects.order_by("number")
    assert (first.waited, opens_at < first.at < late_at) == (timedelta(hours=2), True)
    assert second.at == opens_at
    assert "said without a network" in pages.get(f"/rounds/{row.id}").content.decode()
    gone = f"/rounds/{row.id}/places/{places['stairwell'].id}"
    late = pages.post(gone, {**WELL, "waited": 15 * 86400}, headers={"accept": "application/json"})
    assert late.status_code == 400


@pytest.mark.slow("tests/rounds/test_said_offline.py")
def test_a_patrol_is_walked_without_a_network_and_arrives_in_order(committed_world: World, open_page: OpenPage) -> None:
    School.objects.update(live_at=committed_world.now)
    held(committed_world, "PATROL")
    row, places = turn(committed_world, "07:30"), committed_world.home.places
    with override_settings(SERVICE_WORKER=True):
        page = open_page("/", committed_world.ben)
        kept_by_worker(page)
        until(page, FORM_KEPT, f"/rounds/{row.id}/route")
        page.goto(f"/rounds/{row.id}/route")
        assert_sound(page)
        until(page, "async () => Boolean(await caches.match('/report/shell'))")
        assert places["stairwell"].token not in str(page.evaluate(ON_DEVICE)), "sealed, as papers are"
        page.context.set_offline(True)
        page.goto(f"/report?place={places['stairwell'].token}")
        stop = page.locator("[data-forms] details", has_text="Patrol").first
        stop.get_by_text("Something here").click()
        stop.locator("textarea").fill("A desk stands in the way.")
        assert_sound(page)
        stop.get_by_role("button", name="Send: something to report").click()
        expect(page.get_by_text("What you said is kept on this device")).to_be_visible()
        page.goto(f"/rounds/{row.id}")
        expect(page.get_by_role("button", name="All well here")).to_have_count(1)
        assert_sound(page)
        page.get_by_role("button", name="All well here").click()
        page.locator("[data-forms] textarea").last.fill("The stairwell is blocked.")
        page.get_by_role("button", name="Send: something to report").click()
        expect(page.locator("[data-forms] details").first).to_be_hidden()
        assert RoundVisit.objects.count() == 0
        page.context.set_offline(False)
        expect(page.locator("[data-back]").first).to_be_visible()
        expect(page.get_by_text("Waiting on this device")).to_be_hidden()
    assert [(visit.place.code, visit.said, visit.is_scanned) for visit in RoundVisit.objects.order_by("number")] == [
        ("stairwell", "to_report", True),
        ("teaching-building", "all_well", False),
    ]
    assert [answer.said for answer in RoundAnswer.objects.all()] == ["to_report"]


@pytest.mark.slow("tests/rounds/test_said_offline.py")
def test_what_is_refused_once_it_arrives_can_be_read_again(committed_world: World, open_page: OpenPage) -> None:
    """It said "open it to see why" beside no button, and the visitor's name could only be deleted."""
    School.objects.update(live_at=committed_world.now)
    page = open_page("/gate/new", committed_world.bob)
    page.locator(".tile").first.click()
    page.locator("#visitor").fill(VISITOR)
    page.locator(".person", has_text="Alice").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Let in").click()
    expect(page.get_by_text("What you said is kept on this device")).to_be_visible()
    committed_world.alice.person.appointments.update(ends_at=committed_world.now)
    page.context.set_offline(False)
    page.goto("/")
    waiting = page.locator("[data-papers] li", has_text="Enter a visitor")
    expect(waiting).to_contain_text("Please choose")
    expect(waiting.locator("[data-typed]")).to_contain_text(VISITOR)
    expect(waiting.locator("[data-typed]")).to_contain_text("Alice")
    expect(waiting.locator("[data-open]")).to_be_hidden()
    assert GateEntry.objects.count() == 0
