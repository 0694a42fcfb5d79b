"""Special periods: approved, reviewed before, denser rounds and shorter deadlines meanwhile, ended and summed up."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_periods
from backend.rounds.models import Period, PeriodAct, Round
from backend.rounds.services.making import rounds_make
from backend.rounds.services.period_summary import counts_of
from backend.rulebook.models import RulebookStretch, SchoolRulebook
from backend.rulebook.period_content import Asked, content_in_period
from backend.rulebook.period_reading import measure_read
from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.rulebook.validation import rulebook_errors
from backend.workflow.models import Ticket, TicketEvent, TicketParticipant
from tests.notifications.hands import only_staff
from tests.roles import as_owner
from tests.rounds.conftest import at
from tests.rounds.test_round_pages import browser_of
from tests.workflow.steps import act_at
from tests.workflow.test_sealed_contents import tables_with
from tests.world import World

WHY = {"reason": "The examinations are held at our school."}
WALK = {"kind": "round", "plan": "LEADERS_WALK"}
PATROL = {"kind": "round", "plan": "PATROL", "every": 60, "until": "17:30"}
HALF = {"kind": "clock", "severities": ["P2"], "percent": 50}
POST = {"kind": "post", "shift": "night", "people": 2}


def day(world: World, days: int) -> str:
    """Return a day to come by the school's clock."""
    return at(world, "12:00", days=days).date().isoformat()


def draw_up(world: World, who: str = "cleo", first: int = 2, last: int = 4, **changes: Any) -> Any:
    """Draw a period up for some days to come."""
    body = {
        "template": "EXAMS",
        "starts_on": day(world, first),
        "ends_on": day(world, last),
        "places": ["stairwell"],
        "measures": [PATROL, WALK, HALF, POST],
        **WHY,
        **changes,
    }
    return world.members[who].client.post("periods", body)


def approved(world: World, **changes: Any) -> str:
    """Draw one up, approve it, and return its path."""
    drawn = draw_up(world, **changes)
    assert drawn.status_code == 201, drawn.data
    path = f"periods/{drawn.data['id']}"
    said = world.dan.client.post(f"{path}/approve", WHY)
    assert said.status_code == 200, said.data
    return path


DECIDED = ("approved", "called_off")


def told(now: Any, *, decided: bool = False) -> dict[str, list[str]]:
    """Fire what is due, carry the news, and return by name what each person was told: what was decided, or all else."""
    fire_due(now=now)
    tell_periods()
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(kind="period.told").select_related("person").order_by("created_at", "id"):
        if (notice.params["what"] in DECIDED) is not decided:
            continue
        found.setdefault(notice.person.name, []).append(news_headline(kind=notice.kind, params=notice.params))
    return found


def file_report(world: World, who: str = "alice", category: str = "B01") -> Ticket:
    """Report something and return its ticket."""
    place = {} if who == "alice" else {"place": str(world.elsewhere.places["stairwell"].id)}
    filed = world.members[who].client.post("reports", world.report_body(category=category, **place))
    assert filed.status_code == 201, filed.data
    return Ticket.objects.get(reference=filed.data["reference"])


def turns(world: World, days: int, plan: str = "PATROL") -> int:
    """Return how many rounds of a plan an office has on a day to come."""
    rows = Round.objects.exclude(state="dropped").filter(plan=plan, day=day(world, days), school=world.school)
    return len({row.turn for row in rows})


