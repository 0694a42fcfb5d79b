"""Silence is missing: reminders, the ladder, messages in both languages, outages, and what the auditor proves."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from backend.common.outbox import outbox_consume
from backend.deadlines.services import fire_due
from backend.notifications.models import Notice
from backend.notifications.rendering import rings_of, words_of
from backend.notifications.ringing import Group
from backend.notifications.services.round_news import round_news_create
from backend.organisation.models import Appointment, Unit
from backend.rounds.models import Round, RoundAnswer, RoundState
from backend.rounds.services.making import rounds_make
from tests.browser import SignIn
from tests.roles import as_owner
from tests.rounds.conftest import at, opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.world import World

OF_THE_SCHOOL = "The school's report"


def told(now: datetime, *, of_the_school: bool = False) -> dict[str, list[Notice]]:
    """Let the deadlines due by an instant fire; return the notices of our own school by the name of who is told.

    Those about its own report, or those about offices and classes.
    """
    before = set(Notice.objects.values_list("id", flat=True))
    fire_due(now=now)
    outbox_consume(topic="round.unanswered", handle=round_news_create, now=now)
    found: dict[str, list[Notice]] = {}
    fresh = Notice.objects.exclude(id__in=before).exclude(person__staff_number="mallory")
    for notice in fresh.select_related("person__user").order_by("created_at", "id"):
        if (notice.params["plan"]["en"] == OF_THE_SCHOOL) is not of_the_school:
            continue
        found.setdefault(notice.person.staff_number, []).append(notice)
    return found


def offices(notice: Notice) -> set[str]:
    """Return the English names of the offices a notice is about."""
    return {office["en"] for office in notice.params["offices"]}


def test_a_missing_report_climbs_and_everybody_hears_once_however_many_are_missing(live_world: World) -> None:
    row = opened(live_world)
    due = told(at(live_world, "17:30"))
    assert {name: [notice.params["what"] for notice in notices] for name, notices in due.items()} == {
        name: ["due"] for name in ("bob", "carol", "cleo", "vera")
    }
    assert say(live_world.carol.client, round_of(live_world, "facilities"), WELL).status_code == 200
    missed = told(at(live_world, "18:00"))
    assert {name: len(notices) for name, notices in missed.items()} == {"bob": 1, "cleo": 1, "vera": 1}
    assert offices(missed["bob"][0]) == {"Security office"}
    assert offices(missed["vera"][0]) == {unit.name_en for unit in live_world.home.units.values()} - {
        "Facilities office"
    }
    assert say(live_world.bob.client, row, WELL).status_code == 200
    assert set(told(at(live_world, "19:00"))) == {"vera"}
    (of_principal,) = told(at(live_world, "21:00"))["dan"]
    assert "Security office" not in offices(of_principal)
    assert "olga" in told(at(live_world, "18:00", days=2))
    assert round_of(live_world, "health-room").state == RoundState.MISSED


def test_the_words_name_what_still_waits_in_both_languages_and_nothing_that_was_answered(live_world: World) -> None:
    row = opened(live_world)
    (notice,) = told(at(live_world, "18:00"))["bob"]
    facts = words_of(notices=[notice])[notice.id]
    with translation.override("en"):
        assert facts().sentence.startswith("Daily report missing since ")
        assert "Security office" in facts().sentence
    with translation.override("zh-hans"):
        assert facts().sentence.startswith("每日报告漏报")
        assert "保卫处" in facts().sentence
        assert "18:00" in facts().sentence
    ring = rings_of(notices=[notice])[notice.id]
    assert (ring.group, ring.school_id) == (Group.ESCALATION, live_world.school.id)
    shown = live_world.bob.client.get("notices").data["items"][0]
    assert "Security office" in shown["text"]
    held = Appointment.objects.filter(person=live_world.bob.person)
    held.update(ends_at=live_world.now)
    assert words_of(notices=[notice]) == {}, "its office is another's by now"
    held.update(ends_at=None)
    assert words_of(notices=[notice]) != {}
    say(live_world.bob.client, row, WELL)
    assert words_of(notices=[notice]) == {}


def test_an_officer_reads_of_which_school_it_is(live_world: World) -> None:
    opened(live_world)
    notices = told(at(live_world, "18:00", days=2))["olga"]
    words = words_of(notices=notices)
    assert {words[notice.id]().school for notice in notices} == {"Qinghe School", "Nanshan School"}


def test_after_an_outage_everybody_hears_once_and_the_times_are_those_it_should_have_had(live_world: World) -> None:
    rounds_make(now=at(live_world, "08:00"))
    heard = told(at(live_world, "11:00", days=2))
    assert [notice.params["what"] for notice in heard["bob"]] == ["missed"]
    assert {"vera", "dan"} <= set(heard)
    row = round_of(live_world)
    assert (row.state, row.opened_at) == (RoundState.MISSED, at(live_world, "11:00", days=2))
    late = say(live_world.bob.client, row, WELL)
    assert late.status_code == 200
    call_command("deadlines_audit")
    call_command("rounds_audit")


def test_a_hundred_missing_rounds_cost_as_many_statements_as_six(
    live_world: World, django_assert_max_num_queries: type
) -> None:
    Unit.objects.bulk_create(
        Unit(school=live_world.school, kind=Unit.Kind.OFFICE, code=f"o{n}", name_zh=f"{n}处", name_en=f"Office {n}")
        for n in range(100)
    )
    opened(live_world)
    with django_assert_max_num_queries(16):
        fire_due(now=at(live_world, "18:00"))
    assert Round.objects.filter(state=RoundState.MISSED).count() >= 106


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"said": "to_report"}, "A round says what its latest answer says"),
        ({"answer_count": 2}, "A round says what its latest answer says"),
        ({"state": "excused", "said": "", "answered_at": None, "answer_count": 0}, "A round is excused by exactly"),
        ({"state": "missed", "said": "", "answered_at": None, "answer_count": 0}, "climbed its ladder"),
    ],
)
def test_the_auditor_finds_what_is_wrong(live_world: World, change: dict[str, object], sentence: str) -> None:
    row = opened(live_world)
    say(live_world.bob.client, row, WELL)
    call_command("rounds_audit", stdout=StringIO())
    Round.objects.filter(id=row.id).update(**change)
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("rounds_audit", stdout=said)
    (broken,) = [line for line in said.getvalue().splitlines() if line.startswith("BROKEN") and sentence in line]
    assert broken
    with as_owner():
        assert RoundAnswer.objects.filter(round=row).exists()
    assert row.late_at - row.due_at == timedelta(minutes=30)


def test_today_says_how_many_were_missed(live_world: World, signed_in: SignIn) -> None:
    """The board of the day had a link to the rounds, and no number."""
    missed = 'rounds"><b>{}</b><span>Rounds missed today</span>'
    assert missed.format(0) in signed_in(live_world.dan).get("/today").content.decode()
    begun = [opened(live_world, office).id for office in ("security", "facilities")]
    today = at(live_world, "12:00", days=0).date()
    hour_ago = live_world.now - timedelta(hours=1)
    with as_owner():
        Round.objects.filter(id__in=begun).update(day=today, opens_at=hour_ago, state=RoundState.MISSED)
    assert missed.format(2) in signed_in(live_world.dan).get("/today").content.decode()
    assert missed.format(0) in signed_in(live_world.mallory).get("/today").content.decode()
