"""One ticket on its way through a school: who takes the next step, which, and after how long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from tools.prove.simulate.stage import SchoolStage
from tools.prove.simulate.told import TicketTold

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PATIENCE = {
    "P1": (4 * MINUTE, 8 * MINUTE, 3 * HOUR, 8 * HOUR, HOUR),
    "P2": (25 * MINUTE, 80 * MINUTE, 30 * HOUR, 16 * HOUR, 2 * DAY),
    "P3": (5 * HOUR, 16 * HOUR, 4 * DAY, 2 * DAY, 5 * DAY),
    "P4": (DAY, 3 * DAY, 10 * DAY, 3 * DAY, 10 * DAY),
}
"""The mean time people take: to acknowledge, to start, to do something in the work, to verify, in waiting."""
NUMBER_OF_PATIENCE = {"received": 0, "routed": 0, "acknowledged": 1, "in_progress": 2, "resolved": 3, "waiting": 4}
SLOW, SLOWNESS = 0.04, 7
LATEST_REOPENING = timedelta(days=7)
RECOMMENDED = {
    "accept-recommendation": 1.5,
    "refuse-recommendation": 0.8,
    "withdraw-recommendation": 0.5,
    "carry-out-recommendation": 0.8,
}
TELLING = {"add-affected": 0.3, "inform-affected": 1.5, "waive-affected": 0.5, "follow-adoption": 1}
"""Open as long as a ticket is not over."""
ANSWERS = {
    "answer-order": 3,
    "withdraw-order": 0.7,
    "accept-offer": 2.5,
    "refuse-offer": 2,
    "withdraw-offer": 0.4,
    "answer-question": 2,
    "withdraw-question": 0.5,
    **RECOMMENDED,
    **TELLING,
}
ORDERS = {
    "order": 0.4,
    "answer-order": 3,
    "withdraw-order": 0.7,
    "change-promise": 1,
    "decide": 2,
    "ask-question": 0.4,
    "answer-question": 2,
    "withdraw-question": 0.5,
    "recommend": 0.3,
    **RECOMMENDED,
    **TELLING,
}
HANDING = {
    "offer": 0.8,
    "accept-offer": 2.5,
    "refuse-offer": 2,
    "withdraw-offer": 0.4,
    "assign-office": 0.15,
    "ask-subtask": 0.7,
    "take-subtask": 0.7,
    "complete-subtask": 2.5,
    "refuse-subtask": 1,
    "waive-subtask": 1,
    "withdraw-subtask": 0.4,
}
"""Asked of an office alone, which a confidential case never is."""
WORK_ASKED = {"adopt": 0.3, "split": 0.1, "promise": 0.7, "cannot-solve": 0.3, "next-step": 0.8, "finish-step": 1.5}
STEPS: dict[str, dict[str, float]] = {
    "received": {"acknowledge": 8, "withdraw": 0.3, "reclassify": 0.5, "propose-decline": 0.5, "merge": 0.4, **ORDERS},
    "routed": {
        "fix-at-once": 0.4,
        "acknowledge": 8,
        "withdraw": 0.3,
        "reclassify": 0.5,
        "propose-decline": 0.5,
        "merge": 0.6,
        "adopt": 0.2,
        "split": 0.2,
        **ORDERS,
        **HANDING,
    },
    "acknowledged": {
        "fix-at-once": 0.4,
        "start": 7,
        "progress": 1,
        "reclassify": 0.5,
        "contain": 1,
        "propose-decline": 0.2,
        "merge": 0.3,
        **ORDERS,
        **HANDING,
        **WORK_ASKED,
    },
    "in_progress": {
        "resolve": 6,
        "progress": 1.5,
        "wait": 2.5,
        "reclassify": 0.4,
        "contain": 1,
        "propose-decline": 0.1,
        "merge": 0.2,
        **ORDERS,
        **HANDING,
        **WORK_ASKED,
    },
    "waiting": {
        "resume": 5,
        "progress": 1,
        "resolve": 1,
        "reclassify": 0.5,
        "merge": 0.2,
        **ORDERS,
        **HANDING,
        **WORK_ASKED,
    },
    "resolved": {"verify": 6, "confirm": 2, "reject-fix": 1.5, "reclassify": 0.3, "decide": 2, **ANSWERS},
    "closed": {"": 10, "review-cause": 4, "carry-out-recommendation": 3, "reopen": 1, "confirm": 2, "reclassify": 0.1},
    "declined": {"": 2, "contest-decline": 1},
    "merged": {"": 2, "unmerge": 1},
}
"""The steps that may come next in each state, with their weights; "" is the end of the story."""
OF_PART = {
    "answer-order": "order",
    "withdraw-order": "order",
    "accept-offer": "offer",
    "refuse-offer": "offer",
    "withdraw-offer": "offer",
    "change-promise": "promise",
    "decide": "decision",
    "finish-step": "step",
    "take-subtask": "subtask",
    "complete-subtask": "subtask",
    "refuse-subtask": "subtask",
    "withdraw-subtask": "subtask",
    "answer-question": "question",
    "withdraw-question": "question",
    "review-cause": "review",
    "follow-adoption": "adoption",
    "accept-recommendation": "recommendation",
    "refuse-recommendation": "recommendation",
    "carry-out-recommendation": "improvement",
}
"""The steps that need something that is asked, and of which kind."""


@dataclass
class Case:
    """A ticket, its school, and what the people in it remember."""

    stage: SchoolStage
    told: TicketTold
    reporter: Actor
    owner_id: UUID
    is_sealed: bool
    pace: float
    is_made_safe: bool = False
    is_declining: bool = False
    workers: set[Actor] = field(default_factory=set)

    @property
    def worker(self) -> Actor:
        """Who works on it."""
        return self.stage.protection_lead if self.is_sealed else self.stage.heads[self.owner_id]

    def is_own(self, actor: Actor) -> bool:
        """Say whether what somebody does is the owner's own act: of whoever has it in hand, else of its office."""
        if self.told.assignee is not None:
            return actor.person_id == self.told.assignee
        if self.is_sealed:
            return actor.holds(Role.PROTECTION_LEAD)
        return self.owner_id in actor.units(Role.HANDLER, Role.OFFICE_HEAD)

    @property
    def judge(self) -> Actor:
        """Who verifies it: somebody who did not work on it."""
        coordinator = self.stage.coordinator
        return self.stage.principal if self.is_sealed or coordinator in self.workers else coordinator

    def next_action(self, random: Random) -> str:
        """Draw what comes next; what is urgent is made safe before work starts."""
        told = self.told
        if self.is_declining:
            return random.choice(("confirm-decline", "refuse-decline"))
        weights = {action: weight for action, weight in STEPS[told.state].items() if self._is_open(action)}
        action = random.choices(list(weights), list(weights.values()))[0]
        if action == "start" and self._has_to_be_made_safe():
            return "record-interim-control"
        return action

    def next_pause(self, random: Random, now: datetime) -> timedelta:
        """Draw how long it takes until then; what is over is taken up again in time or not at all."""
        told = self.told
        over_since = told.closed_at or told.declined_at or told.merged_at
        if over_since is not None:
            left = over_since + LATEST_REOPENING - now
            return timedelta(seconds=random.randrange(int(left.total_seconds()) + 1))
        mean = PATIENCE[told.severity][NUMBER_OF_PATIENCE[told.state]] * self.pace
        return timedelta(seconds=1 + int(random.expovariate(1 / mean.total_seconds())))

    def can(self, action: str) -> bool:
        """Say whether a step that was planned earlier can still be taken."""
        if action in {"confirm-decline", "refuse-decline"}:
            return self.is_declining
        if action == "start" and self._has_to_be_made_safe():
            return False  # it was routed late, came back, and is more urgent than when this was planned
        steps = STEPS[self.told.state]
        if action == "record-interim-control":
            return "start" in steps
        return action in steps and self._is_open(action) and not (action == "propose-decline" and self.is_declining)

    def actor_for(self, action: str) -> Actor:
        """Return who takes a step."""
        if action in {"withdraw", "contest-decline", "confirm"}:
            return self.reporter
        if action in {"verify", "reject-fix", "reopen"}:
            return self.judge
        if action in {"confirm-decline", "refuse-decline", "reclassify", "decide", "unmerge"}:
            return self.stage.principal
        return self.worker

    def _has_to_be_made_safe(self) -> bool:
        return self.told.severity in {"P1", "P2"} and not self.is_made_safe

    def _is_open(self, action: str) -> bool:
        told = self.told
        if action in OF_PART and not told.open_parts(OF_PART[action]):
            return False
        if self.is_sealed and action in {*HANDING, "confirm"}:
            return False
        return {
            "fix-at-once": told.is_hazard and told.severity != "P1",
            "contain": told.severity == "P1" and not told.is_contained,
            "confirm": bool(told.resolved_at and not told.confirmed_at and self.reporter not in self.workers),
            "reopen": told.resolved_at is not None,
            "withdraw": not self.is_sealed,
            "waive-subtask": bool(told.unsettled()),
            "withdraw-recommendation": bool(told.recommended()),
            "inform-affected": told.untold > 0,
            "waive-affected": told.untold > 0,
            "wait": told.severity != "P1",
        }.get(action, True)
