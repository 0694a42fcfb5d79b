"""The way of an administrator from the set-up link to a live school, and of its first report to a head's hands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect

from tools.prove.hour.colleagues import PASSWORD, account_open, mail_with
from tools.prove.hour.filling import template_fill
from tools.prove.hour.hands import Hands
from tools.prove.hour.lists import OFFICES, Lists, address_of, head_of, lists_of

COLUMN_SECONDS = 15.0
"""Copying a column from a list into the workbook: change the window, mark, copy, change, paste, look."""
ACCEPTING_MINUTES = 5
"""The time for which the administrator waits until those have accepted without whom a step reaches nobody."""
SCHOOL = {"zh": ("name_zh", "青山实验学校"), "en": ("name_en", "Green Hill School")}
ADMINISTRATOR = {"name": "Ada Lin", "staff_number": "A1", "address": "ada@school.example", "username": "ada"}
SMOKE = {"zh": "库房里有烟，闻到糊味。", "en": "Smoke in the store room, and it smells of burning."}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PROTECTION = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the way: in which language, against which system, where pictures and files go."""

    language: str
    base_url: str
    mail: Path
    folder: Path
    lists: Lists

    @classmethod
    def of(cls, *, language: str, base_url: str, mail: Path, folder: Path) -> "Run":
        """Return a run whose term begins next Monday."""
        today = datetime.now(UTC).date()
        monday = today + timedelta(days=7 - today.weekday())
        return cls(language, base_url, mail, folder, lists_of(language=language, monday=monday))


def administrator_goes(*, browser: Browser, run: Run, link: str) -> Sequence[Hands]:
    """Go the whole way; return the hands of the administrator, the teacher who reports, and the head."""
    ada = _hands(browser, run, "administrator", width=1280)
    _come_in(ada, run, link)
    _people(ada, run)
    _calendar_and_rules(ada)
    _messages(ada, run)
    _check_and_invite(ada, run)
    head = _hands(browser, run, "head", width=390)
    _accept(head, run)
    _live(ada)
    teacher = _report(browser, run)
    _acknowledge(head, run)
    return [ada, teacher, head]


def _hands(browser: Browser, run: Run, who: str, *, width: int) -> Hands:
    size = ViewportSize(width=width, height=844)
    context = browser.new_context(base_url=run.base_url, locale=LOCALES[run.language], viewport=size)
    folder = run.folder / f"{run.language}-{who}"
    folder.mkdir(parents=True, exist_ok=True)
    return Hands(context.new_page(), folder)


def _come_in(ada: Hands, run: Run, link: str) -> None:
    page = ada.page
    with ada.step("school"):
        ada.open(link)
        field, name = SCHOOL[run.language]
        ada.type(page.locator(f"#{field}"), name)
        ada.go(page.locator("main button.primary"))
    with ada.step("administrator"):
        for name, value in {**ADMINISTRATOR, "password": PASSWORD, "again": PASSWORD}.items():
            ada.type(page.locator(f"#{name}"), value)
        ada.go(page.locator("main button.primary"))
        expect(page).to_have_url(re.compile("/setup$"))


def _people(ada: Hands, run: Run) -> None:
    page = ada.page
    with ada.step("workbook filled"):
        ada.go(page.locator("main a.primary"))
        ada.go(page.locator("main a.primary"))
        with page.expect_download() as download:
            ada.tap(page.locator("a[href$='/template']"))
        filled = run.folder / f"school-{run.language}.xlsx"
        download.value.save_as(filled)
        template_fill(path=filled, lists=run.lists)
        ada.spend(run.lists.columns * COLUMN_SECONDS)
        ada.think("which lists go on which sheet; who deputises for whom, if no list says so")
    with ada.step("workbook looked at"):
        ada.hand_over(page.locator("#file"), filled)
        ada.go(page.locator("main form[enctype] button"))
    with ada.step("workbook taken"):
        ada.think("whether what the preview names is all of it")
        ada.go(page.locator("main form:has([name=workbook]) button"))
        expect(page.get_by_role("status").first).to_be_visible()


