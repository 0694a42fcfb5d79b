"""Permissions: one table from each to the roles that give it and to the error that refuses it. Pure.

What somebody may do to one ticket is not decided here: it follows from how they stand to that ticket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied
from backend.organisation.gate_refusals import NotGateReader, NotGateSetter
from backend.organisation.map_refusals import NotForGroup, NotForSharing, NotForSlots, NotGapsReader
from backend.organisation.meeting_refusals import (
    NotBulletinPreparer,
    NotBulletinPublisher,
    NotMeetingCaller,
    NotMeetingReader,
)
from backend.organisation.outside_refusals import NotForJudging
from backend.organisation.powers import OVER_SEALED
from backend.organisation.record_refusals import NotAccessLogReader, NotEvidenceKeeper, NotLedgerAnswerer
from backend.organisation.response_refusals import NotForPeriods, NotForStarting, NotPlanApprover
from backend.organisation.roles import Role
from backend.organisation.training_refusals import NotTrainingReader, NotTrainingRecorder


class NotStaff(PermissionDenied):
    """The account belongs to nobody who works here."""

    code = "not_staff"
    title = _("Your account is not linked to a member of staff. Please ask your school's administrator.")


class NoPost(NotStaff):
    """The person held posts, and the last one has ended."""

    title = _(
        "You hold no post here at the moment, so only your own earlier reports are open to you. If you still work "
        "here, please ask your school's administrator to enter your post."
    )


class NotAdministrator(PermissionDenied):
    """Only the administrator of a school looks after its people."""

    code = "not_administrator"
    title = _("Only your school's administrator may do this.")


class NotYourAbsence(PermissionDenied):
    """Only keepers of the rosters note absences of others."""

    code = "not_your_absence"
    title = _("You can note your own absence only. For others, ask the safety coordinator or the administrator.")


class NotRosterKeeper(PermissionDenied):
    """The person does not keep the rosters."""

    code = "not_roster_keeper"
    title = _("Only the principals, the safety coordinator and the administrator change the rosters.")


class NotForLeading(PermissionDenied):
    """The person answers for nobody at the school and does not serve in the shift."""

    code = "not_for_leading"
    title = _("Leading on duty is taken over by heads of office, school leaders, or somebody in the same shift.")


class NotCalendarKeeper(PermissionDenied):
    """The person does not look after the school's calendar."""

    code = "not_calendar_keeper"
    title = _("Only the principals, the safety coordinator and the administrator change the school's calendar.")


class NotBoardReader(PermissionDenied):
    """The person answers for no whole school."""

    code = "not_board_reader"
    title = _("Only the safety coordinator, the principals and the bureau see what is overdue in the whole school.")


class NotFiguresReader(PermissionDenied):
    """The person heads no office and answers for no school."""

    code = "not_figures_reader"
    title = _("Only heads of office, the safety coordinator, the principals and the bureau read figures.")


class NotReachReader(PermissionDenied):
    """The person does not plan who is reachable."""

    code = "not_reach_reader"
    title = _("Only leaders, the safety coordinator and the administrator see who would be reached.")


class ExerciseNotAllowed(PermissionDenied):
    """Exercises are held by those who answer for the safety of the whole school."""

    code = "exercise_not_allowed"
    title = _("Only the safety coordinator, the school's leaders and the administrator can file an exercise.")


class SecondFactorMissing(PermissionDenied):
    """The person holds a post that needs a second factor, has none, and the time for it is over."""

    code = "second_factor_missing"
    title = _("Your post needs a second factor. Sign in to the pages and set one up: an app or a passkey.")


class NotForExcusing(PermissionDenied):
    """A round is excused by somebody who answers for the school, and of whom it is not asked."""

    code = "not_for_excusing"
    title = _("Only the leader on duty, the coordinator or a principal excuses this, and nobody of whom it is asked.")


class NotForRequesting(PermissionDenied):
    """That places are looked at besides what is planned is asked for by somebody who answers for the school."""

    code = "not_for_requesting"
    title = _("Only the leader on duty, the coordinator or a principal asks for this.")