def test_within_a_period_rounds_are_denser_and_deadlines_shorter_and_not_outside_it(live_world: World) -> None:
    world = live_world
    rounds_make(now=world.now)
    before = file_report(world, category="B01")
    path = approved(world)
    assert [turns(world, days) for days in (1, 2, 3, 4, 5)] == [0, 11, 11, 11, 0], "every hour, on its days alone"
    assert [turns(world, days, "LEADERS_WALK") for days in (1, 2, 5)] == [0, 1, 0]
    walked = Round.objects.filter(plan="PATROL", day=day(world, 2)).first()
    assert walked is not None
    assert walked.rulebook.content["rounds"]["plans"]["PATROL"]["route"] == ["stairwell"]
    assert rounds_make(now=world.now + timedelta(minutes=1)) == 0, "a second run changes nothing"
    usual = SchoolRulebook.objects.get(school=world.school).version
    assert before.rulebook_id == usual.pk, "what was reported before keeps its deadlines"
    stretch = RulebookStretch.objects.get(school=world.school, replaced_at=None)
    within = stretch.version.content["clocks"]["P2"]
    assert (usual.content["clocks"]["P2"]["acknowledge"]["within"], within["acknowledge"]["within"]) == ("30m", "15m")
    assert within["wait"] == usual.content["clocks"]["P2"]["wait"]
    assert world.bob.client.get(path).data["measures"][0]["said"]["plan"] == "PATROL"
    content = {**usual.content, "quiet_hours": {"starts": "21:00", "ends": "06:00", "severities": ["P4"]}}
    version, _new = rulebook_load(content=content, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now)
    anew = RulebookStretch.objects.get(school=world.school, replaced_at=None)
    assert anew.version.content["quiet_hours"]["starts"] == "21:00", "the school's own rules changed below it"
    assert anew.version.content["clocks"]["P2"]["acknowledge"]["within"] == "15m"
    call_command("rounds_audit", stdout=StringIO())


def test_what_is_reported_within_a_period_goes_by_it_and_keeps_that_afterwards(live_world: World) -> None:
    world = live_world
    path = approved(world, first=0, last=3)
    ticket = file_report(world, category="B01")
    stretch = RulebookStretch.objects.get(school=world.school, replaced_at=None)
    assert ticket.rulebook_id == stretch.version_id
    due = Timer.objects.get(subject_id=ticket.id, clock="acknowledge").due_at
    assert due - ticket.filed_at == timedelta(minutes=15)
    shorter = world.dan.client.post(f"{path}/end", {"ends_on": day(world, 0), "reason": "They are over early."})
    assert (shorter.data["stage"], shorter.data["acts"][-1]["kind"]) == ("running", "shortened"), shorter.data
    assert Timer.objects.get(subject_id=ticket.id, clock="acknowledge").due_at == due
    ends = RulebookStretch.objects.get(school=world.school, replaced_at=None).ends_at
    assert ends == at(world, "00:00", days=1)
    longer = world.dan.client.post(f"{path}/end", {"ends_on": day(world, 9), "reason": "Another examination."})
    assert [act["kind"] for act in longer.data["acts"]] == ["drawn_up", "approved", "shortened", "lengthened"]
    assert {row["ends_on"] for row in longer.data["measures"]} == {day(world, 9)}
    call_command("tickets_audit", stdout=StringIO())
    call_command("rounds_audit", stdout=StringIO())


def test_what_is_split_off_within_a_period_goes_by_the_rules_of_the_first_ticket_alone(live_world: World) -> None:
    """The audit took it for one that was reported within the period and got the wrong rules."""
    world = live_world
    first = file_report(world, category="B01")
    approved(world, first=0, last=3)
    act_at(world.cleo, first.id, "split", world.now + timedelta(hours=1))
    second = Ticket.objects.exclude(id=first.id).get()
    assert second.rulebook_id == first.rulebook_id
    call_command("rounds_audit", stdout=StringIO())
    stretch, said = RulebookStretch.objects.get(school=world.school, replaced_at=None), StringIO()
    with as_owner():
        Ticket.objects.filter(id=first.id).update(rulebook=stretch.version_id)
    with pytest.raises(CommandError):
        call_command("rounds_audit", stdout=said)
    assert [line for line in said.getvalue().splitlines() if "BROKEN" in line and "a stretch goes by its rules" in line]


def test_of_two_periods_at_once_the_stricter_holds(live_world: World) -> None:
    world = live_world
    quarter = {"kind": "clock", "severities": ["P2", "P3"], "percent": 25}
    approved(world, first=2, last=6)
    approved(world, first=4, last=5, measures=[{**PATROL, "every": 120, "until": "19:30"}, quarter])
    rows = RulebookStretch.objects.filter(school=world.school, replaced_at=None).order_by("starts_at")
    found = [row.version.content for row in rows]
    assert [one["clocks"]["P2"]["acknowledge"]["within"] for one in found] == ["15m", "450s", "15m"]
    patrols = [one["rounds"]["plans"]["PATROL"]["again"] for one in found]
    assert [(one["every"], one["until"]) for one in patrols] == [("60m", "17:30"), ("60m", "19:30"), ("60m", "17:30")]
    usual = SchoolRulebook.objects.get(school=world.school).version.content
    asked = [Asked(measure_read(one), (), ("stairwell",)) for one in rows[1].measures]
    assert content_in_period(usual, asked) == content_in_period(usual, asked[::-1]) == found[1], "whatever comes first"
    assert rulebook_errors(found[1]) == []
    call_command("rounds_audit", stdout=StringIO())


