"""Files of YAML and JSON that nobody honest writes: refused within bounds, whoever reads them."""

import time
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from backend.calendars.files import calendar_read
from backend.common.content_files import ContentFileError
from backend.common.content_text import ContentUnreadable, content_of
from backend.duty.files import bureau_read, school_read
from backend.rulebook.files import RulebookFileError, rulebook_read
from tests.patience import within

DOUBLINGS = "\n".join(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in pairwise("abcdefghi"))
MERGES = "\n".join(f"{name}: &{name} {{<<: [{', '.join(['*' + before] * 9)}]}}" for before, name in pairwise("abcdefg"))
CHAIN = "\n".join(f"- &b{number} [[[*b{number - 1}]]]" for number in range(1, 20))
HOSTILE: dict[str, str | bytes] = {
    "billion laughs": f"a: &a [x]\n{DOUBLINGS}",
    "laughs by merging": f"a: &a {{x: 1}}\n{MERGES}",
    "deep by references": f"- &b0 [x]\n{CHAIN}",
    "refers to itself": "a: &a [*a]",
    "refers to nothing": "a: *b",
    "deep lists": "[" * 500_000,
    "deep lines": "- " * 500_000,
    "deep json": '{"a":' * 100_000,
    "many values": "a: [" + "1," * 600_000 + "]",
    "many by reference": "a: &a [" + "1," * 1000 + "]\nb: [" + "*a," * 1000 + "]",
    "huge integer": "a: " + "9" * 2_000_000,
    "huge integer in json": '{"a": ' + "9" * 2_000_000 + "}",
    "integer by sixties": 'a: !!int "' + "1:" * 500_000 + '1"',
    "type of an instant": "a: !!timestamp x",
    "object of a program": "!!python/object:os.system x",
    "directives": "%TAG !a! x\n" * 300_000,
    "key twice": "a: 1\na: 2",
    "key twice in json": '{"a": 1, "a": 2}',
    "key is a list": "? [a]\n: 1",
    "tab": "a:\n\tb: 1",
    "two documents": "a: 1\n--- \nb: 1",
    "utf-16": "a: b".encode("utf-16"),
    "windows": "a: é".encode("cp1252"),
    "null character": 'a: "\\0"',
    "half a character": '{"a": "\\ud800"}',
    "no number": '{"a": NaN}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_grows_or_means_two_things_is_refused_in_a_moment(name: str) -> None:
    written = HOSTILE[name]
    raw = written if isinstance(written, bytes) else written.encode()
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(ContentUnreadable):
            content_of(raw, references=True)
        assert tracemalloc.get_traced_memory()[1] < 30 * len(raw) + 10_000_000
    finally:
        tracemalloc.stop()
    assert within(time.process_time() - started, 10)


@pytest.mark.parametrize(
    ("read", "error"),
    [
        (rulebook_read, RulebookFileError),
        (calendar_read, ContentFileError),
        (bureau_read, ContentFileError),
        (school_read, ContentFileError),
    ],
)
def test_every_file_to_lay_something_out_from_is_read_so(read: Any, error: type[Exception], tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    for name in ("billion laughs", "integer by sixties", "key twice", "windows", "huge integer"):
        written = HOSTILE[name]
        path.write_bytes(written if isinstance(written, bytes) else written.encode())
        with pytest.raises(error, match="file"):
            read(path)
    path.write_bytes(b"x" * 6_000_000)
    with pytest.raises(error, match="larger"):
        read(path)


def test_references_that_stay_small_are_read_where_a_file_may_have_them() -> None:
    raw = b"a: &a [x, no, 007, 7, true, ~]\nb: {c: *a}"
    assert content_of(raw, references=True)["b"] == {"c": ["x", "no", "007", 7, True, None]}
    with pytest.raises(ContentUnreadable, match="references"):
        content_of(raw)


def test_of_a_calendar_no_more_days_are_laid_out_than_one_is_planned_for(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yaml"
    path.write_text(
        "name: {zh: 校历, en: Calendar}\npublished_until: 2026-12-31\nhours: []\n"
        "days: [{first: 0001-01-01, last: 9999-12-31, note: always}]\n"
    )
    with pytest.raises(ContentFileError, match="more than 5000 days"):
        calendar_read(path)
