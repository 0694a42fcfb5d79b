"""One action on many tickets: each item succeeds or is refused by itself, and nothing happens twice."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from rest_framework.response import Response

from backend.workflow.models import Ticket, TicketEvent, TicketPart
from backend.workflow.states import State
from tests.workflow.steps import DAY, STRICT, file_ticket, ticket_in
from tests.world import Member, World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def bulk(member: Member, action: str, items: list[dict[str, Any]], **more: Any) -> Response:
    """Send an action on some tickets."""
    key = more.pop("key", None)
    return member.client.post("tickets/bulk", {"action": action, "items": items, **more}, key=key)


def statuses(answer: Response) -> list[tuple[int, str | None]]:
    """Return each item's status and the code of its problem."""
    assert answer.status_code == 207, answer.data
    items = answer.data["items"]
    return [(item["status"], item["problem"]["code"] if item["problem"] else None) for item in items]


def test_each_item_has_an_answer_of_its_own_in_its_order(world: World) -> None:
    good, done, sealed, foreign = (
        file_ticket(world, routed=True),
        ticket_in(world, State.IN_PROGRESS),
        file_ticket(world, category=STRICT, routed=True),
        file_ticket(world, category="B02", routed=True),
    )
    ids = [str(sealed), str(good), UNKNOWN, str(done), str(foreign)]
    answer = bulk(world.bob, "acknowledge", [{"ticket": ticket_id} for ticket_id in ids])
    assert [item["ticket"] for item in answer.data["items"]] == ids
    assert statuses(answer) == [
        (404, "not_found"),
        (200, None),
        (404, "not_found"),
        (409, "action_unavailable"),
        (404, "not_found"),
    ]
    assert answer.data["items"][1]["state"] == Ticket.objects.get(id=good).state == State.ACKNOWLEDGED
    assert answer.data["items"][1]["version"] == Ticket.objects.get(id=good).version
    assert answer.data["items"][0]["problem"] == answer.data["items"][2]["problem"]
    assert Ticket.objects.get(id=sealed).state == State.ROUTED


def test_a_version_is_asked_for_where_a_change_needs_one_but_only_of_those_who_see_the_ticket(world: World) -> None:
    first, second, third = (file_ticket(world, routed=True) for _number in range(3))
    items: list[dict[str, Any]] = [
        {"ticket": str(first)},
        {"ticket": str(second), "version": 1},
        {"ticket": str(third), "version": Ticket.objects.get(id=third).version},
    ]
    note = {"note": "Closed off."}
    expected = [(428, "precondition_required"), (412, "stale"), (200, None)]
    assert statuses(bulk(world.carol, "record-interim-control", items, **note)) == [(404, "not_found")] * 3
    assert statuses(bulk(world.bob, "record-interim-control", items, **note)) == expected


def test_whoever_is_concerned_gets_no_hint(world: World) -> None:
    hidden = file_ticket(world, routed=True, persons_concerned=[str(world.bob.person.id)])
    for action in ("acknowledge", "comment", "resolve"):
        answer = bulk(world.bob, action, [{"ticket": str(hidden)}, {"ticket": UNKNOWN}], note="Hm.")
        assert answer.data["items"][0]["problem"] == answer.data["items"][1]["problem"]
        assert statuses(answer) == [(404, "not_found")] * 2


def test_assigning_several_at_once(world: World) -> None:
    ids = [file_ticket(world, routed=True) for _number in range(3)]
    items = [{"ticket": str(ticket_id), "version": 2} for ticket_id in ids]
    answer = bulk(world.bob, "assign", items, assignee=str(world.ben.person.id))
    assert statuses(answer) == [(200, None)] * 3
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {world.ben.person.id}


def test_a_refused_item_leaves_nothing_behind_and_the_others_stay(world: World) -> None:
    first, last = (file_ticket(world, routed=True) for _number in range(2))
    before = TicketEvent.objects.filter(ticket=last).count()
    items = [{"ticket": str(first), "version": 2}, {"ticket": str(last), "version": 7}]
    bulk(world.bob, "record-interim-control", items, note="Closed off.")
    assert Ticket.objects.get(id=first).interim_control_at
    assert TicketEvent.objects.filter(ticket=last).count() == before


