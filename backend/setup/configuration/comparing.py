"""The differences between a school and a configuration file: what is new, changed, or left out by the file. Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.common.identities import identity_of
from backend.common.mail_addresses import mail_address_of, mail_identity_of
from backend.setup.configuration.shape import instant_of

Row = Mapping[str, Any]
Key = tuple[Any, ...]
Rows = dict[Key, Row]
NEVER_DIFFERS = frozenset({"row"})
"""The fields that a row carries only so that it can be written."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of two configurations, row by row under keys that do not change between installations."""

    name: str
    new: Rows = field(default_factory=dict)
    changed: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """By key the names of the fields that differ."""
    left_out: tuple[Key, ...] = ()
    present: Rows = field(default_factory=dict)
    wanted: Rows = field(default_factory=dict)

    @property
    def is_same(self) -> bool:
        """Whether the file would change nothing here."""
        return not self.new and not self.changed

    def touched(self) -> list[Row]:
        """Return the rows of the file that are new or differ, in the file's order."""
        return [row for key, row in self.wanted.items() if key in self.new or key in self.changed]


def key_shown(key: Key) -> str:
    """Return the natural key of a row as one line."""
    return " · ".join(str(part) for part in key if part not in {"", False, None} and part is not True)


def configurations_compare(*, present: Row | None, wanted: Row) -> dict[str, Section]:
    """Compare a file with what a school has (None: the school is not there), section by section."""
    if present:
        # Of the school itself a file may leave things out; they stay.
        wanted = {**wanted, "school": {**present["school"], **wanted["school"]}}
    found = {
        name: _section(name, rows_of(present) if present else {}, rows_of(wanted)) for name, rows_of in SECTIONS.items()
    }
    # A day of the public table never covers one that the school has set itself.
    own = {key[1] for key in (_calendar(present) if present else {}) if key[0] == "days"}
    for key in [key for key in found["calendar"].new if key[0] == "public_days" and key[1] in own]:
        del found["calendar"].new[key]
    return found


