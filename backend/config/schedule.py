"""The queue of each task, and the tasks that `beat` asks for, and when; their times are UTC."""

from datetime import timedelta

from celery.schedules import crontab

CELERY_TASK_ROUTES = {
    "workflow.*": {"queue": "work"},
    "files.*": {"queue": "work"},
    "rulebook.*": {"queue": "work"},
    "gate.*": {"queue": "work"},
    "insights.*": {"queue": "work"},
    "integrations.deliver": {"queue": "delivery"},
    "integrations.feed": {"queue": "work"},
    "integrations.sweep": {"queue": "work"},
    "notary.*": {"queue": "work"},
    "retention.*": {"queue": "work"},
    "rounds.*": {"queue": "work"},
    "todos.look*": {"queue": "work"},
    "todos.reconcile": {"queue": "delivery"},
    "todos.send": {"queue": "delivery"},
    "todos.try": {"queue": "delivery"},
    "notifications.tell*": {"queue": "notices"},
    "notifications.pass_on": {"queue": "notices"},
    "notifications.deliver": {"queue": "delivery"},
    "notifications.send*": {"queue": "delivery"},
    "organisation.*": {"queue": "work"},
    "outside.*": {"queue": "work"},
    "duty.*": {"queue": "work"},
    "people.*": {"queue": "work"},
    "portal.*": {"queue": "delivery"},
    "training.*": {"queue": "work"},
    "deadlines.*": {"queue": "deadlines"},
}
CELERY_BEAT_SCHEDULE = {
    "deadlines.fire_due": {"task": "deadlines.fire_due", "schedule": timedelta(seconds=5), "options": {"expires": 5}},
    "workflow.recompute_stale": {"task": "workflow.recompute_stale", "schedule": crontab(hour=19, minute=10)},
    "organisation.look_at_powers": {"task": "organisation.look_at_powers", "schedule": timedelta(minutes=5)},
    "files.sweep": {"task": "files.sweep", "schedule": crontab(minute=25), "options": {"expires": 1800}},
    "gate.forget": {"task": "gate.forget", "schedule": crontab(minute=45), "options": {"expires": 1800}},
    "insights.count": {"task": "insights.count", "schedule": timedelta(minutes=1), "options": {"expires": 60}},
    "insights.sweep": {"task": "insights.sweep", "schedule": crontab(minute=35), "options": {"expires": 1800}},
    "integrations.sweep": {"task": "integrations.sweep", "schedule": crontab(minute=45), "options": {"expires": 1800}},
    "people.forget": {"task": "people.forget", "schedule": crontab(minute=55), "options": {"expires": 1800}},
    "portal.forget_sessions": {
        "task": "portal.forget_sessions",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    # Twice a minute, so that a receipt can be had within one.
    "notary.sign": {"task": "notary.sign", "schedule": timedelta(seconds=30), "options": {"expires": 30}},
    "notary.cosign": {"task": "notary.cosign", "schedule": timedelta(minutes=1), "options": {"expires": 60}},
    # It begins at night, and goes on a part at a time.
    "notary.verify": {"task": "notary.verify", "schedule": timedelta(minutes=1), "options": {"expires": 60}},
    # 07:30 in China.
    "notary.tell": {"task": "notary.tell", "schedule": crontab(hour=23, minute=30), "options": {"expires": 3600}},
    # Ahead by days; asked often, so that a calendar or a rulebook that changed is followed soon.
    "rounds.make": {"task": "rounds.make", "schedule": timedelta(minutes=10), "options": {"expires": 600}},
    "rounds.link_omissions": {
        "task": "rounds.link_omissions",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    # A post that changed hands or a clock that was moved changes whose turn it is, and no ticket tells.
    "todos.look_at_all": {"task": "todos.look_at_all", "schedule": timedelta(minutes=10), "options": {"expires": 600}},
    "todos.look_beside": {"task": "todos.look_beside", "schedule": timedelta(minutes=1), "options": {"expires": 60}},
    # Through the night in China, so that a long list is gone through in parts.
    "todos.reconcile": {
        "task": "todos.reconcile",
        "schedule": crontab(hour="17-21", minute="20,50"),
        "options": {"expires": 1200},
    },
    # 03:00 in China.
    "rulebook.check": {"task": "rulebook.check", "schedule": crontab(hour=19, minute=0), "options": {"expires": 3600}},
    "duty.ask_contacts": {"task": "duty.ask_contacts", "schedule": timedelta(minutes=5), "options": {"expires": 300}},
    # 01:30 in China, an hour before the record is verified.
    # Each goes on where the one before was stopped; on a quiet day all but the first find nothing.
    "retention.run": {
        "task": "retention.run",
        "schedule": crontab(hour=17, minute="30,40,50"),
        "options": {"expires": 600},
    },
    # 08:00 in China: whoever hears of it can still find somebody for the night.
    "training.keep": {"task": "training.keep", "schedule": crontab(hour=0, minute=20), "options": {"expires": 3600}},
    "duty.check": {"task": "duty.check", "schedule": crontab(hour=0, minute=0), "options": {"expires": 3600}},
}
