"""Comparing a roster with the school: makes the plan of a sync; nothing is stored, nothing is asked. Pure."""

import re
from collections import defaultdict
from copy import copy
from itertools import chain, count

from django.utils.translation import gettext as _

from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_address_shown
from backend.organisation.models import Appointment, Person, Unit
from backend.organisation.models.schools import HAN
from backend.organisation.roles import Role
from backend.organisation.services.appointing import PostKey
from backend.people.models import SourcedPerson, SourcedUnit
from backend.people.plan import Fault, Sort, SyncPlan
from backend.people.roster import Roster, RosterPerson, RosterUnit
from backend.people.selectors import State
from backend.setup.workbook.matching import rename
from backend.setup.workbook.plan import CellChange
from backend.setup.workbook.reading import Entry
from backend.setup.workbook.staff import who

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def sync_plan(*, plan: SyncPlan, state: State, roster: Roster) -> SyncPlan:
    """Fill a plan with everything in which a school differs from its portal's roster."""
    units = _Units(plan, state, roster)
    _People(plan, state, roster, units).compare()
    plan.came = sum(link.left_at is None for link in state.links.values())
    plan.left_lately = state.left_lately
    return plan


class _Units:
    """The units of a school as they would be, by their ids in the portal."""

    def __init__(self, plan: SyncPlan, state: State, roster: Roster) -> None:
        self.plan = plan
        self.school = state.school
        self.by_id = {sourced_id: state.units[link.unit_id] for sourced_id, link in state.unit_links.items()}
        taken = {unit.id for unit in self.by_id.values()}
        self.free = {unit.id: unit for unit in state.units.values() if unit.id not in taken}
        self.codes = {identity_of(unit.code) for unit in state.units.values()}
        self.named: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self.free.values():
            for name in {identity_of(unit.name_zh), identity_of(unit.name_en)}:
                self.named[unit.kind, name].append(unit)
        for row in roster.units:
            self._take(row)
        self.linked = {unit.id for unit in self.by_id.values()}

    def _take(self, row: RosterUnit) -> None:
        known = self.by_id.get(row.id) or self._found(row)
        before = copy(known) if known else None
        unit = known or Unit(school=self.school, kind=row.kind, code=self._code(row))
        is_chinese = bool(HAN.search(row.name))
        name_zh, name_en = (row.name, "") if is_chinese else ("", row.name)
        rename(unit, Entry(0, {"name_zh": name_zh, "name_en": name_en}))
        if before is None:
            self.plan.units.new.append(unit)
            self.plan.add(Sort.UNIT_NEW, f"{unit.name} · {unit.code}")
        elif (before.name_zh, before.name_en) != (unit.name_zh, unit.name_en):
            self.plan.units.changed.append((before, unit))
            cells = [CellChange(_("Name"), before.name, unit.name)]
            self.plan.add(Sort.UNIT_CHANGED, f"{unit.name} · {unit.code}", cells=cells)
        if row.id not in self.by_id:
            self.plan.unit_links.append(SourcedUnit(school=self.school, sourced_id=row.id, unit=unit))
        self.by_id[row.id] = unit
        self.free.pop(unit.id, None)

    def _found(self, row: RosterUnit) -> Unit | None:
        """Return the unit a new id means: by its code, else by a name that only one of its kind has."""
        same = [unit for unit in self.free.values() if unit.kind == row.kind and identity_of(unit.code) == row.code]
        same = same or [unit for unit in self.named[row.kind, identity_of(row.name)] if unit.id in self.free]
        return same[0] if len(same) == 1 else None

    def _code(self, row: RosterUnit) -> str:
        names = (f"{row.kind}-{number}" for number in count(1))
        wanted = [row.code] if CODE.fullmatch(row.code) else []
        code = next(name for name in chain(wanted, names) if name not in self.codes)
        self.codes.add(code)
        return code


