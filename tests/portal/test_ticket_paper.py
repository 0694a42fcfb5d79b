"""One ticket as a paper: what stands on it, for whom, and the record of who drew it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from backend.common.clock import database_now
from backend.config.file_store import files_in_folder
from backend.organisation.actors import SYSTEM
from backend.workflow.services import TicketDraft, ticket_draw_up_alone, ticket_open
from tests.browser import SignIn
from tests.files.sending import picture, send
from tests.portal.conftest import filed, take
from tests.portal.papers import paper_of, texts_of
from tests.portal.scene import play
from tests.workflow.steps import file_ticket
from tests.world import World


def test_a_paper_tells_all_of_the_ticket_in_order_of_time(world: World, signed_in: SignIn) -> None:
    ticket = play(world).late
    paper = paper_of(signed_in(world.dan).get(f"/tickets/{ticket.id}/paper.pdf"))
    text = " ".join(texts_of(paper))
    for words in (
        ticket.reference,
        "Qinghe School",
        "三楼东侧疏散门上了锁，钥匙不在门卫处。",
        "Reported",
        "Carol",
        "Passed over: Vera (Vice principal), away at the time.",
        "Drawn by Dan on",
        "(Asia/Shanghai)",
    ):
        assert words in text
    happened = ("filed the report", "Nobody acknowledged it by", "Still no action: one step further up.")
    at = [text.index(words) for words in happened]
    assert at == sorted(at)


def test_it_is_written_in_the_readers_language(world: World, signed_in: SignIn) -> None:
    ticket = play(world).late
    text = " ".join(texts_of(paper_of(signed_in(world.bob, "zh-hans").get(f"/tickets/{ticket.id}/paper.pdf"))))
    for words in ("处理经过", "由 Bob 于", "清河学校"):
        assert words in text


def test_what_nobody_reported_was_opened_by_the_system(world: World, signed_in: SignIn) -> None:
    """Paper and slip of a cluster of illness said "Name withheld", as if somebody hid behind it."""
    now = database_now()
    draft = TicketDraft(category="H02", place_id=None, occurred_at=now, description="3-1班：3例发热。")
    ticket = ticket_draw_up_alone(school_id=world.school.id, draft=draft, now=now)
    ticket_open(actor=SYSTEM, ticket=ticket, now=now)
    page = signed_in(world.dan)
    for paper in ("paper.pdf", "slip.pdf"):
        text = " ".join(texts_of(paper_of(page.get(f"/tickets/{ticket.id}/{paper}"))))
        assert ("By The system" in " ".join(text.split()), "Name withheld" in text) == (True, False), text


def test_it_names_who_acts_next_because_it_is_passed_on(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    take(world.ben, ticket, "acknowledge")
    text = " ".join(texts_of(paper_of(signed_in(world.ben).get(f"/tickets/{ticket.id}/paper.pdf"))))
    flat = " ".join(text.split())
    assert "Ben: start work on it by" in flat
    assert "You:" not in flat


def test_it_says_what_the_reporter_answered_and_what_that_changed(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, answers={"shut-in": "yes"})
    text = " ".join(texts_of(paper_of(signed_in(world.dan).get(f"/tickets/{ticket_id}/paper.pdf"))))
    flat = " ".join(text.split())
    assert flat.count("Are people inside now who have no other way out?") == 2
    assert "Urgency: Important → Urgent" in flat


def test_a_long_ticket_breaks_its_pages_and_keeps_odd_characters(world: World, signed_in: SignIn) -> None:
    said = "\n".join(f"第{at}条：*强调* #x 𠮷🔥 <b>" for at in range(400))
    ticket = filed(world.alice, world, description=said).ticket
    paper = paper_of(signed_in(world.dan).get(f"/tickets/{ticket.id}/paper.pdf"))
    texts = texts_of(paper)
    assert len(texts) > 5
    assert "第 399 条：*强调* #x" in " ".join(texts)
    assert all("Drawn by Dan" in text and ticket.reference in text for text in texts)


def test_who_may_not_know_of_a_ticket_gets_no_paper(world: World, signed_in: SignIn) -> None:
    scene = play(world)
    sealed = scene.sealed.ticket_id
    for member, ticket_id in ((world.mallory, scene.late.id), (world.bob, sealed), (world.alice, sealed)):
        assert signed_in(member).get(f"/tickets/{ticket_id}/paper.pdf").status_code == 404
        assert signed_in(member).get(f"/tickets/{ticket_id}").status_code == 404


def test_a_paper_keeps_back_what_the_page_keeps_back(world: World, signed_in: SignIn) -> None:
    """The case team is not told who reported; nothing shows that somebody was left out whom it concerns."""
    ticket = filed(world.alice, world, "C02", "有学生反复围堵同学。", concerned=world.vera).ticket
    client = signed_in(world.erin)
    text = " ".join(texts_of(paper_of(client.get(f"/tickets/{ticket.id}/paper.pdf"))))
    assert "Name withheld" in text
    assert "Alice" not in text
    assert "Vera" not in text


@pytest.mark.parametrize(("category", "is_recorded"), [("C02", True), ("F02", False)])
def test_a_confidential_paper_names_its_drawer_across_the_page_and_is_recorded(
    world: World, signed_in: SignIn, category: str, is_recorded: bool
) -> None:
    ticket = filed(world.alice, world, category, ago=timedelta(minutes=3)).ticket
    client = signed_in(world.dan)
    client.get(f"/tickets/{ticket.id}")
    for _ in range(2):
        answer = client.get(f"/tickets/{ticket.id}/paper.pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    (text, *_) = texts_of(paper_of(answer))
    assert text.count("Dan") == (2 if is_recorded else 1)
    rows = world.erin.client.get("access-log", ticket=str(ticket.id)).data["items"]
    drawn = [(row["person"]["name"], row["is_paper"]) for row in rows]
    assert sorted(drawn) == ([("Dan", False), ("Dan", True)] if is_recorded else [])


def test_photos_are_printed_and_other_files_are_named(
    world: World, signed_in: SignIn, settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGES = {**settings.STORAGES, "files": files_in_folder(str(tmp_path))}
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.dan)
    plan = client.get(f"/tickets/{ticket.id}/paper.pdf").content
    for name, content in (("door.jpg", picture()), ("plan.pdf", plan)):
        assert send(world.bob.client, f"tickets/{ticket.id}", content, name)["state"] == "ready"
    paper = paper_of(client.get(f"/tickets/{ticket.id}/paper.pdf"))
    text = " ".join(texts_of(paper))
    for words in ("door.jpg Added by Bob on", "is not printed here. plan.pdf Added by Bob on"):
        assert words in text
    colours = {colour for page in paper for _count, colour in page.render().to_pil().getcolors(1_000_000)}
    assert any(red > 200 and green < 60 and blue < 60 for red, green, blue in colours)


def test_a_photo_that_the_store_lost_takes_no_paper_along(
    world: World, signed_in: SignIn, settings: Settings, tmp_path: Path
) -> None:
    """After a restore of the database alone, or while a photo was being removed, there was no paper (404)."""
    settings.STORAGES = {**settings.STORAGES, "files": files_in_folder(str(tmp_path))}
    ticket = filed(world.alice, world).ticket
    send(world.bob.client, f"tickets/{ticket.id}", picture(), "door.jpg")
    shutil.rmtree(tmp_path)
    text = " ".join(texts_of(paper_of(signed_in(world.dan).get(f"/tickets/{ticket.id}/paper.pdf"))))
    assert "is not printed here. door.jpg Added by Bob on" in text
