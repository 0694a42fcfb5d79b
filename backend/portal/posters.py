"""Posters with a QR code for the places of a school, as one PDF: a page for each, in both languages."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.errors import NotFound
from backend.common.typesetting import PaperTooLong, paper_typeset
from backend.organisation.models import Place, School
from backend.portal.codes import code_drawn
from backend.portal.placetree import STEP

TEMPLATE = Path(__file__).with_name("papers") / "poster.typ"
MOST_POSTERS = 300
"""So many pages one file has at most; a larger school prints building by building."""
CALL = gettext_lazy("Report it here")
HOW = gettext_lazy("Staff: seen a hazard, had an incident? Scan this; the place is filled in already.")
HOW_UNNAMED = gettext_lazy("Seen a hazard? Scan this. Staff sign in; anybody can report without giving a name.")
DANGER = gettext_lazy("In danger, call first:")


@dataclass(frozen=True, slots=True)
class Hung:
    """A place where a poster hangs, and the places around it, the outermost first."""

    place: Place
    around: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Building:
    """A place at the top, with everything inside it."""

    top: Place
    hung: tuple[Hung, ...]


def buildings_of(places: Sequence[Place]) -> list[Building]:
    """Return the places at the top, each with itself and what lies inside it, in the order they come in."""
    inside: dict[UUID | None, list[Place]] = defaultdict(list)
    for place in places:
        inside[place.parent_id].append(place)

    def walk(place: Place, around: tuple[Place, ...]) -> Iterator[Hung]:
        yield Hung(place, around)
        for child in inside[place.id]:
            yield from walk(child, (*around, place))

    return [Building(top, tuple(walk(top, ()))) for top in inside[None]]


def hung_chosen(
    *, buildings: Sequence[Building], inside: UUID | None = None, place: UUID | None = None
) -> Sequence[Hung]:
    """Return where posters are to hang: everywhere, in one place with all inside it, or at one place alone.

    Raise NotFound where no such place is among them.
    """
    hung = [row for building in buildings for row in building.hung]
    if inside is not None:
        hung = [row for row in hung if inside in {row.place.id, *(around.id for around in row.around)}]
    if place is not None:
        hung = [row for row in hung if row.place.id == place]
    if not hung and (inside or place):
        raise NotFound
    return hung


def posters_pdf(*, school: School, hung: Sequence[Hung], now: datetime) -> bytes:
    """Return the posters of these places; raise PaperTooLong."""
    if len(hung) > MOST_POSTERS:
        raise PaperTooLong
    data = {
        "school": {"zh": school.name_zh, "en": school.name_en},
        "call": _both(CALL),
        "how": _both(HOW_UNNAMED if school.takes_anonymous else HOW),
        "danger": _both(DANGER),
        "numbers": [
            {"number": school.emergency_police, **_both(gettext_lazy("Police"))},
            {"number": school.emergency_fire, **_both(gettext_lazy("Fire"))},
            {"number": school.emergency_ambulance, **_both(gettext_lazy("Ambulance"))},
        ],
        "places": [_poster(row) for row in hung],
        "made": f"{now:%Y-%m}",
    }
    return paper_typeset(template=TEMPLATE, title=_("Posters with QR codes"), data=data, now=now)


def address_of(place: Place) -> str:
    """Return the address that opens the report form at a place; it outlives every renaming."""
    return f"{settings.PUBLIC_URL}{reverse('portal:report')}?{urlencode({'place': place.token})}"


def _poster(hung: Hung) -> dict[str, Any]:
    place, address = hung.place, address_of(hung.place)
    return {
        "name": {"zh": place.name_zh, "en": place.name_en},
        "around": {
            "zh": STEP.join(row.name_zh for row in hung.around),
            "en": STEP.join(row.name_en for row in hung.around),
        },
        "address": address,
        "shown": f"{urlsplit(address).netloc} · {place.code}",
        "code": code_drawn(address),
        "alt": _("The QR code of %(place)s") % {"place": place.name},
    }


def _both(words: Promise) -> dict[str, str]:
    said = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            said[key] = str(words)
    return said
