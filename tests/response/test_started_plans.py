"""A plan started on a ticket: asked at once, answered, climbing where nobody answers, ended; seen by whom it may be."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.common.models import IdempotencyRecord
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_responses
from backend.organisation.roles import Role
from backend.response.models import Response, ResponseTask
from backend.workflow.models import Ticket, TicketEvent, TicketOpening
from backend.workflow.services.erasing import event_payloads_erase
from tests.roles import as_owner
from tests.world import World, member_add


def told(world: World) -> dict[str, list[Notice]]:
    """Carry the news; return by name what each person was told of started plans, in order."""
    tell_responses()
    found: dict[str, list[Notice]] = {}
    for notice in Notice.objects.filter(kind="response.told").select_related("person").order_by("created_at"):
        found.setdefault(notice.person.name, []).append(notice)
    return found


def start(world: World, ticket: Ticket, who: str = "dan", plan: str = "RP-FIRE", key: str | None = None) -> Any:
    """Start a plan on a ticket."""
    return world.members[who].client.post(f"tickets/{ticket.id}/response", {"plan": plan}, key=key)


def task_of(row: Any, key: str) -> Any:
    """Return the first task of a step as the API shows it."""
    return next(task for task in row["tasks"] if task["key"] == key)


def test_everybody_is_asked_at_once_answers_with_a_tap_and_hears_that_it_is_over(world: World, fire: Ticket) -> None:
    begun = start(world, fire)
    assert begun.status_code == 201, begun.data
    assert begun.data["lacks"] == ["not_approved", "nobody"], "what it lacks is said, and keeps nobody from starting it"
    assert start(world, fire, "cleo").data["id"] == begun.data["id"], "two at once are one"
    assert Response.objects.count() == 1
    asked = {task["key"]: [person["name"] for person in task["people"]] for task in begun.data["tasks"]}
    assert asked["power-off"] == ["Carol"]
    assert asked["head-count"] == asked["lead-out"] == ["Tina"]
    assert asked["command"] == ["Lena"]
    assert asked["first-aid"] == ["Vera"], "nobody heads the health room, so that whoever stands in above is asked"
    heard = told(world)
    tina = news_headline(kind="response.told", params=heard["Tina"][0].params)
    assert "Lead your class out" in tina
    assert "Count your class" in tina
    assert len(heard["Tina"]) == 1, "two steps of one person are one message"
    path = f"responses/{begun.data['id']}"
    carol = world.carol.client.get(path).data
    own = task_of(carol, "power-off")
    there = world.carol.client.post(f"{path}/steps/{own['id']}/there").data
    assert task_of(there, "power-off")["there_by"]["name"] == "Carol"
    done = world.carol.client.post(f"{path}/steps/{own['id']}/done", {"words": "Gas is off."}).data
    assert (task_of(done, "power-off")["took"], task_of(done, "power-off")["is_late"]) == (0, False)
    again = world.carol.client.post(f"{path}/steps/{own['id']}/done", {"words": "Twice."}).data
    assert task_of(again, "power-off")["said"] == "Gas is off.", "said again it changes nothing"
    mine = world.tina.client.get("responses").data
    assert [row["plan"] for row in mine] == ["Fire", "Fire"]
    assert world.tina.client.post(f"{path}/end", {"words": "Over."}).status_code == 404, "she cannot see the ticket"
    call_command("responses_audit", stdout=StringIO())
    over = world.dan.client.post(f"{path}/end", {"words": "The fire brigade has left."})
    assert (over.status_code, over.data["ended_by"]["name"], over.data["may_end"]) == (200, "Dan", False)
    assert world.dan.client.post(f"{path}/end", {"words": "Once more."}).data["code"] == "response_over"
    assert not Timer.objects.filter(subject_kind="response", stopped_at=None).exists()
    heard = told(world)
    assert "is over" in news_headline(kind="response.told", params=heard["Tina"][1].params)
    assert news_standing(notices=heard["Tina"], now=database_now()) == heard["Tina"][1:], "what is over asks nothing"
    kinds = [event.kind for event in TicketEvent.objects.filter(ticket=fire).order_by("sequence")]
    assert kinds[-4:] == ["response-started", "response-there", "response-done", "response-ended"]
    call_command("responses_audit", stdout=StringIO())
    call_command("ledger_verify", stdout=StringIO())
    assert start(world, fire, "dan").data["id"] != begun.data["id"], "it can be started anew"


def test_what_is_not_done_climbs_and_whoever_hears_of_it_can_answer(world: World, fire: Ticket) -> None:
    begun = start(world, fire).data
    started_at = Response.objects.get().started_at
    told(world)
    fire_due(now=started_at + timedelta(minutes=2, seconds=1))
    heard = told(world)
    assert [notice.params["what"] for notice in heard["Carol"]] == ["asked", "missed"], "asked once more at its time"
    assert "Cut power" in news_headline(kind="response.told", params=heard["Lena"][-1].params)
    fire_due(now=started_at + timedelta(minutes=7, seconds=1))
    assert heard.keys() <= told(world).keys()
    assert {"Vera", "Cleo"} <= told(world).keys()
    board = world.cleo.client.get(f"responses/{begun['id']}").data
    task = task_of(board, "power-off")
    assert "Cleo" in [person["name"] for person in task["people"]]
    missed = TicketEvent.objects.filter(ticket=fire, kind="response-missed")
    assert missed.exists()
    world.cleo.client.post(f"responses/{begun['id']}/steps/{task['id']}/done")
    row = ResponseTask.objects.get(id=task["id"])
    assert row.done_by_id == world.cleo.person.id
    fired = Timer.objects.get(target=task["id"]).rung
    fire_due(now=started_at + timedelta(minutes=30))
    assert Timer.objects.get(target=task["id"]).rung == fired, "what is done climbs no more"
    assert "Dan" in told(world), "the others have reached the principal"
    with CaptureQueriesContext(connection) as few:
        fire_due(now=started_at + timedelta(days=3))
    assert not Timer.objects.filter(subject_kind="response", armed=True).exists(), "a ladder ends"
    assert len(few) < 60


def test_after_an_outage_everybody_hears_whom_a_rung_would_have_told_and_once(world: World, fire: Ticket) -> None:
    start(world, fire)
    told(world)
    fire_due(now=Response.objects.get().started_at + timedelta(hours=2))
    heard = {name: [one.params["what"] for one in notices].count("missed") for name, notices in told(world).items()}
    assert {name for name, times in heard.items() if times} >= {"Carol", "Tina", "Lena", "Vera", "Cleo", "Dan"}
    assert set(heard.values()) <= {0, 1}, "also whoever the last rung alone would not have told"


def test_once_it_is_strictly_confidential_nobody_new_hears_of_it(world: World, fire: Ticket) -> None:
    start(world, fire)
    started_at = Response.objects.get().started_at
    asked = {name: len(notices) for name, notices in told(world).items()}
    people = list(ResponseTask.objects.order_by("number").values_list("people", flat=True))
    Ticket.objects.filter(id=fire.id).update(confidentiality="K2", seal="K2")
    fire_due(now=started_at + timedelta(days=3))
    assert told(world).keys() == asked.keys()
    assert list(ResponseTask.objects.order_by("number").values_list("people", flat=True)) == people
    assert not Timer.objects.filter(subject_kind="response", armed=True).exists()


def test_a_step_shows_no_more_than_it_must_and_only_who_leads_starts(world: World, fire: Ticket) -> None:
    assert start(world, fire, "bob").data["code"] == "not_for_starting"
    assert start(world, fire, "mallory").status_code == 404
    assert start(world, fire, "tina").status_code == 404
    assert start(world, fire, plan="RP-NONE").data["errors"][0]["code"] == "unknown_plan"
    begun = start(world, fire).data
    path = f"responses/{begun['id']}"
    of_tina = world.tina.client.get(path).data
    assert (of_tina["ticket"], of_tina["place"]) == (None, "Stairwell, second floor")
    assert {task["key"] for task in of_tina["tasks"]} == {"lead-out", "head-count"}
    assert all([person["name"] for person in task["people"]] == ["Tina"] for task in of_tina["tasks"])
    member_add(world, "nora", [(Role.REPORTER, "student-affairs", False)], site=world.home)
    for who in ("nora", "mallory", "olga"):
        assert world.members[who].client.get(path).status_code == 404, who
    others = task_of(begun, "power-off")["id"]
    assert world.tina.client.post(f"{path}/steps/{others}/done").status_code == 404
    assert world.bob.client.post(f"{path}/steps/{others}/done").data["code"] == "not_your_step"
    assert world.dan.client.post(f"{path}/steps/{others}/done").status_code == 200, "whoever leads says it for others"
    assert world.bob.client.get(f"tickets/{fire.id}/response").data[0]["done_count"] == 1
    Ticket.objects.filter(id=fire.id).update(confidentiality="K2", seal="K2")
    assert world.tina.client.get(path).data["place"] == "", "once it is confidential not even the place is said"
    assert start(world, fire, "dan").status_code in {404, 409}


def test_a_drill_runs_through_everything_and_says_so_in_every_message(world: World, fire: Ticket) -> None:
    assert (
        world.alice.client.post("response-plans/RP-FIRE/drill", {"words": "Smoke."}).data["code"] == "not_for_starting"
    )
    held = world.cleo.client.post("response-plans/RP-FIRE/drill", {"words": "Smoke on the second floor."})
    assert (held.status_code, held.data["is_exercise"]) == (201, True), held.data
    ticket = Ticket.objects.get(id=held.data["ticket"])
    assert (ticket.is_exercise, ticket.category) == (True, "F01")
    heard = told(world)
    assert all(news_headline(kind=one.kind, params=one.params).startswith("EXERCISE. ") for one in heard["Tina"])
    assert {task["minutes"] for task in held.data["tasks"]} >= {2, 3, 8}


def test_words_on_steps_and_on_the_end_are_erased_with_their_events(world: World, fire: Ticket) -> None:
    begun = start(world, fire).data
    path = f"responses/{begun['id']}"
    step = task_of(begun, "head-count")["id"]
    world.tina.client.post(f"{path}/steps/{step}/done", {"words": "Little Wang fainted."}, key="head-count")
    world.dan.client.post(f"{path}/end", {"words": "Little Wang is in hospital."})
    said = TicketEvent.objects.filter(ticket=fire, kind__in=["response-done", "response-ended"])
    sequences = list(said.values_list("sequence", flat=True))
    with as_owner():
        event_payloads_erase(reference=fire.reference, sequences=sequences, now=database_now())
    board = world.dan.client.get(path).data
    assert (task_of(board, "head-count")["said"], board["ended_words"]) == ("", "—")
    assert task_of(board, "head-count")["done_by"]["name"] == "Tina", "who did it is kept"
    assert not IdempotencyRecord.objects.filter(body__contains="Little Wang").exists()
    call_command("responses_audit", stdout=StringIO())


def test_that_the_board_of_a_confidential_ticket_was_read_is_recorded(world: World, fire: Ticket) -> None:
    path = f"responses/{start(world, fire).data['id']}"
    world.dan.client.get(path)
    assert TicketOpening.objects.count() == 0
    Ticket.objects.filter(id=fire.id).update(confidentiality="K1", seal="K1")
    for who in ("tina", "dan", "dan"):
        assert world.members[who].client.get(path).status_code == 200
    opened = TicketOpening.objects.get()
    assert (opened.ticket_id, opened.person_id) == (fire.id, world.dan.person.id), "whoever reads their step opens none"


def test_the_reporter_reads_how_it_goes_and_not_who_was_told(world: World, fire: Ticket) -> None:
    path = f"responses/{start(world, fire).data['id']}"
    fire_due(now=Response.objects.get().started_at + timedelta(minutes=2, seconds=1))
    seen = world.alice.client.get(path).data
    assert (seen["ticket"], len(seen["tasks"])) == (fire.id, ResponseTask.objects.count())
    assert [task["people"] for task in seen["tasks"] if task["people"]] == [], "whom a ladder told is for those at work"
    assert any(task["people"] for task in world.bob.client.get(path).data["tasks"])
