"""Sub-tasks of supporting offices: asked, taken on, done, refused, waived, late; and nothing is solved before them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.organisation.roles import Role
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.states import State
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import DAY, STRICT, URGENT, escalations, file_ticket, ticket_in
from tests.workflow.test_handing import office
from tests.workflow.test_orders import audited
from tests.world import Member, World, member_add

WHAT = "Please repair the lock of the door."


def asked(world: World, ticket_id: UUID, *, by: Member | None = None, to: str = "facilities", **more: Any) -> Any:
    return (by or world.bob).client.act(ticket_id, "ask-subtask", office=office(world, to), note=WHAT, **more)


def part_id(answer: Any) -> str:
    assert answer.status_code == 200, answer.data
    return str(answer.data["parts"][-1]["id"])


def test_an_office_does_its_part_and_only_then_the_ticket_is_solved(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    shown = asked(world, ticket_id).data
    (part,) = shown["parts"]
    assert (shown["owner"]["id"], part["kind"], part["words"]) == (office(world, "security"), "subtask", WHAT)
    owed = next(row for row in shown["obligations"] if row["action"] == "complete-subtask")
    assert (owed["part"], owed["office"]) == (part["id"], office(world))
    refused = world.bob.client.act(ticket_id, "resolve", note="Done.")
    assert (refused.status_code, refused.data["code"]) == (409, "subtask_unsettled")
    assert "resolve" not in world.bob.client.get(f"tickets/{ticket_id}").data["available_actions"]
    audited()
    seen = world.carol.client.get(f"tickets/{ticket_id}").data
    assert {"take-subtask", "complete-subtask", "refuse-subtask"} <= set(seen["available_actions"])
    assert {"resolve", "waive-subtask", "withdraw-subtask"}.isdisjoint(seen["available_actions"])
    taken = world.carol.client.act(ticket_id, "take-subtask").data["parts"][0]
    assert (taken["person"]["id"], taken["office"]["id"]) == (str(world.carol.person.id), office(world))
    done = world.carol.client.act(ticket_id, "complete-subtask", note="The lock is new.")
    assert (done.status_code, done.data["parts"][0]["outcome"]) == (200, "done")
    assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    event = world.bob.client.get(f"tickets/{ticket_id}/timeline").data[-1]
    assert (event["kind"], event["details"]["office"]) == ("complete-subtask", office(world))
    assert world.carol.person.id in Ticket.objects.get(id=ticket_id).workers
    assert world.bob.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    audited()


def test_a_hazard_is_not_fixed_on_the_spot_before_an_office_has_done_its_part(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    asked(world, ticket_id)
    refused = world.bob.client.act(ticket_id, "fix-at-once", note="Moved the desks.")
    assert (refused.status_code, refused.data["code"]) == (409, "subtask_unsettled")
    assert "fix-at-once" not in world.alice.client.get(f"tickets/{ticket_id}").data["available_actions"]
    assert world.carol.client.act(ticket_id, "complete-subtask", note="The lock is new.").status_code == 200
    assert world.bob.client.act(ticket_id, "fix-at-once", note="Moved the desks.").status_code == 200


def test_what_an_office_refuses_is_waived_by_a_head_with_a_reason_before_it_is_solved(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    member_add(world, "hana", [(Role.HANDLER, "health-room", False)], site=world.home)
    first, second = part_id(asked(world, ticket_id)), part_id(asked(world, ticket_id, to="health-room"))
    assert world.carol.client.act(ticket_id, "refuse-subtask", note="We have no locksmith.").status_code == 200
    unnamed = world.bob.client.act(ticket_id, "waive-subtask", note="The door is welded shut.")
    assert (unnamed.status_code, unnamed.data["code"]) == (400, "unknown_part")
    gone = world.bob.client.act(ticket_id, "withdraw-subtask", note="Not needed.", subtask=first)
    assert (gone.status_code, gone.data["code"]) == (400, "unknown_part")
    withdrawn = world.bob.client.act(ticket_id, "withdraw-subtask", note="Nobody was hurt.", subtask=second)
    assert withdrawn.status_code == 200, withdrawn.data
    assert world.bob.client.act(ticket_id, "resolve", note="Done.").data["code"] == "subtask_unsettled"
    waived = world.bob.client.act(ticket_id, "waive-subtask", note="The door is welded shut.")
    assert [row["outcome"] for row in waived.data["parts"]] == ["waived", "withdrawn"]
    assert world.bob.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    audited()


def test_a_late_one_climbs_from_the_office_that_is_asked(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    due = world.now + 2 * DAY
    target = part_id(asked(world, ticket_id, due_at=due.isoformat()))
    assert Timer.objects.get(target=target).due_at == due
    fire_due(now=due + timedelta(seconds=1))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "subtask"]
    assert set(fired["reached"]) == {str(world.carol.person.id), str(world.cleo.person.id)}
    assert world.cleo.client.act(ticket_id, "waive-subtask", note="It can wait.").status_code == 200
    assert not Timer.objects.filter(target=target, stopped_at=None).exists()
    audited()


@pytest.mark.parametrize(
    ("who", "changes", "answer"),
    [
        ("bob", {"note": ""}, (400, "required")),
        ("bob", {"office": None}, (400, "required")),
        ("bob", {"to": "security"}, (400, "unknown_office")),
        ("bob", {"due_at": "2020-01-01T08:00:00+08:00"}, (400, "due_too_soon")),
        ("alice", {}, (403, "action_not_allowed")),
        ("carol", {}, (404, "not_found")),
        ("mallory", {}, (404, "not_found")),
    ],
)
def test_only_the_office_that_leads_asks(
    world: World, who: str, changes: dict[str, Any], answer: tuple[int, str]
) -> None:
    ticket_id = file_ticket(world, routed=True)
    said = {"note": WHAT, "office": office(world, str(changes.pop("to", "facilities"))), **changes}
    refused = world.members[who].client.act(ticket_id, "ask-subtask", **said)
    code = refused.data["errors"][0]["code"] if refused.data.get("errors") else refused.data["code"]
    assert (refused.status_code, code) == answer
    assert not TicketPart.objects.exists()


def test_each_office_answers_for_its_own_part_alone_and_sight_ends_with_the_last_of_them(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    member_add(world, "hana", [(Role.HANDLER, "health-room", False)], site=world.home)
    own, other = part_id(asked(world, ticket_id)), part_id(asked(world, ticket_id, to="health-room"))
    foreign = world.carol.client.act(ticket_id, "complete-subtask", note="Done.", subtask=other)
    assert (foreign.status_code, foreign.data["code"]) == (400, "unknown_part")
    assert world.carol.client.act(ticket_id, "complete-subtask", note="Done.", subtask=own).status_code == 200
    assert world.carol.client.act(ticket_id, "complete-subtask", note="Done.", subtask=other).status_code == 404


def test_an_office_that_takes_the_ticket_over_is_asked_for_nothing_of_its_own(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part_id(asked(world, ticket_id))
    assert (
        world.cleo.client.act(ticket_id, "assign-office", office=office(world), note="All theirs.").status_code == 200
    )
    assert set(TicketPart.objects.values_list("kind", "outcome")) == {("subtask", "withdrawn"), ("offer", "decided")}
    assert world.carol.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    audited()


def test_the_cause_is_still_asked_of_an_office_to_which_a_ticket_comes_back(world: World) -> None:
    ticket_id = ticket_in(world, State.CLOSED, category=URGENT)
    assert world.cleo.client.act(ticket_id, "reopen", note="It burns again.").status_code == 200
    for code in ("facilities", "security"):
        given = world.cleo.client.act(ticket_id, "assign-office", office=office(world, code), note="Yours.")
        assert given.status_code == 200, given.data
    (review,) = TicketPart.objects.filter(ticket=ticket_id, kind="review")
    assert (review.is_open, review.office_id) == (True, UUID(office(world, "security")))


def test_the_audit_names_what_was_solved_too_early_and_what_an_office_may_not_read(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part_id(asked(world, ticket_id))
    assert world.carol.client.act(ticket_id, "refuse-subtask", note="We have no locksmith.").status_code == 200
    assert world.bob.client.act(ticket_id, "waive-subtask", note="It is welded shut.").status_code == 200
    assert world.bob.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    audited()
    with as_owner():
        TicketPart.objects.update(outcome="refused", office=world.elsewhere.units["facilities"])
    with pytest.raises(CommandError, match="2 of"):
        call_command("tickets_audit")
    broken = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert ["Nothing is solved while" in broken[0], "Of an office is asked" in broken[1]] == [True, True]


def test_a_confidential_one_is_never_shared_with_an_office(world: World) -> None:
    sealed = file_ticket(world, category=STRICT, routed=True)
    kept = asked(world, sealed, by=world.erin)
    assert (kept.status_code, kept.data["code"]) == (409, "stays_with_the_team")
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    part_id(asked(world, ticket_id))
    assert world.bob.client.act(ticket_id, "reclassify", note="A pupil was hurt.", category=STRICT).status_code == 200
    assert TicketPart.objects.get().outcome == "withdrawn"
    assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    audited()


def test_whoever_looks_after_the_place_makes_it_safe_while_the_office_sees_to_the_cause(world: World) -> None:
    ticket_id = ticket_in(world, State.ROUTED)
    act = Timer.objects.get(subject_id=ticket_id, clock="act")
    (part,) = world.bob.client.act(ticket_id, "ask-interim-control").data["parts"]
    assert (part["office"]["id"], part["makes_safe"], part["words"]) == (office(world), True, "")
    assert Timer.objects.get(target=part["id"]).due_at >= act.due_at, "as long as there is to act, from the asking on"
    again = world.bob.client.act(ticket_id, "ask-interim-control")
    assert (again.status_code, again.data["code"]) == (409, "safe_already")
    assert world.carol.client.act(ticket_id, "complete-subtask", note="A guard stands there.").status_code == 200
    assert Ticket.objects.get(id=ticket_id).interim_control_at is not None
    for action in ("acknowledge", "start"):
        assert world.bob.client.act(ticket_id, action).status_code == 200
    audited()


def test_where_the_office_makes_it_safe_itself_nobody_else_has_to(world: World) -> None:
    ticket_id = ticket_in(world, State.ROUTED)
    assert world.dan.client.act(ticket_id, "ask-interim-control").status_code == 200
    own = world.bob.client.act(ticket_id, "record-interim-control", note="Locked.")
    assert (own.status_code, own.data["parts"][0]["outcome"]) == (200, "withdrawn")
    taken = ticket_in(world, State.ROUTED)
    assert world.cleo.client.act(taken, "assign-office", office=office(world), note="Theirs.").status_code == 200
    refused = world.carol.client.act(taken, "ask-interim-control")
    assert (refused.status_code, refused.data["code"]) == (409, "own_place")
    audited()


def test_the_page_shows_supporting_offices_apart_and_says_what_keeps_it_from_being_solved(
    world: World, signed_in: SignIn
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    page = f"/tickets/{ticket_id}"
    part_id(asked(world, ticket_id))
    shown = signed_in(world.bob).get(page).content.decode()
    assert all(words in shown for words in ("Supporting offices", "Facilities office", WHAT, "has not done its part"))
    assert f"{page}/actions/resolve" not in shown
    carol = signed_in(world.carol)
    assert "Our part is done" in carol.get(page).content.decode()
    version = Ticket.objects.get(id=ticket_id).version
    said = {"note": "The lock is new.", "version": version, "token": "a" * 32}
    done = carol.post(f"{page}/actions/complete-subtask", said, follow=True)
    assert (done.status_code, done.request["PATH_INFO"]) == (200, "/tickets")
    line = f"{world.carol.person.name} (Facilities office) did their part:"
    assert line in signed_in(world.bob).get(page).content.decode()
