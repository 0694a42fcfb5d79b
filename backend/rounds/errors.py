"""Refusals about rounds, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, PermissionDenied


class NotAsked(PermissionDenied):
    """A round is answered by whoever is asked, or somebody in the same role of the office."""

    code = "not_asked"
    title = _("This is asked of somebody else. Whoever holds the post that is asked, or its deputy, answers it.")


class RoundAnswered(Conflict):
    """The round has an answer already."""

    code = "round_answered"
    title = _("This has been answered already. If something was wrong or has come up since, correct the answer.")


class RoundNotAnswered(Conflict):
    """The round has no answer that could be corrected."""

    code = "round_not_answered"
    title = _("There is no answer to correct yet.")


class RoundExcused(Conflict):
    """Somebody has said that the round need not be answered."""

    code = "round_excused"
    title = _("This has been excused and needs no answer any more.")


class TooManyCorrections(Conflict):
    """A round takes twenty answers."""

    code = "too_many_corrections"
    title = _("This has been corrected very often. Please speak to the leader on duty.")


class UnknownItem(Invalid):
    """The checklist of the round has no such line."""

    code = "unknown_item"
    title = _("The checklist has no such line.")


class ItemMissing(Invalid):
    """A line that belongs to every answer was left open."""

    code = "item_missing"
    title = _("This line belongs to every answer. Please fill it in, also where it is nought.")


class WrongValue(Invalid):
    """The line takes another sort of value."""

    code = "wrong_value"
    title = _("This line takes a yes or no, or a whole number from 0 to 99999; it says which.")


class NothingFound(Conflict):
    """The latest answer of the round says nothing against this line."""

    code = "nothing_found"
    title = _(
        "The latest answer does not say no to this line. Correct the answer first, or report it without the round."
    )


class NotAllWell(Invalid):
    """All well was said together with a line that is not."""

    code = "not_all_well"
    title = _("A line says no, so that not all is well. Say that there is something to report.")


class PlacesNotVisited(Invalid):
    """All well was said of a route of which a place has not been looked at."""

    code = "places_not_visited"
    title = _("Not every place has been looked at, so that nobody knows whether all is well. Visit the others first.")


class RouteGone(Invalid):
    """All well was said of a route of which no place is left."""

    code = "route_gone"
    title = _("The places of this route are not on the school's list any more. Say in words how it is.")


class NotOnTheRoute(Invalid):
    """The place is none that this round goes over."""

    code = "not_on_the_route"
    title = _("This place is not on the route.")


class PlaceSpokenOf(Conflict):
    """A word that was meant as the first on a place finds another one there."""

    code = "place_spoken_of"
    title = _("Something else has been said of this place meanwhile. Please read it; if it is not so, say it again.")


class TooManyVisits(Conflict):
    """The places of a round have been looked at more often than is kept."""

    code = "too_many_visits"
    title = _("These places have been ticked off very often. Please answer the round.")


class AtAnotherPost(Conflict):
    """Somebody who stands at one post of the gate said that they stand at another one too."""

    code = "at_another_post"
    title = _("You have said that you stand at another post. Each post is for one person; correct the other one first.")


class PostOver(Conflict):
    """That somebody stands at a post was said after the window was over."""

    code = "post_over"
    title = _("This duty is over, so that nobody stands there now. Say in words how it was.")


class UrgentUnsaid(Invalid):
    """All well was said for the school without a word on what is urgent and open."""

    code = "urgent_unsaid"
    title = _("There is an urgent report (P1) that is not closed. Please say in a few words how it stands.")


class NothingSaid(Invalid):
    """Something to report was said without saying what."""

    code = "nothing_said"
    title = _("Say in words what there is to report, or mark the line that is not well.")


class NotBehindIt(Conflict):
    """The event is not one that had happened before all was said to be well."""

    code = "not_behind_it"
    title = _("Link what had happened before somebody said that all is well, at the same school and in earnest.")


class SealedStaysApart(Conflict):
    """The ticket is or was strictly confidential, and no round is linked with such a one."""

    code = "sealed_stays_apart"
    title = _("This is confidential and stays apart: it is not linked with a round.")


class NoSweep(Conflict):
    """Other places are not looked at because of this ticket, or not by the rules of its school."""

    code = "no_sweep"
    title = _("Other places are looked at because of a serious hazard (P1 or P2) that is not confidential.")


class VisitToCome(Invalid):
    """A visit from outside is kept once it has been."""

    code = "visit_to_come"
    title = _("This day is still to come. A visit is kept once it has been.")


class AnswerDayPast(Invalid):
    """The day by which somebody outside wants an answer lies before their visit."""

    code = "answer_day_past"
    title = _("The day of the answer lies before the visit.")


class AnswerToCome(Invalid):
    """An answer to an authority is said to have been given on a day to come."""

    code = "answer_to_come"
    title = _("This day is still to come. Note the answer once it was given.")


class ReasonMissing(Invalid):
    """Something that stands on record is corrected without saying why."""

    code = "reason_missing"
    title = _("This is noted already. Say why it is corrected; both stay on record.")


class SameDay(Conflict):
    """An answer is wanted by this day already."""

    code = "same_day"
    title = _("The answer is wanted by this day already. Nothing was changed.")


class TooManyReplies(Conflict):
    """More answers, or more words on one, than a visit calls for."""

    code = "too_many_replies"
    title = _("So much is noted on the answers to this visit that no more is taken.")


class NotOfThisVisit(Invalid):
    """The ticket cannot be about what a visit from outside found."""

    code = "not_of_this_visit"
    title = _("Name a ticket of this school that is not confidential, is no exercise, and belongs to no other visit.")


class NoInspection(Invalid):
    """No inspection of this name is held by the rules of the school."""

    code = "no_inspection"
    title = _("The rules of the school have no such inspection.")


class TooManyInspections(Conflict):
    """Somebody has asked for as many inspections today as they may."""

    code = "too_many_inspections"
    title = _("You have asked for many inspections today. Ask for the next one tomorrow, or speak to a colleague.")


class NobodyElseThere(Invalid):
    """A second look was asked of an office in which everybody had looked before."""

    code = "nobody_else_there"
    title = _("Everybody in this office has looked at these places already. Choose another office for the second look.")


class NotLookedAtBefore(Invalid):
    """A second look was to go to a place that the first one did not go over."""

    code = "not_looked_at_before"
    title = _("A second look goes to places of the first one. Ask anew for the others.")


class SweepTime(Invalid):
    """The time until which places are to be looked at is over, or far away."""

    code = "sweep_time"
    title = _("Give a time that is yet to come, within 60 days.")


class PlacesUnknown(Invalid):
    """A place or office that is named is none of the school."""

    code = "places_unknown"
    title = _("This is not one of the school's places or offices.")


class FindingKept(Conflict):
    """A finding of a visit from outside keeps the day of its answer."""

    code = "finding_kept"
    title = _("This ticket stands with this visit already, with another day of the answer or none. It stays as it was.")
