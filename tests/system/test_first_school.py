"""From an empty installation to the first report that is acknowledged, in a browser and with nothing but a link."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.organisation.workbooks import workbook
from tests.patience import PATIENCE
from tests.portal.test_in_a_browser import assert_sound
from tests.system.installation import System, started
from tools.run.children import wait_until
from tools.run.first_start import setup_link_lines

pytestmark = pytest.mark.slow("tests/setup/test_hour_by_http.py")

LINK = re.compile(r"http://\S+/setup/start\?token=\S+")
ADA = {"name": "Ada Lin", "staff_number": "A1", "address": "ada@s.example", "username": "ada"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PASSWORD = "three-words-together"
SHEETS: dict[str, list[list[Any]]] = {
    "处室": [
        ["name_zh", "name_en", "code", "task"],
        ["安全办公室", "Safety office", "safety-office", "接收报告"],
        ["学生保护办公室", "Student protection office", "student-protection", "protection"],
        ["总务处", "Works", "facilities", None],
    ],
    "人员": [
        ["staff_number", "name", "email", "unit", "role", "language"],
        ["P1", "Pan", "pan@s.example", "safety-office", None, "English"],
        ["V1", "Vi", "vi@s.example", "safety-office", None, "English"],
        ["C1", "Co", "co@s.example", "safety-office", None, "English"],
        ["L1", "Le", "le@s.example", "student-protection", None, "English"],
        ["H1", "He", "he@s.example", "safety-office", "office_head", "English"],
    ],
    "岗位": [
        ["staff_number", "role", "unit", "deputy"],
        ["P1", "principal", None, None],
        ["V1", "vice_principal", None, None],
        ["C1", "coordinator", None, None],
        ["L1", "protection_lead", None, None],
    ],
    "地点": [
        ["name_zh", "name_en", "code", "parent", "owner"],
        ["库房", "Store room", "store", None, "facilities"],
    ],
}
HEARD = ("pan", "vi", "co", "le", "he")

OpenOne = Callable[[], Page]


@pytest.fixture(scope="module")
def system(ready_tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """An installation without the demo, started from nothing but ready tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMO", "0")
        with started(tmp_path_factory.mktemp("first") / "var") as made:
            yield made


@pytest.fixture
def open_one(browser: Browser, system: System) -> Iterator[OpenOne]:
    """Return a function that opens a browser of its own, on a phone, in English."""
    contexts = []

    def opened() -> Page:
        address = f"http://127.0.0.1:{system.port}"
        contexts.append(browser.new_context(base_url=address, locale="en-GB", viewport={"width": 390, "height": 844}))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def mails_to(system: System, address: str) -> list[str]:
    """Return the texts of the mails somebody got, each with its subject."""
    folder = system.state / "mail" / address
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
    return [f"{mail['Subject']}\n{mail.get_body().get_content()}" for mail in found]  # type: ignore[union-attr]


def found_in_mail(system: System, address: str, pattern: str) -> str:
    """Wait for a mail to somebody that holds a pattern; return what it holds."""
    got: list[str] = []

    def has_come() -> bool:
        got[:] = [found[0] for text in mails_to(system, address) if (found := re.search(pattern, text))]
        return bool(got)

    assert wait_until(has_come, seconds=PATIENCE), (address, mails_to(system, address))
    return got[0]


def on(page: Page) -> None:
    """Press the main button of a page, and look at what comes next with everybody's eyes."""
    page.locator("main button.primary").first.click()
    page.wait_for_load_state()
    assert_sound(page)


def come_in(page: Page, link: str) -> None:
    """Enter the school and the first administrator."""
    page.goto(link)
    assert_sound(page)
    page.get_by_label("Name of the school in English").fill("Green Hill School")
    page.get_by_label("Several campuses?").fill("North campus")
    on(page)
    for name, value in {**ADA, "password": PASSWORD, "again": PASSWORD}.items():
        page.locator(f"#{name}").fill(value)
    on(page)
    expect(page).to_have_url(re.compile("/setup$"))


