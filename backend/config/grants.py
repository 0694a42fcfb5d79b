"""The written rights of the application's role to each table; `migrate` grants them, and a test compares them.

A new table belongs here: a migration that makes one without a row here is refused.
"""

from backend.common.grants import Grant

NOTHING = Grant(select=False)
READ = Grant()
KEPT = Grant(insert=True)
"""A record: rows are added and never change."""
EDITED = Grant(insert=True, update=True)
REMOVABLE = Grant(insert=True, update=True, delete=True)
"""Rows that people or the system take away again: configuration, sessions, answers kept for a time."""

TICKET_COLUMNS = (
    *("category", "kind", "severity", "confidentiality", "seal", "lowering_id", "place_id"),
    *(
        "state",
        "version",
        "updated_at",
        "owner_id",
        "assignee_id",
        "workers",
        "level",
        "paged",
        "next_due_at",
    ),
    *("interim_control_at", "contained_at", "progress_at", "silent_from"),
    *("resolved_at", "closed_at", "confirmed_at", "reopened_at"),
    *("declined_at", "declining_id", "last_wait_id", "part_count", "affected_count", "untold_count"),
    *("event_count", "event_hash"),
)
"""The columns of a ticket that can change; what was filed (text, instants, reporter, reference) stays as it was.

Words, here and below, may be written to be sealed and opened: triggers refuse another text in clear.
"""
TIMER_COLUMNS = (
    *("rung", "armed", "due_at", "next_try_at", "ladder", "remaining", "calendar_version"),
    *("failures", "stopped_at", "stop_reason"),
)

ROUND_COLUMNS = (
    *("rulebook_id", "opens_at", "due_at", "late_at", "asked", "state", "assignee_id", "opened_at"),
    *("said", "answered_at", "answer_count"),
)
"""The columns of a round that can change; what it is asked of, and on which day, stays."""

TASK_COLUMNS = ("people", "there_at", "there_by_id", "done_at", "done_by_id", "words")
"""The columns of a step of a started plan that can change: who heard of it, who is there, who has done it."""

