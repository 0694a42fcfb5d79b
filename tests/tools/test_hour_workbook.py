"""`make hour --strain` fails where a large workbook computes for too long, or the same again changes something."""

from tools.prove.hour.workbook import Measured, workbook_missed

SAME = "0 new, 0 changed, 0 ends, 40 stays, 6060 as they are"


def measured(*, apply: float = 9.0, again: str = SAME, code: int = 0) -> list[Measured]:
    return [
        Measured("read and looked at", 8.0, 7.0, "6060 new, 0 changed, 0 ends, 40 stays, 0 as they are", 0),
        Measured("taken into use", 12.0, apply, "6060 new, 0 changed, 0 ends, 40 stays, 0 as they are", code),
        Measured("the same again", 8.0, 7.0, again, 0),
    ]


def test_what_was_promised_is_held_against_what_was_measured() -> None:
    """It ended with 0 whatever it had measured."""
    assert list(workbook_missed(measured())) == []
    (slow,) = workbook_missed(measured(apply=13.5))
    assert "20.5 s; 20.0 s are allowed" in slow
    (changed,) = workbook_missed(measured(again=SAME.replace("0 changed", "1 changed")))
    assert changed.startswith("the same again changed something")
    assert list(workbook_missed(measured(code=1))) == ["“taken into use” failed"]
