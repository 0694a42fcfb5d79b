"""Principals and bureaus hear of a break at once and until somebody answers, and get the checkpoint each morning."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.notary.models import SignedCheckpoint, Verification
from backend.notary.news import TOPIC
from backend.notary.services.telling import breaks_tell, checkpoint_tell
from backend.notifications.messages import compose
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.rendering import rings_of, words_of
from backend.notifications.tasks import tell_ledger
from tests.browser import SignIn
from tests.notary.conftest import look
from tests.notifications.hands import only_staff
from tests.workflow.steps import file_ticket
from tests.world import World

HOUR = timedelta(hours=1)


def found(finding: str) -> Verification:
    """Have a verification find something."""
    now, said = database_now(), {"is_full": True, "tickets": 1, "events": 1, "first": 0, "size": 1, "roots": []}
    return Verification.objects.create(begun_at=now, ended_at=now, findings=[finding], **said)


def told() -> list[str]:
    """Return who was told, by name."""
    tell_ledger()
    return sorted(Notice.objects.filter(kind=TOPIC).values_list("person__name", flat=True))


@pytest.mark.django_db(transaction=False)
def test_a_break_is_told_until_somebody_answers(world: World, signed_in: SignIn) -> None:
    broken = found("ticket AB12-CD34, event 1: the event was changed")
    now = broken.ended_at
    for hours in (0, 1, 3):
        breaks_tell(now=now + hours * HOUR)
    assert told() == ["Dan", "Mallory", "Olga"], "once, at every school of the system and at the bureau"
    breaks_tell(now=now + 4 * HOUR)
    assert len(told()) == 6, "again"
    found(broken.findings[0])
    breaks_tell(now=now + 4 * HOUR)
    assert len(told()) == 6, "found the next night too, it is one break"
    notices = list(Notice.objects.filter(kind=TOPIC).select_related("person"))
    assert all(ring.group is None for ring in rings_of(notices=notices).values()), "nobody can switch it off"
    assert len(news_standing(notices=notices, now=now)) == 6

    page = signed_in(world.olga).get("/ledger").content.decode()
    assert "ticket AB12-CD34, event 1" in page
    assert "AB12-CD34" not in signed_in(world.dan).get("/ledger").content.decode(), "it may be another school's"
    for name in ("alice", "bob", "cleo", "erin"):
        assert signed_in(world.members[name]).get("/ledger").status_code == 403, name
        answer = signed_in(world.members[name]).post(f"/ledger/{broken.pk}/answer", {"words": "Me."})
        assert answer.status_code == 403, name
    dan = signed_in(world.dan)
    assert dan.post(f"/ledger/{broken.pk}/answer", {"words": " "}).status_code == 400
    in_chinese = signed_in(world.dan, "zh-hans").post(f"/ledger/{broken.pk}/answer", {"words": ""})
    assert "请说明您打算如何处理" in in_chinese.content.decode()
    assert dan.post(f"/ledger/{broken.pk}/answer", {"words": "The police\x0b have the disk."}).status_code == 302
    assert "The police have the disk." in dan.get("/ledger").content.decode()
    assert "The police" not in signed_in(world.mallory).get("/ledger").content.decode()
    assert dan.post(f"/ledger/{broken.pk}/answer", {"words": "Once more."}).status_code == 404
    found(broken.findings[0])
    breaks_tell(now=now + 8 * HOUR)
    assert len(told()) == 6, "found again, it is not told again"
    assert news_standing(notices=notices, now=now) == []
    found("leaf 3 is missing")
    breaks_tell(now=now + 8 * HOUR)
    assert len(told()) == 9
    only_staff(world, world.dan.person)
    latest = Notice.objects.filter(kind=TOPIC).exclude(id__in=[notice.id for notice in notices])
    standing = news_standing(notices=list(latest), now=now)
    assert sorted(notice.person.name for notice in standing) == ["Mallory", "Olga"], "he is principal no more"


def test_the_checkpoint_goes_out_each_morning_word_for_word(world: World, folder: Path) -> None:
    checkpoint_tell(now=database_now())
    assert told() == [], "nothing is signed yet"
    file_ticket(world)
    look()
    for _twice in range(2):
        checkpoint_tell(now=database_now())
    assert told() == ["Dan", "Mallory", "Olga"]
    notice = Notice.objects.select_related("person").get(kind=TOPIC, person=world.dan.person)
    assert rings_of(notices=[notice])[notice.id].by_one
    message = compose(words_of(notices=[notice])[notice.id]())
    assert SignedCheckpoint.objects.get().note in f"{message.body}\n", "so that it can be compared"
    assert "No witness outside" in message.body
    assert not OutboxMessage.objects.filter(topic=TOPIC, done_at=None).exists()
