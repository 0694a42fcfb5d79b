"""The registry of everything kept that names people or holds what somebody wrote: table, column, period. Pure.

Every column of text, lists or bytes stands here, also one that holds neither (`codes`), so that a new one is never
overlooked: a test fails on a column that is not named. References to people by their id follow the row they stand in.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.retention.periods import (
    ACCOUNTS,
    CALLERS,
    NEWS,
    PATROLS,
    PROGRAMS,
    QUEUES,
    RECORD,
    ROSTERS,
    TICKETS,
    TRAININGS,
    UPLOADS,
    VISITORS,
    WORK,
    Period,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One table: the period of its rows, and its columns by what they hold, each list divided by blanks.

    `people` are names, numbers, addresses and ids of people, `words` what somebody wrote, `secrets` what opens
    something, `codes` all else. A column with another period than its row stands under `apart`.
    """

    period: Period
    people: str = ""
    words: str = ""
    secrets: str = ""
    codes: str = ""
    apart: Mapping[str, Period] | None = None

    @property
    def columns(self) -> list[str]:
        """All columns that are named."""
        return " ".join((self.people, self.words, self.secrets, self.codes)).split()

    def period_of(self, column: str) -> Period:
        """Return the period of a column."""
        return (self.apart or {}).get(column, self.period)