def people_enter(page: Page) -> None:
    """Take a workbook into use."""
    page.get_by_role("link", name="Go on").click()
    assert_sound(page)
    page.get_by_role("link", name="The school in one workbook").click()
    page.locator("#file").set_input_files({"name": "school.xlsx", "mimeType": XLSX, "buffer": workbook(SHEETS)})
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Import the workbook").click()
    expect(page.get_by_role("status")).to_contain_text("has been imported")


def steps_take(page: Page, system: System) -> None:
    """Calendar, rules, the test message, and the invitations."""
    page.goto("/setup/calendar")
    on(page)
    on(page)
    expect(page).to_have_url(re.compile("/setup/rules$"))
    page.get_by_label("Who is told when even the principal").select_option("principal")
    on(page)
    expect(page).to_have_url(re.compile("/setup/mail$"))
    on(page)
    page.get_by_label("The six digits").fill(found_in_mail(system, ADA["address"], r"\d{6}"))
    on(page)
    expect(page.get_by_text("A message arrived here.")).to_be_visible()
    page.goto("/setup/check")
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    assert_sound(page)
    page.goto("/setup/invitations")
    on(page)


def account_open(page: Page, system: System, name: str) -> None:
    """Open an account by the link of the invitation."""
    page.goto(found_in_mail(system, f"{name}@s.example", r"http://\S+/invitation\?token=\S+"))
    for field, value in {"username": name, "password": PASSWORD, "again": PASSWORD}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("main button.primary").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is open")


def report_file(page: Page) -> None:
    """Report a fire."""
    page.goto("/report")
    expect(page.get_by_role("link", name="119")).to_be_visible()
    page.get_by_text("Fire and electricity").click()
    page.get_by_label("Fire, smoke or gas leak").check()
    page.locator("#place").select_option(index=1)
    page.get_by_label("What happened?").fill("Smoke in the store room.")
    page.get_by_role("button", name="Send the report").click()
    page.wait_for_url(re.compile("/reports/"))


def test_a_school_of_ones_own_from_nothing_but_a_link(system: System, open_one: OpenOne) -> None:
    """`DEMO=0 make run` ended without a way in (F1)."""
    assert wait_until(lambda: "Stop with Ctrl-C" in system.log, seconds=PATIENCE)
    (link,) = LINK.findall(system.log)
    ada = open_one()
    come_in(ada, link)
    people_enter(ada)
    steps_take(ada, system)
    pages = {name: open_one() for name in HEARD}
    for name, page in pages.items():
        account_open(page, system, name)
    ada.goto("/setup/check")
    expect(ada.get_by_text("No holes")).to_be_visible()
    assert_sound(ada)
    on(ada)
    ada.goto("/setup/live")
    on(ada)
    expect(ada.get_by_role("status")).to_contain_text("The school is live.")
    report_file(pages["co"])
    found_in_mail(system, "he@s.example", "Fire, smoke or gas leak")
    head = pages["he"]
    head.goto("/tickets")
    head.get_by_role("button", name=re.compile("^Acknowledge")).first.click()
    expect(head.locator(".flash[role=status]")).to_contain_text("Saved.")
    found_in_mail(system, "pan@s.example", "goes live")


def test_the_commands_know_the_school(system: System) -> None:
    said = system.tool("manage", "go_live_check", "--language", "en", "--skip-checks")
    assert said.returncode == 1
    lines = {line.split()[1]: line for line in said.stdout.splitlines() if line.startswith(("ok", "FAILS"))}
    holding = {name for name, line in lines.items() if line.startswith("ok")}
    assert holding == {"key", "sealing", "mail", "clocks", "processes", "reached", "elsewhere"}, said.stdout
    assert "setup_link" in system.tool("manage", "createsuperuser", "--skip-checks").stderr
    system.tool("manage", "sendtestemail", "eve@s.example", "--skip-checks")
    assert len(mails_to(system, "eve@s.example")) == 1


def test_a_school_that_stands_gets_no_link_at_a_start(system: System) -> None:
    """Asked as the supervisor asks at each start; that what was stopped starts again is shown in tests/tools."""
    assert setup_link_lines({**system.environment, **system.description["environment"]}) == ""
