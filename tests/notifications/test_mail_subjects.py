"""The subject of a mail: read as it was written, and on the line of its name, by whatever reads it."""

from email import message_from_bytes, policy

import pytest

from backend.notifications.carrying import Mail

LONG = "报平安 7K2P-9Q：[紧急] 火灾、冒烟、燃气泄漏 · 清河学校 · 教学楼二楼东侧楼梯间安全出口 · 一份新报告转到您的处室"


@pytest.mark.parametrize(
    "subject",
    [
        LONG,
        "Allclear 7K2P-9Q: [Urgent] Fire, smoke · Qinghe School · Teaching building, second floor · by 29 Nov 2026",
        "Allclear: a name, with, commas; and more " + "of the same " * 9 + "end",
        "安" * 300,
        "Allclear: your code is 123456",
    ],
)
def test_a_long_subject_begins_on_the_line_of_its_name_and_is_read_as_written(subject: str) -> None:
    raw = Mail(subject, "…", to=["x@school.example"]).message().as_bytes()
    lines = raw.split(b"\n\n")[0].split(b"\n")
    first = next(line for line in lines if line.startswith(b"Subject:"))
    assert len(first) > len(b"Subject: ") + 10
    assert max(map(len, lines)) <= 78
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
