"""Pages that no link leads to, because a button does: previews, links to questions, answers and refusals."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tools.prove.pages import script
from tools.prove.pages.scene import Played
from tools.prove.pages.walk import LANGUAGES, Walk

if TYPE_CHECKING:
    from playwright.sync_api import Page

REFUSED = 400
Act = Callable[["Page"], None]


def as_nobody(walk: Walk, played: Played) -> None:
    """Look at questions to somebody outside, refused answers of them and given ones."""
    walk.go([played.questions["en"]], follow=False)
    walk.press(played.questions, _click("main form button.primary"), status=REFUSED)
    walk.press(played.questions, _send({"#words": script.WORDS}))


def as_somebody(who: str, walk: Walk, played: Played) -> None:
    """Press what leads to a page, as whoever can."""
    busy = f"/tickets/{played.tickets[script.BUSY]}"
    if who == script.HEAD:
        walk.press(_same(busy), _preview("progress"))
        walk.press(_same(busy), _click("form[action$='/actions/progress'] button.primary"), status=REFUSED)
        walk.press(_same(busy), _click("form[action$='/link'] button"))
        asked = _same(f"/rounds/{played.rounds[who]}")
        walk.press(asked, _click("button[value='to_report']"), status=REFUSED)
    if who == "admin.yu":
        walk.press(_same("/replies"), _click("form[action$='/replies/new'] button.primary"), status=REFUSED)
    if who == script.PRINCIPAL:
        excused = _same(f"/rounds/{played.rounds[who]}")
        walk.press(excused, _click("form[action$='/excuse'] button.primary"), status=REFUSED)


def _same(path: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, path)


def _click(selector: str) -> Act:
    return lambda page: page.locator(selector).first.click()


def _send(typed: dict[str, str]) -> Act:
    def act(page: "Page") -> None:
        for selector, words in typed.items():
            page.locator(selector).fill(words)
        page.locator("main form button.primary").first.click()

    return act


def _preview(action: str) -> Act:
    def act(page: "Page") -> None:
        form = page.locator(f"form[action$='/actions/{action}']")
        form.locator("textarea").first.fill(script.NOTE)
        form.locator("button[formaction$='/preview']").click()

    return act
