"""Small numbers of confidential reports cannot be computed from those beside them, from their sum or as they grow."""

from collections import defaultdict
from itertools import pairwise, product

import pytest

from backend.insights.veiling import FEWEST, NOT_SHOWN, Shown, rounded_down, shown_of, sum_shown

HEADINGS = 3


@pytest.mark.parametrize("is_final", [True, False])
def test_whoever_knows_every_answer_finds_no_number_below_five(is_final: bool) -> None:
    """Of all worlds that give one answer, a number below five is each of them in some, whatever the others are."""
    worlds: defaultdict[object, list[tuple[int, ...]]] = defaultdict(list)
    for world in product(range(FEWEST + 3), repeat=HEADINGS):
        parts = tuple(shown_of(count, is_final=is_final) for count in world)
        worlds[parts, sum_shown(parts)].append(world)
    for (parts, _total), alike in worlds.items():  # type: ignore[misc]
        small = [number for number, part in enumerate(parts) if part == NOT_SHOWN]
        possible = {tuple(world[number] for number in small) for world in alike}
        assert possible == set(product(range(FEWEST), repeat=len(small)))


def test_a_number_that_grows_moves_only_at_every_fifth_report() -> None:
    shown = [shown_of(count, is_final=False) for count in range(4 * FEWEST)]
    assert [number for number, (one, next_) in enumerate(pairwise(shown), 1) if one != next_] == [5, 10, 15]
    assert all(one.or_more for one in shown[FEWEST:])


@pytest.mark.parametrize(
    ("counts", "total"),
    [
        ([7, 9], Shown(16)),
        ([7, 9, 0], Shown(16, or_more=True)),
        ([2, 7, 9], Shown(16, or_more=True)),
        ([2, 3, 1], NOT_SHOWN),
        ([], NOT_SHOWN),
    ],
)
def test_a_sum_adds_up_only_what_is_shown(counts: list[int], total: Shown) -> None:
    assert sum_shown([shown_of(count, is_final=True) for count in counts]) == total


def test_steps_of_five() -> None:
    assert [rounded_down(count) for count in (0, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]
