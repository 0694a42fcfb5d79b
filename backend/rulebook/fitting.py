"""Fitting a rulebook to one school: its own offices, who stands above the principal, what it can do without. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backend.organisation.roles import Role
from backend.rulebook.gate_fitting import posts_taken_over, posts_that_fit
from backend.rulebook.outside_fitting import questions_of_reports, reports_fitted
from backend.rulebook.response_fitting import RESPONSES, responses_fitted, responses_set
from backend.rulebook.ruleset import LEAD_GRADE, Confidentiality, Severity
from backend.rulebook.training_checks import TRAININGS, offices_of_trainings, trainings_ended, trainings_fitted

ROLES = frozenset(Role.values)
ABOVE = (Role.BUREAU_OFFICER, Role.BOARD_CHAIR, Role.PRINCIPAL)
"""The roles that can stand where a rulebook tells the bureau."""
OWN = "-own"
BOUNDS = "bounds"
QUESTIONS = "questions"
ROUNDS = "rounds"
PERIODS = "periods"
OUTSIDE = "outside_clocks"
CLUSTERS = "clusters"
BY_ROWS = ("keeping", "quiet_hours", "at_night", "informed", "parts", PERIODS)
"""The sections of which a school's own rows, set or added, stay where its offices are chosen anew."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The answers of a school: its offices for the rulebook's, who stands above, and the categories it leaves out.

    An office that is missing here is left out where it only supports; every office that leads has to be there.
    `clocks` are those it has set itself, by severity or as `bounds`, then by their names; `plans` and `checklists` the
    rounds, `responses` the response plans it has set or added, and so are `rows` of other sections, by their names.
    `ended` are the rulebook's trainings that it does not hold.
    """

    offices: Mapping[str, str]
    above: Role
    left_out: frozenset[str] = frozenset()
    clocks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plans: Mapping[str, Any] = field(default_factory=dict)
    checklists: Mapping[str, Any] = field(default_factory=dict)
    responses: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()


def may_be_left_out(category: Mapping[str, Any]) -> bool:
    """Say whether a school can do without a category: never where life is at stake or a child may be harmed."""
    return Severity(category["severity"]) is not Severity.P1 and category["class"] != Confidentiality.K2.value


def offices_asked(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the offices of a rulebook with the categories for which each answers, those that only support last.

    Grade groups are among them: a school that has none lets an office stand for them.
    """
    asked: dict[str, list[str]] = {}
    for row in content["categories"]:
        asked.setdefault(row["lead"], []).append(row["code"])
    for row in content["categories"]:
        for code in dict.fromkeys(_named_by_answers(row).values()):
            asked.setdefault(code, []).append(row["code"])
    for row in content["categories"]:
        for code in row.get("support", ()):
            asked.setdefault(code, [])
    return asked


def content_fitted(content: Mapping[str, Any], fit: Fit) -> dict[str, Any]:
    """Return the content of a rulebook as it holds at one school."""
    kept = [row for row in content["categories"] if row["code"] not in fit.left_out or not may_be_left_out(row)]
    categories = [_category(row, fit, questions_of_reports(content, row)) for row in kept]
    changed = {**content, **_clocks(content, fit), "categories": categories}
    if OUTSIDE in content:
        changed[OUTSIDE] = reports_fitted(content, categories)
    codes = {row["code"] for row in kept}
    if ROUNDS in content:
        changed[ROUNDS] = _rounds(content[ROUNDS], codes, fit)
    if RESPONSES in content:
        section = content[RESPONSES]
        changed[RESPONSES] = responses_fitted(section, offices=fit.offices, kept=codes, own=fit.responses)
    own = fit.rows.get(TRAININGS, {})
    if TRAININGS in content or own:
        section = content.get(TRAININGS, {})
        changed[TRAININGS] = trainings_fitted(section, offices=fit.offices, own=own, ended=fit.ended)
    changed |= {name: {**changed.get(name, {}), **fit.rows[name]} for name in BY_ROWS if fit.rows.get(name)}
    if PERIODS in changed:
        changed[PERIODS] = _periods(changed[PERIODS], changed.get(ROUNDS, {"plans": {}})["plans"])
    fitted: dict[str, Any] = _above(changed, fit.above)
    return {**fitted, "name": own_name(content["name"])}


