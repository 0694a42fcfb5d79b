"""The settings of a school itself stay when it chooses its offices anew, and the others follow its offices."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.rulebook.fitting import Fit, content_fitted, fit_of, offices_asked
from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.rulebook.validation import rulebook_errors
from backend.setup.selectors.presets import presets
from tests.browser import SignIn
from tests.setup.test_clock_pages import content, rules_sent
from tests.world import World, member_add

TIMES = {"every": "365d", "first": "60d", "told": "30d"}
SWIMMING = {"name": {"zh": "游泳救生培训", "en": "Water rescue"}, "posts": ["handler"], "office": "security", **TIMES}


def set_by_school(own: dict[str, Any]) -> None:
    """Have the school train on its own, end a training, and be stricter with callers, illness and the start of term."""
    own["trainings"] |= {"SWIMMING": SWIMMING, "FIRE_SAFETY": {**own["trainings"]["FIRE_SAFETY"], "every": "180d"}}
    del own["trainings"]["FIRST_AID"]
    own["keeping"]["callers"] = "7d"
    own["quiet_hours"]["starts"] = "20:00"
    own["at_night"]["P2"] = {"vice_principal": "duty_leader"}
    own["informed"]["P2"] = ["handler", "office_head", "vice_principal"]
    own["parts"]["offer"]["within"] = "4hW"
    own["rounds"]["clusters"]["CLASS_ON_A_DAY"]["cases"] = 2
    own["periods"]["TERM_START"]["days"] = 21


@pytest.mark.django_db
def test_what_a_school_set_itself_stays_when_its_offices_are_chosen_anew(world: World, signed_in: SignIn) -> None:
    client = signed_in(member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home))
    client.post("/setup/rules", rules_sent(client))
    own = deepcopy(content(world))
    set_by_school(own)
    assert rulebook_errors(own) == []
    version, _is_new = rulebook_load(content=own, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now - timedelta(days=1))
    School.objects.filter(id=world.school.id).update(live_at=None)
    sent = client.post("/setup/rules", rules_sent(client, **{"office-canteen": "student-affairs"}))
    assert sent.status_code == 302
    anew = content(world)
    assert anew["trainings"]["FOOD_SAFETY"]["office"] == "student-affairs" != own["trainings"]["FOOD_SAFETY"]["office"]
    expected = deepcopy(own["trainings"])
    expected["FOOD_SAFETY"]["office"] = "student-affairs"
    assert anew["trainings"] == expected
    for section in ("keeping", "quiet_hours", "at_night", "informed", "parts", "periods"):
        assert anew[section] == own[section], section
    assert anew["rounds"]["clusters"] == own["rounds"]["clusters"]
    shown = {code: is_on for code, _name, is_on in client.get("/setup/rules").context["trainings"]}
    assert [code for code, is_on in shown.items() if not is_on] == ["FIRST_AID"], "what it ended stays ended"
    ticked = {"trainings": "1", "training": [code for code in shown if code != "FIRE_SAFETY"]}
    assert client.post("/setup/rules", {**rules_sent(client), **ticked}).status_code == 302
    held = set(content(world)["trainings"])
    assert held == {*shown, "SWIMMING"} - {"FIRE_SAFETY"}, "taken back, and another one ended, by its own hand"


def test_a_training_of_an_office_that_answers_for_nothing_is_not_taken_for_one_that_the_school_set() -> None:
    preset = presets()["cn-school"]
    canteen = frozenset(row["code"] for row in preset["categories"] if row["lead"] == "canteen")
    offices = {code: f"our-{code}" for code in offices_asked(preset)}
    own = content_fitted(preset, Fit(offices, Role.BUREAU_OFFICER, canteen))
    fit = fit_of(preset, own)
    assert (fit.offices["canteen"], fit.rows["trainings"]) == ("our-canteen", {})
