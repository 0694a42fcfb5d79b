"""The map of responsibility as a paper: the leading group, the offices, and the places, as of today."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import day_in_words, moment_in
from backend.common.typesetting import paper_typeset
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.roles import Role
from backend.portal.leading_forms import post_said
from backend.portal.map_cards import PlaceLine, place_lines
from backend.portal.selectors import places_for_report
from backend.responsibility.selectors.leading import GroupHeld, group_of_today
from backend.responsibility.selectors.shares import OfficeSlots, offices_with_slots, school_of_map, shares_on

TEMPLATE = Path(__file__).with_name("papers") / "responsibility.typ"
Line = dict[str, str]


def map_pdf(*, actor: Actor, now: datetime) -> bytes:
    """Return it as PDF; raise NotFound for those of a bureau."""
    school = school_of_map(actor=actor)
    with timezone.override(ZoneInfo(school.time_zone)):
        today = timezone.localdate(now)
        places = place_lines(places=places_for_report(actor=actor), shares=shares_on(actor=actor, day=today))
        offices = offices_with_slots(actor=actor, now=now)
        drawn = {"who": actor.name, "time": moment_in(at=now, zone=school.time_zone)}
        title = f"{_('Responsibility')} · {day_in_words(today)}"
        data = {
            "school": school.name,
            "title": title,
            "sections": [
                _section(_("Leading group for safety"), _of_group(group_of_today(actor=actor, now=now))),
                _section(_("Offices"), (_of_office(row) for row in offices)),
                _section(_("Places"), (_of_place(line) for line in places)),
            ],
            "drawn": _("Drawn by %(who)s on %(time)s") % drawn,
        }
        return paper_typeset(template=TEMPLATE, title=title, data=data, now=now)


def _section(title: str, rows: Iterator[Line]) -> dict[str, Any]:
    return {"title": title, "rows": list(rows)}


def _of_group(held: GroupHeld | None) -> Iterator[Line]:
    if held is None:
        yield {"what": _("There is none."), "who": "", "more": ""}
        return
    yield {"what": _("Head"), "who": _people(held.head), "more": str(Role.PRINCIPAL.label)}
    for one in held.seats:
        seat = one.seat
        more = " · ".join(filter(None, (post_said((Role(seat.role), seat.unit)), seat.duties)))
        yield {"what": str(seat.get_standing_display()), "who": _people(one.people), "more": more}
    yield {"what": _("It meets"), "who": str(held.group.get_meets_display()), "more": ""}


def _of_office(row: OfficeSlots) -> Line:
    beside = [f"{slot.get_slot_display()}: {slot.person.name}" for slot in (*row.in_charge, *row.supporting)]
    return {"what": row.unit.name, "who": _people(row.accountable), "more": " · ".join(beside)}


def _of_place(line: PlaceLine) -> Line:
    named = [
        f"{share.person.name} ({share.get_topic_display()})" if share.topic else share.person.name
        for share in line.shares
    ]
    return {"what": line.label, "who": listed_in_words(named) or _("Nobody"), "more": ""}


def _people(people: Sequence[Person]) -> str:
    return listed_in_words(person.name for person in people) or _("Nobody")
