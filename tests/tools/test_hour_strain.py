"""`make hour --strain` fails where others wait too long, an answer is none that was promised, or memory grows."""

from collections.abc import Sequence

import pytest

from tools.prove.hour.others import HEALTH, HOME, PATHS, Answer
from tools.prove.hour.strain import Row
from tools.prove.hour.strain_judging import missed, table_of
from tools.prove.hour.strains import FROZEN, GUESSES, QUIET, SOCKETS

QUIET_ANSWERS = [Answer(path, 200, 0.1) for path in PATHS for _time in range(20)]
FROZEN_ANSWERS = [Answer(path, 200 if path == HEALTH else 503, 3.6) for path in PATHS for _time in range(20)]


def row(
    strain: str,
    answers: Sequence[Answer] = QUIET_ANSWERS,
    heard: str = "",
    web: int = 200,
) -> Row:
    return Row("web", strain, answers, {heard: 1} if heard else {}, {"web": web})


@pytest.mark.parametrize(
    "strained",
    [row(SOCKETS, heard="closed", web=264), row(GUESSES, heard="429", web=464), row(FROZEN, FROZEN_ANSWERS, "503")],
)
def test_what_is_within_its_bounds_is_no_fault(strained: Row) -> None:
    assert list(missed([row(QUIET), strained])) == []
    assert table_of([row(QUIET), strained]).row_count == 2


@pytest.mark.parametrize(
    ("strained", "words"),
    [
        (row(SOCKETS, heard="500"), "the strained requests were answered 500"),
        (row(SOCKETS, web=265), "the web took 265 MiB; 264 MiB are allowed"),
        (row(SOCKETS, [*QUIET_ANSWERS, Answer(HOME, 500, 0.1)]), "/ was answered 500 × 1"),
        (
            row(SOCKETS, [Answer(answer.path, 200, 0.56 if answer.path == HOME else 0.1) for answer in QUIET_ANSWERS]),
            "p95 of / was 560 ms; 550 ms are allowed",
        ),
        (row(FROZEN, [*FROZEN_ANSWERS, Answer(HEALTH, 503, 0.1)], "503"), "/healthz was answered 503 × 1"),
        (row(FROZEN, [*FROZEN_ANSWERS, Answer(HOME, 503, 5.1)], "503"), "somebody waited for 5.1 s; 5 s are allowed"),
    ],
)
def test_what_is_beyond_one_is_said(strained: Row, words: str) -> None:
    assert [said.partition(": ")[2] for said in missed([row(QUIET), strained])] == [words]