TABLES: Mapping[str, Kept] = {
    "accounts_authenticator": Kept(ACCOUNTS, secrets="secret"),
    "accounts_halfsignin": Kept(ACCOUNTS, secrets="mark"),
    "accounts_passkey": Kept(ACCOUNTS, words="name", secrets="credential_id public_key"),
    "accounts_recoverycode": Kept(ACCOUNTS, secrets="digest"),
    "accounts_signin": Kept(ACCOUNTS, people="device network", secrets="mark"),
    "accounts_user": Kept(WORK, people="username", secrets="password"),
    "administration_change": Kept(
        RECORD,
        people="object_repr remote_addr actor_email",
        words="serialized_data changes_text changes additional_data",
        codes="object_pk cid",
    ),
    "anonymous_trackingcode": Kept(TICKETS, secrets="digest"),
    "auth_group": Kept(WORK, codes="name"),
    "auth_permission": Kept(WORK, codes="name codename"),
    "calendars_calendar": Kept(WORK, codes="name_zh name_en"),
    "calendars_calendarday": Kept(WORK, words="note"),
    "calendars_calendarperiod": Kept(WORK, words="note"),
    "calendars_term": Kept(WORK, codes="name_zh name_en"),
    "calendars_yearlyholiday": Kept(WORK, words="note"),
    "common_idempotencyrecord": Kept(QUEUES, people="scope", words="body", codes="key request_hash headers"),
    "common_outboxmessage": Kept(QUEUES, words="payload last_error", codes="topic dedup_key"),
    "common_processheartbeat": Kept(QUEUES, codes="name"),
    "common_sealingfolder": Kept(WORK, codes="mark"),
    "common_tries": Kept(QUEUES, people="key"),
    "deadlines_engineheartbeat": Kept(QUEUES, codes="name boot_id"),
    "deadlines_firinghold": Kept(RECORD, codes="seen_by released_by"),
    "deadlines_sweepgap": Kept(RECORD, codes="noted_by"),
    "deadlines_timer": Kept(RECORD, codes="subject_kind target clock ladder stop_reason"),
    "django_admin_log": Kept(RECORD, people="object_repr", words="change_message", codes="object_id"),
    "django_content_type": Kept(WORK, codes="app_label model"),
    "django_session": Kept(ACCOUNTS, secrets="session_key session_data"),
    "duty_contacttest": Kept(WORK, words="reason"),
    "duty_dutyfeed": Kept(WORK, secrets="token_digest"),
    "duty_dutyswap": Kept(WORK, words="note"),
    "files_storedfile": Kept(TICKETS, words="name", codes="media_type sha256"),
    "files_upload": Kept(UPLOADS, words="name", codes="subject_kind sha256 reason"),
    "files_uploadpart": Kept(UPLOADS, codes="sha256"),
    "gate_gateentry": Kept(VISITORS, people="visitor plate", words="note"),
    "gate_openday": Kept(PATROLS, words="about"),
    "health_backup": Kept(RECORD, words="finding", codes="digest file_name rows"),
    "identity_externalidentity": Kept(WORK, people="subject"),
    "identity_identityprovider": Kept(
        WORK, secrets="client_secret", codes="code name issuer client_id staff_number_claim"
    ),
    "identity_samlside": Kept(WORK, secrets="key", codes="metadata certificate"),
    "incidents_report": Kept(
        TICKETS,
        people="caller_name caller_contact",
        words="description answers",
        codes="category",
        apart={"caller_name": CALLERS, "caller_contact": CALLERS},
    ),
    "incidents_reportamendment": Kept(TICKETS, words="text"),
    "insights_bulletin": Kept(PATROLS, words="lessons words reason", codes="numbers"),
    "insights_bulletindraft": Kept(PATROLS, words="lessons words reason", codes="numbers"),
    "insights_countedticket": Kept(TICKETS, codes="category"),
    "insights_export": Kept(UPLOADS, codes="tickets extent"),
    "integrations_serviceaccount": Kept(WORK, codes="name scopes"),
    "integrations_servicecall": Kept(PROGRAMS, codes="operation"),
    "integrations_servicesecret": Kept(WORK, secrets="digest"),
    "integrations_webhook": Kept(WORK, secrets="secret former_secret", codes="address types"),
    "integrations_webhookdelivery": Kept(PROGRAMS, codes="last_error"),
    "knox_authtoken": Kept(ACCOUNTS, secrets="digest token_key"),
    "meetings_meeting": Kept(PATROLS, words="about words"),
    "meetings_meetingitem": Kept(PATROLS, words="added_words off_words noted_words", codes="reasons"),
    "notary_breakanswer": Kept(RECORD, words="words"),
    "notary_cosignature": Kept(RECORD, codes="key line"),
    "notary_cover": Kept(RECORD, codes="salt digests"),
    "notary_leaf": Kept(RECORD, codes="kind"),
    "notary_logkey": Kept(RECORD, codes="name line"),
    "notary_notarymark": Kept(RECORD, codes="records"),
    "notary_signedcheckpoint": Kept(RECORD, codes="note"),
    "notary_tile": Kept(RECORD, codes="hashes"),
    "notary_verification": Kept(RECORD, codes="roots findings"),
    "notary_verificationmark": Kept(RECORD, codes="roots findings"),
    "notifications_delivery": Kept(NEWS, words="last_error"),
    "notifications_notice": Kept(NEWS, words="params", codes="kind"),
    "organisation_bureau": Kept(WORK, codes="name_zh name_en code"),
    "organisation_contactchannel": Kept(WORK, people="address", secrets="code_digest", codes="code_error"),
    "organisation_pendingpower": Kept(WORK, people="change", codes="role what"),
    "organisation_person": Kept(WORK, people="name staff_number"),
    "organisation_place": Kept(WORK, secrets="token", codes="name_zh name_en code"),
    "organisation_school": Kept(
        WORK, codes="name_zh name_en code time_zone country emergency_police emergency_fire emergency_ambulance"
    ),
    "organisation_telephonenumber": Kept(WORK, people="number", codes="name_zh name_en"),
    "organisation_unit": Kept(WORK, codes="name_zh name_en code"),
    "outside_outsideduty": Kept(TICKETS, codes="clock tell recipient"),
    "outside_outsidenumber": Kept(WORK, codes="recipient phone"),
    "outside_outsideword": Kept(TICKETS, people="whom", words="reference words"),
    "people_peoplesync": Kept(ROSTERS, people="roster", codes="digest counts"),
    "people_sourcedperson": Kept(WORK, people="sourced_id"),
    "people_sourcedunit": Kept(WORK, codes="sourced_id"),
    "portal_savedview": Kept(WORK, words="name words", codes="tab filters"),
    "response_response": Kept(TICKETS, words="ended_words", codes="plan lacks"),
    "response_responseapproval": Kept(PATROLS, codes="plan digest"),
    "response_responsedraft": Kept(PATROLS, words="steps", codes="plan"),
    "response_responsetask": Kept(TICKETS, people="people", words="words", codes="step"),
    "responsibility_leadingseat": Kept(WORK, words="duties"),
    "rounds_inspection": Kept(PATROLS, words="reason", codes="plan occasion"),
    "rounds_inspectionround": Kept(PATROLS, codes="route"),
    "rounds_outsidereplyword": Kept(PATROLS, words="reference reason"),
    "rounds_outsidevisit": Kept(PATROLS, people="who", words="words"),
    "rounds_period": Kept(PATROLS, words="name goals", codes="template units places"),
    "rounds_periodact": Kept(PATROLS, words="words"),
    "rounds_perioddecision": Kept(TICKETS, words="words"),
    "rounds_periodmeasure": Kept(PATROLS, codes="said"),
    "rounds_periodsummary": Kept(PATROLS, words="words", codes="counts"),
    "rounds_round": Kept(PATROLS, codes="plan"),
    "rounds_roundanswer": Kept(PATROLS, words="words", codes="values"),
    "rounds_roundcluster": Kept(PATROLS, codes="rule line"),
    "rounds_roundexcuse": Kept(PATROLS, words="reason"),
    "rounds_roundsweep": Kept(PATROLS, people="not_by", words="question", codes="route category"),
    "rounds_roundticket": Kept(PATROLS, codes="line"),
    "rounds_roundvisit": Kept(PATROLS, words="words", codes="values"),
    "rulebook_rulebookcheck": Kept(WORK, codes="digest findings warnings"),
    "rulebook_rulebookstretch": Kept(RECORD, codes="measures"),
    "rulebook_rulebookversion": Kept(RECORD, codes="name digest content"),
    "rulebook_standardreply": Kept(WORK, words="text_zh text_en", codes="category"),
    "setup_setuplink": Kept(WORK, words="draft", secrets="digest"),
    "todos_pushedtodo": Kept(PROGRAMS, people="known_as", codes="kind remote_id digest refused last_error"),
    "todos_todoname": Kept(WORK, people="known_as"),
    "todos_todosystem": Kept(WORK, secrets="secret", codes="name setup try_error last_error"),
    "training_staffattendance": Kept(TRAININGS, people="certificate"),
    "training_trainingdue": Kept(TRAININGS, codes="code"),
    "training_trainingsession": Kept(PATROLS, people="held_by", words="title void_reason", codes="code"),
    "workflow_affectedparty": Kept(TICKETS, people="who", words="words"),
    "workflow_answeredlead": Kept(TICKETS, codes="category lead question"),
    "workflow_causereview": Kept(TICKETS, words="why corrective preventive lesson"),
    "workflow_declineproposal": Kept(TICKETS, words="reason"),
    "workflow_outsidequestion": Kept(TICKETS, people="whom", secrets="digest"),
    "workflow_pagedrung": Kept(TICKETS, people="people", codes="clock"),
    "workflow_personhold": Kept(RECORD, words="words"),
    "workflow_promiseddate": Kept(TICKETS, words="reason"),
    "workflow_publishedresult": Kept(TICKETS, words="what fix"),
    "workflow_sealproposal": Kept(TICKETS, codes="category"),
    "workflow_ticket": Kept(
        TICKETS, people="workers paged", words="description", codes="reference category event_hash"
    ),
    "workflow_ticketevent": Kept(RECORD, codes="kind commitment previous_hash hash"),
    "workflow_ticketeventpayload": Kept(TICKETS, words="body", codes="salt"),
    "workflow_ticketfeedback": Kept(TICKETS, words="words"),
    "workflow_ticketfix": Kept(TICKETS, codes="proof"),
    "workflow_ticketpart": Kept(TICKETS, words="words answer", codes="kind"),
    "workflow_ticketwait": Kept(TICKETS, people="party"),
}

STORES: Mapping[str, Period] = {
    "files": TICKETS,
    "files on their way in": UPLOADS,
    "lists made for downloading": UPLOADS,
    "broker": QUEUES,
    "notary's folder": RECORD,
    "keys of what confidential tickets say": TICKETS,
    "backups": RECORD,
}
"""Everything that is kept outside the database; a wake-up in the broker names no row."""


def columns_by_period() -> Mapping[Period, list[tuple[str, str]]]:
    """Return which columns with people or words are kept under each period, table by table."""
    found: dict[Period, list[tuple[str, str]]] = {}
    for table, kept in TABLES.items():
        for column in f"{kept.people} {kept.words} {kept.secrets}".split():
            found.setdefault(kept.period_of(column), []).append((table, column))
    return found
