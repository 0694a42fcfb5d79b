"""From the checked content of a rulebook file to its rules. Pure.

The database keeps no order of keys, so clocks stand in the order of their names here.
Versions stored by earlier releases lack what was added since (bounds, nights, outside clocks, words to find a category
by, questions, proof, the clocks of parts, rounds, response plans); they go on without it, and what is asked about a
ticket goes by `USUAL_PART`.
"""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from backend.calendars.rules import closing_time
from backend.organisation.roles import Role
from backend.rulebook.keeping import keeping_read
from backend.rulebook.outside_reading import outside_clock_read, outside_rules_read
from backend.rulebook.proofs import Proof
from backend.rulebook.response_reading import NO_RESPONSES, response_plans_read
from backend.rulebook.round_reading import NO_ROUNDS, cluster_rules_read, round_plans_read
from backend.rulebook.ruleset import (
    NO_NIGHT,
    PARTS,
    Category,
    Clock,
    ClockName,
    Confidentiality,
    Kind,
    QuietHours,
    Ruleset,
    Rung,
    Severity,
    span_parse,
)
from backend.rulebook.short_questions import Choice, ShortQuestion
from backend.rulebook.wording import Emergency, Group, Wording

USUAL_PART = Clock(
    within=span_parse("3dW"),
    rungs=(
        Rung(span_parse("0m"), (Role.OFFICE_HEAD,), deputies=False),
        Rung(span_parse("1dW"), (Role.VICE_PRINCIPAL,), deputies=False),
        Rung(span_parse("3dW"), (Role.PRINCIPAL,), deputies=False),
    ),
    repeat=span_parse("5d").length,
    repeat_tells_everyone=False,
)
"""The clock of whatever is asked about a ticket whose rules have none for it."""
Clocks = Mapping[Severity, Mapping[ClockName, Clock]]


def ruleset_from_content(content: Mapping[str, Any]) -> Ruleset:
    """Build the rules from the checked content of a rulebook file."""
    clocks = {severity: _clocks(content["clocks"][severity]) for severity in Severity}
    bounds = _clocks(content.get("bounds", {}))
    parts = {**dict.fromkeys(PARTS, USUAL_PART), **_clocks(content.get("parts", {}))}
    return Ruleset(
        name=content["name"],
        categories={row["code"]: _category(row, clocks, bounds) for row in content["categories"]},
        informed={Severity(key): _roles(value) for key, value in content["informed"].items()},
        clocks=clocks,
        bounds=bounds,
        parts=parts,
        protection_informed=_roles(content["protection"]["informed"]),
        protection_rungs=tuple(rung_read(row) for row in content["protection"]["rungs"]),
        outside_clocks={key: outside_clock_read(key, row) for key, row in content.get("outside_clocks", {}).items()},
        quiet_hours=_quiet_hours(content["quiet_hours"]) if "quiet_hours" in content else NO_NIGHT,
        at_night={Severity(key): _exchange(pairs) for key, pairs in content.get("at_night", {}).items()},
        round_plans=round_plans_read(content.get("rounds", NO_ROUNDS), rung=rung_read),
        cluster_rules=cluster_rules_read(content.get("rounds", NO_ROUNDS)),
        response_plans=response_plans_read(content.get("response_plans", NO_RESPONSES), rung=rung_read),
        outside=outside_rules_read(content.get("outside"), rung=rung_read),
        keeping=keeping_read(content.get("keeping", {})),
    )


def _category(row: Mapping[str, Any], clocks: Clocks, bounds: Mapping[ClockName, Clock]) -> Category:
    own = {Severity(key): rows for key, rows in row.get("clocks", {}).items()}
    note = row.get("note", {"zh": "", "en": ""})
    return Category(
        code=row["code"],
        name_zh=row["name"]["zh"],
        name_en=row["name"]["en"],
        kind=Kind(row["kind"]),
        severity=Severity(row["severity"]),
        lead=row["lead"],
        confidentiality=Confidentiality(row["class"]),
        support=tuple(row.get("support", ())),
        outside_clocks=tuple(row.get("outside_clocks", ())),
        clocks={severity: _own_clocks(rows, {**clocks[severity], **bounds}) for severity, rows in own.items()},
        note_zh=note["zh"],
        note_en=note["en"],
        group=Group(row.get("group", Group.OTHER)),
        synonyms=_wording(row.get("synonyms", {})),
        examples=_wording(row.get("examples", {})),
        do_now=_wording(row.get("do_now", {})),
        call=tuple(Emergency(service) for service in row.get("do_now", {}).get("call", ())),
        questions=tuple(_question(question) for question in row.get("questions", ())),
        proof=tuple(Proof(kind) for kind in row.get("proof", ())),
    )


def _question(row: Mapping[str, Any]) -> ShortQuestion:
    choices = tuple(_choice(choice) for choice in row["answers"])
    return ShortQuestion(row["key"], row["ask"]["zh"], row["ask"]["en"], choices)


def _choice(row: Mapping[str, Any]) -> Choice:
    name = row.get("name", {"zh": "", "en": ""})
    severity = Severity(row["severity"]) if "severity" in row else None
    return Choice(row["key"], name["zh"], name["en"], severity, row.get("lead", ""))


def _wording(row: Mapping[str, Any]) -> Wording:
    return Wording(tuple(row.get("zh", ())), tuple(row.get("en", ())))


def _own_clocks(rows: Mapping[str, Any], usual: Mapping[ClockName, Clock]) -> Mapping[ClockName, Clock]:
    return {name: _own_clock(rows[name], usual[name]) for name in ClockName if name in rows}


def _own_clock(row: Mapping[str, Any], usual: Clock) -> Clock:
    """Return the usual clock with what the category says otherwise."""
    return Clock(
        within=span_parse(row["within"]),
        rungs=tuple(rung_read(rung) for rung in row["rungs"]) if "rungs" in row else usual.rungs,
        repeat=span_parse(row["repeat"]).length if "repeat" in row else usual.repeat,
        repeat_tells_everyone=usual.repeat_tells_everyone,
    )


def _clocks(rows: Mapping[str, Any]) -> Mapping[ClockName, Clock]:
    return {name: _clock(rows[name]) for name in ClockName if name in rows}


def _clock(row: Mapping[str, Any]) -> Clock:
    return Clock(
        within=span_parse(row["within"]),
        rungs=tuple(rung_read(rung) for rung in row["rungs"]),
        repeat=span_parse(row["repeat"]).length,
        repeat_tells_everyone=row.get("repeat_tells") == "everyone",
    )


def rung_read(row: Mapping[str, Any]) -> Rung:
    """Return a step of a ladder as it is written."""
    return Rung(span_parse(row.get("after", "0m")), _roles(row["tell"]), row.get("deputies", False))


def _quiet_hours(row: Mapping[str, Any]) -> QuietHours:
    return QuietHours(
        starts=time.fromisoformat(row["starts"]),
        ends=closing_time(row["ends"]),
        severities=frozenset(Severity(severity) for severity in row["severities"]),
    )


def _exchange(pairs: Mapping[str, str]) -> Mapping[Role, Role]:
    return {Role(role): Role(instead) for role, instead in pairs.items()}


def _roles(names: Iterable[str]) -> tuple[Role, ...]:
    return tuple(Role(name) for name in names)