def test_a_plan_that_is_off_otherwise_is_held_for_the_units_of_every_period_that_asks_for_it(live_world: World) -> None:
    usual = SchoolRulebook.objects.get(school=live_world.school).version.content
    plans = usual["rounds"]["plans"]
    assert all(plans[plan]["switched_off"] for plan in ("PATROL", "NOON_CHECK")), "they are held in periods alone"

    def held_for(plan: str, *periods: tuple[str, ...]) -> object:
        measure = measure_read({"kind": "round", "plan": plan})
        asked = [Asked(measure, units, ("stairwell",)) for units in periods]
        return content_in_period(usual, asked)["rounds"]["plans"][plan].get("only")

    one, other, whole = ("teaching",), ("logistics",), ()
    assert held_for("PATROL", one) == ["teaching"]
    assert held_for("PATROL", one, other) == held_for("PATROL", other, one) == ["logistics", "teaching"]
    assert held_for("PATROL", whole) == ["security"], "a guard walks, and not every office"
    assert held_for("PATROL", one, whole) == held_for("PATROL", whole, one) == ["security", "teaching"]
    assert held_for("NOON_CHECK", one, whole) == held_for("NOON_CHECK", whole, other) is None
    plans["PATROL"] = {**plans["PATROL"], "switched_off": False}
    assert held_for("PATROL", whole) == held_for("PATROL", one) == ["security"], "it goes on for all it is held for"


def test_before_it_what_is_open_is_decided_one_by_one_or_somebody_hears(live_world: World) -> None:
    world = live_world
    pressing, sealed = file_report(world, category="B01"), file_report(world, category="C01")
    path = approved(world, review_at=at(world, "09:00", days=1).isoformat())
    shown = world.dan.client.get(path).data
    assert str(pressing.id) in [row["ticket"] for row in shown["review"]]
    assert world.bob.client.get(path).data["review"] == []
    count = sum(row["ticket"] != str(sealed.id) for row in shown["review"])
    heard = told(at(world, "09:00", days=1) + timedelta(seconds=1))
    assert list(heard) == ["Cleo"]
    assert f"{count} open report" in heard["Cleo"][0]
    notices = list(Notice.objects.filter(kind="period.told").exclude(params__what__in=DECIDED))
    assert news_standing(notices=notices, now=at(world, "10:00", days=1)) == notices
    assert news_standing(notices=notices, now=at(world, "00:01", days=2)) == [], "it has begun"
    body = {"ticket": str(pressing.id), "choice": "interim", "reason": "The stair is closed off until it is mended."}
    said = world.dan.client.post(f"{path}/review", body)
    assert said.status_code == 200, said.data
    row = next(row for row in said.data["review"] if row["ticket"] == str(pressing.id))
    assert (row["decision"]["choice"], row["decision"]["by"]["name"]) == ("interim", "Dan")
    assert world.cleo.client.post(f"{path}/review", body).data["code"] == "period_decided"
    theirs = {**body, "ticket": str(file_report(world, "mallory").id)}
    assert world.dan.client.post(f"{path}/review", theirs).status_code == 404
    said = world.dan.client.post(f"{path}/review", {"ticket": str(sealed.id), "choice": "now", "reason": "Zqwhy"})
    assert ("Zqwhy" in str(said.data), tables_with("Zqwhy")) == (True, {}), "a confidential ticket's stands encrypted"
    assert world.bob.client.post(f"{path}/review", body).data["code"] == "not_for_periods"
    event = TicketEvent.objects.get(ticket=pressing, kind="period-reviewed")
    page = world.dan.client.get(f"tickets/{pressing.id}").data
    assert page["state"] == Ticket.objects.get(id=pressing.id).state
    assert news_standing(notices=notices, now=at(world, "10:00", days=1)) == [], "all of it is decided"
    call_command("ledger_verify", stdout=StringIO())
    assert event.sequence > 1


