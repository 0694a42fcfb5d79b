"""Rounds made, answered and excused, done to the real system and told to the oracle, at the same virtual instant."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor, HeldPost
from backend.organisation.models import Place
from backend.organisation.roles import Role
from backend.rounds.checking import AnswerDraft
from backend.rounds.models import Round, Said
from backend.rounds.services.answering import round_answer, round_correct, round_excuse
from backend.rounds.services.inspecting import InspectionDraft, inspection_ask
from backend.rounds.services.making import rounds_make
from backend.rounds.services.periods import MeasureDraft, PeriodDraft, period_approve, period_draw_up
from backend.rounds.services.visiting import Spot, place_visit
from backend.rulebook.period_reading import measure_read
from tools.prove.simulate.duties import Contacts, Periods, PeriodTold, Responses
from tools.prove.simulate.ladders import Ladders
from tools.prove.simulate.plans import OVER_PLACES, Measure
from tools.prove.simulate.rounds import RoundKey, Rounds, RoundTold, Site
from tools.prove.simulate.sites import INSPECTED, owners_of, site_laid_out, who_is
from tools.prove.simulate.stage import SchoolStage

if TYPE_CHECKING:
    from tools.prove.simulate.twin import Twin

WELL, BAD = "all_well", "to_report"
WORDS, WHY = "Seen in person.", "The place was closed that day."
COUNTED = {"due": 40, "present": 40}
"""The lines without which a morning check is no answer; nobody is ill, so that no cluster opens a ticket."""
SAYS = {"answer": round_answer, "correct": round_correct}


class Watch:
    """The rounds and all that is watched beside the tickets, in the real system and by the oracle."""

    def __init__(self, twin: "Twin") -> None:
        content = twin.oracle.rulebook.content
        self.twin = twin
        twin.watch, twin.oracle.kept_at = self, self.kept_at
        self.ladders = Ladders()
        self.rounds = Rounds(self.ladders, twin.oracle.minutes)
        self.contacts = Contacts(self.ladders, self.rounds.sites)
        self.responses = Responses(self.ladders, content["response_plans"])
        self.periods = Periods(self.ladders, content["periods"])
        self.stages: dict[UUID, SchoolStage] = {}

    def stage(self, stage: SchoolStage, *, now: datetime, days: int) -> Site:
        """Have a school work with rounds from now on."""
        self.stages[stage.school.id] = stage
        self.rounds.sites[stage.school.id] = site = site_laid_out(stage, now=now, days=days)
        return site

    def swept(self, at: datetime) -> None:
        """Let the oracle climb every ladder that is due."""
        for (kind, key, *clock), rungs in self.ladders.swept(at):
            if kind == "round":
                self.rounds.swept(key, rungs, at)  # type: ignore[arg-type]
            elif kind == "contact":
                self.contacts.swept(key, at)  # type: ignore[arg-type]
            elif kind == "response":
                self.responses.swept(key, rungs, at)  # type: ignore[arg-type]
            elif clock == ["course"]:
                self.periods.swept(key, rungs, at)  # type: ignore[arg-type]

    def kept_at(self, school: UUID, at: datetime) -> Mapping[str, int]:
        """Return by severity how many hundredths of their time the clocks keep of what is reported at an instant."""
        site = self.rounds.sites.get(school)
        in_force = site.in_force(site.today(at)) if site else []
        measures = [measure for measure in in_force if "percent" in measure.said]
        percents = {
            severity: measure.said["percent"] for measure in measures for severity in measure.said["severities"]
        }
        return {severity: int(percent) for severity, percent in percents.items()}

    def away(self, person: UUID, since: datetime, until: datetime) -> None:
        """Take note that somebody is away."""
        for site in self.rounds.sites.values():
            site.people.absences.append((person, since, until))

    def make(self, at: datetime) -> list[RoundTold]:
        """Let the daily task make the rounds ahead; return those that it changed."""
        return self._changed(self.rounds.made(at), rounds_make(now=at), f"making rounds at {at}")

    def places(self, site: Site) -> list[str]:
        """Return the codes of a school's places."""
        return list(Place.objects.filter(school=site.school).order_by("code").values_list("code", flat=True))

    def inspect(self, site: Site, places: Sequence[str], *, at: datetime, due_at: datetime) -> list[RoundTold]:
        """Let the coordinator ask for an inspection of some places; return its rounds."""
        ids = list(Place.objects.filter(school=site.school, code__in=places).values_list("id", flat=True))
        draft = InspectionDraft(plan=INSPECTED, reason=WHY, due_at=due_at, places=ids)
        inspection_ask(actor=self.actor(site, self.stages[site.school].coordinator.person_id, at), draft=draft, now=at)
        before = set(self.rounds.rounds)
        self.rounds.requested(site, INSPECTED, owners_of(site, places), at=at, due_at=due_at)
        self.twin.counts["inspections"] += 1
        return [row for key, row in self.rounds.rounds.items() if key not in before]

    def approve(
        self, site: Site, template: str, days: tuple[date, date], said: Sequence[Mapping[str, Any]], *, at: datetime
    ) -> list[RoundTold]:
        """Let the principal draw a special period up and approve it; return the rounds that it changed."""
        principal = self.actor(site, self.stages[site.school].principal.person_id, at)
        walked = self.places(site)[:1]
        measures = tuple(MeasureDraft(measure_read(one)) for one in said)
        draft = PeriodDraft(template, *days, places=tuple(walked), measures=measures)
        row = period_draw_up(actor=principal, draft=draft, words=WHY, now=at)
        period_approve(actor=principal, period_id=row.id, words=WHY, now=at)
        told = PeriodTold(row.id, site, *days)
        self.periods.approved(told, template, [Measure(*days, one, tuple(walked)) for one in said], at)
        self.twin.counts["periods"] += 1
        return self.rounds.made_at(site, at)

    def say(self, key: RoundKey, person: UUID, how: str, said: str, at: datetime) -> bool:
        """Let somebody answer, correct or excuse a round; say whether it was taken."""
        told, site = self.rounds.rounds[key], self.rounds.sites[key.school]
        row = self._row(key)
        told.named = row.assignee_id
        who, actor = who_is(site, person, at), self.actor(site, person, at)
        expected = self.rounds.refusal(told, who, how, at)
        if not expected and how == "answer" and said == WELL:
            self._walk(row, told, actor, at)
        act = partial(_said, actor, row.id, how, self._draft(told, how, said), at)
        what = f"{how} of {key} by {person} at {at}"
        if self.twin.expecting(expected, what, act) is None:
            return False
        self.rounds.said(told, who, how, said, at)
        self.twin.counts["rounds answered" if how != "excuse" else "rounds excused"] += 1
        return True

    def actor(self, site: Site, person: UUID, at: datetime) -> Actor:
        """Return somebody as the real system knows them at an instant."""
        stage = self.stages[site.school]
        units = {code: unit_id for unit_id, code in stage.codes.items()}
        posts = who_is(site, person, at).posts
        held = tuple(HeldPost(Role(role), units[unit] if unit else None) for role, unit in sorted(posts))
        known = next(one for one in stage.reporters if one.person_id == person)
        return Actor(known.user_id, person, known.name, site.school, None, held)

    def _row(self, key: RoundKey) -> Round:
        unit = key.unit or None
        return Round.objects.get(school=key.school, plan=key.plan, unit__code=unit, day=key.day, turn=key.turn)

    def _walk(self, row: Round, told: RoundTold, actor: Actor, at: datetime) -> None:
        """Look at every place of a round's route, without which nobody says that all is well."""
        if told.plan.row["kind"] in OVER_PLACES:
            for place in Place.objects.filter(school=told.key.school, code__in=told.plan.row["route"]):
                spot = Spot(place_id=place.id), AnswerDraft(Said.ALL_WELL, "", {})
                place_visit(actor=actor, round_id=row.id, told=lambda spot=spot: spot, now=at)  # type: ignore[misc]

    def _draft(self, told: RoundTold, how: str, said: str) -> AnswerDraft:
        """Return an answer with what its plan asks for; a correction says something that was not said before."""
        counts = COUNTED if told.plan.row["kind"] == "morning_check" else {}
        return AnswerDraft(Said(said), f"{WORDS} {how} {len(told.answers)}", counts)

    def _changed(self, told: list[RoundTold], count: int, what: str) -> list[RoundTold]:
        if len(told) != count:
            self.twin.remarks.append(f"{what} changed {count}; the oracle says {len(told)}")
        self.twin.counts["rounds made"] += sum(row.state == "planned" for row in told)
        return told


def _said(actor: Actor, round_id: UUID, how: str, draft: AnswerDraft, at: datetime) -> Round:
    with transaction.atomic():
        if how == "excuse":
            return round_excuse(actor=actor, round_id=round_id, reason=lambda: WHY, now=at)
        says: Callable[..., Round] = SAYS[how]
        return says(actor=actor, round_id=round_id, draft=lambda: draft, now=at)
