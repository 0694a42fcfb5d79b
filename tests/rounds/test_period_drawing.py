"""A special period drawn up with numbers, days and units of its own, and who hears that it is decided."""

from typing import Any

from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.rounds.models import Period, PeriodMeasure
from tests.rounds.conftest import at
from tests.rounds.test_periods import HALF, PATROL, POST, WHY, approved, day, draw_up, told
from tests.rounds.test_round_pages import browser_of
from tests.world import World


def filled(form: Any) -> dict[str, Any]:
    """Return what a form shows, as a browser sends it."""
    return {name: value for name in form.fields if (value := form[name].value()) is not None}


def said(row: Period, kind: str) -> PeriodMeasure:
    """Return a measure of a period."""
    return row.measures.get(kind=kind)


def test_numbers_days_and_units_are_changed_on_the_page_before_it_is_approved(live_world: World) -> None:
    world, dan = live_world, browser_of(live_world.dan)
    path = f"/periods/{draw_up(world, measures=[PATROL, HALF, POST]).data['id']}"
    assert "Change what is asked" in dan.get(path).content.decode()
    page = dan.get(f"{path}/edit")
    sent = filled(page.context["form"]) | {"starts_on": day(world, 2), "ends_on": day(world, 4)}
    assert (sent["every_0"], sent["until_0"], sent["percent_1"], sent["people_2"]) == (60, "17:30", 50, 2)
    changes = {"every_0": "90", "until_0": "19:30", "percent_1": "40", "people_2": "3", "from_2": day(world, 3)}
    sent |= {**changes, "units": ["security"], "name": "Finals"}
    assert dan.post(f"{path}/edit", sent).status_code == 302
    row = Period.objects.get()
    assert (row.units, row.name) == (["security"], "Finals")
    assert {"every": "90m", "until": "19:30"}.items() <= said(row, "round").said.items()
    assert (said(row, "clock").said["percent"], said(row, "post").said["people"]) == (40, 3)
    assert said(row, "post").starts_on.isoformat() == day(world, 3)
    refused = dan.post(f"{path}/edit", {**sent, "percent_1": "99"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["percent_1"])
    late = dan.post(f"{path}/edit", {**sent, "to_2": day(world, 9)})
    assert (late.status_code, list(late.context["form"].errors)) == (400, ["to_2"])
    open_ended = dan.post(f"{path}/edit", {**sent, "until_0": "", "measures": ["0"]})
    assert open_ended.status_code in {302, 400}
    assert browser_of(world.bob).get(f"{path}/edit").status_code == 403
    world.dan.client.post(path.strip("/") + "/approve", WHY)
    assert dan.get(f"{path}/edit").status_code == 409


def test_the_api_says_which_number_of_which_measure_is_wrong(live_world: World) -> None:
    world = live_world
    wrong = {
        "/measures/1/percent": [PATROL, {"kind": "clock", "severities": ["P2"]}],
        "/measures/0/severities": [{"kind": "clock", "percent": 50}],
        "/measures/0/people": [{"kind": "post", "shift": "night"}],
        "/measures/0/shift": [{"kind": "post", "people": 2}],
        "/measures/1/plan": [HALF, {"kind": "round", "plan": "SWEEP"}],
        "/measures/0/starts_on": [{**HALF, "starts_on": day(world, 9)}],
        "/measures/0/ends_on": [{**HALF, "ends_on": day(world, 9)}],
    }
    refused = [draw_up(world, measures=measures).data["errors"][0]["pointer"] for measures in wrong.values()]
    assert refused == list(wrong)


def test_whom_it_concerns_hears_when_it_is_approved_and_when_it_is_called_off(live_world: World) -> None:
    world = live_world
    path = f"periods/{draw_up(world, units=['security'], measures=[PATROL, HALF]).data['id']}"
    assert told(world.now, decided=True) == {}, "a draft asks nothing of anybody"
    world.dan.client.post(f"{path}/approve", WHY)
    heard = told(world.now, decided=True)
    assert {"Bob", "Vera"} <= heard.keys()
    assert heard.keys().isdisjoint({"Dan", "Carol", "Alice", "Mallory"}), "not whoever did it, no other office"
    assert "is approved" in heard["Bob"][0]
    world.dan.client.post(f"{path}/call-off", WHY)
    assert "was called off" in told(world.now, decided=True)["Bob"][-1]


def test_where_nobody_at_the_school_is_found_the_bureau_hears_and_reads_it(live_world: World) -> None:
    world = live_world
    path = approved(world, measures=[HALF])
    draft = draw_up(world, measures=[HALF]).data["id"]
    leading = (Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL, Role.DUTY_LEADER)
    Appointment.objects.filter(post__school=world.school, post__role__in=leading).update(ends_at=world.now)
    begun = told(at(world, "00:01", days=2))
    assert "begins today" in begun["Olga"][-1]
    assert world.olga.client.get(path).data["stage"] == "coming"
    assert [row["id"] for row in world.olga.client.get("periods").data["items"]] == [path.removeprefix("periods/")]
    assert world.olga.client.get(f"periods/{draft}").status_code == 404, "what is not decided is the school's own"