GRANTS = {
    # --- records -------------------------------------------------------------------------------------------------
    "administration_change": KEPT,
    "deadlines_escalation": KEPT,
    "deadlines_firinghold": Grant(insert=True, update=("released_at", "released_by")),
    "deadlines_sweepgap": KEPT,
    "deadlines_timer": Grant(insert=True, update=TIMER_COLUMNS),
    "files_storedfile": Grant(insert=True, update=("name", "removed_at")),
    # What is deleted is 90 days over: the database refuses to delete anything younger.
    "gate_gateentry": Grant(insert=True, delete=True),
    "gate_gatevisit": Grant(insert=True, update=("is_inside", "entry_count"), delete=True),
    "anonymous_trackingcode": KEPT,
    "gate_gatecount": KEPT,
    "gate_openday": Grant(insert=True, delete=True),
    "incidents_report": Grant(insert=True, update=("description", "caller_name", "caller_contact", "answers")),
    "incidents_reportamendment": Grant(insert=True, update=("text",)),
    "insights_bulletin": KEPT,
    "insights_bulletindraft": EDITED,
    "insights_countedticket": Grant(insert=True, update=True, delete=True, maintain=True),
    "insights_countedhand": REMOVABLE,
    "insights_countingmark": EDITED,
    "insights_export": REMOVABLE,
    "integrations_feedentry": Grant(insert=True, delete=True),
    "integrations_servicecall": Grant(insert=True, update=("count", "last_at"), delete=True),
    "meetings_meeting": Grant(insert=True, update=("ended_by_id", "ended_at", "words")),
    "meetings_meetingitem": Grant(
        insert=True,
        update=(
            *("reasons", "added_words", "added_by_id", "added_at", "off_words", "off_by_id", "off_at", "outcome"),
            *("noted_words", "part_id", "settled_by_id", "settled_at"),
        ),
    ),
    "meetings_presence": KEPT,
    "notary_breakanswer": KEPT,
    "notary_cosignature": KEPT,
    "notary_cover": KEPT,
    "notary_leaf": KEPT,
    "notary_logkey": KEPT,
    "notary_notarymark": EDITED,
    "notary_signedcheckpoint": KEPT,
    # It grows at its end: the database refuses any other change of it.
    "notary_tile": Grant(insert=True, update=("hashes",)),
    "notary_verification": KEPT,
    "notary_verificationmark": EDITED,
    "notifications_delivery": EDITED,
    "notifications_notice": Grant(insert=True, update=("read_at",)),
    "outside_outsideduty": Grant(insert=True, update=("state", "settled_at", "said_count")),
    "outside_outsidenumber": EDITED,
    "outside_outsideword": Grant(insert=True, update=("whom", "reference", "words")),
    "response_response": Grant(insert=True, update=("ended_by_id", "ended_at", "ended_words")),
    "response_responseapproval": KEPT,
    "response_responsedraft": REMOVABLE,
    "response_responsereading": KEPT,
    "response_responsetask": Grant(insert=True, update=TASK_COLUMNS),
    "responsibility_leadinggroup": Grant(insert=True, update=("ends_on",)),
    "responsibility_leadingseat": KEPT,
    "retention_forgotten": KEPT,
    "retention_forgottenticket": Grant(insert=True, update=("is_done", "at")),
    "responsibility_officeslot": Grant(insert=True, update=("ends_on",)),
    "responsibility_share": Grant(insert=True, update=("ends_on",)),
    "rounds_inspection": KEPT,
    "rounds_inspectionround": KEPT,
    "rounds_outsidefinding": KEPT,
    "rounds_outsidereply": Grant(insert=True, update=("due_on", "state", "answered_on", "said_count")),
    "rounds_outsidereplyword": KEPT,
    "rounds_outsidevisit": KEPT,
    "rounds_period": EDITED,
    "rounds_periodact": KEPT,
    "rounds_perioddecision": Grant(insert=True, update=("words",)),
    "rounds_periodmeasure": Grant(insert=True, update=("ends_on",), delete=True),
    "rounds_periodsummary": Grant(
        insert=True, update=("counts", "words", "by_id", "at", "approved_by_id", "approved_at")
    ),
    "rounds_roundanswer": KEPT,
    "rounds_roundcluster": KEPT,
    "rounds_roundexcuse": KEPT,
    "rounds_roundsweep": KEPT,
    "rounds_roundticket": KEPT,
    "rounds_roundvisit": KEPT,
    "rounds_round": Grant(insert=True, update=ROUND_COLUMNS),
    "rulebook_rulebookstretch": Grant(insert=True, update=("replaced_at",)),
    "rulebook_rulebookversion": KEPT,
    "todos_pushedtodo": REMOVABLE,
    # What is deleted is three years over: the database refuses to delete anything younger.
    "training_staffattendance": Grant(insert=True, delete=True),
    "training_classattendance": KEPT,
    "training_trainingdue": Grant(insert=True, update=("due_on", "due_at", "session_id", "closed_at"), delete=True),
    "training_trainingsession": Grant(insert=True, update=("void_by_id", "void_at", "void_reason")),
    "workflow_affectedparty": Grant(insert=True, update=("who", "outcome", "words", "settled_by_id", "settled_at")),
    "workflow_answeredlead": KEPT,
    "workflow_attachment": KEPT,
    "workflow_causereview": Grant(
        insert=True, update=("why", "corrective", "preventive", "lesson", "approved_by_id", "approved_at")
    ),
    "workflow_declineproposal": Grant(insert=True, update=("reason", "ended_at")),
    "workflow_outsidequestion": Grant(insert=True, update=("whom", "digest", "expires_at", "answered_on")),
    "workflow_pagedrung": KEPT,
    "workflow_recommendation": Grant(insert=True, update=("carry_out_by",)),
    "workflow_publishedresult": Grant(insert=True, update=("what", "fix", "published_by_id", "published_at")),
    "workflow_sealproposal": Grant(insert=True, update=("ended_at",)),
    "workflow_sightchange": KEPT,
    "workflow_ticket": Grant(insert=True, update=(*TICKET_COLUMNS, "description")),
    "workflow_ticketevent": KEPT,
    "workflow_ticketeventpayload": Grant(insert=True, update=("salt", "body")),
    "workflow_ticketfeedback": Grant(insert=True, update=("words",)),
    "workflow_ticketfix": Grant(insert=True, update=("undone_at",)),
    "workflow_ticketgrant": Grant(insert=True, update=("until",)),
    "workflow_ticketmerge": Grant(insert=True, update=("ended_at",)),
    "workflow_ticketopening": KEPT,
    "workflow_personhold": KEPT,
    "workflow_evidencehold": Grant(insert=True, update=("ended_at",)),
    "workflow_ticketlink": Grant(insert=True, update=("ended_by_id", "ended_at")),
    "workflow_ticketpart": Grant(
        insert=True,
        update=("office_id", "person_id", "role", "words", "due_at", "outcome", "ended_by_id", "ended_at", "answer"),
    ),
    "workflow_promiseddate": Grant(insert=True, update=("reason",)),
    "workflow_ticketparticipant": KEPT,
    "workflow_ticketrecurrence": KEPT,
    "workflow_ticketwait": Grant(insert=True, update=("party", "until", "ended_at")),
    # --- configuration -------------------------------------------------------------------------------------------
    "accounts_authenticator": REMOVABLE,
    "accounts_passkey": REMOVABLE,
    "accounts_recoverycode": REMOVABLE,
    "accounts_user": EDITED,
    "calendars_calendar": EDITED,
    "calendars_calendarday": REMOVABLE,
    "calendars_calendarperiod": REMOVABLE,
    "calendars_dutyhours": REMOVABLE,
    "calendars_term": REMOVABLE,
    "calendars_workinghours": REMOVABLE,
    "calendars_yearlyholiday": REMOVABLE,
    "duty_absence": REMOVABLE,
    "duty_contactrule": EDITED,
    "duty_contacttest": Grant(
        insert=True, update=("answered_at", "taken_back_by_id", "taken_back_at", "reason"), delete=True
    ),
    "duty_dutyfeed": REMOVABLE,
    "duty_dutyshift": REMOVABLE,
    "duty_dutyslot": REMOVABLE,
    "duty_dutyswap": Grant(insert=True, update=("slot_id",), delete=True),
    "gate_gaterule": EDITED,
    "identity_externalidentity": REMOVABLE,
    "identity_identityprovider": EDITED,
    "identity_samlside": EDITED,
    "integrations_serviceaccount": Grant(insert=True, update=("revoked_at",)),
    "integrations_webhook": Grant(
        insert=True,
        update=("is_on", "refused_at", "secret", "secret_made_at", "former_secret", "former_until"),
        delete=True,
    ),
    "integrations_webhookdelivery": Grant(
        insert=True, update=("status", "attempts", "next_attempt_at", "last_error", "sent_at"), delete=True
    ),
    "integrations_servicesecret": Grant(insert=True, update=("ends_at",), delete=True),
    "notifications_notificationchoice": REMOVABLE,
    "organisation_appointment": EDITED,
    "organisation_bureau": EDITED,
    "organisation_contactchannel": REMOVABLE,
    "organisation_pendingpower": Grant(insert=True, update=("outcome", "look_at", "decided_by_id", "decided_at")),
    "organisation_person": EDITED,
    "organisation_place": REMOVABLE,
    "organisation_post": REMOVABLE,
    "organisation_school": EDITED,
    "organisation_telephonenumber": REMOVABLE,
    "organisation_unit": REMOVABLE,
    "people_peoplesource": REMOVABLE,
    "people_peoplesync": Grant(
        insert=True, update=("state", "roster", "applied_by_id", "despite_guard", "applied_at", "done_at")
    ),
    "people_sourcedperson": Grant(insert=True, update=("sourced_id", "left_at", "is_removed")),
    "people_sourcedunit": Grant(insert=True, delete=True),
    "portal_savedview": Grant(insert=True, update=("name",), delete=True),
    "rulebook_rulebookcheck": EDITED,
    "rulebook_rulebookuse": EDITED,
    "rulebook_schoolrulebook": EDITED,
    "rulebook_standardreply": REMOVABLE,
    "setup_checkkept": EDITED,
    "setup_setuplink": Grant(insert=True, update=("draft", "ended_at")),
    "todos_todoname": REMOVABLE,
    "todos_todosystem": REMOVABLE,
    # --- queues, sessions and signs of life ----------------------------------------------------------------------
    "accounts_halfsignin": REMOVABLE,
    "accounts_signin": REMOVABLE,
    "common_idempotencyrecord": REMOVABLE,
    "common_outboxmessage": REMOVABLE,
    "common_processheartbeat": EDITED,
    "common_sealingfolder": EDITED,
    "common_tries": REMOVABLE,
    "deadlines_engineheartbeat": EDITED,
    "django_session": REMOVABLE,
    "files_upload": REMOVABLE,
    "files_uploadpart": Grant(insert=True, delete=True),
    "knox_authtoken": Grant(insert=True, delete=True),
    # --- what frameworks keep for themselves ---------------------------------------------------------------------
    "auth_group": NOTHING,
    "auth_group_permissions": NOTHING,
    "auth_permission": NOTHING,
    "django_admin_log": READ,
    "django_content_type": READ,
    "django_migrations": READ,
    # --- what the owner alone writes -----------------------------------------------------------------------------
    "health_backup": READ,
}
