"""The checks of an installation before a school goes live; each proves what it says by doing it."""

import secrets
import smtplib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.common.sealed.cipher import sealing_tried
from backend.common.sealed.folder import ContentsLocked
from backend.common.views import ALIVE
from backend.health.selectors import SILENT, UNSIGNED, backup_state, system_status
from backend.identity.selectors import providers_on
from backend.identity.ways import answers
from backend.notary.selectors import checkpoint_unseen_since, notary_state
from backend.notifications.carrying import Mail
from backend.organisation.models import Bureau, Person, School
from backend.organisation.selectors.second_factor import people_without_second_factor
from backend.rulebook.selectors import active_version_id, coverage_get, ruleset_get
from backend.setup.selectors.live import administrators_reached, schools_all

SHORTEST_KEY = 32
FEWEST_DIFFERENT = 10
MOST_APART = 2.0
WAITS_SECONDS = 10
FEWEST_ENGINES = 2
MOST_NAMED = 20
NEWEST_BACKUP = timedelta(hours=26)
NEWEST_REHEARSAL = timedelta(days=35)
NEWEST_WITNESSED = timedelta(hours=26)
OTHERS_LOOK = frozenset({"engine_silent", "ledger_unsigned"})
"""Alarms of which something else here says more."""
SCHEDULED_ENGINE = "worker"
"""The name under which the sweeps that the schedule asks for give signs of life."""


class State(StrEnum):
    """The outcome of a check: it holds, or it fails."""

    HOLDS = "ok"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding of a check, in words."""

    state: State
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The means of a check: the instant, where the test mail goes, and who says whether a code arrived.

    Without `confirm` an address that its owner proved by a code before stands for it.
    """

    now: datetime
    mail_to: Sequence[str]
    confirm: Callable[[str], str] | None = None


