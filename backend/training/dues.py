"""The trainings that are due, of whom and when: by the rules, the posts of now and what was held. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.organisation.roles import Role
from backend.rulebook.training_rules import TrainingRule

Key = tuple[str, UUID | None, UUID | None]
"""The code of a training, and the person or the class that it is asked of."""


@dataclass(frozen=True, slots=True)
class HeldSince:
    """A post that somebody holds: its role, its unit and the code of that, and since which day."""

    person_id: UUID
    role: Role
    unit_id: UUID | None
    unit_code: str
    since: date


@dataclass(frozen=True, slots=True)
class Asked:
    """All of one school that decides what is due, as of one day.

    `classes` are its classes, each with the day since which it is asked; `counts` says how long the last one counts.
    """

    today: date
    posts: Sequence[HeldSince]
    classes: Mapping[UUID, date]
    counts: Mapping[Key, date]

    def heads_of(self, unit_id: UUID) -> list[UUID]:
        """Return those who head a unit, each once."""
        return list(
            dict.fromkeys(one.person_id for one in self.posts if (one.role, one.unit_id) == (Role.OFFICE_HEAD, unit_id))
        )


def dues_wanted(*, rules: Collection[TrainingRule], asked: Asked) -> dict[Key, date]:
    """Return what is due so soon that somebody is told of it, and what is overdue, each with its day."""
    found: dict[Key, date] = {}
    for rule in rules:
        for key, since in _subjects(rule, asked).items():
            due = asked.counts.get(key) or since + rule.first
            if due - rule.told <= asked.today:
                found[key] = due
    return found


def is_asked_of(rule: TrainingRule, *, role: Role, unit_code: str) -> bool:
    """Say whether a training is asked of whoever holds a post."""
    return role in rule.roles and rule.office in {"", unit_code}


def _subjects(rule: TrainingRule, asked: Asked) -> dict[Key, date]:
    """Return whom it is asked of, each with the earliest day since which it is."""
    if rule.each_class:
        return {(rule.code, None, unit_id): since for unit_id, since in asked.classes.items()}
    found: dict[Key, date] = {}
    for post in asked.posts:
        if is_asked_of(rule, role=post.role, unit_code=post.unit_code):
            key = (rule.code, post.person_id, None)
            found[key] = min(post.since, found.get(key, post.since))
    return found
