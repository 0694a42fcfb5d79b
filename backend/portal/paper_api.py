"""The API of papers: a ticket and its slip, the slip and the receipt of one's own report, a plan, a month, posters."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.common.openapi import ProblemSerializer
from backend.common.problems import MEDIA_TYPE
from backend.common.renderers import AnyRenderer
from backend.incidents.selectors import report_get
from backend.insights.selectors.bulletins import bulletin_get
from backend.meetings.selectors import meeting_get
from backend.notary.errors import ProofNotReady
from backend.notary.receipts import receipt_of
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.portal.bulletin_paper import bulletin_pdf
from backend.portal.hazard_paper import hazards_pdf
from backend.portal.meeting_paper import meeting_pdf
from backend.portal.month_choice import month_asked
from backend.portal.months import month_pdf
from backend.portal.outside_report import outside_report_pdf
from backend.portal.pages import pdf_file, proof_file
from backend.portal.plan_paper import plan_pdf
from backend.portal.posters import buildings_of, hung_chosen, posters_pdf
from backend.portal.selectors import places_for_report, school_of
from backend.portal.serializers import MonthInput, PostersInput
from backend.portal.slip import slip_pdf
from backend.portal.ticket_paper import ticket_pdf
from backend.portal.ticket_slip import SlipOfConfidential, ticket_slip_pdf
from backend.rounds.selectors.hazards import hazards_known
from backend.workflow.errors import NotAtASchool
from backend.workflow.selectors import ticket_get
from backend.workflow.services.opening_log import ticket_opened

TOO_LONG = OpenApiResponse(ProblemSerializer, description="It would be too much for one paper.")
SLIP = {(200, "application/pdf"): OpenApiTypes.BINARY}
CONFIDENTIAL = OpenApiResponse(ProblemSerializer, description=str(SlipOfConfidential.__doc__))
NOT_READY = {(409, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=str(ProofNotReady.__doc__))}
PAPER = {**SLIP, (422, MEDIA_TYPE): TOO_LONG}


class PaperView(StaffView):
    """The base of papers; refusals are problem documents all the same."""

    renderer_classes: list[type[BaseRenderer]] = [JSONRenderer, AnyRenderer]


class TicketPaperView(PaperView):
    """One ticket as a paper."""

    @extend_schema(operation_id="tickets_paper", responses=PAPER)
    def get(self, _request: Request, ticket_id: UUID) -> HttpResponse:
        """Answer with the ticket as PDF, as far as it is open to the reader; of a confidential one that is recorded."""
        ticket, now = ticket_get(actor=self.actor, ticket_id=ticket_id), database_now()
        ticket_opened(actor=self.actor, ticket=ticket, now=now, is_paper=True)
        return pdf_file(ticket_pdf(actor=self.actor, ticket=ticket, now=now), name=ticket.reference)


class TicketSlipView(PaperView):
    """The slip of a ticket in three parts."""

    @extend_schema(operation_id="tickets_slip", responses={**SLIP, (409, MEDIA_TYPE): CONFIDENTIAL})
    def get(self, _request: Request, ticket_id: UUID) -> HttpResponse:
        """Answer with the slip as PDF, for the office that has the ticket and those above; never of class K2."""
        ticket, now = ticket_get(actor=self.actor, ticket_id=ticket_id), database_now()
        paper = ticket_slip_pdf(actor=self.actor, ticket=ticket, now=now)
        ticket_opened(actor=self.actor, ticket=ticket, now=now, is_paper=True)
        return pdf_file(paper, name=f"slip-{ticket.reference}")


class OutsidePaperView(PaperView):
    """The written report to somebody outside."""

    @extend_schema(operation_id="outside_paper", responses=PAPER)
    def get(self, _request: Request, ticket_id: UUID, duty_id: UUID) -> HttpResponse:
        """Answer with the report as PDF, filled in as far as the reader may see; what is not known is left blank."""
        ticket, now = ticket_get(actor=self.actor, ticket_id=ticket_id), database_now()
        paper = outside_report_pdf(actor=self.actor, ticket=ticket, duty_id=duty_id, now=now)
        ticket_opened(actor=self.actor, ticket=ticket, now=now, is_paper=True)
        return pdf_file(paper, name=f"report-{ticket.reference}")


class MeetingPaperView(PaperView):
    """The agenda and the minutes of a meeting."""

    access = Permission.MEETINGS_READ

    @extend_schema(operation_id="meetings_paper", responses=PAPER)
    def get(self, _request: Request, meeting_id: UUID) -> HttpResponse:
        """Answer with the meeting as PDF; nothing confidential stands on it, whoever draws it."""
        row = meeting_get(actor=self.actor, meeting_id=meeting_id)
        paper = meeting_pdf(actor=self.actor, meeting=row, now=database_now())
        return pdf_file(paper, name=f"meeting-{row.day:%Y-%m-%d}")


class BulletinPaperView(PaperView):
    """A weekly bulletin."""

    @extend_schema(operation_id="bulletins_paper", responses=PAPER)
    def get(self, _request: Request, bulletin_id: UUID) -> HttpResponse:
        """Answer with the bulletin as PDF, as it was published."""
        row = bulletin_get(actor=self.actor, bulletin_id=bulletin_id)
        return pdf_file(bulletin_pdf(bulletin=row, now=database_now()), name=f"bulletin-{row.week:%Y-%m-%d}")


class HazardPaperView(PaperView):
    """The hazard register."""

    access = Permission.INBOX_READ

    @extend_schema(operation_id="hazards_paper", responses=PAPER)
    def get(self, _request: Request) -> HttpResponse:
        """Answer with the register as PDF, as far as the reader knows of it."""
        tickets = hazards_known(actor=self.actor)
        return pdf_file(hazards_pdf(actor=self.actor, tickets=tickets, now=database_now()), name="hazards")


class ResponsePlanPaperView(PaperView):
    """A response plan with its annexes of the day."""

    @extend_schema(operation_id="response_plans_paper", responses=PAPER)
    def get(self, _request: Request, code: str) -> HttpResponse:
        """Answer with its steps, the telephone list and the rosters of this day as PDF, as the reader may see them."""
        return pdf_file(plan_pdf(actor=self.actor, code=code, now=database_now()), name=code)


class ReportSlipView(PaperView):
    """The slip of a report."""

    @extend_schema(operation_id="reports_slip", responses=SLIP)
    def get(self, _request: Request, report_id: UUID) -> HttpResponse:
        """Answer with the slip of one's own report as PDF."""
        report, school = report_get(actor=self.actor, report_id=report_id), school_of(actor=self.actor)
        if school is None:
            raise NotFound
        with timezone.override(ZoneInfo(school.time_zone)):
            return pdf_file(slip_pdf(report=report, school=school, now=database_now()), name=report.ticket.reference)


