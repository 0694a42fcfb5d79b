"""The tickets behind the pages: what is reported, and who takes which step with it, so that every kind of page has one.

In what is said, `@office NAME` stands for the office of that code, `@day N` for an instant so many days ahead and
`@ticket N` for the ticket that was reported as the Nth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

WORDS = "二楼东侧发现情况，已先拦住学生。 Seen on the second floor; pupils are kept away."
NOTE = "已到现场处理，请放心。 We are on it."
WHO = "设备公司张师傅 Mr Zhang, the supplier"
WHAT = "二楼安全出口堵住 Exit on floor 2 blocked"
NAME = "我的 Mine"
BRAND = "Allclear · 报平安"
SAID = (WORDS, NOTE, WHO, WHAT, NAME, BRAND)
"""The words in both languages at once: reported, noted, and the name of the administration."""

REPORTER, HANDLER, HEAD, COORDINATOR = "teacher.lin", "handler.zhou", "head.zhao", "coordinator.he"
FACILITIES, DUTY, PRINCIPAL, VICE = "head.qian", "duty.xu", "principal.wang", "vice.li"
LEAD, BUREAU, WITH_APP = "protection.tang", "bureau.fang", "board.zheng"


@dataclass(frozen=True, slots=True)
class Step:
    """An action that somebody takes, with what they say beside the note."""

    who: str
    action: str
    said: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A report and the steps that follow."""

    category: str
    steps: tuple[Step, ...] = ()


SEEN = Step(HANDLER, "acknowledge")
STARTED = (SEEN, Step(HANDLER, "record-interim-control"), Step(HANDLER, "start"))
SOLVED = (*STARTED, Step(HANDLER, "resolve", {"control": "engineered"}))
CLOSED = (*SOLVED, Step(COORDINATOR, "verify"))
BUSY, OF_THE_HEAD = 2, 15
"""The case in which most is asked of people, and how many of the first cases came to the head's office."""
CASES = (
    Case("F02"),
    Case("F02", (SEEN,)),
    Case(
        "F02",
        (
            *STARTED,
            Step(HANDLER, "ask-question", {"due_at": "@day 2"}),
            Step(HANDLER, "ask-question", {"due_at": "@day 2", "whom": WHO}),
            Step(HANDLER, "ask-question", {"due_at": "@day 3", "whom": WHO}),
            Step(HEAD, "ask-subtask", {"office": "@office facilities", "due_at": "@day 2"}),
            Step(HEAD, "ask-subtask", {"office": "@office it-centre", "due_at": "@day 2"}),
            Step(FACILITIES, "take-subtask"),
            Step(HEAD, "promise", {"promised_for": "@day 5"}),
            Step(HANDLER, "add-affected", {"affected": "classes", "who": WHO}),
            Step(HANDLER, "link", {"other": "@ticket 0", "link_as": "related"}),
            Step(PRINCIPAL, "order", {"due_at": "@day 1"}),
            Step(HANDLER, "comment"),
            Step(HANDLER, "next-step", {"done_by": "@day 3"}),
            Step(PRINCIPAL, "adopt", {"done_by": "@day 4"}),
        ),
    ),
    Case("F02", SOLVED),
    Case(
        "F01",
        (
            *CLOSED,
            Step(HEAD, "publish-result", {"what": WHAT, "although_named": True}),
            Step(REPORTER, "rate-handling", {"handled": "well"}),
            Step(HEAD, "review-cause", {"cause": "equipment", "corrective": NOTE, "preventive": NOTE, "lesson": NOTE}),
            Step(VICE, "publish-lesson"),
        ),
    ),
    Case("F02", (SEEN, Step(HANDLER, "propose-decline"))),
    Case("F02", (SEEN, Step(HEAD, "offer", {"office": "@office facilities"}))),
    Case("F02", (SEEN, Step(HANDLER, "merge", {"into": "@ticket 2"}))),
    Case("F02", (SEEN, Step(HANDLER, "split", {"category": "B02"}))),
    Case("F02", (*STARTED, Step(HEAD, "wait", {"waiting_for": WHO}))),
    Case("F02", (*SOLVED, Step(COORDINATOR, "reject-fix"))),
    Case("F02", (SEEN, Step(HANDLER, "propose-decline"), Step(COORDINATOR, "confirm-decline"))),
    Case("F02", (*CLOSED, Step(REPORTER, "reopen"))),
    Case("F02", (*STARTED, Step(HEAD, "cannot-solve", {"needed": WHO}))),
    Case("F02", (*STARTED, Step(HEAD, "offer", {"office": "@office facilities"}), Step(FACILITIES, "refuse-offer"))),
    Case("B01", (Step(FACILITIES, "acknowledge"),)),
    Case("B02"),
    Case(
        "D03", (Step(FACILITIES, "acknowledge"), Step(FACILITIES, "record-interim-control"), Step(FACILITIES, "start"))
    ),
    Case("F01", (SEEN, Step(HANDLER, "contain"))),
    Case("S02"),
    Case("N03", (SEEN,)),
    Case("C02", (Step(LEAD, "acknowledge"), Step(LEAD, "propose-lowering", {"category": "S02"}))),
    Case("C03"),
    Case("H01"),
    Case("B06"),
)