class Permission(StrEnum):
    """A leave to do something, as `resource.action`; the values are part of the API."""

    STAFF = "staff"
    OWN_REPORTS_READ = "own_reports.read"
    ABSENCES_READ = "absences.read"
    ABSENCES_WRITE = "absences.write"
    ACCESS_LOG_READ = "access_log.read"
    BOARD_READ = "board.read"
    BULLETINS_PREPARE = "bulletins.prepare"
    BULLETINS_PUBLISH = "bulletins.publish"
    CALENDAR_WRITE = "calendar.write"
    CONFIGURATION_IMPORT = "configuration.import"
    CONFIGURATION_WRITE = "configuration.write"
    CONTACTS_ASK = "contacts.ask"
    DELIVERIES_READ = "deliveries.read"
    EVIDENCE_HOLD = "evidence.hold"
    EXERCISE_FILE = "exercise.file"
    FIGURES_READ = "figures.read"
    GAPS_READ = "gaps.read"
    GATE_READ = "gate.read"
    GATE_SET = "gate.set"
    GROUP_WRITE = "group.write"
    INBOX_READ = "inbox.read"
    LEDGER_ANSWER = "ledger.answer"
    MEETINGS_CALL = "meetings.call"
    MEETINGS_READ = "meetings.read"
    OFFICERS_WRITE = "officers.write"
    OUTSIDE_JUDGE = "outside.judge"
    PEOPLE_END = "people.end"
    PEOPLE_READ_POSTS = "people.read_posts"
    PERIODS_DECIDE = "periods.decide"
    PLACES_READ_CODE = "places.read_code"
    POWERS_CONFIRM = "powers.confirm"
    PROVIDERS_MANAGE = "providers.manage"
    REACH_READ = "reach.read"
    RECORD_READ = "record.read"
    RESPONSES_APPROVE = "responses.approve"
    RESPONSES_START = "responses.start"
    ROSTER_READ_SWAPS = "roster.read_swaps"
    ROSTER_TAKE_LEAD = "roster.take_lead"
    ROSTER_WRITE = "roster.write"
    ROUNDS_EXCUSE = "rounds.excuse"
    ROUNDS_READ = "rounds.read"
    ROUNDS_REQUEST = "rounds.request"
    RULEBOOK_READ_CHECK = "rulebook.read_check"
    SERVICES_MANAGE = "services.manage"
    SHARES_WRITE = "shares.write"
    SLOTS_WRITE = "slots.write"
    STAFF_IMPORT = "staff.import"
    STAFF_INVITE = "staff.invite"
    TODO_SYSTEMS_MANAGE = "todo_systems.manage"
    TRAININGS_LEAD = "trainings.lead"
    TRAININGS_READ = "trainings.read"
    TRAININGS_WRITE = "trainings.write"


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that give a permission (None: it needs no post), the error that refuses it, and what else it asks."""

    roles: frozenset[Role] | None
    refusal: type[PermissionDenied] = PermissionDenied
    asks_proof: bool = False
    """True where changes under it are powers over other people, and need a sign-in of the last ten minutes.

    What somebody does with their own (swap a shift, note an absence, step in) needs neither permission nor proof.
    """


ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OFFICER_KEEPERS = ADMINISTRATORS | {Role.BUREAU_OFFICER}
"""Those who enter and invite the officers of a bureau: its own, or a school that has the bureau to itself.

They let other programs in, too, each at their own school or bureau.
"""
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL})
"""The keepers of a school's records."""
ROSTER_KEEPERS = KEEPERS | {Role.BUREAU_OFFICER}
"""The keepers of rosters and absences of their own school or, as officers of the bureau, of the bureau."""
LEADING = frozenset({Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL, Role.BUREAU_OFFICER})
"""Those who answer for the tickets of a whole school, or of several."""
MEETING = frozenset({Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL})
"""Those who call meetings of a school, prepare its bulletin, rule its gate, approve its plans and share it out."""
LEADERS = KEEPERS | {Role.DUTY_LEADER, Role.BOARD_CHAIR}
EXCUSING = frozenset({Role.DUTY_LEADER, Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL})
"""Those who lead: they excuse rounds for the whole school, read its gate's log, and start response plans."""
WORKING_ON_TICKETS = frozenset(
    {
        *(Role.HANDLER, Role.OFFICE_HEAD, Role.PROTECTION_LEAD, Role.BOARD_CHAIR, Role.BUREAU_OFFICER),
        *(Role.COORDINATOR, Role.DUTY_LEADER, Role.VICE_PRINCIPAL, Role.PRINCIPAL),
    }
)

