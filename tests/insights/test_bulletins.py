"""The weekly bulletin: counted from a week that is over, approved in the words that were read, open to everybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.models import IdempotencyRecord
from backend.insights.models import Bulletin, BulletinDraft
from backend.notifications.models import Delivery, Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.tasks import tell_bulletins
from backend.rounds.models import Round, RoundState
from backend.rounds.selectors.in_time import rounds_in_time
from backend.rulebook.models import SchoolRulebook
from backend.workflow.models import Cause, CauseReview, Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.common.conftest import wait_for
from tests.deadlines.conftest import other_connection
from tests.insights.conftest import counted, filed
from tests.notifications.hands import channel_for
from tests.patience import PATIENCE
from tests.portal.papers import paper_of, texts_of
from tests.roles import as_owner
from tests.workflow.steps import STRICT, ticket_in
from tests.workflow.test_two_at_once import somebody_waits_for_us
from tests.world import World

LESSON = "A wet floor is closed off first."


def last_week(world: World) -> date:
    """Return the Monday of the last week that is over at the school."""
    today = world.now.astimezone(ZoneInfo(world.school.time_zone)).date()
    return today - timedelta(days=today.weekday() + 7)


def ago(world: World, *, days: int = 2) -> timedelta:
    """Return how long ago it was noon on a day of the last week."""
    noon = datetime.combine(last_week(world) + timedelta(days=days), time(12), ZoneInfo(world.school.time_zone))
    return database_now() - noon


def lesson_of(world: World, ticket: Ticket, *, days: int) -> CauseReview:
    """Publish a lesson on a day of the last week, or of another one."""
    at = database_now() - ago(world, days=days)
    by = {"reviewed_by": world.bob.person, "reviewed_at": at, "approved_by": world.dan.person, "approved_at": at}
    said = {"why": "Rain.", "corrective": "Mopped.", "preventive": "Mats.", "lesson": LESSON}
    return CauseReview.objects.create(ticket=ticket, cause=Cause.TRAINING, **by, **said)


def prepared(world: World, who: str = "cleo", **changes: Any) -> Response:
    """Prepare the bulletin of the last week."""
    body = {"week": last_week(world).isoformat(), "words": "Thank you all.", **changes}
    return world.members[who].client.post("bulletins/drafts", body)


def published(world: World, draft: Response, *, revision: int | None = None, who: str = "dan") -> Response:
    """Approve a draft in a revision."""
    body = {"revision": revision or draft.data["revision"]}
    return world.members[who].client.post(f"bulletins/drafts/{draft.data['id']}/publish", body)


def round_of_week(world: World, office: str, *, answered: timedelta | None) -> None:
    """Keep a round of the last week's Monday, answered so long after its end, or missed."""
    due = database_now() - ago(world, days=0)
    at = {"opens_at": due - timedelta(hours=1), "opened_at": due - timedelta(hours=1), "due_at": due, "late_at": due}
    state = RoundState.MISSED if answered is None else RoundState.ANSWERED
    said = {} if answered is None else {"said": "all_well", "answered_at": due + answered, "answer_count": 1}
    Round.objects.create(
        school=world.school,
        rulebook_id=SchoolRulebook.objects.get(school=world.school).version_id,
        plan="daily",
        unit=world.home.units[office],
        day=last_week(world),
        state=state,
        **at,
        **said,
    )


@pytest.fixture
def week(world: World) -> World:
    """A week with two open reports, one that concerns somebody, a confidential one, three rounds and two lessons."""
    first = filed(world, ago=ago(world))
    filed(world, ago=ago(world, days=3))
    filed(world, ago=ago(world), concerned=world.alice)
    filed(world, STRICT, ago=ago(world))
    filed(world, ago=ago(world, days=-1))
    for office, answered in (("security", -1), ("facilities", 1), ("health-room", None)):
        round_of_week(world, office, answered=None if answered is None else timedelta(minutes=answered))
    lesson_of(world, first, days=4)
    lesson_of(world, Ticket.objects.get(id=ticket_in(world, State.CLOSED)), days=7)
    counted()
    return world