def _periods(templates: Mapping[str, Any], plans: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the measures out of templates whose plan the school does not have; a template without any goes."""
    kept = {
        code: {**row, "measures": [one for one in row["measures"] if one.get("plan") in {None, *plans}]}
        for code, row in templates.items()
    }
    return {code: row for code, row in kept.items() if row["measures"]}


def own_name(name: str) -> str:
    """Return the name of a school's own content that was made from the rulebook of this name."""
    return f"{name.removesuffix(OWN)[: 40 - len(OWN)]}{OWN}"


def fit_of(preset: Mapping[str, Any], own: Mapping[str, Any]) -> Fit:
    """Return the answers from which a school's own content was fitted, so that they can be corrected later."""
    stands = {row["code"]: row for row in own["categories"]}
    offices: dict[str, str] = {}
    for row in preset["categories"]:
        if row["code"] in stands:
            offices.setdefault(row["lead"], stands[row["code"]]["lead"])
    for row in preset["categories"]:
        theirs = stands.get(row["code"], {}).get("support", ())
        answered = _named_by_answers(stands.get(row["code"], {}))
        for answer, code in _named_by_answers(row).items():
            if answer in answered:
                offices.setdefault(code, answered[answer])
        if len(theirs) == len(row.get("support", ())):
            for code, unit in zip(row.get("support", ()), theirs, strict=True):
                offices.setdefault(code, unit)
    offices = {**offices_of_trainings(preset, own), **offices}
    above = Role(own["protection"]["rungs"][-1]["tell"][-1])
    left_out = frozenset(row["code"] for row in preset["categories"] if row["code"] not in stands)
    ended = trainings_ended(preset, own)
    fit = Fit(offices, above if above in ABOVE else Role.BUREAU_OFFICER, left_out, ended=ended)
    fitted = content_fitted(preset, fit)
    plans, checklists = _rounds_set(fitted, own)
    responses = responses_set(fitted, own)
    rows = _rows_set(fitted, own)
    return replace(
        fit, clocks=_clocks_set(fitted, own), plans=plans, checklists=checklists, responses=responses, rows=rows
    )


def _rows_set(fitted: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows of a school's own content that it set or added itself, by section; cluster rules among them."""
    pairs = {name: (fitted.get(name, {}), own.get(name, {})) for name in (*BY_ROWS, TRAININGS)}
    pairs[CLUSTERS] = (fitted.get(ROUNDS, {}).get(CLUSTERS, {}), own.get(ROUNDS, {}).get(CLUSTERS, {}))
    return {
        name: {code: row for code, row in stands.items() if row != usual.get(code)}
        for name, (usual, stands) in pairs.items()
    }


def _clocks_set(fitted: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the clocks of a school's own content that it set itself: those that are not as they were fitted."""
    usual = {**fitted["clocks"], BOUNDS: fitted["bounds"]}
    stands = {**own["clocks"], BOUNDS: own.get("bounds", {})}
    return {
        where: {name: row for name, row in clocks.items() if name in usual[where] and row != usual[where][name]}
        for where, clocks in stands.items()
    }


def _rounds_set(fitted: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the plans of a school's own content that it set or added itself, and the checklists that it added."""
    if ROUNDS not in own or ROUNDS not in fitted:
        return {}, {}
    usual, stands = fitted[ROUNDS], own[ROUNDS]
    plans = {code: row for code, row in stands["plans"].items() if row != usual["plans"].get(code)}
    checklists = {code: row for code, row in stands["checklists"].items() if code not in usual["checklists"]}
    return plans, checklists


def _clocks(content: Mapping[str, Any], fit: Fit) -> dict[str, Any]:
    clocks = {where: {**rows, **fit.clocks.get(where, {})} for where, rows in content["clocks"].items()}
    return {"clocks": clocks, BOUNDS: {**content[BOUNDS], **fit.clocks.get(BOUNDS, {})}}


def _category(row: Mapping[str, Any], fit: Fit, needed: Collection[str]) -> dict[str, Any]:
    lead = fit.offices.get(row["lead"], row["lead"])
    known = {LEAD_GRADE: LEAD_GRADE, **fit.offices}
    support = dict.fromkeys(known[code] for code in row.get("support", ()) if code in known)
    support.pop(lead, None)
    fitted = {name: value for name, value in row.items() if name not in {"support", QUESTIONS}}
    lists = {"support": list(support), QUESTIONS: _questions(row.get(QUESTIONS, ()), lead, fit, needed)}
    return {**fitted, "lead": lead, **{name: rows for name, rows in lists.items() if rows}}


def _rounds(rounds: Mapping[str, Any], kept: Collection[str], fit: Fit) -> dict[str, Any]:
    """Leave the items out of checklists, and the cluster rules, that lead to a category which the school leaves out.

    A checklist without any item left asks nothing; it goes, with the plans that use it.
    """
    rules = {**rounds.get(CLUSTERS, {}), **fit.rows.get(CLUSTERS, {})}
    clusters = {code: row for code, row in rules.items() if row["category"] in kept}
    every = {code: _checklist(row, kept) for code, row in {**rounds["checklists"], **fit.checklists}.items()}
    checklists = {code: row for code, row in every.items() if row["items"]}
    empty = every.keys() - checklists.keys()
    asked = {code: _plan(row, fit) for code, row in rounds["plans"].items()}
    own = {code: posts_taken_over(asked.get(code, {}), row) for code, row in fit.plans.items()}
    plans = {code: row for code, row in {**asked, **own}.items() if row["checklist"] not in empty}
    fitted = {code: posts_that_fit(row, checklists[row["checklist"]]) for code, row in plans.items()}
    rest = {name: row for name, row in rounds.items() if name != CLUSTERS}
    return {**rest, "checklists": checklists, "plans": fitted, **({CLUSTERS: clusters} if clusters else {})}


def _checklist(checklist: Mapping[str, Any], kept: Collection[str]) -> dict[str, Any]:
    return {**checklist, "items": [item for item in checklist["items"] if item.get("category") in {None, *kept}]}


def _plan(plan: Mapping[str, Any], fit: Fit) -> Mapping[str, Any]:
    """Name the school's own offices where a plan of the rulebook is held for some only."""
    if "only" not in plan:
        return plan
    return {**plan, "only": list(dict.fromkeys(fit.offices.get(code, code) for code in plan["only"]))}


def _questions(
    questions: Sequence[Mapping[str, Any]], lead: str, fit: Fit, needed: Collection[str]
) -> list[dict[str, Any]]:
    """Return the questions of which an answer still changes something where these offices answer, and those needed."""
    fitted = [{**row, "answers": [_answer(answer, lead, fit) for answer in row["answers"]]} for row in questions]
    changing = {"lead", "severity"}
    return [row for row in fitted if row["key"] in needed or any(answer.keys() & changing for answer in row["answers"])]


def _answer(answer: Mapping[str, Any], lead: str, fit: Fit) -> dict[str, Any]:
    named = fit.offices.get(answer.get("lead", ""), answer.get("lead"))
    rest = {name: value for name, value in answer.items() if name != "lead"}
    return rest if named in {None, lead} else {**rest, "lead": named}


def _named_by_answers(category: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the offices that answers to a category's questions name, by question and answer."""
    return {
        (question["key"], answer["key"]): answer["lead"]
        for question in category.get(QUESTIONS, ())
        for answer in question["answers"]
        if "lead" in answer
    }


def _above(part: Any, above: Role) -> Any:
    """Put somebody else where the bureau is told, in every list of roles."""
    if isinstance(part, Mapping):
        return {name: _above(value, above) for name, value in part.items()}
    if not isinstance(part, Sequence) or isinstance(part, str):
        return part
    if part and all(isinstance(one, str) and one in ROLES for one in part):
        return list(dict.fromkeys(above.value if one == Role.BUREAU_OFFICER else one for one in part))
    return [_above(one, above) for one in part]
