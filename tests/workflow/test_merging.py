"""Two reports of one problem: merged, everybody told, undone within seven days, and nothing opened to anybody new."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.notifications.tasks import tell
from backend.workflow.merge_errors import UnmergingTooLate
from backend.workflow.models import NEVER_DUE, Ticket, TicketEvent, TicketMerge
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.deadlines.conftest import other_connection
from tests.workflow.steps import DAY, STRICT, TOLD, act_at, escalations, file_ticket, merged, ticket_in
from tests.workflow.test_declining import clocks, told
from tests.world import World

SAME = "It is the same door."


def two(world: World, **later: Any) -> tuple[UUID, UUID]:
    """Let Carol report a blocked exit and Alice report it again; return the later ticket and the earlier one."""
    target = file_ticket(world, by="carol", routed=True)
    return file_ticket(world, routed=True, **{"description": "后门打不开", **later}), target


def row(ticket_id: UUID) -> Ticket:
    """Return a ticket as it is stored."""
    return Ticket.objects.get(id=ticket_id)


def test_a_merged_ticket_rests_and_everybody_hears_where_it_went(world: World) -> None:
    ticket_id, target = two(world)
    reference = row(target).reference
    with CaptureQueriesContext(connection) as captured:
        done = world.bob.client.act(ticket_id, "merge", match=2, into=reference.lower().replace("-", " "), note=SAME)
    assert done.status_code == 200, done.data
    assert len(captured) <= 25
    gone = done.data["merged_into"]
    assert (done.data["state"], gone["id"], gone["reference"]) == ("merged", str(target), reference)
    assert gone["merged_by"]["name"] == "Bob"
    assert (told(world, ticket_id, "merge"), told(world, target, "merged-here")) == ({"alice"}, {"carol", "ben"})
    assert (clocks(ticket_id), row(ticket_id).next_due_at) == (set(), NEVER_DUE)
    fire_due(now=row(ticket_id).filed_at + 30 * DAY)
    assert (escalations(ticket_id), len(escalations(target)) > 3) == ([], True)
    seen = world.alice.client.get(f"tickets/{ticket_id}").data
    assert (seen["merged_into"]["id"], seen["merged_into"]["reference"]) == (None, reference)
    assert [item["kind"] for item in world.bob.client.get(f"tickets/{target}/timeline").data][2] == "merged-here"
    call_command("tickets_audit")


def test_the_earlier_ticket_shows_all_of_the_merged_one_and_its_reference_leads_on(world: World) -> None:
    ticket_id, target = two(world)
    assert world.alice.client.act(ticket_id, "comment", note="The handle is off.").status_code == 200
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    (item,) = world.bob.client.get(f"tickets/{target}/merged").data
    assert (item["id"], item["description"], item["merged_by"]["name"]) == (str(ticket_id), "后门打不开", "Bob")
    assert [(said["actor"], said["details"]["note"]) for said in item["said"]] == [
        (str(world.alice.person.id), "The handle is off.")
    ]
    reports = world.bob.client.get(f"tickets/{target}/reports").data
    assert [report["ticket"] for report in reports] == [str(target), str(ticket_id)]
    for query in ({"reference": row(ticket_id).reference}, {"q": row(ticket_id).reference}):
        found = world.bob.client.get("tickets", **query).data["items"]
        assert {each["id"] for each in found} == {str(ticket_id), str(target)}
        assert [each["id"] for each in world.carol.client.get("tickets", **query).data["items"]] == [str(target)]
    changed = world.bob.client.get("tickets", updated_since=world.now.isoformat()).data["items"]
    assert {each["id"]: each["state"] for each in changed} == {str(ticket_id): "merged", str(target): "routed"}


def test_what_becomes_of_the_earlier_one_is_told_to_both_reporters_each_by_their_own(world: World) -> None:
    ticket_id, target = merged(world)
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert world.bob.client.act(target, action, note="Done.").status_code == 200
    assert [told(world, each, "resolve") for each in (target, ticket_id)] == [{"alice", "cleo"}, set()]
    twice, first = two(world)
    assert world.bob.client.act(twice, "merge", into=str(first)).status_code == 200
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert world.bob.client.act(first, action, note="Done.").status_code == 200
    assert world.carol.client.act(first, "confirm").status_code == 200
    assert [told(world, each, "confirm") for each in (first, twice)] == [{"bob"}, {"alice"}]
    other, target = two(world)
    assert world.bob.client.act(other, "merge", into=str(target)).status_code == 200
    assert world.ben.client.act(target, "acknowledge").status_code == 200
    assert [told(world, each, "acknowledge") for each in (target, other)] == [{"carol"}, {"alice"}]
    assert world.alice.client.act(other, "comment", note="Still open.").status_code == 200
    assert told(world, target, "comment") == {"ben"}


def test_whose_report_went_elsewhere_is_not_told_to_reopen_what_is_not_theirs(world: World) -> None:
    ticket_id, target = two(world)
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert world.bob.client.act(target, action, note="Done.").status_code == 200
    assert world.cleo.client.act(target, "verify", note="Looked at it.").status_code == 200
    tell()
    for who, can_reopen in (("carol", True), ("alice", False)):
        (closed,) = [row for row in world.members[who].client.get("notices").data["items"] if row["kind"] == "verify"]
        assert ("reopen" in closed["text"], "report it again" in closed["text"]) == (can_reopen, not can_reopen)


def test_undone_everything_is_back_and_its_clocks_count_from_filing(world: World) -> None:
    ticket_id, target = two(world)
    before = {(timer, due) for timer, due in due_times(ticket_id)}
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    filed = row(ticket_id).filed_at
    fire_due(now=filed + 2 * DAY)
    act_at(world.bob, ticket_id, "unmerge", filed + 2 * DAY)
    ticket = row(ticket_id)
    assert (ticket.state, ticket.level) == ("routed", 0)
    assert {(timer, due) for timer, due in due_times(ticket_id)} == before
    assert fire_due(now=filed + 2 * DAY).fired > 1
    paged = [
        row.payload["people"]
        for row in OutboxMessage.objects.filter(topic=TOLD, payload__ticket=str(ticket_id), payload__kind="escalated")
    ]
    assert len(paged) == 1, "missed rungs are one notice"
    assert told(world, ticket_id, "unmerge") == {"alice"}
    assert world.bob.client.get(f"tickets/{target}/merged").data == []
    assert world.bob.client.get(f"tickets/{ticket_id}").data["merged_into"] is None
    tickets_route(ticket_ids=[ticket_id], now=filed + 2 * DAY)
    assert row(ticket_id).state == "routed"
    call_command("tickets_audit")
    again = world.bob.client.act(ticket_id, "merge", into=str(target))
    assert again.status_code == 200, again.data
    with pytest.raises(UnmergingTooLate):
        act_at(world.bob, ticket_id, "unmerge", row(ticket_id).updated_at + 7 * DAY + timedelta(seconds=1))


def test_merged_and_undone_what_was_promised_and_demanded_stands_as_it_did(world: World) -> None:
    """Both were gone for good: the office promised a later date anew, and never answered the principal."""
    target, ticket_id = file_ticket(world, routed=True), ticket_in(world, State.IN_PROGRESS)
    promised: dict[str, Any] = {"note": "A part is missing.", "promised_for": (world.now + 2 * DAY).isoformat()}
    assert world.bob.client.act(ticket_id, "promise", **promised).status_code == 200
    assert world.dan.client.act(ticket_id, "order", note="Say what is missing.").status_code == 200
    facilities = str(world.home.units["facilities"].id)
    assert world.bob.client.act(ticket_id, "offer", office=facilities, note="A door.").status_code == 200
    before = set(due_times(ticket_id))
    merged_now = world.vera.client.act(ticket_id, "merge", into=str(target))
    assert {part["outcome"] for part in merged_now.data["parts"]} == {"lapsed"}
    assert told(world, ticket_id, "merge") == {"alice", "bob", "dan"}
    undone = world.bob.client.act(ticket_id, "unmerge", note=SAME)
    assert {(part["kind"], part["outcome"]) for part in undone.data["parts"]} == {
        ("promise", ""),
        ("order", ""),
        ("offer", "lapsed"),
    }
    # What the office answers for rested while it was merged; from its undoing it owes a word of its own again.
    assert {clock for clock, _due in before - set(due_times(ticket_id))} == {"offer", "silence"}
    assert world.bob.client.act(ticket_id, "promise", **promised).data["code"] == "promise_stands"
    call_command("tickets_audit")
    call_command("deadlines_audit")


def test_a_promised_date_is_got_rid_of_only_by_whoever_may_change_it(world: World) -> None:
    """The office merged it into one without a promise, and promised a later date there, which counted as no change."""
    target, ticket_id = (ticket_in(world, State.IN_PROGRESS) for _ in range(2))
    due = world.now + 2 * DAY

    def promised(who: str, one: UUID, days: int, action: str = "promise") -> None:
        said: dict[str, Any] = {"note": "A part is missing.", "promised_for": (due + days * DAY).isoformat()}
        assert world.members[who].client.act(one, action, **said).status_code == 200

    lost = (403, "promise_would_be_lost", "/into")
    promised("bob", ticket_id, 0)
    assert [refusal(world, ticket_id, target, by=who) for who in ("bob", "cleo")] == [lost, lost]
    promised("bob", target, 1)
    assert refusal(world, ticket_id, target, by="bob") == lost
    promised("vera", ticket_id, 1, "change-promise")
    assert [refusal(world, ticket_id, target, by=who) for who in ("bob", "vera")] == [lost, lost]
    promised("vera", target, 0, "change-promise")
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    assert [part.due_at for part in row(target).parts.filter(ended_at=None)] == [due]


def due_times(ticket_id: UUID) -> set[tuple[str, Any]]:
    """Return the clocks that run, each with its due time."""
    rows = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, stopped_at=None)
    return {(timer.clock, timer.ladder[0]) for timer in rows}


def refusal(world: World, ticket_id: UUID, into: object, *, by: str = "dan", **said: Any) -> tuple[int, str, Any]:
    """Try to merge; return status, code and pointer of the refusal."""
    answer = world.members[by].client.act(ticket_id, "merge", into=str(into), **said)
    problem: Mapping[str, Any] = answer.data
    pointers = [error["pointer"] for error in problem.get("errors", [])]
    return answer.status_code, problem["code"], pointers[0] if pointers else None


def test_what_cannot_be_one_stays_two(world: World) -> None:
    ticket_id, target = two(world)
    strange = world.mallory.client.post(
        "reports", world.report_body(place=str(world.elsewhere.places["stairwell"].id))
    ).data["reference"]
    drill = file_ticket(world, by="dan", routed=True, exercise=True)
    about_ben = file_ticket(world, routed=True, persons_concerned=[str(world.ben.person.id)])
    sealed = file_ticket(world, category=STRICT, routed=True)
    assert refusal(world, ticket_id, "") == (400, "required", "/into")
    assert refusal(world, ticket_id, "nothing") == (400, "unknown_ticket", "/into")
    assert refusal(world, ticket_id, strange) == (400, "unknown_ticket", "/into")
    assert refusal(world, ticket_id, ticket_id) == (400, "merged_into_itself", "/into")
    assert refusal(world, target, ticket_id)[:2] == (409, "earlier_one_leads")
    for other in (drill, about_ben, sealed):
        assert refusal(world, other, target) == (409, "cannot_be_one", "/into")
    assert refusal(world, ticket_id, target, by="mallory")[0] == 404
    assert refusal(world, ticket_id, target, by="alice")[:2] == (403, "action_not_allowed")
    assert world.dan.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    third = file_ticket(world, routed=True)
    assert refusal(world, third, ticket_id)[:2] == (409, "merged_already")
    earliest = ticket_in(world, State.ACKNOWLEDGED)
    assert refusal(world, target, earliest)[:2] == (409, "others_merged_here")
    assert "merge" not in world.dan.client.get(f"tickets/{target}").data["available_actions"]


def test_what_others_reported_too_its_first_reporter_does_not_withdraw(world: World) -> None:
    """It was over for all of them, and nobody heard."""
    ticket_id, target = two(world)
    assert "withdraw" in world.carol.client.get(f"tickets/{target}").data["available_actions"]
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    refused = world.carol.client.act(target, "withdraw")
    assert (refused.status_code, refused.data["code"]) == (409, "others_reported_too")
    assert "withdraw" not in world.carol.client.get(f"tickets/{target}").data["available_actions"]
    assert world.bob.client.act(ticket_id, "unmerge", note=SAME).status_code == 200
    assert world.carol.client.act(target, "withdraw").status_code == 200


def test_a_merge_into_one_that_is_over_is_for_those_who_could_verify_it_and_asks_first(world: World) -> None:
    """The office ended a new report by its own word, without anybody having looked."""
    target = ticket_in(world, State.CLOSED)
    ticket_id = file_ticket(world, routed=True)
    alone = world.bob.client.act(ticket_id, "merge", into=str(target), although_closed=True)
    assert (alone.status_code, alone.data["code"], row(ticket_id).state) == (403, "merging_is_not_yours", "routed")
    assert refusal(world, ticket_id, target, by="cleo") == (409, "merged_into_closed", "/although_closed")
    assert world.cleo.client.act(ticket_id, "merge", into=str(target), although_closed=True).status_code == 200
    assert (row(target).state, told(world, ticket_id, "merge")) == ("closed", {"alice"})
    assert "a vice principal or the principal" in alone.data["title"]
    strict, over = (file_ticket(world, category=STRICT, routed=True) for _ in range(2))
    for action in ("acknowledge", "start", "resolve"):
        assert world.erin.client.act(strict, action, note="Done.").status_code == 200
    assert world.dan.client.act(strict, "verify", note="Looked.").status_code == 200
    sealed = world.erin.client.act(over, "merge", into=str(strict), although_closed=True)
    assert (sealed.data["code"], "coordinator" in sealed.data["title"]) == ("merging_is_not_yours", False)
    assert world.dan.client.act(over, "merge", into=str(strict), although_closed=True).status_code == 200


def test_undone_after_it_was_sealed_no_other_office_is_asked_again(world: World) -> None:
    """An office that could not read the ticket any more owed its part of it again, with a clock that climbed."""
    target, ticket_id = file_ticket(world, routed=True), ticket_in(world, State.IN_PROGRESS)
    facilities = str(world.home.units["facilities"].id)
    assert world.bob.client.act(ticket_id, "ask-subtask", office=facilities, note="The lock.").status_code == 200
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    sealed = world.dan.client.act(target, "reclassify", note="It was done on purpose.", confidentiality="K2")
    assert sealed.status_code == 200, sealed.data
    undone = world.erin.client.act(ticket_id, "unmerge", note="Another door.")
    assert [(part["kind"], part["outcome"]) for part in undone.data["parts"]] == [("subtask", "lapsed")]
    assert str(ticket_id) not in {row["id"] for row in world.carol.client.get("tickets").data["items"]}
    for command in ("tickets_audit", "deadlines_audit"):
        call_command(command)


def test_the_earlier_one_becomes_as_urgent_and_confidential_as_both(world: World) -> None:
    ticket_id, target = two(world)
    raised: dict[str, Any] = {"severity": "P1", "confidentiality": "K1"}
    assert world.bob.client.act(ticket_id, "reclassify", note="Somebody fell.", **raised).status_code == 200
    assert world.bob.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    earlier = row(target)
    assert (earlier.severity, earlier.confidentiality, earlier.seal) == ("P1", "K1", "K1")
    sealed = world.dan.client.act(target, "reclassify", note="It was done on purpose.", confidentiality="K2")
    assert sealed.status_code == 200, sealed.data
    follower = row(ticket_id)
    assert (follower.confidentiality, follower.seal, follower.owner_id) == ("K2", "K2", row(target).owner_id)
    assert [world.bob.client.get(f"tickets/{each}").status_code for each in (ticket_id, target)] == [404, 404]
    call_command("tickets_audit")
    assert world.erin.client.act(ticket_id, "unmerge", note="Another door.").status_code == 200
    assert row(ticket_id).confidentiality == "K2"
    call_command("tickets_audit")


def test_merging_opens_no_name_and_nothing_sealed(world: World) -> None:
    """Of what was merged the office of the earlier one reads the words, its reporter nothing, and nobody the name."""
    ticket_id, target = two(world, reporter_mode="confidential", caller={"name": "Parent Li", "contact": "1"})
    assert world.alice.client.act(ticket_id, "comment", note="Please hurry.").status_code == 200
    elsewhere = world.cleo.client.act(ticket_id, "reclassify", note="A lock.", category="B02")
    assert elsewhere.status_code == 200, elsewhere.data
    assert row(ticket_id).owner_id != row(target).owner_id
    assert refusal(world, ticket_id, target, by="bob")[0] == 404
    assert world.cleo.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    assert world.bob.client.get(f"tickets/{ticket_id}").status_code == 404
    (item,) = world.bob.client.get(f"tickets/{target}/merged").data
    assert [(said["actor"], said["details"]["note"]) for said in item["said"]] == [(None, "Please hurry.")]
    assert [report["caller"] for report in world.bob.client.get(f"tickets/{target}/reports").data] == [None, None]
    for who, is_named in (("bob", False), ("cleo", True)):
        events = world.members[who].client.get(f"tickets/{target}/timeline").data
        (taken,) = [event["details"] for event in events if event["kind"] == "merged-here"]
        assert (taken.get("ticket") == str(ticket_id)) is is_named, who
    assert world.carol.client.get(f"tickets/{target}").status_code == 200, "she reported the earlier one"
    assert world.olga.client.get(f"tickets/{target}/merged").status_code == 404
    assert world.mallory.client.get(f"tickets/{target}/merged").status_code == 404


def test_of_sealed_tickets_only_the_case_team_reads_what_was_merged(world: World) -> None:
    target = file_ticket(world, by="carol", category=STRICT, routed=True)
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert world.erin.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    assert [len(world.members[name].client.get(f"tickets/{target}/merged").data) for name in ("erin", "dan")] == [1, 1]
    assert world.carol.client.get(f"tickets/{target}/merged").status_code == 404
    mine = world.alice.client.get("reports").data["items"][0]
    assert (mine["state"], mine["ticket"]) == ("merged", None)


def test_whoever_changes_the_earlier_one_at_the_same_instant_is_not_waited_for(committed_world: World) -> None:
    ticket_id, target = two(committed_world)
    with transaction.atomic():
        assert committed_world.ben.client.act(target, "comment", note="I look.").status_code == 200
        answer = other_connection(lambda: refusal(committed_world, ticket_id, target, by="bob"))
    assert answer[:2] == (409, "ticket_busy")
    assert (row(ticket_id).state, TicketMerge.objects.count()) == ("routed", 0)
    assert TicketEvent.objects.filter(ticket=target, kind="merged-here").count() == 0


def test_the_audit_finds_a_merged_ticket_of_which_nothing_says_where_it_went(world: World) -> None:
    ticket_id, _target = merged(world)
    TicketMerge.objects.filter(ticket=ticket_id).update(ended_at=world.now)
    with pytest.raises(CommandError, match="broken"):
        call_command("tickets_audit")