RULES: Mapping[Permission, Rule] = MappingProxyType(
    {
        Permission.STAFF: Rule(frozenset(Role), NoPost),
        Permission.OWN_REPORTS_READ: Rule(None, NotStaff),
        Permission.ABSENCES_READ: Rule(ROSTER_KEEPERS),
        Permission.ABSENCES_WRITE: Rule(ROSTER_KEEPERS, NotYourAbsence, asks_proof=True),
        Permission.ACCESS_LOG_READ: Rule(frozenset({Role.PROTECTION_LEAD}), NotAccessLogReader),
        Permission.BOARD_READ: Rule(LEADING, NotBoardReader),
        Permission.BULLETINS_PREPARE: Rule(MEETING, NotBulletinPreparer),
        Permission.BULLETINS_PUBLISH: Rule(frozenset({Role.PRINCIPAL}), NotBulletinPublisher),
        Permission.CALENDAR_WRITE: Rule(KEEPERS, NotCalendarKeeper),
        Permission.CONFIGURATION_IMPORT: Rule(ADMINISTRATORS, NotAdministrator, asks_proof=True),
        Permission.CONFIGURATION_WRITE: Rule(ADMINISTRATORS, NotAdministrator),
        Permission.CONTACTS_ASK: Rule(ROSTER_KEEPERS, NotRosterKeeper),
        Permission.DELIVERIES_READ: Rule(frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})),
        Permission.EVIDENCE_HOLD: Rule(frozenset({Role.PRINCIPAL, Role.PROTECTION_LEAD}), NotEvidenceKeeper),
        Permission.EXERCISE_FILE: Rule(LEADERS, ExerciseNotAllowed),
        Permission.FIGURES_READ: Rule(LEADING | {Role.OFFICE_HEAD}, NotFiguresReader),
        Permission.GAPS_READ: Rule(ROSTER_KEEPERS, NotGapsReader),
        Permission.GATE_READ: Rule(EXCUSING, NotGateReader),
        Permission.GATE_SET: Rule(MEETING, NotGateSetter),
        Permission.GROUP_WRITE: Rule(MEETING, NotForGroup),
        Permission.INBOX_READ: Rule(WORKING_ON_TICKETS),
        Permission.LEDGER_ANSWER: Rule(frozenset({Role.PRINCIPAL, Role.BUREAU_OFFICER}), NotLedgerAnswerer),
        Permission.MEETINGS_CALL: Rule(MEETING, NotMeetingCaller),
        Permission.MEETINGS_READ: Rule(MEETING | {Role.OFFICE_HEAD, Role.PROTECTION_LEAD}, NotMeetingReader),
        Permission.OFFICERS_WRITE: Rule(OFFICER_KEEPERS, NotAdministrator, asks_proof=True),
        Permission.OUTSIDE_JUDGE: Rule(EXCUSING | {Role.PROTECTION_LEAD}, NotForJudging),
        Permission.PEOPLE_END: Rule(ADMINISTRATORS, NotAdministrator, asks_proof=True),
        Permission.PEOPLE_READ_POSTS: Rule(ROSTER_KEEPERS),
        Permission.PERIODS_DECIDE: Rule(MEETING, NotForPeriods),
        Permission.PLACES_READ_CODE: Rule(ROSTER_KEEPERS),
        Permission.POWERS_CONFIRM: Rule(OVER_SEALED, asks_proof=True),
        Permission.PROVIDERS_MANAGE: Rule(ADMINISTRATORS, NotAdministrator, asks_proof=True),
        Permission.REACH_READ: Rule(LEADERS, NotReachReader),
        Permission.RECORD_READ: Rule(ADMINISTRATORS | {Role.PRINCIPAL}),
        Permission.RESPONSES_APPROVE: Rule(MEETING, NotPlanApprover),
        Permission.RESPONSES_START: Rule(EXCUSING, NotForStarting),
        Permission.ROSTER_READ_SWAPS: Rule(ROSTER_KEEPERS),
        Permission.ROSTER_TAKE_LEAD: Rule(ROSTER_KEEPERS | LEADERS | {Role.OFFICE_HEAD}, NotForLeading),
        Permission.ROSTER_WRITE: Rule(ROSTER_KEEPERS, NotRosterKeeper, asks_proof=True),
        Permission.ROUNDS_EXCUSE: Rule(EXCUSING, NotForExcusing),
        Permission.ROUNDS_READ: Rule(EXCUSING | {Role.BOARD_CHAIR, Role.BUREAU_OFFICER}),
        Permission.ROUNDS_REQUEST: Rule(EXCUSING, NotForRequesting),
        Permission.RULEBOOK_READ_CHECK: Rule(KEEPERS),
        Permission.SERVICES_MANAGE: Rule(OFFICER_KEEPERS, NotAdministrator, asks_proof=True),
        Permission.SHARES_WRITE: Rule(MEETING | {Role.OFFICE_HEAD}, NotForSharing),
        Permission.SLOTS_WRITE: Rule(MEETING, NotForSlots),
        Permission.STAFF_IMPORT: Rule(ADMINISTRATORS, NotAdministrator, asks_proof=True),
        Permission.STAFF_INVITE: Rule(OFFICER_KEEPERS, NotAdministrator, asks_proof=True),
        Permission.TODO_SYSTEMS_MANAGE: Rule(ADMINISTRATORS, NotAdministrator, asks_proof=True),
        Permission.TRAININGS_LEAD: Rule(MEETING | {Role.PROTECTION_LEAD}, NotTrainingRecorder),
        Permission.TRAININGS_READ: Rule(KEEPERS, NotTrainingReader),
        Permission.TRAININGS_WRITE: Rule(MEETING | {Role.OFFICE_HEAD, Role.PROTECTION_LEAD}, NotTrainingRecorder),
    }
)
