"""Small numbers of confidential reports cannot be computed from those beside them, nor from their sum."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.insights.veiling import FEWEST, hidden_of, veiled

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=1)


@given(counts=COUNTS)
def test_no_number_that_is_missing_has_only_one_possible_value(counts: dict[str, int]) -> None:
    total, (shown,) = veiled(margins=[counts], total=sum(counts.values()))
    assert all(count is None or count == 0 or count >= FEWEST for count in (total, *shown.values()))
    missing = [key for key, count in shown.items() if count is None]
    if missing and total is not None:
        rest = total - sum(count for count in shown.values() if count is not None)
        ways = [way for way in product(range(1, rest + 1), repeat=min(len(missing), 3)) if sum(way) <= rest]
        assert len(missing) > 1
        assert len({way[0] for way in ways if _can_be(way, rest, len(missing))}) > 1


def _can_be(way: tuple[int, ...], rest: int, missing: int) -> bool:
    """Say whether the numbers not named by a way could make up the rest of the sum."""
    others = missing - len(way)
    left = rest - sum(way)
    return left == 0 if others == 0 else left >= others


@given(counts=COUNTS)
def test_a_number_is_left_out_only_for_a_small_one(counts: dict[str, int]) -> None:
    hidden = hidden_of(counts)
    small = {key for key, count in counts.items() if 0 < count < FEWEST}
    assert small <= hidden
    if not small:
        assert hidden == set()


@pytest.mark.parametrize(
    ("counts", "total", "shown"),
    [
        ({"a": 0, "b": 7}, 7, {"a": 0, "b": 7}),
        ({"a": 2, "b": 7, "c": 9}, 18, {"a": None, "b": None, "c": 9}),
        ({"a": 2, "b": 3, "c": 9}, 14, {"a": None, "b": None, "c": 9}),
        ({"a": 1, "b": 1, "c": 9}, 11, {"a": None, "b": None, "c": None}),
        ({"a": 3}, None, {"a": None}),
        (dict.fromkeys("abcdef", 1), None, dict.fromkeys("abcdef")),
    ],
)
def test_the_smallest_of_the_others_goes_first(
    counts: dict[str, int], total: int | None, shown: dict[str, int | None]
) -> None:
    assert veiled(margins=[counts], total=sum(counts.values())) == (total, [shown])


def test_a_sum_that_one_division_must_not_tell_is_told_by_no_other() -> None:
    total, shown = veiled(margins=[dict.fromkeys("abcdef", 1), {"week": 6, "other": 0}], total=6)
    assert total is None
    assert shown[1] == {"week": None, "other": 0}
