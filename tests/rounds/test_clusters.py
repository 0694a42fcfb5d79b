"""Clusters of illness in the counts of classes open one ticket each; the rule against one that counts case by case."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.rounds.clustering import Counted, clusters_in
from backend.rounds.models import Round, RoundCluster
from backend.rounds.services.clusters import clusters_open
from backend.rounds.tasks import look_for_clusters
from backend.rulebook.round_rules import ClusterRule, ClusterScope
from backend.rulebook.validation import rulebook_errors
from backend.workflow.models import Ticket
from tests.rounds.conftest import at
from tests.rounds.test_answering import say
from tests.rounds.test_morning_check import body, round_of_class, teachers
from tests.rounds.test_plans import changed
from tests.rounds.test_round_pages import browser_of
from tests.world import World

FIRST = date(2026, 3, 2)
Case = tuple[str, UUID, UUID | None, date]


Found = tuple[str, str, UUID | None, date, int]


def expected(rules: Sequence[ClusterRule], cases: Sequence[Case], days: int) -> list[Found]:
    """Go through days, rules, lines and groups one case at a time; a case that was part of a cluster is used up."""
    found: list[Found] = []
    used: set[tuple[str, int]] = set()
    groups: Mapping[ClusterScope, Callable[[Case], object]] = {
        ClusterScope.CLASS: lambda case: case[1],
        ClusterScope.GRADE: lambda case: case[2],
        ClusterScope.SCHOOL: lambda _case: "school",
    }
    for number in range(days):
        day = FIRST + timedelta(days=number)
        for rule in rules:
            for line in rule.lines:
                for group in {groups[rule.within](case) for case in cases} - {None}:
                    of_group = [
                        index
                        for index, case in enumerate(cases)
                        if case[0] == line
                        and groups[rule.within](case) == group
                        and case[3] in {day - timedelta(days=back) for back in range(rule.days)}
                        and (rule.code, index) not in used
                    ]
                    if len(of_group) >= rule.cases:
                        used |= {(rule.code, index) for index in of_group}
                        found.append((rule.code, line, group if isinstance(group, UUID) else None, day, len(of_group)))
    return found


def test_the_rule_finds_what_counting_case_by_case_finds() -> None:
    for seed in range(60):
        _compare(Random(seed))  # noqa: S311 - the same worlds again


def _compare(random: Random) -> None:
    grades = [uuid4(), uuid4(), None]
    classes = {uuid4(): random.choice(grades) for _ in range(random.randint(1, 6))}
    rules = [
        ClusterRule(
            f"R{number}",
            tuple(random.sample(("fever", "rash", "vomiting"), random.randint(1, 3))),
            random.choice(list(ClusterScope)),
            random.randint(2, 6),
            random.randint(1, 7),
            "H02",
        )
        for number in range(4)
    ]
    counted = [
        Counted(one, grade, FIRST + timedelta(days=day), _values(random))
        for one, grade in classes.items()
        for day in range(9)
        if random.random() < 0.7
    ]
    cases = [
        (line, row.class_id, row.grade_id, row.day)
        for row in counted
        for line, count in row.values.items()
        for _ in range(count)
    ]
    days = [FIRST + timedelta(days=number) for number in range(9)]
    found = [(*one.key, one.day, one.cases) for one in clusters_in(rules=rules, counted=counted, days=days, known={})]
    assert sorted(found, key=str) == sorted(expected(rules, cases, 9), key=str)


def _values(random: Random) -> Mapping[str, int]:
    return {line: max(0, random.randint(-3, 3)) for line in ("fever", "rash", "vomiting")}


def test_three_of_a_class_on_a_day_open_one_urgent_ticket_of_the_health_room(live_world: World) -> None:
    first, second = teachers(live_world, "3-1", "3-2")
    rows = {code: round_of_class(live_world, code) for code in ("3-1", "3-2")}
    assert say(second.client, rows["3-2"], body(fever=2, vomiting=2)).status_code == 200
    assert say(first.client, rows["3-1"], body(fever=2)).status_code == 200
    look_for_clusters()
    assert not RoundCluster.objects.exists()
    for fever in (3, 4):
        assert say(first.client, rows["3-1"], body(fever=fever), how="correct").status_code == 200
        look_for_clusters()
        cluster = RoundCluster.objects.get()
    assert (cluster.rule, cluster.line, cluster.unit, cluster.cases) == (
        "CLASS_ON_A_DAY",
        "fever",
        live_world.home.units["3-1"],
        3,
    )
    ticket = Ticket.objects.get()
    assert (ticket.category, ticket.severity, ticket.reporter) == ("H02", "P1", None)
    assert ticket.next_due_at is not None
    assert "3-1班，新发热（37.3℃及以上）" in ticket.description
    assert "Class 3-1, New cases of fever (37.3 °C or more): 3 on" in ticket.description
    for _time in range(2):
        clusters_open(school_id=live_world.school.id, since=rows["3-1"].day, now=at(live_world, "10:00"))
    assert Ticket.objects.count() == 1
    shown = live_world.dan.client.get(f"tickets/{ticket.id}")
    assert shown.status_code == 200, shown.data
    page = browser_of(live_world.dan).get(reverse("portal:ticket_detail", args=[ticket.id])).content.decode()
    assert "The system filed the report." in page
    assert first.client.get(f"tickets/{ticket.id}").status_code == 404
    assert Round.objects.filter(id=rows["3-1"].id, answer_count=3).exists()


def test_the_words_of_the_rules_are_read_once_for_all_clusters(live_world: World) -> None:
    (first,) = teachers(live_world, "3-1")
    row = round_of_class(live_world, "3-1")
    assert say(first.client, row, body(fever=3, vomiting=4, rash=5)).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        look_for_clusters()
    assert RoundCluster.objects.count() > 2
    in_use = [query for query in asked if 'FROM "rulebook_schoolrulebook"' in query["sql"]]
    assert len(in_use) == 1, in_use


@pytest.mark.parametrize(
    ("change", "expected_words"),
    [
        ({"lines": ["due-not"]}, "no class is asked for the number due-not"),
        ({"category": "Z99"}, "name the category that a cluster is reported under"),
        ({"cases": 1}, "less than the minimum of 2"),
    ],
)
def test_a_cluster_rule_that_makes_no_sense_is_refused(change: dict[str, object], expected_words: str) -> None:
    rule = {"lines": ["fever"], "within": "class", "cases": 3, "days": 1, "category": "H02", **change}
    errors = rulebook_errors(changed(("rounds", "clusters", "CLASS_ON_A_DAY"), rule))
    assert any(expected_words in error for error in errors), errors
