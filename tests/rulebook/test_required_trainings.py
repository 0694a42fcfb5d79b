"""The trainings of a rulebook: what makes no sense in them is said, and a school's own offices stand in them."""

from typing import Any

from backend.rulebook.training_checks import training_faults, trainings_fitted
from backend.rulebook.training_reading import training_rules_read
from tests.world import rulebook_content

TIMES = {"every": "365d", "first": "60d", "told": "30d"}


def faults(**row: Any) -> list[str]:
    """Return where something is wrong in a training that says this."""
    content = {"trainings": {"ONE": {"name": {"zh": "一", "en": "One"}, **TIMES, **row}}}
    return ["/".join(map(str, one.path)) for one in training_faults(content)]


def test_a_training_is_asked_of_posts_or_of_classes_and_told_before_the_last_one_ends() -> None:
    assert faults(posts=["handler"]) == faults(each_class=True) == []
    assert faults() == faults(posts=["handler"], each_class=True) == ["trainings/ONE"]
    assert faults(posts=["principal"], office="security") == ["trainings/ONE/office"]
    assert faults(posts=["handler"], told="365d") == ["trainings/ONE/told"]


def test_a_schools_own_offices_stand_in_them_and_one_of_an_office_it_lacks_goes() -> None:
    shipped = rulebook_content()["trainings"]
    fitted = trainings_fitted(shipped, offices={"security": "guards", "health-room": "nurse"}, own={}, ended=())
    rules = training_rules_read(fitted)
    assert shipped.keys() - rules.keys() == {"FOOD_SAFETY"}, "no canteen"
    assert (rules["GUARDS"].office, rules["FIRST_AID"].office, rules["FIRE_SAFETY"].office) == ("guards", "nurse", "")