def test_sent_again_it_answers_the_same_and_does_nothing(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    items: list[dict[str, Any]] = [{"ticket": str(ticket_id)}, {"ticket": UNKNOWN}]
    first, again = (bulk(world.bob, "comment", items, note="Seen.", key="from-one-phone") for _time in range(2))
    assert first.content == again.content
    assert again.status_code == 207
    assert again.headers["Idempotency-Replayed"] == "true"
    assert TicketEvent.objects.filter(ticket=ticket_id, kind="comment").count() == 1
    assert bulk(world.bob, "comment", items, note="Other.", key="from-one-phone").status_code == 422


ITEM = {"ticket": UNKNOWN}


@pytest.mark.slow("tests/workflow/test_bulk.py", after=3)
@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"items": [ITEM]}, "/action", "required"),
        ({"action": "route", "items": [ITEM]}, "/action", "invalid_choice"),
        ({"action": "reclassify", "items": [ITEM]}, "/action", "invalid_choice"),
        ({"action": "comment"}, "/items", "required"),
        ({"action": "comment", "items": []}, "/items", "min_length"),
        ({"action": "comment", "items": [ITEM, ITEM]}, "/items", "repeated"),
        ({"action": "comment", "items": [{"ticket": "x"}]}, "/items/0/ticket", "invalid"),
        ({"action": "comment", "items": [{**ITEM, "note": "x"}]}, "/items/0/note", "unknown_field"),
        ({"action": "comment", "items": [{**ITEM, "version": 0}]}, "/items/0/version", "min_value"),
        ({"action": "comment", "items": [ITEM], "force": True}, "/force", "unknown_field"),
    ],
)
def test_a_malformed_request_is_refused_as_a_whole(world: World, body: dict[str, Any], pointer: str, code: str) -> None:
    refused = world.bob.client.post("tickets/bulk", body)
    assert refused.status_code == 400
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in refused.data["errors"]]


def test_no_more_than_a_hundred_at_once(world: World) -> None:
    many = [{"ticket": str(UUID(int=number))} for number in range(1, 102)]
    assert bulk(world.bob, "comment", many, note="x").data["errors"][0]["code"] == "max_length"
    assert statuses(bulk(world.bob, "comment", many[:100], note="x")) == [(404, "not_found")] * 100


def test_it_needs_a_key(world: World) -> None:
    body = {"action": "comment", "items": [{"ticket": str(uuid4())}], "note": "x"}
    refused = world.bob.client.http.post("/api/v1/tickets/bulk", body, format="json")
    assert (refused.status_code, refused.data["code"]) == (400, "idempotency_key_missing")


def test_a_field_that_the_action_does_not_have_is_refused_as_on_one_ticket(world: World) -> None:
    items = [{"ticket": str(file_ticket(world, routed=True))}]
    refused = bulk(world.bob, "comment", items, note="Seen.", assignee=str(world.ben.person.id))
    assert refused.status_code == 400
    assert [(row["pointer"], row["code"]) for row in refused.data["errors"]] == [("/assignee", "unknown_field")]
    assert statuses(bulk(world.bob, "comment", items, note="Seen.")) == [(200, None)]


def test_what_one_reason_and_one_date_fit_is_asked_promised_and_accepted_at_once(world: World) -> None:
    """Each of these was taken ticket by ticket, with the same words: ten stuck cases were ten forms."""
    ids = [ticket_in(world, State.IN_PROGRESS) for _number in range(3)]
    later = (world.now + 2 * DAY).isoformat()
    for who, action, words in (
        ("bob", "next-step", {"done_by": later}),
        ("vera", "adopt", {"done_by": later}),
        ("vera", "order", {"due_at": later}),
        ("bob", "promise", {"promised_for": later}),
        ("dan", "change-promise", {"promised_for": (world.now + 3 * DAY).isoformat()}),
        ("bob", "finish-step", {}),
    ):
        versions = dict(Ticket.objects.values_list("id", "version"))
        items = [{"ticket": str(one), "version": versions[one]} for one in ids[:2]]
        behind = {"ticket": str(ids[2]), "version": versions[ids[2]] - 1}
        answer = bulk(world.members[who], action, [*items, behind], note="The smith comes on Monday.", **words)
        assert statuses(answer) == [(200, None), (200, None), (412, "stale")], action
    kinds = TicketPart.objects.filter(ticket__in=ids).values_list("ticket", "kind")
    assert {one: sorted(kind for ticket, kind in kinds if ticket == one) for one in ids} == {
        **{one: ["adoption", "order", "promise", "step"] for one in ids[:2]},
        ids[2]: [],
    }
    undated = bulk(world.bob, "next-step", [{"ticket": str(ids[0]), "version": 1}], note="x", promised_for=later)
    assert undated.data["errors"][0]["pointer"] == "/promised_for"
    for giver, taker, office, action in (
        (world.bob, world.carol, "facilities", "accept-offer"),
        (world.carol, world.bob, "security", "refuse-offer"),
    ):
        for one in ids[:2]:
            offered = giver.client.act(one, "offer", office=str(world.home.units[office].id), note="A lock.")
            assert offered.status_code == 200, offered.data
        items = [{"ticket": str(row.id), "version": row.version} for row in Ticket.objects.filter(id__in=ids[:2])]
        assert statuses(bulk(taker, action, items, note="We talked.")) == [(200, None)] * 2
        assert {row.owner.name_en for row in Ticket.objects.filter(id__in=ids[:2])} == {"Facilities office"}
    call_command("deadlines_audit")
