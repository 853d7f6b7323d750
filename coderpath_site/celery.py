"""Celery: the app and its schedule. Its settings are in settings.py, the tasks in tracker/tasks.py."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")

app = Celery("coderpath")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A message that no worker took before the next one is due is of no use: it expires instead of piling up
# behind a stopped worker.
app.conf.beat_schedule = {
    # Says that a worker lives: /healthz and the dashboard believe it for 45 seconds, three beats.
    "heartbeat": {"task": "tracker.heartbeat", "schedule": 15.0, "options": {"expires": 15}},
    # Whatever is still stale because a message was lost (no broker, a killed worker) is evaluated now.
    "sweep-stale": {"task": "tracker.sweep_stale", "schedule": 20.0, "options": {"expires": 20}},
    # Imports whose worker died or whose message was lost go on; what was staged a day ago goes.
    "tend-imports": {"task": "tracker.tend_imports", "schedule": 20.0, "options": {"expires": 20}},
    # Time passes: windows roll, credentials lapse. At 11:05 UTC nearly all of the United States has the same
    # date. Asked again each hour of that day, for whoever was not running then: what is done stays done.
    "evaluate-everyone": {"task": "tracker.evaluate_everyone", "schedule": crontab(hour="11-23", minute="5")},
    # After the night's gaps: forecasts of whoever's gaps or pace changed, and of everyone once a month.
    "forecast-everyone": {
        "task": "tracker.forecast_everyone",
        "schedule": crontab(hour="12-23/4", minute="20"),
    },
    # Invitations whose message was lost, or which the mail server did not take.
    "mail-invitations": {
        "task": "tracker.mail_waiting_invitations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Whoever was invited and never answered is forgotten after a month.
    "forget-invitations": {
        "task": "tracker.forget_unanswered_invitations",
        "schedule": crontab(hour="10", minute="25"),
    },
    # Who has done everything that a program requires: what the last evaluations changed says so.
    "complete-programs": {"task": "tracker.complete_programs", "schedule": 60.0, "options": {"expires": 60}},
    # Mail of programs whose message was lost, or which the mail server did not take.
    "mail-programs": {"task": "tracker.mail_programs", "schedule": 60.0, "options": {"expires": 60}},
    # What is due about credentials, in each person's morning; one that a crash left unconfirmed goes once more.
    "remind": {"task": "tracker.remind", "schedule": 300.0, "options": {"expires": 300}},
    # Windows of that run whose messages a broker lost; there are none on most days.
    "resume-nightly": {"task": "tracker.resume_nightly", "schedule": crontab(minute="35")},
    # Files of proof that a crash left without a row.
    "tidy-proofs": {"task": "tracker.tidy_proofs", "schedule": crontab(hour="10", minute="20")},
    # Answers to requests with a key are kept for a day.
    "forget-answers": {"task": "tracker.forget_answers", "schedule": crontab(minute="50")},
}


@worker_ready.connect
def beat_at_once(sender, **kwargs):
    """The first scheduled beat comes 15 seconds after the start; a worker that is ready says so now."""
    sender.app.send_task("tracker.heartbeat", expires=15)