def _calendar_and_rules(ada: Hands) -> None:
    page = ada.page
    with ada.step("calendar"):
        ada.go(page.locator("main a.primary").last)
        ada.go(page.locator("main button.primary"))
        ada.think("whether the proposed terms and bell times are those of the school")
        ada.go(page.locator("main button.primary").first)
        expect(page).to_have_url(re.compile("/setup/rules$"))
    with ada.step("rules"):
        ada.think("which office answers for which task, where the proposal leaves one open")
        ada.choose(page.locator("#above"), "principal")
        ada.go(page.locator("main button[name=save]"))
        expect(page).to_have_url(re.compile("/setup/mail$"))


def _messages(ada: Hands, run: Run) -> None:
    page = ada.page
    with ada.step("messages"):
        ada.go(page.locator("main button.primary").first)
        code = mail_with(folder=run.mail, address=ADMINISTRATOR["address"], pattern=r"\b\d{6}\b")
        ada.type(page.locator("#code"), code)
        ada.go(page.locator("main form.code button"))


def _check_and_invite(ada: Hands, run: Run) -> None:
    page = ada.page
    with ada.step("check"):
        ada.go(page.locator("main a.primary").last)
        expect(page.locator(".awaited")).to_be_visible()
        ada.think("who is told of what, office by office")
    with ada.step("invitations"):
        ada.go(page.locator(".awaited a"))
        ada.go(page.locator("main button.primary").first)
    with ada.step("waiting for those who are needed"):
        needed = [*range(PROTECTION + 1), *(head_of(at) for at in range(len(OFFICES[run.language])))]
        for number in needed:
            if number != head_of(6):
                account_open(folder=run.mail, address=address_of(number))
        ada.spend(ACCEPTING_MINUTES * 60)


def _live(ada: Hands) -> None:
    page = ada.page
    with ada.step("check again"):
        ada.open("/setup/check")
        ada.go(page.locator("main button.primary"))
    with ada.step("live"):
        ada.open("/setup/live")
        ada.go(page.locator("main button.primary"))
        expect(page.get_by_role("status").first).to_be_visible()


def _report(browser: Browser, run: Run) -> Hands:
    """A teacher reports a fire on a telephone."""
    teacher = _hands(browser, run, "teacher", width=390)
    page = teacher.page
    account_open(folder=run.mail, address=address_of(60))
    page.goto("/sign-in")
    page.locator("#username").fill(address_of(60).partition("@")[0])
    page.locator("#password").fill(PASSWORD)
    page.locator("main button.primary").click()
    with teacher.step("first report"):
        teacher.open("/report")
        teacher.type(page.locator("#find-category"), "冒烟" if run.language == "zh" else "smoke")
        teacher.tap(page.locator(".found button").first)
        teacher.type(page.locator("#description"), SMOKE[run.language])
        teacher.go(page.locator("main form button.primary").last)
        page.wait_for_url(re.compile("/reports/"))
    return teacher


def _accept(head: Hands, run: Run) -> None:
    """A head opens her account by the invitation that came by mail, while the administrator waits."""
    page, address = head.page, address_of(head_of(6))
    with head.step("account opened"):
        head.open(mail_with(folder=run.mail, address=address, pattern=r"http://\S+/invitation\?token=\S+"))
        fields = {"username": address.partition("@")[0], "password": PASSWORD, "again": PASSWORD}
        for name, value in fields.items():
            head.type(page.locator(f"#{name}"), value)
        head.go(page.locator("main button.primary"))


def _acknowledge(head: Hands, run: Run) -> None:
    """She gets the mail of the report, and acknowledges it from her list."""
    page, address = head.page, address_of(head_of(6))
    with head.step("report acknowledged"):
        mail_with(folder=run.mail, address=address, pattern=r"http://\S+/tickets/\S+")
        head.open("/tickets")
        head.go(page.locator("[data-acknowledge]").first)
        expect(page.get_by_role("status").first).to_be_visible()