def test_it_is_counted_approved_as_it_was_read_and_never_changes(week: World) -> None:
    world = week
    with CaptureQueriesContext(connection) as captured:
        draft = prepared(world)
    assert (draft.status_code, len(captured) <= 30) == (201, True), len(captured)
    numbers = draft.data["numbers"]
    assert {name: numbers[name] for name in ("filed", "hazards", "open")} == {"filed": 2, "hazards": 2, "open": 2}
    assert [(part["name_en"], part["filed"]) for part in numbers["parts"]] == [("Security office", 2)]
    expected = {"asked": 3, "in_time": 1, "late": 1, "unanswered": 1, "excused": 0}
    assert numbers["rounds"] == expected
    assert (numbers["confidential"]["count"], numbers["promises"]["kept"]) == (None, None)
    assert [lesson["lesson"] for lesson in draft.data["lessons"]] == [LESSON]
    named = {person.name for person in (world.alice.person, world.bob.person, world.carol.person)}
    assert not any(name in str(numbers) for name in named), "units, never persons"
    assert published(world, draft, who="cleo").data["code"] == "not_bulletin_publisher"
    again = prepared(world, "vera", words="Thank you, all of you.")
    assert (again.data["id"], again.data["revision"]) == (draft.data["id"], 2)
    unread = published(world, draft)
    assert (unread.status_code, unread.data["code"]) == (409, "bulletin_changed")
    bulletin = published(world, again)
    assert (bulletin.status_code, bulletin.data["words"]) == (201, "Thank you, all of you.")
    assert published(world, again).data["code"] == "bulletin_changed"
    here = f"bulletins/{bulletin.data['id']}"
    assert world.alice.client.get(here).data["numbers"] == numbers
    assert world.mallory.client.get(here).status_code == 404
    assert world.mallory.client.get("bulletins").data["items"] == []
    assert "Security office" in " ".join(texts_of(paper_of(world.alice.client.get(f"{here}/paper"))))
    with pytest.raises(ProgrammingError), transaction.atomic():
        Bulletin.objects.update(words="Other words.")
    with pytest.raises(ProgrammingError), transaction.atomic():
        call_command("bulletin_erase", bulletin=UUID(bulletin.data["id"]), stdout=StringIO())
    with as_owner():
        call_command("bulletin_erase", bulletin=UUID(bulletin.data["id"]), stdout=StringIO())
    erased = world.alice.client.get(here).data
    assert (erased["words"], erased["numbers"], erased["erased_at"] is None) == ("", numbers, False)


def test_who_prepares_which_week_and_a_correction_says_what_was_wrong(week: World) -> None:
    world = week
    for who, code in (("bob", "not_bulletin_preparer"), ("alice", "not_bulletin_preparer")):
        assert prepared(world, who).data["code"] == code
        assert world.members[who].client.get("bulletins/drafts").data["code"] == code
    for days in (1, 7, -371):
        refused = prepared(world, week=(last_week(world) + timedelta(days=days)).isoformat())
        assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, "/week"), days
    draft = prepared(world)
    assert world.olga.client.get("bulletins/drafts").status_code == 403
    tell_bulletins()
    asked = list(Notice.objects.filter(kind="bulletin.told").values_list("person__name", flat=True))
    assert asked == ["Dan"]
    ask = Notice.objects.get(kind="bulletin.told")
    assert news_standing(notices=[ask], now=database_now()) == [ask]
    ask.person = world.cleo.person
    assert news_standing(notices=[ask], now=database_now()) == [], "whoever publishes it no more is asked nothing"
    first = published(world, draft)
    tell_bulletins()
    told = Notice.objects.filter(kind="bulletin.told", params__version=1)
    names = set(told.values_list("person__name", flat=True))
    assert {"Alice", "Bob", "Cleo", "Vera"} <= names
    assert names.isdisjoint({"Dan", "Mallory", "Olga"})
    unexplained = prepared(world)
    assert (unexplained.data["code"], unexplained.data["errors"][0]["pointer"]) == ("correction_unexplained", "/reason")
    with as_owner():
        CauseReview.objects.update(lesson="")
    second = published(world, prepared(world, reason="One lesson was told too early."))
    rows = world.alice.client.get("bulletins").data["items"]
    assert [(row["version"], row["reason"]) for row in rows] == [(2, "One lesson was told too early."), (1, "")]
    assert world.alice.client.get(f"bulletins/{first.data['id']}").data["lessons"] == [], "erased words are gone here"
    tell_bulletins()
    news = list(Notice.objects.filter(kind="bulletin.told"))
    standing = news_standing(notices=news, now=database_now())
    assert {row.params.get("bulletin") for row in news} == {None, first.data["id"], second.data["id"]}
    assert {row.params.get("bulletin") for row in standing} == {second.data["id"]}