class ReportProofView(PaperView):
    """The receipt of a report."""

    @extend_schema(operation_id="reports_proof", responses={(200, "text/plain"): OpenApiTypes.STR, **NOT_READY})
    def get(self, _request: Request, report_id: UUID) -> HttpResponse:
        """Answer with a proof that one's own report is on record, in the format tlog-proof of C2SP."""
        report = report_get(actor=self.actor, report_id=report_id)
        return proof_file(receipt_of(report=report), name=report.ticket.reference)


class MonthPaperView(PaperView):
    """The report of a month of one school."""

    access = Permission.FIGURES_READ
    may_be_missing = True
    asks = MonthInput

    @extend_schema(operation_id="insights_month_paper", responses=PAPER)
    def get(self, _request: Request) -> HttpResponse:
        """Answer with the month as PDF, as far as the reader counts it; the same numbers are among the figures."""
        now, texts = database_now(), {name: str(value) for name, value in self.asked.validated_data.items()}
        asked = month_asked(actor=self.actor, given=texts, now=now)
        return pdf_file(month_pdf(shown=asked.shown(actor=self.actor, now=now), now=now), name=asked.name)


class PostersView(PaperView):
    """Posters with QR codes."""

    access = Permission.PLACES_READ_CODE
    may_be_missing = True
    asks = PostersInput

    @extend_schema(operation_id="places_posters", responses=PAPER)
    def get(self, _request: Request) -> HttpResponse:
        """Answer with the posters of the whole school, of a building or of one place as PDF."""
        school = school_of(actor=self.actor)
        if school is None:
            raise NotAtASchool
        hung = hung_chosen(buildings=buildings_of(places_for_report(actor=self.actor)), **self.asked.validated_data)
        return pdf_file(posters_pdf(school=school, hung=hung, now=database_now()), name=f"posters-{school.code}")
