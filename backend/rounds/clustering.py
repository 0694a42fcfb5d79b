"""Clusters of illness in the counts of classes, by the rules of a rulebook. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from backend.rulebook.round_rules import ClusterRule, ClusterScope

Group = UUID | None
"""The class or grade over which cases are counted; None for the whole school."""
Key = tuple[str, str, Group]
"""A rule, a line, and a group."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of one class on one day."""

    class_id: UUID
    grade_id: UUID | None
    day: date
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cluster:
    """So many cases of one line in one group within the days of a rule, the last of which is `day`."""

    rule: ClusterRule
    line: str
    group: Group
    day: date
    cases: int

    @property
    def key(self) -> Key:
        """What it is a cluster of; no case belongs to two clusters of one key."""
        return self.rule.code, self.line, self.group


def clusters_in(
    *, rules: Iterable[ClusterRule], counted: Sequence[Counted], days: Sequence[date], known: Mapping[Key, date]
) -> Iterator[Cluster]:
    """Yield the clusters that end on one of the days, the earliest first.

    `known` has for each key the last day of its latest cluster, whose cases are not counted again.
    """
    latest = dict(known)
    rules = list(rules)
    for day in sorted(days):
        for rule in rules:
            for cluster in _ending_on(day, rule, counted, latest):
                latest[cluster.key] = day
                yield cluster


def _ending_on(
    day: date, rule: ClusterRule, counted: Sequence[Counted], latest: Mapping[Key, date]
) -> Iterator[Cluster]:
    first = day - timedelta(days=rule.days - 1)
    sums: Counter[tuple[str, Group]] = Counter()
    for row in counted:
        group, is_grouped = _group(rule, row)
        if is_grouped and first <= row.day <= day:
            for line in rule.lines:
                if row.day > latest.get((rule.code, line, group), date.min):
                    sums[line, group] += row.values.get(line, 0)
    for (line, group), cases in sums.items():
        if cases >= rule.cases:
            yield Cluster(rule, line, group, day, cases)


def _group(rule: ClusterRule, row: Counted) -> tuple[Group, bool]:
    """Return over which group a class counts, and whether it counts at all: not by grade where it has none."""
    if rule.within is ClusterScope.SCHOOL:
        return None, True
    group = row.class_id if rule.within is ClusterScope.CLASS else row.grade_id
    return group, group is not None