def address_check(_asked: Asked) -> Verdict:
    """Open PUBLIC_URL as a browser would: over TLS, with a certificate that holds, and answered by this product."""
    url = settings.PUBLIC_URL
    if not url.startswith("https://"):
        return _fails(_("PUBLIC_URL is %(url)s: it has to begin with https://.") % {"url": url})
    try:
        answer = requests.get(f"{url}/healthz", timeout=WAITS_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        return _fails(_("%(url)s does not answer: %(reason)s.") % {"url": url, "reason": error})
    words = {"url": url, "status": answer.status_code}
    if answer.status_code != 200:  # noqa: PLR2004
        return _fails(_("%(url)s answers %(status)s.") % words)
    if not _is_ours(answer):
        return _fails(_("What answers at %(url)s is not Allclear: another site, or a page of the provider.") % words)
    return _holds(_("%(url)s answers over TLS, and its certificate holds.") % words)


def _is_ours(answer: requests.Response) -> bool:
    try:
        return bool(answer.json() == ALIVE)
    except requests.JSONDecodeError:
        return False


def sealing_check(_asked: Asked) -> Verdict:
    """Seal a word under a new key in the folder of keys that the database knows, and open it again."""
    try:
        sealing_tried()
    except (ContentsLocked, OSError) as error:
        reason = " ".join(getattr(error, "__notes__", ())) or error
        return _fails(_("What is confidential cannot be sealed: %(reason)s.") % {"reason": reason})
    return _holds(_("A word was sealed in the folder of keys and opened again."))


def key_check(_asked: Asked) -> Verdict:
    """Look at the length of SECRET_KEY, and that it is no repetition."""
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT:
        return _fails(
            _("SECRET_KEY is too easy to guess: it needs %(count)d random characters.") % {"count": SHORTEST_KEY}
        )
    return _holds(_("SECRET_KEY has %(count)d characters.") % {"count": len(key)})


def mail_check(asked: Asked) -> Verdict:
    """Send a mail with a code, and have it typed by whoever reads that mailbox."""
    to = [*asked.mail_to] or administrators_reached(now=asked.now)[:1]
    if not to:
        return _fails(_("No administrator has confirmed an address yet. Name one with --mail-to."))
    code = f"{secrets.randbelow(10**6):06}"
    words = {"to": listed_in_words(to), "code": code}
    body = _("This mail proves that messages leave the server. If the check asks, type %(code)s.") % words
    try:
        Mail(_("Allclear: test before going live, %(code)s") % words, body, to=to).send()
    except (smtplib.SMTPException, OSError) as error:
        return _fails(_("No mail leaves the server: %(reason)s.") % {"reason": error})
    if asked.confirm is not None:
        if asked.confirm(words["to"]) != code:
            return _fails(_("A mail went to %(to)s, but the code was not the one that stood in it.") % words)
        return _holds(_("A mail went to %(to)s and arrived.") % words)
    if set(to) <= set(administrators_reached(now=asked.now)):
        return _holds(_("A mail went to %(to)s, where a code arrived before.") % words)
    return _fails(_("A mail went to %(to)s. Whether it arrived only its reader knows: use --confirm.") % words)


def clocks_check(asked: Asked) -> Verdict:
    """Compare the database's clock, by which every deadline runs, with this machine's."""
    apart = abs(asked.now.timestamp() - time.time())
    words = {"seconds": f"{apart:.1f}"}
    if apart > MOST_APART:
        return _fails(_("The clocks of the database and of this machine are %(seconds)s s apart. Set up NTP.") % words)
    return _holds(_("The clocks of the database and of this machine are %(seconds)s s apart.") % words)


def processes_check(asked: Asked) -> Verdict:
    """Hear from the engines, the relay, a worker, and from the schedule by the sweeps it asks for."""
    status = system_status(now=asked.now)
    heard = {name for name, age in status["engine"]["seconds_since_beat"].items() if age < SILENT.total_seconds()}
    engines = {name for name in heard if not name.startswith(SCHEDULED_ENGINE)}
    missing = [str(name) for name in status["alarms"] if name not in OTHERS_LOOK]
    if len(engines) < FEWEST_ENGINES:
        missing.append(_("two engines"))
    if len(heard) == len(engines):
        missing.append(_("the schedule"))
    if missing:
        return _fails(_("Not well, or not heard from: %(names)s.") % {"names": listed_in_words(missing)})
    return _holds(_("Two engines, relay, worker and schedule give signs of life."))


def reached_check(asked: Asked) -> Verdict:
    """Hold the rules of every school against its people for four weeks."""
    schools = schools_all()
    if not schools:
        return _fails(_("There is no school yet. Open the set-up link: manage.py setup_link."))
    troubles = [trouble for school in schools if (trouble := _trouble_of(school, asked.now))]
    if troubles:
        return _fails(_("; ").join(troubles))
    return _holds(_("At every hour of four weeks every step of the rules reaches somebody."))


def factors_check(asked: Asked) -> Verdict:
    """Name the posts' holders who have to sign in with a second factor and have none, by school and bureau."""
    schools = schools_all()
    employers: list[School | Bureau] = [*schools, *dict.fromkeys(school.bureau for school in schools)]
    found = [(employer, people_without_second_factor(employer=employer, now=asked.now)) for employer in employers]
    words = ({"school": employer.name, "names": _named(people)} for employer, people in found if people)
    lacking = [_("%(school)s: %(names)s") % each for each in words]
    if lacking:
        names = {"names": _("; ").join(lacking)}
        return _fails(_("No second factor yet at %(names)s. Each sets one up on the page of their account.") % names)
    return _holds(_("Whoever administers or opens sealed matters signs in with a second factor."))


def backup_check(asked: Asked) -> Verdict:
    """Look at the instant of the newest backup."""
    made_at = backup_state().made_at
    if made_at is None:
        return _fails(_("There is no backup yet: manage.py backup."))
    return _within(asked.now - made_at, NEWEST_BACKUP, _("The newest backup is %(hours)d hours old."))


def rehearsal_check(asked: Asked) -> Verdict:
    """Look at the instant at which a backup was last restored in rehearsal and all of it came back."""
    rehearsed_at = backup_state().rehearsed_at
    if rehearsed_at is None:
        return _fails(_("No backup was restored in rehearsal yet: manage.py restore_rehearsal."))
    return _within(
        asked.now - rehearsed_at, NEWEST_REHEARSAL, _("A backup was restored in rehearsal %(hours)d hours ago.")
    )


def witnesses_check(asked: Asked) -> Verdict:
    """Look whether the record is signed, and whether somebody outside has seen what was signed a day ago."""
    if not (settings.WITNESSES or settings.CHECKPOINT_FOLDER):
        return _fails(_("No checkpoint of the record leaves this machine: set `WITNESSES` or `CHECKPOINT_FOLDER`."))
    looked_at = notary_state().looked_at
    if looked_at is None or asked.now - looked_at > UNSIGNED:
        return _fails(_("The record is not being signed; the runbook says what to do about ledger_unsigned."))
    unseen_since = checkpoint_unseen_since() if settings.WITNESSES else None
    if unseen_since and asked.now - unseen_since > NEWEST_WITNESSED:
        return _fails(_("For more than a day no witness has seen the record: manage.py witness_ask says why."))
    return _holds(_("The checkpoints of the record leave this machine."))


def elsewhere_check(_asked: Asked) -> Verdict:
    """Ask every system at which people sign in something that signs nobody in, and name those of no use."""
    found = [(answers(row), f"{row.name} ({row.school.name}, {row.issuer})") for row in providers_on()]
    silent, answering = ([words for is_well, words in found if is_well is wanted] for wanted in (False, True))
    if silent:
        names = {"names": listed_in_words(silent, most=MOST_NAMED)}
        return _fails(_("People sign in elsewhere, and what answers there is of no use: %(names)s.") % names)
    if not answering:
        return _holds(_("Nobody signs in elsewhere."))
    names = {"names": listed_in_words(answering, most=MOST_NAMED)}
    return _holds(_("People sign in elsewhere, where it answers: %(names)s.") % names)


CHECKS: Mapping[str, Callable[[Asked], Verdict]] = {
    "address": address_check,
    "key": key_check,
    "sealing": sealing_check,
    "mail": mail_check,
    "clocks": clocks_check,
    "processes": processes_check,
    "reached": reached_check,
    "factors": factors_check,
    "backup": backup_check,
    "rehearsal": rehearsal_check,
    "witnesses": witnesses_check,
    "elsewhere": elsewhere_check,
}
"""Every check under the name by which the papers tell what to do where it fails."""


def _named(people: Iterable[Person]) -> str:
    return listed_in_words((person.name for person in people), most=MOST_NAMED)


def _trouble_of(school: School, now: datetime) -> str:
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        return _("%(school)s has no rules") % {"school": school.name}
    found = len(coverage_get(school=school, ruleset=ruleset_get(version_id), since=now).findings)
    return _("%(school)s: holes found: %(count)d") % {"school": school.name, "count": found} if found else ""


def _within(age: timedelta, most: timedelta, words: str) -> Verdict:
    said = words % {"hours": age // timedelta(hours=1)}
    return _holds(said) if age <= most else _fails(said)


def _holds(words: str) -> Verdict:
    return Verdict(State.HOLDS, words)


def _fails(words: str) -> Verdict:
    return Verdict(State.FAILS, words)