def test_on_the_pages_it_is_prepared_approved_and_read(week: World, signed_in: SignIn) -> None:
    world = week
    cleo, dan, alice = (signed_in(member) for member in (world.cleo, world.dan, world.alice))
    day = last_week(world) + timedelta(days=3)
    done = cleo.post("/bulletins/count", {"week": day.isoformat(), "words": "Mind the floors."}, follow=True)
    shown = done.content.decode()
    assert ("Mind the floors." in shown, "Approve and publish" in shown) == (True, False)
    assert alice.post("/bulletins/count", {"week": day.isoformat()}).status_code == 403
    assert "Mind the floors." not in alice.get("/bulletins").content.decode()
    page = dan.get("/bulletins").content.decode()
    draft = page.split("/bulletins/drafts/")[1].split("/")[0]
    behind = dan.post(f"/bulletins/drafts/{draft}/approve", {"revision": 7})
    assert (behind.status_code, "changed or published meanwhile" in behind.content.decode()) == (409, True)
    read = dan.post(f"/bulletins/drafts/{draft}/approve", {"revision": 1}, follow=True).content.decode()
    assert "Rounds answered in time" in read
    tell_bulletins()
    assert '<a href="/bulletins">The bulletin of the week from' in alice.get("/notices").content.decode()
    row = Bulletin.objects.get()
    assert LESSON in alice.get(f"/bulletins/{row.id}").content.decode()
    assert alice.get(f"/bulletins/{row.id}/paper.pdf")["Content-Type"] == "application/pdf"
    assert signed_in(world.mallory).get(f"/bulletins/{row.id}").status_code == 404
    again = cleo.get(f"/bulletins?week={row.week:%Y-%m-%d}").content.decode()
    assert f'value="{row.week:%Y-%m-%d}"' in again
    assert "Mind the floors.</textarea>" in again, "a correction begins with what was published"
    counted_again = {"week": day.isoformat(), "reason": "A number was wrong."}
    approver = dan.post("/bulletins/count", counted_again, follow=True).content.decode()
    assert ("then approve it" in approver, "The principal reads" in approver) == (True, False)
    unexplained = cleo.post("/bulletins/count", {"week": day.isoformat()})
    assert (unexplained.status_code, "what was wrong" in unexplained.content.decode()) == (400, True)


def test_drafts_of_more_weeks_cost_no_statement_more(week: World) -> None:
    """Each draft that has lessons asked for them by itself."""
    world, costs = week, []
    for days in (7, 14):
        assert prepared(world, week=(last_week(world) - timedelta(days=days - 7)).isoformat()).status_code == 201
        BulletinDraft.objects.update(lessons=list(CauseReview.objects.values_list("id", flat=True)))
        with CaptureQueriesContext(connection) as captured:
            drafts = world.dan.client.get("bulletins/drafts").data
        costs.append((len(drafts), len(captured)))
    assert [len(draft["lessons"]) for draft in drafts] == [2, 2]
    assert costs == [(1, costs[0][1]), (2, costs[0][1])]


def test_what_is_erased_is_sent_to_nobody_again_and_approved_by_nobody_unread(week: World) -> None:
    """The answer to a repeated request told it again; a waiting correction was published without words or reason."""
    world, key = week, "approved-once"
    draft = prepared(world)
    there = f"bulletins/drafts/{draft.data['id']}/publish"
    first = world.dan.client.post(there, {"revision": 1}, key=key)
    correction = prepared(world, words="Thank you once more.", reason="A name stood there.")
    with as_owner():
        call_command("bulletin_erase", bulletin=UUID(first.data["id"]), stdout=StringIO())
    again = world.dan.client.post(there, {"revision": 1}, key=key)
    assert (again.status_code, again.content) == (201, b"")
    assert not IdempotencyRecord.objects.filter(body__contains="Thank you").exists()
    assert published(world, correction).data["code"] == "bulletin_changed"
    anew = prepared(world, words="Thank you.", reason="A name stood there.")
    assert published(world, anew).data["version"] == 2