class _People:
    """The people of a school as a roster has them."""

    def __init__(self, plan: SyncPlan, state: State, roster: Roster, units: _Units) -> None:
        self.plan = plan
        self.state = state
        self.roster = roster
        self.units = units
        self.by_number = {identity_of(person.staff_number): person for person in state.people.values()}
        self.owners = {one: person_id for person_id, owned in state.addresses.items() for one in owned}
        self.linked = {link.person_id: link for link in state.links.values()}

    def compare(self) -> None:
        """Compare everybody."""
        told = {row.id for row in self.roster.people}
        for row in self.roster.people:
            self._person(row)
        gone = set(self.roster.gone) - told
        for sourced_id, link in sorted(self.state.links.items()):
            is_missing = sourced_id in gone or (self.roster.is_whole and sourced_id not in told)
            if link.left_at is None and is_missing:
                self._leaves(link)

    def _leaves(self, link: SourcedPerson) -> None:
        person = self.state.people[link.person_id]
        if person.id in self.state.guarded:
            self.plan.add(Sort.KEPT, who(person))
        else:
            self.plan.leavers.append(link)
            self.plan.add(Sort.LEAVES, who(person))

    def _person(self, row: RosterPerson) -> None:
        at = (row.file, row.line)
        link = self.state.links.get(row.id)
        same_number = self.by_number.get(identity_of(row.staff_number))
        person = self.state.people[link.person_id] if link else same_number
        taken = self.linked.get(same_number.id) if same_number else None
        if (taken and taken is not link) or (same_number and person is not same_number):
            said = _("Somebody else here has this staff number.")
            self.plan.faults.append(Fault(row.file, row.line, "identifier", said))
            return
        if person is None:
            self._comes(row)
            return
        if link is None:
            self.plan.links.append(SourcedPerson(school=self.state.school, sourced_id=row.id, person=person))
            self.plan.add(Sort.KNOWN, who(person), at=at)
        elif link.left_at is not None:
            self.plan.back.append(link)
        if person.id in self.state.guarded:
            self._note_kept(person, row)
        else:
            self._changes(person, row, is_back=bool(link and link.left_at))

    def _note_kept(self, person: Person, row: RosterPerson) -> None:
        """Say of somebody with a guarded post what an administrator may want to change by hand."""
        cells = [cell for cell in _cells(person, row) if cell.before != cell.after]
        if cells:
            self.plan.add(Sort.KEPT, who(person), at=(row.file, row.line), cells=cells)
        else:
            self.plan.same += 1

    def _comes(self, row: RosterPerson) -> None:
        school = self.state.school
        person = Person(school=school, staff_number=row.staff_number, name=row.name, language=school.usual_language)
        self.by_number[identity_of(row.staff_number)] = person
        self.plan.people.new.append(person)
        self.plan.links.append(SourcedPerson(school=school, sourced_id=row.id, person=person))
        wanted = self._wanted(row)
        self.plan.posts += [(person, key) for key in wanted]
        self._address(person, row)
        self.plan.add(Sort.COMES, f"{who(person)} · {self._where(wanted)}", at=(row.file, row.line))

    def _changes(self, person: Person, row: RosterPerson, *, is_back: bool) -> None:
        at, before = (row.file, row.line), copy(person)
        cells = [cell for cell in _cells(person, row) if cell.before != cell.after]
        if cells:
            person.name, person.staff_number = row.name, row.staff_number
            self.plan.people.changed.append((before, person))
            self.plan.add(Sort.CHANGES, who(person), at=at, cells=cells)
        added, ended = self._moves(person, row)
        self.plan.posts += [(person, key) for key in added]
        self.plan.ends += ended
        address = self._address(person, row)
        if is_back:
            self.plan.add(Sort.COMES, f"{who(person)} · {self._where(added)}", at=at)
        elif added or ended:
            was = [row.post.unit.name for row in ended if row.post.unit]
            cells = [CellChange(_("Belongs to"), ", ".join(was), self._where(added))]
            self.plan.add(Sort.MOVES, who(person), at=at, cells=cells)
        if address:
            cells = [CellChange(_("E-mail address"), "", mail_address_shown(address))]
            self.plan.add(Sort.CHANGES, who(person), at=at, cells=cells)
        self.plan.same += not (cells or added or ended or address or is_back)

    def _address(self, person: Person, row: RosterPerson) -> str:
        """Plan an address that nobody has yet; return it. One of somebody else is left out, and that is said."""
        key = identity_of(row.email)
        if not key or key in self.state.addresses.get(person.id, ()):
            return ""
        if self.owners.setdefault(key, person.id) != person.id:
            at = (row.file, row.line)
            self.plan.add(Sort.ADDRESS_TAKEN, f"{who(person)} · {mail_address_shown(row.email)}", at=at)
            return ""
        self.plan.emails.append((person, row.email))
        return row.email

    def _wanted(self, row: RosterPerson) -> list[PostKey]:
        """Return the posts of somebody: staff of their offices and classes; of no office they are where reports go."""
        units = {unit.code: unit.id for one in row.units if (unit := self.units.by_id.get(one))}
        home = self.state.school.intake_unit_id
        if not units and home:
            units = {"": home}
        return [(Role.REPORTER, unit_id) for _code, unit_id in sorted(units.items())]

    def _moves(self, person: Person, row: RosterPerson) -> tuple[list[PostKey], list[Appointment]]:
        """Return the posts somebody gets, and those that end: only in units that the portal has too."""
        wanted = self._wanted(row)
        held = self.state.held.get(person.id, [])
        keys = {(Role.REPORTER, post.post.unit_id) for post in held}
        ended = [
            post
            for post in held
            if (Role.REPORTER, post.post.unit_id) not in wanted
            and post.post.unit_id in self.units.linked
            and post.post.unit
            and (self.roster.tells_classes or post.post.unit.kind == Unit.Kind.OFFICE)
        ]
        added = [key for key in wanted if key not in keys]
        # Who has a home here that the portal does not know is not put into the office for reports beside it.
        is_home_only = not any(one in self.units.by_id for one in row.units)
        return ([] if is_home_only and len(held) > len(ended) else added), ended

    def _where(self, keys: list[PostKey]) -> str:
        known = {unit.id: unit for unit in (*self.state.units.values(), *self.plan.units.new)}
        return ", ".join(known[unit_id].name for _role, unit_id in keys if unit_id) or "–"


def _cells(person: Person, row: RosterPerson) -> list[CellChange]:
    return [
        CellChange(_("Name"), person.name, row.name),
        CellChange(_("Staff number"), person.staff_number, row.staff_number),
    ]
