"""Reports to somebody outside: they start with the ticket, climb where nobody makes them, and are noted by a word."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_outside
from backend.outside.models import OutsideDuty, OutsideWord
from backend.outside.tasks import ask
from backend.workflow.models import Ticket, TicketEvent, TicketOpening
from backend.workflow.services import tickets_route
from backend.workflow.services.erasing import event_payloads_erase
from tests.notifications.hands import only_staff
from tests.roles import as_owner
from tests.workflow.test_sealed_contents import tables_with
from tests.world import World


def file(world: World, category: str, **more: object) -> Ticket:
    """Have Alice report something; it is routed."""
    place = str(world.home.places["stairwell"].id)
    filed = world.alice.client.post("reports", world.report_body(category=category, place=place, **more))
    assert filed.status_code == 201, filed.data
    tickets_route(ticket_ids=[filed.data["ticket"]], now=database_now())
    return Ticket.objects.get(reference=filed.data["reference"])


def outside(world: World, ticket: Ticket, who: str = "dan") -> Any:
    """Return what has to be told because of a ticket, as somebody reads it."""
    answer = world.members[who].client.get(f"tickets/{ticket.id}/outside-duties")
    assert answer.status_code == 200, answer.data
    return answer.data


def keyed(shown: Any) -> dict[tuple[str, str, str], Any]:
    """Return the reports by clock, recipient and way."""
    return {(row["clock"], row["to"]["code"], row["way"]): row for row in shown["duties"]}


def heard(world: World) -> dict[str, list[Notice]]:
    """Carry the news; return by name what each person heard of reports to somebody outside."""
    ask()
    tell_outside()
    found: dict[str, list[Notice]] = {}
    for notice in Notice.objects.filter(kind="outside.told").select_related("person").order_by("created_at"):
        found.setdefault(notice.person.name, []).append(notice)
    return found


def test_it_starts_with_the_report_and_whoever_answers_hears_whom_to_call(world: World) -> None:
    ticket = file(world, "N01")
    rows = keyed(outside(world, ticket))
    assert set(rows) == {
        ("R1", "guardians", "phone"),
        ("R1", "education-bureau", "phone"),
        ("R2", "education-bureau", "phone"),
        ("R2", "education-bureau", "written"),
        ("R2", "police", "phone"),
        ("R2", "health-authority", "phone"),
    }
    bureau = rows["R1", "education-bureau", "phone"]
    assert bureau["due_at"] == bureau["law_until"], "the law's own number"
    written = rows["R2", "education-bureau", "written"]
    assert (written["is_judged"], written["law_until"] > written["due_at"]) == (True, True)
    assert rows["R2", "police", "phone"]["law_until"] is None, "the law gives no number"
    assert {row["because"] for row in rows.values()} == {"filed"}
    told = heard(world)
    assert set(told) == {"Dan", "Cleo"}
    sentence = news_headline(kind="outside.told", params=told["Dan"][0].params)
    assert "something waits for you, and somebody outside has to be told by" in sentence, "it is not open to all"
    assert ticket.reference not in sentence
    assert len(told["Dan"]) == 1, "six reports are one message"
    call_command("outside_audit", stdout=StringIO())


def test_an_answer_or_the_severity_decides_and_an_exercise_starts_none(world: World) -> None:
    assert keyed(outside(world, file(world, "X01", answers={"lost": "no"}))) == {}
    assert set(keyed(outside(world, file(world, "X01")))) == {("R12", "police", "phone")}
    assert keyed(outside(world, file(world, "N02"))) == {}
    assert ("R1", "guardians", "phone") in keyed(outside(world, file(world, "N02", answers={"hospital": "yes"})))
    assert keyed(outside(world, file(world, "F02"))) == {}, "less than P1 it is judged by whoever looks at it"
    assert ("R14", "staff", "in_person") in keyed(outside(world, file(world, "F02", answers={"shut-in": "yes"})))
    body = world.report_body(category="N01", exercise=True)
    held = world.dan.client.post("reports", body)
    assert held.status_code == 201, held.data
    assert not OutsideDuty.objects.filter(ticket=held.data["ticket"]).exists()
    drill = world.dan.client.post(f"tickets/{held.data['ticket']}/outside-duties", {"clock": "R2"})
    assert drill.data["code"] == "outside_exercise"


def test_what_is_not_told_climbs_and_a_word_stops_it(world: World) -> None:
    ticket = file(world, "H01")
    rows = keyed(outside(world, ticket))
    assert set(rows) == {("R4", "disease-control", "phone"), ("R4", "education-bureau", "phone")}
    heard(world)
    started = OutsideDuty.objects.filter(ticket=ticket).latest("started_at").started_at
    fire_due(now=started + timedelta(minutes=30, seconds=1))
    late = heard(world)
    assert "is overdue since" in news_headline(kind="outside.told", params=late["Dan"][-1].params)
    assert len(late["Dan"]) == 2, "both reports are one message"
    assert "Vera" not in late
    fire_due(now=started + timedelta(minutes=46))
    assert "Vera" in heard(world)
    path = f"tickets/{ticket.id}/outside-duties/{rows['R4', 'disease-control', 'phone']['id']}"
    told = world.cleo.client.post(f"{path}/tell", {"whom": "Duty desk", "reference": "CDC-7", "words": "One case."})
    assert told.status_code == 200, told.data
    assert (told.data["state"], told.data["words"][0]["caller"]["name"]) == ("told", "Cleo")
    assert world.dan.client.post(f"{path}/tell", {"whom": "Twice"}).data["code"] == "outside_settled"
    fired = TicketEvent.objects.filter(ticket=ticket, kind="outside-missed").count()
    assert fired == 4
    with CaptureQueriesContext(connection) as few:
        fire_due(now=started + timedelta(hours=2))
    assert len(few) < 60
    assert TicketEvent.objects.filter(ticket=ticket, kind="outside-missed").count() == fired + 1, "the other one alone"
    fire_due(now=started + timedelta(days=2, hours=2))
    left = Timer.objects.filter(subject_kind="outside", subject_id=ticket.id, stopped_at=None)
    assert [timer.target for timer in left] == [str(rows["R4", "education-bureau", "phone"]["id"])], "until it is told"
    news = Notice.objects.filter(kind="outside.told", person=world.dan.person)
    assert news_standing(notices=list(news), now=database_now()), "one of them is still to be told"
    of_vera = list(Notice.objects.filter(kind="outside.told", person=world.vera.person))
    assert news_standing(notices=of_vera, now=database_now()) == of_vera
    only_staff(world, world.vera.person)
    assert news_standing(notices=of_vera, now=database_now()) == [], "she answers for the school no more"
    call_command("outside_audit", stdout=StringIO())
    call_command("ledger_verify", stdout=StringIO())


def test_a_word_is_about_the_past_names_who_told_and_is_corrected_in_both_versions(world: World) -> None:
    ticket = file(world, "D01")
    row = keyed(outside(world, ticket))["R6", "health-authority", "phone"]
    path = f"tickets/{ticket.id}/outside-duties/{row['id']}"
    dan, now = world.dan.client, database_now()

    def code(**body: object) -> str:
        answer = dan.post(f"{path}/tell", {"whom": "Desk", **body})
        return str(answer.data["errors"][0]["code"])

    assert code(at=(now + timedelta(hours=1)).isoformat()) == "told_in_future"
    assert code(at=(ticket.occurred_at - timedelta(minutes=1)).isoformat()) == "told_before_event"
    edges = [code(at=at) for at in ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z")]
    assert edges == ["offset_missing", "out_of_range"]
    assert code(caller=str(world.mallory.person.id)) == "unknown_caller"
    assert dan.post(f"{path}/follow-up", {"whom": "Desk"}).data["code"] == "outside_not_told"
    body = {
        "whom": "Ms Li",
        "at": ticket.occurred_at.isoformat(),
        "caller": str(world.vera.person.id),
        "words": "Six ill.",
    }
    first = dan.post(f"{path}/tell", body, key="told-once")
    assert dan.post(f"{path}/tell", body, key="told-once").data == first.data, "sent again it is the same"
    (word,) = first.data["words"]
    assert (word["caller"]["name"], word["by"]["name"], word["way"]) == ("Vera", "Dan", "phone")
    assert OutsideWord.objects.count() == 1
    again = dan.post(f"{path}/tell", {**body, "words": "Eight ill.", "corrects": word["id"]})
    assert [(one["words"], one["is_corrected"]) for one in again.data["words"]] == [
        ("Six ill.", True),
        ("Eight ill.", False),
    ]
    assert code(corrects=word["id"]) == "unknown_word", "it was corrected already"
    assert dan.post(f"{path}/follow-up", {"whom": "Ms Li", "words": "All well."}).data["state"] == "told"
    follows = keyed(outside(world, ticket))
    assert follows["R6", "health-authority", "written"]["because"] == "first_told"
    said = list(TicketEvent.objects.filter(ticket=ticket, kind="outside-said").values_list("sequence", flat=True))
    assert len(said) == 3
    with as_owner():
        event_payloads_erase(reference=ticket.reference, sequences=said[:1], now=database_now())
    erased = keyed(outside(world, ticket))["R6", "health-authority", "phone"]["words"]
    assert [one["words"] for one in erased] == ["", "Eight ill.", "All well."]
    call_command("ledger_verify", stdout=StringIO())


def test_whoever_leads_judges_and_what_does_not_apply_can_apply_after_all(world: World) -> None:
    ticket = file(world, "F01")
    rows = keyed(outside(world, ticket))
    named = news_headline(kind="outside.told", params=heard(world)["Dan"][0].params)
    assert f"{ticket.reference}: please tell Education bureau, Police, others by" in named
    path = f"tickets/{ticket.id}/outside-duties/{rows['R2', 'police', 'phone']['id']}"
    assert world.bob.client.post(f"{path}/put-aside", {"words": "Small."}).data["code"] == "not_for_judging"
    assert world.alice.client.post(f"{path}/tell", {"whom": "Desk"}).data["code"] == "not_for_telling"
    assert world.mallory.client.post(f"{path}/tell", {"whom": "Desk"}).status_code == 404
    assert world.mallory.client.get(f"tickets/{ticket.id}/outside-duties").status_code == 404
    other = file(world, "S01")
    assert (
        world.dan.client.post(path.replace(str(ticket.id), str(other.id)) + "/tell", {"whom": "x"}).status_code == 404
    )
    aside = world.cleo.client.post(f"{path}/put-aside", {"words": "Burnt toast, nobody hurt."})
    assert (aside.data["state"], aside.data["words"][0]["words"]) == ("not_applicable", "Burnt toast, nobody hurt.")
    assert not Timer.objects.filter(target=aside.data["id"], stopped_at=None).exists()
    due = OutsideDuty.objects.get(id=aside.data["id"]).due_at
    back = world.dan.client.post(f"{path}/take-up", {"words": "A pupil inhaled smoke."})
    assert back.data["state"] == "open"
    assert Timer.objects.get(target=aside.data["id"], stopped_at=None).due_at == due, "due as it was"
    seen = outside(world, ticket, "alice")
    assert (seen["may_tell"], [row["words"] for row in seen["duties"] if row["words"]]) == (False, [])
    assert (len(world.dan.client.get("outside-duties").data), world.bob.client.get("outside-duties").status_code) == (
        8,
        403,
    )
    call_command("outside_audit", stdout=StringIO())


def test_a_ticket_that_becomes_more_starts_more_and_what_stood_stands(world: World) -> None:
    ticket = file(world, "N02")
    assert keyed(outside(world, ticket)) == {}
    raised = world.dan.client.act(ticket.id, "reclassify", severity="P1", note="She has to go to hospital.")
    assert raised.status_code == 200, raised.data
    rows = keyed(outside(world, ticket))
    assert {row["because"] for row in rows.values()} == {"changed"}
    assert set(rows) == {("R1", "guardians", "phone"), ("R1", "education-bureau", "phone")}
    world.dan.client.act(ticket.id, "reclassify", category="N01", severity="P1", note="It is one.")
    after = keyed(outside(world, ticket))
    assert after["R1", "guardians", "phone"]["id"] == rows["R1", "guardians", "phone"]["id"]
    assert ("R2", "police", "phone") in after
    assert world.dan.client.post(f"tickets/{ticket.id}/outside-duties", {"clock": "R15"}).status_code == 400, (
        "nobody told"
    )
    bureau = f"tickets/{ticket.id}/outside-duties/{rows['R1', 'education-bureau', 'phone']['id']}"
    world.dan.client.post(f"{bureau}/tell", {"whom": "Duty officer"})
    more = world.dan.client.post(f"tickets/{ticket.id}/outside-duties", {"clock": "R15"})
    assert (more.status_code, keyed(more.data)["R15", "education-bureau", "written"]["because"]) == (201, "by_hand")
    again = world.dan.client.post(f"tickets/{ticket.id}/outside-duties", {"clock": "R15"})
    assert len(again.data["duties"]) == len(more.data["duties"]), "it is open already"
    assert world.dan.client.post(f"tickets/{ticket.id}/outside-duties", {"clock": "R99"}).status_code == 400
    Ticket.objects.filter(id=ticket.id).update(state="resolved")
    closed = world.cleo.client.act(ticket.id, "verify", note="Seen.")
    assert closed.status_code == 200, closed.data
    assert keyed(outside(world, ticket))["R16", "education-bureau", "written"]["because"] == "ended"


def test_a_confidential_matter_is_told_by_its_case_team_and_news_of_it_name_nobody(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body(category="C01", place=None))
    ticket = Ticket.objects.get(reference=filed.data["reference"])
    told = heard(world)
    assert set(told) == {"Erin"}
    sentence = news_headline(kind="outside.told", params=told["Erin"][0].params)
    assert "somebody outside" in sentence
    assert "olice" not in sentence
    for who in ("cleo", "bob", "alice"):
        assert world.members[who].client.get(f"tickets/{ticket.id}/outside-duties").status_code == 404, who
    assert world.cleo.client.get("outside-duties").data == []
    before = TicketOpening.objects.count()
    rows = keyed(outside(world, ticket, "erin"))
    assert TicketOpening.objects.count() == before + 1
    police = rows["R7", "police", "phone"]
    assert not police["is_judged"], "a suspicion is enough"
    fire_due(now=database_now() + timedelta(minutes=11))
    assert set(heard(world)) == {"Erin"}
    path = f"tickets/{ticket.id}/outside-duties/{police['id']}"
    words = {"whom": "Zqdesk", "reference": "Zqnumber", "words": "Zqsaid"}
    assert world.erin.client.post(f"{path}/tell", words).data["state"] == "told"
    said = outside(world, ticket, "erin")["duties"]
    assert [{name: word[name] for name in words} for row in said for word in row["words"]] == [words]
    assert tables_with(*words.values()) == {}, "what a confidential ticket says stands encrypted"


def test_numbers_are_noted_once_for_the_school_and_shown_where_somebody_calls(world: World) -> None:
    ticket = file(world, "H01")
    assert world.bob.client.post("outside-numbers/police", {"phone": "110"}).data["code"] == "not_for_judging"
    assert world.dan.client.post("outside-numbers/mars", {"phone": "1"}).status_code == 404
    noted = world.dan.client.post("outside-numbers/disease-control", {"phone": "010-12320"})
    assert noted.data == {
        "recipient": {"code": "disease-control", "name": "Centre for disease control"},
        "phone": "010-12320",
    }
    assert keyed(outside(world, ticket))["R4", "disease-control", "phone"]["phone"] == "010-12320"
    others = {row["recipient"]["code"]: row["phone"] for row in world.mallory.client.get("outside-numbers").data}
    assert (others["disease-control"], world.olga.client.get("outside-numbers").data) == ("", [])


def test_filing_costs_no_statement_more_and_reading_does_not_grow(world: World) -> None:
    body = {"place": str(world.home.places["stairwell"].id)}
    world.alice.client.post("reports", world.report_body(category="N01", **body))
    with CaptureQueriesContext(connection) as without:
        world.alice.client.post("reports", world.report_body(category="B03", **body))
    with CaptureQueriesContext(connection) as with_six:
        filed = world.alice.client.post("reports", world.report_body(category="N01", **body))
    assert len(with_six) == len(without)
    ticket = Ticket.objects.get(reference=filed.data["reference"])
    outside(world, ticket)
    with CaptureQueriesContext(connection) as many:
        outside(world, ticket)
    few = file(world, "X01")
    outside(world, few)
    with CaptureQueriesContext(connection) as one:
        outside(world, few)
    assert len(many) == len(one)
