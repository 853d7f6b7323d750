"""Celery's way in: load, guard, delegate. Every task may run twice, or be lost, with the same result."""

import logging

from celery import shared_task
from celery.signals import worker_shutdown
from django.db import DatabaseError
from django.utils import timezone

from .api import idempotency
from .models import SweepWindow, WorkerHeartbeat
from .services import completion, evaluation, forecasts, invitations, program_mail, proofs, reminders, sweeps
from .services.imports import running
from .services.staleness import send

logger = logging.getLogger(__name__)

RETRIES = {
    "autoretry_for": evaluation.PASSING,
    "retry_backoff": 1,
    "retry_backoff_max": 30,
    "max_retries": 5,
}


@shared_task(name="tracker.heartbeat")
def heartbeat():
    WorkerHeartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})


@worker_shutdown.connect
def _gone(**kwargs):
    try:
        WorkerHeartbeat.objects.all().delete()  # of several workers, another one beats again within seconds
    except DatabaseError:
        logger.info("The database went first.")


@shared_task(name="tracker.evaluate_coder", **RETRIES)
def evaluate_coder(*coder_ids: int):
    evaluation.evaluate_if_stale(*coder_ids)
    send("tracker.forecast_coders", *coder_ids)  # after the gaps, in the other queue: nobody waits for a date


@shared_task(name="tracker.forecast_coders", **RETRIES)
def forecast_coders(*coder_ids: int):
    forecasts.forecast_due(coder_ids)


@shared_task(name="tracker.forecast_everyone", **RETRIES)
def forecast_everyone():
    """Whoever's gaps or pace changed, and everyone once a month."""
    forecasts.forecast_due()


@shared_task(name="tracker.sweep_stale", **RETRIES)
def sweep_stale(patience: float | None = None):
    """`patience` in seconds: how long a coder must have been stale already."""
    tally = sweeps.sweep_stale(patience)
    if tally.coders or tally.failed:
        logger.info(
            "Swept %s stale coders, %s gaps changed, %s failed.",
            tally.coders,
            tally.gaps_changed,
            len(tally.failed),
        )


@shared_task(name="tracker.evaluate_everyone", **RETRIES)
def evaluate_everyone():
    sweeps.start_nightly(timezone.now().date())


@shared_task(name="tracker.resume_nightly", **RETRIES)
def resume_nightly():
    sweeps.resume_nightly()


@shared_task(name="tracker.forget_answers")
def forget_answers():
    idempotency.forget_answers()


@shared_task(name="tracker.evaluate_window", **RETRIES)
def evaluate_window(window_id: int):
    window = SweepWindow.objects.filter(pk=window_id, done_at=None).first()
    if window:
        evaluation.evaluate_window(window)


@shared_task(name="tracker.run_import", **RETRIES)
def run_import(batch_id: int):
    running.run(batch_id)


@shared_task(name="tracker.tend_imports", **RETRIES)
def tend_imports():
    running.tend()


@shared_task(name="tracker.mail_invitation", autoretry_for=(OSError,), retry_backoff=5, max_retries=3)
def mail_invitation(kind: str, pk: int):
    invitations.mail_invitation(kind, pk)


@shared_task(name="tracker.mail_waiting_invitations")
def mail_waiting_invitations():
    invitations.mail_waiting()


@shared_task(name="tracker.forget_unanswered_invitations")
def forget_unanswered_invitations():
    if forgotten := invitations.forget_unanswered(timezone.now()):
        logger.info("Forgot %s invitations that nobody had answered.", forgotten)


@shared_task(name="tracker.complete_programs", **RETRIES)
def complete_programs():
    completion.complete_programs()


@shared_task(name="tracker.mail_programs", autoretry_for=(OSError,), retry_backoff=5, max_retries=3)
def mail_programs():
    program_mail.mail_waiting()


@shared_task(name="tracker.remind")
def remind():
    """No retry by Celery: what is unconfirmed is in the database, and goes once more by itself."""
    now = timezone.now()
    reminders.resend_unconfirmed(now)
    if sent := reminders.send_due(now):
        logger.info("Sent %s reminders.", sent)


@shared_task(name="tracker.tidy_proofs")
def tidy_proofs():
    """Files that a crash left without a row."""
    if removed := proofs.tidy_proofs(timezone.now()):
        logger.info("Removed %s files that belong to nothing.", removed)
