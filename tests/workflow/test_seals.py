"""Opening a confidential ticket to more people takes two persons, and never gives away a name that was not given."""

from typing import Any
from uuid import UUID

import pytest

from backend.organisation.roles import Role
from backend.workflow.models import SealProposal, Ticket
from tests.browser import SignIn
from tests.notifications.hands import work
from tests.workflow.steps import CLOSER, OPEN, STRICT, TOLD, file_ticket
from tests.world import World, member_add, rulebook_content

WHY: dict[str, Any] = {"note": "It was filed under the wrong heading."}


@pytest.fixture
def cast(world: World) -> World:
    """The cast, with a head of student affairs and a chair of the board."""
    member_add(world, "sam", [(Role.OFFICE_HEAD, "student-affairs", False)], site=world.home)
    member_add(world, "chi", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    return world


def sees(world: World, ticket_id: UUID) -> set[str]:
    """Return who finds the ticket."""
    return {
        name for name, member in world.members.items() if member.client.get(f"tickets/{ticket_id}").status_code == 200
    }


def act(world: World, name: str, ticket_id: UUID, action: str, **said: Any) -> Any:
    """Take an action over HTTP."""
    return world.members[name].client.act(ticket_id, action, **{**WHY, **said})


def code(answer: Any) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.data["code"]


@pytest.mark.parametrize("changes", [{"category": CLOSER}, {"category": CLOSER, "confidentiality": "K1"}])
def test_a_principal_alone_opens_nothing_by_calling_it_a_slip(cast: World, changes: dict[str, str]) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    before = Ticket.objects.values().get(id=ticket_id)
    assert code(act(cast, "dan", ticket_id, "reclassify", note="Typo.", **{"confidentiality": "K1", **changes})) == (
        409,
        "second_person_needed",
    )
    assert Ticket.objects.values().get(id=ticket_id) == before
    assert sees(cast, ticket_id) == {"erin", "dan"}


def test_leaving_a_confidential_category_takes_two_also_where_the_class_stays(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    kept = act(cast, "dan", ticket_id, "reclassify", category="B06", confidentiality="K2")
    assert code(kept) == (409, "second_person_needed")
    assert act(cast, "dan", ticket_id, "reclassify", severity="P1").status_code == 200


def test_two_persons_open_it_the_lead_hears_first_and_the_name_stays_closed(cast: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True, caller={"name": "Mrs Hu", "contact": "13800000000"})
    proposed = act(cast, "dan", ticket_id, "propose-lowering", category="B06")
    assert (proposed.status_code, proposed.data["confidentiality"]) == (200, "K2")
    lowering = cast.erin.client.get(f"tickets/{ticket_id}").data["lowering"]
    assert (lowering["proposed_by"]["name"], lowering["category"], lowering["confidentiality"]) == ("Dan", "B06", "K0")
    assert sees(cast, ticket_id) == {"erin", "dan", "chi"}
    work(TOLD)
    told = {name for name in cast.members if "propose-lowering" in str(cast.members[name].client.get("notices").data)}
    assert told == {"erin", "chi"}

    assert "confirm-lowering" not in cast.dan.client.get(f"tickets/{ticket_id}").data["available_actions"]
    assert code(act(cast, "dan", ticket_id, "confirm-lowering")) == (403, "proposer_cannot_confirm")
    done = act(cast, "erin", ticket_id, "confirm-lowering")
    assert done.status_code == 200
    ticket = Ticket.objects.select_related("owner").get(id=ticket_id)
    assert (ticket.confidentiality, ticket.seal, ticket.owner.code, ticket.lowering) == ("K0", "K2", "facilities", None)
    assert sees(cast, ticket_id) == {"alice", "carol", "cleo", "vera", "dan", "chi"}
    for name in ("carol", "dan", "cleo"):
        member = cast.members[name]
        texts = [
            member.client.get(f"tickets/{ticket_id}{part}").content.decode() for part in ("", "/timeline", "/reports")
        ]
        texts.append(signed_in(member).get(f"/tickets/{ticket_id}").content.decode())
        for text in texts:
            assert not any(word in text for word in ("Alice", str(cast.alice.person.id), "Mrs Hu", "13800000000"))
    assert cast.alice.client.get(f"tickets/{ticket_id}").data["reporter"]["name"] == "Alice"


def test_the_pages_say_what_is_proposed_and_to_whom_it_falls_to_decide(cast: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    assert act(cast, "dan", ticket_id, "propose-lowering", category=CLOSER, confidentiality="K1").status_code == 200
    for name in ("erin", "dan"):
        page = " ".join(signed_in(cast.members[name]).get(f"/tickets/{ticket_id}").content.decode().split())
        assert "Dan proposes to make this less confidential." in page
        assert "Case team only → <strong>Handlers only</strong>" in page
        assert f"→ <strong>{category_named(CLOSER)}</strong>" in page
        assert "decide whether more people see it." in page


def category_named(code: str) -> str:
    """Return a category's English name."""
    return next(str(row["name"]["en"]) for row in rulebook_content()["categories"] if row["code"] == code)


def test_a_name_given_openly_comes_back_with_the_class(cast: World) -> None:
    ticket_id = file_ticket(cast, routed=True)
    assert act(cast, "bob", ticket_id, "reclassify", confidentiality="K2").status_code == 200
    assert cast.erin.client.get(f"tickets/{ticket_id}").data["reporter"] is None
    assert act(cast, "erin", ticket_id, "propose-lowering", confidentiality="K0").status_code == 200
    assert act(cast, "dan", ticket_id, "confirm-lowering").status_code == 200
    assert cast.bob.client.get(f"tickets/{ticket_id}").data["reporter"]["name"] == "Alice"


def test_a_reporter_who_asks_for_it_is_named_to_nobody_in_any_class(cast: World) -> None:
    ticket_id = file_ticket(cast, routed=True, reporter_mode="confidential")
    (report,) = cast.alice.client.get("reports").data["items"]
    assert report["reporter_mode"] == "confidential"
    assert cast.alice.client.act(ticket_id, "comment", note="Please hurry.").status_code == 200
    for name in ("bob", "cleo", "dan"):
        for part in ("", "/timeline", "/reports"):
            text = cast.members[name].client.get(f"tickets/{ticket_id}{part}").content.decode()
            assert str(cast.alice.person.id) not in text
    refused = cast.alice.client.post("reports", cast.report_body(reporter_mode="anonymous"))
    assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, "/reporter_mode")


def test_who_proposes_and_who_confirms(cast: World) -> None:
    ticket_id = file_ticket(cast, category=CLOSER, routed=True)
    for name in ("alice", "olga", "erin", "bob"):
        assert act(cast, name, ticket_id, "propose-lowering", category=OPEN).status_code in {403, 404}, name
    assert code(act(cast, "dan", ticket_id, "confirm-lowering")) == (409, "action_unavailable")
    assert act(cast, "sam", ticket_id, "propose-lowering", category=OPEN).status_code == 200
    for name in ("sam", "cleo", "vera"):
        assert act(cast, name, ticket_id, "confirm-lowering").status_code == 403, name
    assert act(cast, "dan", ticket_id, "confirm-lowering").data["confidentiality"] == "K0"


def test_a_refused_proposal_changes_nothing_and_its_proposer_hears_why(cast: World) -> None:
    ticket_id = file_ticket(cast, category=CLOSER, routed=True)
    assert code(act(cast, "dan", ticket_id, "refuse-lowering")) == (409, "action_unavailable")
    assert act(cast, "sam", ticket_id, "propose-lowering", category=OPEN).status_code == 200
    work(TOLD)
    for name in ("sam", "cleo", "vera"):
        assert act(cast, name, ticket_id, "refuse-lowering").status_code == 403, name
    assert act(cast, "dan", ticket_id, "refuse-lowering", note="").status_code == 400
    kept = act(cast, "dan", ticket_id, "refuse-lowering", note="A fight is no open matter.")
    assert (kept.status_code, kept.data["confidentiality"], kept.data["lowering"]) == (200, "K1", None)
    work(TOLD)
    told = {name for name in cast.members if "refuse-lowering" in str(cast.members[name].client.get("notices").data)}
    assert told == {"sam"}
    assert code(act(cast, "dan", ticket_id, "confirm-lowering")) == (409, "action_unavailable")


def test_a_new_proposal_takes_the_place_of_the_one_before(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    for category in ("B06", CLOSER):
        assert act(cast, "erin", ticket_id, "propose-lowering", category=category).status_code == 200
    assert list(SealProposal.objects.filter(ended_at=None).values_list("category", flat=True)) == [CLOSER]
    assert act(cast, "dan", ticket_id, "confirm-lowering").data["category"] == CLOSER


def test_a_person_concerned_neither_proposes_nor_confirms(cast: World) -> None:
    """The principal is named, so the chair decides in his place."""
    ticket_id = file_ticket(cast, category=STRICT, routed=True, persons_concerned=[str(cast.dan.person.id)])
    assert act(cast, "erin", ticket_id, "propose-lowering", category="B06").status_code == 200
    assert act(cast, "dan", ticket_id, "confirm-lowering").status_code == 404
    assert act(cast, "chi", ticket_id, "confirm-lowering").status_code == 200


def test_what_is_corrected_meanwhile_is_not_confirmed_any_more(cast: World) -> None:
    ticket_id = file_ticket(cast, category=CLOSER, routed=True)
    assert act(cast, "sam", ticket_id, "propose-lowering", category=OPEN).status_code == 200
    assert act(cast, "sam", ticket_id, "reclassify", category=STRICT).status_code == 200
    assert code(act(cast, "dan", ticket_id, "confirm-lowering")) == (409, "action_unavailable")
    assert sees(cast, ticket_id) == {"erin", "dan"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, (400, "nothing_to_lower")),
        ({"confidentiality": "K2"}, (400, "nothing_to_lower")),
        ({"category": "ZZZ"}, (400, "unknown_category")),
        ({"confidentiality": "K0"}, (400, "class_too_open")),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused(cast: World, said: dict[str, str], expected: Any) -> None:
    ticket_id = file_ticket(cast, category=CLOSER, routed=True)
    answer = act(cast, "sam", ticket_id, "propose-lowering", **said)
    assert expected in [(answer.status_code, found["code"]) for found in (answer.data, *answer.data["errors"])]


def test_what_was_sealed_once_stays_in_the_access_log(cast: World) -> None:
    ticket_id = file_ticket(cast, routed=True)
    assert act(cast, "bob", ticket_id, "reclassify", confidentiality="K2").status_code == 200
    assert act(cast, "erin", ticket_id, "propose-lowering", confidentiality="K0").status_code == 200
    assert act(cast, "dan", ticket_id, "confirm-lowering").status_code == 200
    assert cast.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    assert cast.ben.client.get(f"tickets/{ticket_id}").status_code == 200
    assert "Ben" in str(cast.erin.client.get("access-log", ticket=str(ticket_id)).data)