def test_whoever_left_the_post_hears_nothing_late_of_a_period(live_world: World) -> None:
    world = live_world
    file_report(world)
    approved(world, review_at=at(world, "09:00", days=1).isoformat())
    now = at(world, "09:00", days=1) + timedelta(seconds=1)
    told(now)
    notices = list(Notice.objects.filter(kind="period.told", person__in=[world.bob.person, world.cleo.person]))
    assert news_standing(notices=notices, now=now) == notices
    assert {notice.params["what"] for notice in notices} == {"approved", "review"}
    for member in (world.bob, world.cleo):
        only_staff(world, member.person)
    assert news_standing(notices=notices, now=now) == []


def test_nobody_learns_from_a_count_that_something_open_is_about_themselves(live_world: World) -> None:
    world = live_world
    path = approved(world, review_at=at(world, "09:00", days=1).isoformat())
    for _number in range(2):
        file_report(world)
    about_cleo = file_report(world)
    TicketParticipant.objects.create(ticket=about_cleo, person=world.cleo.person, role="concerned")
    open_to = {who: len(world.members[who].client.get(path).data["review"]) for who in ("cleo", "dan")}
    assert open_to == {"cleo": open_to["dan"] - 1, "dan": open_to["dan"]}
    heard = told(at(world, "09:00", days=1) + timedelta(seconds=1))
    assert f"{open_to['cleo']} open report" in heard["Cleo"][0], "one more than the list shows"


def test_it_begins_ends_and_is_summed_up_in_counts(live_world: World) -> None:
    world = live_world
    path = approved(world)
    rounds_make(now=world.now)
    assert world.dan.client.post(f"{path}/summary", {"words": "Too early."}).data["code"] == "period_not_over"
    begun = told(at(world, "00:00", days=2) + timedelta(seconds=1))
    assert "begins today" in begun["Dan"][-1]
    told(at(world, "00:00", days=5) + timedelta(seconds=1))
    row = Period.objects.get()
    assert (row.state, [act.kind for act in row.acts.order_by("number")][-2:]) == ("over", ["started", "ended"])
    assert not Timer.objects.filter(subject_kind="period", armed=True).exists()
    written = world.cleo.client.post(f"{path}/summary", {"words": "A quiet week."})
    assert written.status_code == 200, written.data
    counts = written.data["summary"]["counts"]
    assert counts["rounds"] > 0
    assert counts["missing"] == counts["rounds"], "nobody answered"
    assert "person" not in str(counts)
    assert world.bob.client.get(path).data["summary"] is None
    assert world.dan.client.post(f"{path}/summary/approve").status_code == 200
    assert world.bob.client.get(path).data["summary"]["words"] == "A quiet week."
    assert world.dan.client.post(f"{path}/summary", {"words": "Other words."}).data["code"] == "no_summary"
    assert world.dan.client.post(f"{path}/summary/approve").data["code"] == "no_summary"
    assert world.dan.client.post(f"{path}/call-off", WHY).data["code"] == "period_not_in_force"
    with pytest.raises(ProgrammingError), transaction.atomic():
        PeriodAct.objects.update(words="Other words.")
    call_command("rounds_audit", stdout=StringIO())


