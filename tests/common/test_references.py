"""References people read out survive telephones, and show when they did not."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.common.ids import ALPHABET, ReferenceWrong, reference_new, reference_parse

REFERENCES = [reference_new() for _number in range(40)]
each_reference = pytest.mark.parametrize("reference", REFERENCES, ids=[str(number) for number in range(40)])


def test_references_differ_and_look_alike() -> None:
    assert len(set(REFERENCES)) == len(REFERENCES)
    assert all(len(reference) == 9 and reference[4] == "-" for reference in REFERENCES)
    assert all(set(reference) <= set(ALPHABET) | {"-"} for reference in REFERENCES)


@each_reference
def test_every_single_substitution_is_found(reference: str) -> None:
    letters = reference.replace("-", "")
    for position, letter in enumerate(letters):
        for other in set(ALPHABET) - {letter}:
            with pytest.raises(ReferenceWrong):
                reference_parse(letters[:position] + other + letters[position + 1 :])


@each_reference
def test_every_swap_is_found(reference: str) -> None:
    letters = reference.replace("-", "")
    for first, second in combinations(range(8), 2):
        swapped = list(letters)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        if "".join(swapped) != letters:
            with pytest.raises(ReferenceWrong):
                reference_parse("".join(swapped))


@each_reference
def test_typing_habits_are_forgiven(reference: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in reference)
    for typed in (reference.lower(), reference.replace("-", " "), f" {reference} ", wide, reference.replace("-", "—")):
        assert reference_parse(typed) == reference
    assert reference_parse(reference.replace("0", "o").replace("1", "l")) == reference
    assert reference_parse(reference.replace("0", "O").replace("1", "I")) == reference


@given(st.text(max_size=30))
def test_any_text_is_either_a_reference_or_refused(text: str) -> None:
    try:
        reference = reference_parse(text)
    except ReferenceWrong:
        return
    assert reference_parse(reference) == reference