def test_the_words_of_a_draft_that_nobody_published_are_erased(week: World) -> None:
    """A name in a draft stood in the database, and in the answer to a repeated request, until it was published."""
    body = {"week": last_week(week).isoformat(), "words": "Little Li fell."}
    draft = week.members["cleo"].client.post("bulletins/drafts", body, key="drafted-once")
    with as_owner():
        call_command("bulletin_erase", draft=draft.data["id"], stdout=StringIO())
    row = BulletinDraft.objects.get()
    assert (row.words, row.is_open) == ("", False)
    assert not IdempotencyRecord.objects.filter(body__contains="Little Li").exists()
    assert published(week, draft).data["code"] == "bulletin_changed"
    with as_owner(), pytest.raises(CommandError, match="no such bulletin"):
        call_command("bulletin_erase", draft=str(uuid4()))


def test_a_bulletin_rings_by_one_channel_of_each_reader(week: World) -> None:
    """It can be read tomorrow as well: whoever has a robot and a mailbox was rung for it twice."""
    channel_for(week.bob, "webhook", "https://hooks.example/bob", database_now())
    draft = prepared(week)
    assert published(week, draft).status_code == 201
    tell_bulletins()
    rows = Delivery.objects.filter(notice__person=week.bob.person, notice__kind="bulletin.told").order_by(
        "channel_kind"
    )
    assert list(rows.values_list("channel_kind", "status")) == [("email", "waiting"), ("webhook", "skipped")]


def test_the_last_night_of_a_week_counts_once_its_time_is_over(week: World) -> None:
    """Counted on Monday at ten past midnight, a patrol that was due by one was one that nobody had answered."""
    world, zone = week, ZoneInfo(week.school.time_zone)
    monday = datetime.combine(last_week(world) + timedelta(days=7), time(), zone)
    round_of_week(world, "student-affairs", answered=None)
    night = {"opens_at": monday, "due_at": monday + timedelta(minutes=45), "late_at": monday + timedelta(hours=1)}
    with as_owner():
        Round.objects.filter(unit=world.home.units["student-affairs"]).update(**night, state=RoundState.OPEN)
    counts = [
        rounds_in_time(
            school_id=world.school.id, first=last_week(world), last=monday.date() - timedelta(days=1), now=now
        )
        for now in (monday + timedelta(minutes=10), monday + timedelta(hours=2))
    ]
    assert [(one.asked, one.unanswered) for one in counts] == [(3, 1), (4, 2)]


def test_counted_anew_while_it_is_published_it_is_a_correction_and_says_what_was_wrong(committed_world: World) -> None:
    """The other waits for the draft, finds it published, and would have been a second version without a reason."""
    draft = prepared(committed_world)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert published(committed_world, draft).status_code == 201
            again = pool.submit(other_connection, lambda: prepared(committed_world, words="Other words."))
            wait_for(somebody_waits_for_us)
        assert again.result(timeout=PATIENCE).data["code"] == "correction_unexplained"


def test_words_that_seem_to_name_a_colleague_are_asked_about(world: World, signed_in: SignIn) -> None:
    """Results and lessons were asked about, and the own words of what the whole school reads were not."""
    said = {"week": last_week(world).isoformat(), "words": "Bob forgot the door again."}
    refused = world.cleo.client.post("bulletins/drafts", said)
    assert (refused.status_code, refused.data["code"]) == (409, "names_somebody")
    assert refused.data["errors"][0]["pointer"] == "/words"
    assert not BulletinDraft.objects.exists()
    page = signed_in(world.cleo)
    assert 'name="although_named"' not in page.get("/bulletins").content.decode()
    asked = page.post("/bulletins/count", said)
    assert (asked.status_code, 'name="although_named"' in asked.content.decode()) == (409, True)
    assert page.post("/bulletins/count", {**said, "although_named": "on"}).status_code == 302
    assert BulletinDraft.objects.get().words == said["words"]