def test_what_cannot_be_drawn_up_and_by_whom(live_world: World) -> None:
    world = live_world
    refused = {
        "unknown_template": draw_up(world, template="NONE"),
        "period_days_wrong": draw_up(world, first=-1),
        "review_too_late": draw_up(world, review_at=at(world, "12:00", days=3).isoformat()),
        "measure_wrong": draw_up(world, measures=[{**WALK, "plan": "SWEEP"}]),
        "period_needs_places": draw_up(world, places=[]),
        "period_scope_unknown": draw_up(world, units=["no-such-office"]),
    }
    assert {said.data["errors"][0]["code"] for said in refused.values()} == refused.keys()
    assert draw_up(world, who="bob").data["code"] == "not_for_periods"
    drawn = draw_up(world).data
    path = f"periods/{drawn['id']}"
    assert [one.status_code for one in (world.bob.client.get(path), world.mallory.client.get(path))] == [404, 404]
    assert world.mallory.client.post(f"{path}/approve", WHY).status_code == 404
    assert "EXAMS" in [row["code"] for row in world.bob.client.get("periods/templates").data]
    body = {"template": "EXAMS", "starts_on": day(world, 3), "ends_on": day(world, 4), "measures": [HALF]}
    assert world.cleo.client.post(f"{path}/redraw", body).data["starts_on"] == day(world, 3)
    assert world.dan.client.post(f"{path}/approve", WHY).status_code == 200
    assert world.cleo.client.post(f"{path}/redraw", body).data["code"] == "period_not_draft"
    assert [row["id"] for row in world.bob.client.get("periods").data["items"]] == [drawn["id"]]
    off = world.dan.client.post(f"{path}/call-off", WHY)
    assert off.data["stage"] == "called_off"
    assert not RulebookStretch.objects.filter(replaced_at=None).exists()
    assert not Timer.objects.filter(subject_kind="period", armed=True).exists()


def test_on_the_pages_it_is_drawn_up_decided_on_and_said_to_everybody(live_world: World) -> None:
    world, dan = live_world, browser_of(live_world.dan)
    ticket = file_report(world)
    assert "Examinations" in dan.get("/periods").content.decode()
    assert dan.get("/periods/new/NONE").status_code == 404
    form = dan.get("/periods/new/EXAMS").context["form"]
    kept = ["0", "2"]
    shown = {name: value for name in form.fields if (value := form[name].value()) is not None}
    sent = {**shown, "name": "Finals", "measures": kept, "reason": "Finals.", "token": "once"}
    sent |= {"starts_on": day(world, 3), "ends_on": day(world, 4), "from_0": day(world, 4)}
    assert dan.post("/periods/new/EXAMS", sent).status_code == 400, "a walk without a place"
    sent["places"] = ["stairwell"]
    first, second = (dan.post("/periods/new/EXAMS", sent) for _tap in range(2))
    row = Period.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == f"/periods/{row.id}"
    assert [one.starts_on.isoformat() for one in row.measures.order_by("number")] == [day(world, 4), day(world, 3)]
    bob = browser_of(world.bob)
    assert bob.get(f"/periods/{row.id}").status_code == 404
    assert dan.post(f"/periods/{row.id}/approve", {"reason": ""}).status_code == 400
    assert dan.post(f"/periods/{row.id}/approve", {"reason": "As every year."}).status_code == 302
    page = dan.get(f"/periods/{row.id}").content.decode()
    assert ticket.reference in page
    assert "Deadlines of P2, P3 keep 50 % of their time." in page
    said = {"ticket": str(ticket.id), "choice": "now", "reason": "A carpenter comes tomorrow."}
    assert dan.post(f"/periods/{row.id}/decide", said).status_code == 302
    assert dan.post(f"/periods/{row.id}/decide", said).status_code == 409
    assert "To be done before it starts" in dan.get(f"/tickets/{ticket.id}").content.decode()
    assert all("Finals" in bob.get(path).content.decode() for path in ("/", "/periods"))
    assert "Finals" in dan.get("/today").content.decode()
    assert ticket.reference not in bob.get(f"/periods/{row.id}").content.decode()
    assert bob.post(f"/periods/{row.id}/call-off", {"reason": "No."}).status_code == 403


def test_the_summary_counts_no_decision_on_what_is_strictly_confidential(live_world: World) -> None:
    world = live_world
    known, sealed = file_report(world), file_report(world)
    path = approved(world)
    for ticket in (known, sealed):
        body = {"ticket": str(ticket.id), "choice": "interim", "reason": "It is closed off."}
        assert world.dan.client.post(f"{path}/review", body).status_code == 200
    raised = world.dan.client.act(sealed.id, "reclassify", category="C02", note="A child is hurt there.")
    assert raised.status_code == 200, raised.data
    shown = [row["ticket"] for row in world.cleo.client.get(path).data["review"] if row["decision"]]
    assert shown == [str(known.id)]
    counted = counts_of(Period.objects.select_related("school").get(), at(world, "12:00", days=9))
    assert counted["decided"] == {"interim": 1}, "everybody at the school reads the summary"