def sections_digest(sections: Mapping[str, Section]) -> str:
    """Return a name of everything that is new or changed in sections, from what to what."""
    told = [
        [name, str(key), section.present.get(key), section.wanted[key]]
        for name, section in sections.items()
        for key in (*section.new, *section.changed)
    ]
    return hashlib.sha256(json.dumps(told, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> object:
    """Return a set in one order, and instants as texts."""
    return sorted(map(str, value)) if isinstance(value, set) else str(value)


def configuration_current(*, content: Row, now: datetime) -> dict[str, Any]:
    """Return a checked file without the posts, shares and shifts that are over: they would not be kept."""
    people = [_current(row, now) for row in content["people"]]
    bureau = {**content["bureau"], "shifts": _coming(content["bureau"], now)}
    if "people" in bureau:
        bureau["people"] = [_current(row, now) for row in bureau["people"]]
    today = now.astimezone(ZoneInfo(content["school"]["time_zone"])).date().isoformat()
    dated = {name: _held(content[name], today) for name in ("shares", "office_slots") if name in content}
    return {**content, **dated, "bureau": bureau, "people": people, "shifts": _coming(content, now)}


def _held(rows: Iterable[Row], today: str) -> list[Row]:
    return [row for row in rows if row.get("until", today) >= today]


def _current(row: Row, now: datetime) -> Row:
    return {
        **row,
        "posts": [post for post in row.get("posts", ()) if "until" not in post or _lasts(post["until"], now)],
    }


def _coming(content: Row, now: datetime) -> list[Row]:
    return [row for row in content.get("shifts", ()) if _lasts(row["ends_at"], now)]


def _lasts(until: str, now: datetime) -> bool:
    at = instant_of(until)
    return at is not None and at > now


def _section(name: str, present: Rows, wanted: Rows) -> Section:
    new = {key: row for key, row in wanted.items() if key not in present}
    changed = {
        key: names for key, row in wanted.items() if key in present and (names := tuple(_differing(present[key], row)))
    }
    return Section(name, new, changed, tuple(key for key in present if key not in wanted), present, wanted)


def _differing(present: Row, wanted: Row) -> Iterator[str]:
    for name in {**present, **wanted}:
        old, new = present.get(name), wanted.get(name)
        # What is known further ahead stays known.
        if name not in NEVER_DIFFERS and old != new and (name != "published_until" or str(new) > str(old)):
            yield name


def _by_code(kind: str) -> Callable[[Row], Rows]:
    def rows(content: Row) -> Rows:
        return {(identity_of(row["code"]),): row for row in content[kind]}

    return rows


def _school(content: Row) -> Rows:
    return {(identity_of(content["school"]["code"]),): content["school"]}


def _people(content: Row) -> Rows:
    return {
        (identity_of(row["staff_number"]),): {name: row[name] for name in ("staff_number", "name", "language")}
        for row in content.get("people", ())
    }


def _of_bureau(rows_of: Callable[[Row], Rows]) -> Callable[[Row], Rows]:
    return lambda content: rows_of(content["bureau"])


def _addresses(content: Row) -> Rows:
    return {
        (identity_of(row["staff_number"]), mail_identity_of(address)): {"row": mail_address_of(address)}
        for row in content.get("people", ())
        for address in row.get("addresses", ())
    }


def _posts(content: Row) -> Rows:
    """Return who holds which seat for the first time, the second and so on; since when is no difference."""
    found: Rows = {}
    for row in content.get("people", ()):
        times: Counter[Key] = Counter()
        for post in row.get("posts", ()):
            seat = (post["role"], identity_of(post.get("unit", "")), post.get("deputy", False))
            until = instant_of(post["until"]) if "until" in post else None
            found[identity_of(row["staff_number"]), *seat, times[seat]] = {"until": until, "row": post}
            times[seat] += 1
    return found


def _calendar(content: Row) -> Rows:
    calendar = content.get("calendar")
    if calendar is None:
        return {}
    rows: Rows = {("name",): calendar["name"], ("hours",): {"hours": _hours(calendar)}}
    rows[("published_until",)] = {"published_until": calendar["published_until"]}
    rows |= {("terms", row["first"]): row for row in calendar.get("terms", ())}
    rows |= {("periods", row["first"]): {**row, "hours": _hours(row)} for row in calendar.get("periods", ())}
    rows |= {("yearly", row["day"]): row for row in calendar.get("yearly", ())}
    rows |= {("days", day): row for day, row in days_of(calendar)}
    return rows | {("public_days", row["day"]): row for row in content.get("public_days", ())}


def _hours(row: Row) -> set[tuple[int, str, str]]:
    """Return weekly hours one by one, however they are grouped."""
    return {(day, hours["opens"], _closing(hours)) for hours in row["hours"] for day in hours["weekdays"]}


def _closing(hours: Row) -> str:
    """Return when hours end; both ways to write the midnight that ends a day are the same."""
    return "24:00" if hours["closes"] == "00:00" else str(hours["closes"])


def days_of(calendar: Row) -> Iterator[tuple[str, Row]]:
    """Yield every day that a calendar's file sets, one by one, with what it says of the day."""
    for row in calendar["days"]:
        first, last = (date.fromisoformat(day) for day in (row["first"], row.get("last", row["first"])))
        values = {name: value for name, value in row.items() if name not in {"first", "last"}}
        values |= {"closes": _closing(row)} if "closes" in row else {}
        for offset in range((last - first).days + 1):
            yield (first + timedelta(days=offset)).isoformat(), values


def calendar_merged(*, present: Row | None, wanted: Row) -> dict[str, Any]:
    """Return a file's calendar together with the terms, holidays and days that only the school has."""
    merged = {"terms": [], "periods": [], "yearly": [], **wanted}
    if present is None:
        return merged
    for kind, key in (("terms", "first"), ("periods", "first"), ("yearly", "day")):
        known = {row[key] for row in merged[kind]}
        merged[kind] = [*merged[kind], *(row for row in present.get(kind, ()) if row[key] not in known)]
    days = {**dict(days_of(present)), **dict(days_of(wanted))}
    return {**merged, "days": [{"first": day, **row} for day, row in sorted(days.items())]}


def _rulebook(content: Row) -> Rows:
    return {("rulebook",): content["rulebook"]} if "rulebook" in content else {}


def _shifts(content: Row) -> Rows:
    return {
        (row["kind"], identity_of(row.get("place", "")), instant_of(row["starts_at"])): {
            "ends_at": instant_of(row["ends_at"]),
            "people": {(identity_of(slot["staff_number"]), slot["part"]) for slot in row["people"]},
            "row": row,
        }
        for row in content.get("shifts", ())
    }


def _telephones(content: Row) -> Rows:
    return {
        (identity_of(row.get("unit", "")), identity_of(row["name"]["zh"])): row for row in content.get("telephones", ())
    }


def _replies(content: Row) -> Rows:
    return {(row.get("category", ""), row["text"]["zh"]): row for row in content.get("replies", ())}


def _dated(kind: str, *names: str) -> Callable[[Row], Rows]:
    """Return who answers for what since when; until when may differ."""

    def rows(content: Row) -> Rows:
        return {
            (*(identity_of(row.get(name, "")) for name in names), identity_of(row["staff_number"]), row["from"]): {
                "until": row.get("until"),
                "row": row,
            }
            for row in content.get(kind, ())
        }

    return rows


def _named(kind: str, name: str) -> Callable[[Row], Rows]:
    return lambda content: {(row[name],): row for row in content.get(kind, ())}


def _gate(content: Row) -> Rows:
    return {("gate",): content["gate"]} if "gate" in content else {}


SECTIONS: Mapping[str, Callable[[Row], Rows]] = {
    "school": _school,
    "units": _by_code("units"),
    "places": _by_code("places"),
    "people": _people,
    "posts": _posts,
    "addresses": _addresses,
    "calendar": _calendar,
    "rulebook": _rulebook,
    "shifts": _shifts,
    "telephones": _telephones,
    "replies": _replies,
    "shares": _dated("shares", "place", "topic"),
    "office_slots": _dated("office_slots", "unit", "slot"),
    "contact_rules": _named("contact_rules", "kind"),
    "outside_numbers": _named("outside_numbers", "recipient"),
    "gate": _gate,
    "bureau_people": _of_bureau(_people),
    "bureau_posts": _of_bureau(_posts),
    "bureau_addresses": _of_bureau(_addresses),
    "bureau_shifts": _of_bureau(_shifts),
}
"""The parts of a configuration, in the order in which they are written, each as rows under natural keys."""
