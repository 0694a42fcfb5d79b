"""Planning the officers of a bureau that stands above one school only, as that school's workbook names them. Pure."""

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.organisation.models import Appointment
from backend.organisation.services.bureau_officers import BureauShared, Officer, OfficerKnown
from backend.setup.workbook.plan import Plan, Sort
from backend.setup.workbook.reading import Entry, Filled
from backend.setup.workbook.shape import SheetName
from backend.setup.workbook.state import State

SHEET = SheetName.BUREAU


def officers_plan(*, plan: Plan, state: State, filled: Filled) -> None:
    """Plan who becomes an officer; whoever is one stays one, in the file or not."""
    held = {identity_of(row.person.staff_number): row for row in state.officers}
    addresses = {
        identity_of(channel.address): row.person_id for row in state.officers for channel in row.person.channels.all()
    }
    lines: dict[str, int] = {}
    for entry in filled.of(SHEET):
        known = held.get(identity_of(entry["staff_number"])) if entry["staff_number"] else None
        by_address = addresses.get(identity_of(entry["email"]))
        if not state.has_own_bureau:
            plan.refuse(SHEET, entry.line, "name", str(BureauShared.title))
        elif known is not None and _is_same(known, entry) and by_address == known.person_id:
            plan.same[SHEET] += 1
        elif known is not None or by_address is not None:
            plan.refuse(SHEET, entry.line, "email" if known is None else "staff_number", str(OfficerKnown.title))
        elif identity_of(entry["email"]) in lines:
            said = _("This stands in line %(line)d already.") % {"line": lines[identity_of(entry["email"])]}
            plan.refuse(SHEET, entry.line, "email", said)
        else:
            plan.officers.append(_officer(entry, state))
            plan.add(SHEET, entry.line, Sort.NEW, f"{entry['name']} · {entry['email']}")
        lines[identity_of(entry["email"])] = entry.line
    for row in state.officers if lines else ():
        if not addresses.keys() & lines.keys() & {identity_of(one.address) for one in row.person.channels.all()}:
            plan.add(SHEET, 0, Sort.STAYS, row.person.name)


def _is_same(held: Appointment, entry: Entry) -> bool:
    return held.person.name == entry["name"] and held.is_deputy == (entry["deputy"] == "yes")


def _officer(entry: Entry, state: State) -> Officer:
    language = entry["language"] or state.school.usual_language
    return Officer(entry["name"], entry["staff_number"], entry["email"], language, entry["deputy"] == "yes")
