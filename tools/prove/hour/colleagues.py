"""Colleagues who accept their invitations, each in a browser of their own, and what lies in their mail boxes."""

import re
import time
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import httpx

INVITATION = re.compile(r"http://\S+/invitation\?token=\S+")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE_SECONDS = 120.0
PASSWORD = "three-words-together"  # noqa: S105 - of an installation that is gone afterwards


class NothingArrived(Exception):
    """A mail that had to come did not."""


def mail_with(*, folder: Path, address: str, pattern: str) -> str:
    """Wait for a mail to an address that holds a pattern; return what it holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        for path in (folder / address).glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body()
            found = re.search(pattern, f"{mail['Subject']}\n{body.get_content() if body else ''}")
            if found:
                return found[0]
        time.sleep(0.3)
    raise NothingArrived(f"No mail to {address} holds {pattern}.")


def account_open(*, folder: Path, address: str) -> None:
    """Open an account by the link of the invitation, as its owner would."""
    link = mail_with(folder=folder, address=address, pattern=INVITATION.pattern)
    with httpx.Client(follow_redirects=True, timeout=60, headers={"Accept-Language": "en"}) as browser:
        page = browser.get(link)
        form = {"username": address.partition("@")[0], "password": PASSWORD, "again": PASSWORD}
        token = unescape(TOKEN.findall(page.text)[0])
        done = browser.post(str(page.url), data={**form, "csrfmiddlewaretoken": token})
        if done.status_code != httpx.codes.OK or "/invitation" in done.url.path:
            raise NothingArrived(f"The account of {address} did not open: {done.status_code}.")
