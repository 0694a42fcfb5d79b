"""`make hour --strain` fails where others wait too long, an answer is none that was promised, or memory grows."""

from collections.abc import Sequence

import pytest

from tools.prove.hour.others import HEALTH, HOME, PATHS, Answer
from tools.prove.hour.strain import Asked, Row
from tools.prove.hour.strain_judging import missed, table_of
from tools.prove.hour.strains import FROZEN, GUESSES, SOCKETS

QUIET = [Answer(path, 200, 0.1) for path in PATHS for _time in range(20)]
SLOW = [Answer(answer.path, 200, 0.56 if answer.path == HOME else 0.1) for answer in QUIET]
AWAY = [Answer(path, 200 if path == HEALTH else 503, 3.6) for path in PATHS for _time in range(20)]


def row(strain: str, answers: Sequence[Answer] = QUIET, heard: str = "closed", web: int = 200) -> Row:
    return Row("web", strain, Asked(QUIET, {"web": 200}), Asked(answers, {"web": web}), {heard: 1})


@pytest.mark.parametrize(
    "strained",
    [row(SOCKETS, web=264), row(GUESSES, heard="429", web=464), row(GUESSES, SLOW, "401"), row(FROZEN, AWAY, "503")],
)
def test_what_is_within_its_bounds_is_no_fault(strained: Row) -> None:
    assert list(missed([strained])) == []
    assert table_of([strained]).row_count == 1


@pytest.mark.parametrize(
    ("strained", "words"),
    [
        (row(SOCKETS, heard="500"), "the strained requests were answered 500"),
        (row(SOCKETS, web=265), "the web took 265 MiB; 264 MiB are allowed"),
        (row(SOCKETS, [*QUIET, Answer(HOME, 500, 0.1)]), "/ was answered 500 × 1"),
        (row(SOCKETS, SLOW), "p95 of / was 560 ms; 550 ms are allowed"),
        (row(FROZEN, [*AWAY, Answer(HEALTH, 503, 0.1)], "503"), "/healthz was answered 503 × 1"),
        (row(FROZEN, [*AWAY, Answer(HOME, 503, 5.2)], "503"), "somebody waited for 5.2 s; 5.1 s are allowed"),
    ],
)
def test_what_is_beyond_one_is_said(strained: Row, words: str) -> None:
    assert [said.partition(": ")[2] for said in missed([strained])] == [words]
