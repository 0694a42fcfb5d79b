"""A whole hard case: three offices, two returns, an order, a broken promise, a failed fix, and the problem again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.incidents.models import Report
from backend.workflow.models import TicketPart
from tests.workflow.steps import HOUR, TOLD, escalations, file_ticket
from tests.workflow.test_orders import audited
from tests.world import World

SECOND = timedelta(seconds=1)
RANG = [("offer", 1), ("promise", 1), ("order", 1)]
"""The clocks that ring in the whole case."""
ALWAYS = {"alice", "cleo", "dan", "vera"}
"""The reporter, the coordinator and the leaders of the school, who know of an ordinary ticket all along."""


class Story:
    """One ticket and the people around it, told step by step through the API."""

    def __init__(self, world: World, ticket_id: UUID | None = None) -> None:
        self.world = world
        self.ticket_id: UUID = ticket_id or file_ticket(world, routed=True)
        self.report_id = Report.objects.values_list("id", flat=True).get(ticket=self.ticket_id)

    def does(self, who: str, action: str, *, ticket_id: UUID | None = None, **said: Any) -> dict[str, Any]:
        """Let somebody take a step, and return the ticket as they read it afterwards."""
        answer = self.world.members[who].client.act(ticket_id or self.ticket_id, action, **{"note": action, **said})
        assert answer.status_code == 200, (who, action, answer.data)
        data: dict[str, Any] = answer.data
        return data

    def is_refused(self, who: str, action: str, **said: Any) -> str:
        """Return the code with which somebody is refused."""
        answer = self.world.members[who].client.act(self.ticket_id, action, **{"note": action, **said})
        assert answer.status_code >= 400, (who, action)
        return str(answer.data["code"])

    def seen_by(self) -> set[str]:
        """Return everybody for whom the ticket is there."""
        members = self.world.members.items()
        return {name for name, member in members if member.client.get(f"tickets/{self.ticket_id}").status_code == 200}

    def owner(self) -> str:
        """Return the code of the office that has it, as the principal reads it."""
        return str(self.world.dan.client.get(f"tickets/{self.ticket_id}").data["owner"]["code"])

    def own(self) -> dict[str, Any]:
        """Return the report as its reporter reads it."""
        data: dict[str, Any] = self.world.alice.client.get(f"reports/{self.report_id}").data
        return data

    def owed(self, who: str) -> set[str]:
        """Return what is owed on it, as somebody reads it."""
        rows = self.world.members[who].client.get(f"tickets/{self.ticket_id}").data["obligations"]
        return {row["action"] for row in rows}

    def names(self, people: list[str]) -> set[str]:
        """Return the names of people by their ids."""
        return {name for name, member in self.world.members.items() if str(member.person.id) in people}

    def rings(self, kind: str) -> set[str]:
        """Let time pass until what is asked is due; return whom its first rung reaches, and that nothing else rang."""
        before = len(escalations(self.ticket_id))
        part = TicketPart.objects.get(ticket=self.ticket_id, kind=kind, ended_at=None)
        assert Timer.objects.get(target=str(part.id), armed=True).due_at == part.due_at
        fire_due(now=part.due_at - SECOND)
        assert len(escalations(self.ticket_id)) == before
        fire_due(now=part.due_at)
        fire_due(now=part.due_at + SECOND)
        (rang,) = escalations(self.ticket_id)[before:]
        assert (rang["clock"], rang["rung"], rang["part"]) == (kind, 1, str(part.id))
        assert datetime.fromisoformat(rang["due_at"]) == part.due_at
        return self.names(rang["reached"])

    def rang(self) -> list[tuple[str, int]]:
        """Return which clocks rang so far, each with its rung."""
        return [(rang["clock"], rang["rung"]) for rang in escalations(self.ticket_id)]

    def told(self, kind: str) -> set[str]:
        """Return who heard of the last step of a kind."""
        rows = OutboxMessage.objects.filter(topic=TOLD, payload__ticket=str(self.ticket_id), payload__kind=kind)
        return self.names(rows.latest("id").payload["people"])


def passed_round(story: Story) -> None:
    """Three offices: the first offers it twice and has it back twice, so the coordinator decides, and it binds."""
    offices = {code: str(unit.id) for code, unit in story.world.home.units.items()}
    story.does("bob", "acknowledge")
    story.does("bob", "record-interim-control")
    story.does("bob", "start")
    assert (story.owner(), story.seen_by()) == ("security", ALWAYS | {"bob", "ben"})
    story.does("bob", "offer", office=offices["facilities"])
    assert (story.owner(), story.seen_by(), story.told("offer")) == (
        "security",
        ALWAYS | {"bob", "ben", "carol"},
        {"carol"},
    )
    assert story.rings("offer") == {"cleo"}
    assert "olga" in story.seen_by()  # what climbed has reached the bureau's sight
    story.does("carol", "refuse-offer")
    assert story.told("refuse-offer") == {"bob"}
    story.does("bob", "offer", office=offices["safety-office"])
    story.does("cleo", "refuse-offer")
    assert story.seen_by() == ALWAYS | {"bob", "ben", "olga"}
    assert story.is_refused("bob", "offer", office=offices["facilities"]) == "handover_decided"
    story.does("cleo", "assign-office", office=offices["facilities"])
    assert (story.owner(), story.seen_by()) == ("facilities", ALWAYS | {"carol", "olga"})
    assert story.is_refused("carol", "offer", office=offices["security"]) == "handover_decided"


def promised_and_broken(story: Story) -> None:
    """The reporter reads a date; it passes and rings, an answer is demanded, and somebody higher names another date."""
    in_two_hours = database_now() + 2 * HOUR
    story.does("carol", "promise", promised_for=in_two_hours.isoformat(), note="The door comes from the factory.")
    promised = story.own()["promised"]
    assert (promised["reason"], promised["changes"]) == ("The door comes from the factory.", 0)
    assert story.told("promise") == {"alice"}
    assert story.rings("promise") == {"carol", "cleo"}
    story.does("dan", "order", due_at=(database_now() + 3 * HOUR).isoformat())
    assert (story.told("order"), "answer-order" in story.owed("carol")) == ({"carol"}, True)
    assert story.rings("order") == {"carol", "cleo"}
    story.does("carol", "answer-order")
    assert (story.told("answer-order"), "answer-order" in story.owed("carol")) == ({"dan"}, False)
    later = (database_now() + 20 * HOUR).isoformat()
    assert story.is_refused("carol", "change-promise", promised_for=later) == "action_not_allowed"
    story.does("vera", "change-promise", promised_for=later)
    assert (story.own()["promised"]["changes"], story.told("change-promise")) == (1, {"alice", "carol"})


def solved_at_last(story: Story) -> None:
    """A fix fails before the reporter's eyes, so the promise stands again; the second one they confirm themselves."""
    story.does("carol", "resolve")
    assert (story.told("resolve"), story.own()["promised"]) == ({"alice", "cleo"}, None)
    assert story.is_refused("carol", "verify") == "fixer_cannot_verify"
    story.does("alice", "reject-fix", note="It still sticks.")
    assert (story.told("reject-fix"), story.own()["promised"]["changes"]) == ({"carol"}, 1)
    story.does("carol", "resolve")
    closed = story.does("alice", "confirm")
    assert (closed["state"], story.owed("carol")) == ("closed", set())
    ended = {part["kind"]: part["outcome"] for part in closed["parts"] if part["kind"] != "offer"}
    assert ended == {"promise": "done", "order": "done"}


def there_again(story: Story) -> None:
    """The same again: the new report goes on in the old ticket, on purpose, and its reporter opens that once more."""
    again = file_ticket(story.world, routed=True)
    reference = story.world.dan.client.get(f"tickets/{story.ticket_id}").data["reference"]
    asked = story.world.cleo.client.act(again, "merge", into=reference)
    assert (asked.status_code, asked.data["code"]) == (409, "merged_into_closed")
    gone = story.does("cleo", "merge", ticket_id=again, into=reference, although_closed=True)
    assert (gone["state"], gone["merged_into"]["reference"]) == ("merged", reference)
    assert story.told("merged-here") >= {"carol"}
    opened = story.does("alice", "reopen", note="The door sticks again.")
    assert (opened["state"], story.owner(), story.told("reopen")) == ("in_progress", "facilities", {"carol"})
    assert story.owed("carol") >= {"progress", "resolve"}


def test_a_hard_case_from_its_report_to_its_return(world: World) -> None:
    story = Story(world)
    for chapter in (passed_round, promised_and_broken, solved_at_last, there_again):
        chapter(story)
        assert story.seen_by().isdisjoint({"mallory", "erin"})
    audited()
    assert story.rang() == RANG
