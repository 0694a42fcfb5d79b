"""Whatever a school has stands in its configuration as a file, or is left out on purpose and said to be."""

from pathlib import Path

from django.apps import apps

from backend.organisation.models import School

PAPER = Path(__file__).parents[2] / "docs" / "configuration-file.md"
WRITTEN = {
    *("duty.ContactRule", "duty.DutyShift", "gate.GateRule", "organisation.Person", "organisation.Place"),
    *("organisation.Post", "organisation.TelephoneNumber", "organisation.Unit", "outside.OutsideNumber"),
    *("responsibility.OfficeSlot", "responsibility.Share", "rulebook.SchoolRulebook", "rulebook.StandardReply"),
}
LEFT_OUT = {
    "portals": {"identity.IdentityProvider"},
    "to-do systems": {"todos.TodoSystem"},
    "sources of people": {"people.PeopleSource", "people.PeopleSync", "people.SourcedPerson", "people.SourcedUnit"},
    "service accounts": {"integrations.ServiceAccount"},
    "special periods": {"rounds.Period"},
    "open days": {"gate.OpenDay"},
    "the leading group": {"responsibility.LeadingGroup"},
    "tickets": {"workflow.Ticket", "workflow.SightChange", "workflow.TicketOpening", "outside.OutsideDuty"},
    "rounds": {"rounds.Round", "rounds.RoundCluster", "rounds.Inspection"},
    "visits": {"gate.GateVisit", "rounds.OutsideVisit", "rounds.OutsideReply"},
    "meetings": {"meetings.Meeting"},
    "messages": {"notifications.Delivery", "integrations.FeedEntry"},
    "trainings": {"training.TrainingDue", "training.TrainingSession"},
    "figures": {"insights.Bulletin", "insights.BulletinDraft", "insights.CountedTicket", "insights.Export"},
    "approvals": {
        "response.Response",
        "response.ResponseApproval",
        "response.ResponseDraft",
        "organisation.PendingPower",
    },
    "whatever else is on record": {
        *("rulebook.RulebookCheck", "rulebook.RulebookStretch", "rulebook.RulebookUse", "setup.CheckKept"),
        *("retention.Forgotten", "workflow.PersonHold"),
    },
}
"""Read what the paper says of them, and the tables."""


def test_every_table_of_a_school_is_written_or_left_out_on_purpose() -> None:
    """Five tables that a school sets were in neither; the next one cannot be forgotten."""
    found = {
        model._meta.label
        for model in apps.get_models()
        if model is not School and any(field.related_model is School for field in model._meta.fields)
    }
    left_out = set().union(*LEFT_OUT.values())
    assert WRITTEN.isdisjoint(left_out)
    assert found == WRITTEN | left_out


def test_the_paper_names_what_is_left_out() -> None:
    said = " ".join(PAPER.read_text().partition("Not in it, on purpose:")[2].partition("## ")[0].split())
    assert [words for words in LEFT_OUT if words not in said] == []
