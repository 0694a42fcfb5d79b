"""The slip of one's own report, to keep and to hand on."""

from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.papers import codes_of, paper_of, texts_of
from tests.world import World


def test_the_slip_has_three_parts_and_a_code_that_leads_to_the_report(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    client = signed_in(world.alice)
    for query in ("", "?sent=1"):
        assert f"/reports/{report.id}/slip.pdf" in client.get(f"/reports/{report.id}{query}").content.decode()
    paper = paper_of(client.get(f"/reports/{report.id}/slip.pdf"))
    (text,) = texts_of(paper)
    assert text.count(report.ticket.reference) == 3
    for words in ("For the reporter", "For the office that answers for it", "For whoever supervises it", "119"):
        assert words in text
    assert "二楼安全出口被课桌堵住了。" in text
    (address,) = codes_of(paper)
    assert address.endswith(f"/reports/{report.id}")


def test_a_long_report_still_makes_one_page(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, description="二楼的安全出口又被课桌堵住了，推不开。\n" * 390)
    (text,) = texts_of(paper_of(signed_in(world.alice, "zh-hans").get(f"/reports/{report.id}/slip.pdf")))
    for words in ("报告人留存", "负责处室办理", "监督存根"):
        assert words in text


def test_the_slip_of_a_confidential_report_does_not_say_what_it_is_about(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, "C02", "课间有几名学生反复围堵同一名同学。")
    (text,) = texts_of(paper_of(signed_in(world.alice).get(f"/reports/{report.id}/slip.pdf")))
    assert report.ticket.reference in text
    for words in ("围堵", "Bullying", "Stairwell", "For the office"):
        assert words not in text


def test_a_slip_is_its_reporters_alone(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    for member in (world.bob, world.dan, world.mallory):
        assert signed_in(member).get(f"/reports/{report.id}/slip.pdf").status_code == 404


def test_a_reporter_whom_it_concerns_reads_nothing_of_what_became_of_it_on_the_slip(
    world: World, signed_in: SignIn
) -> None:
    report = filed(world.alice, world, "B06", "有人投诉我值日时没有锁门。", concerned=world.alice)
    (text,) = texts_of(paper_of(signed_in(world.alice).get(f"/reports/{report.id}/slip.pdf")))
    assert "有人投诉我值日时没有锁门。" in text
    for words in ("For the office", "Facilities"):
        assert words not in text
