"""The steps of an import as jobs. A lease says which worker has one; when it runs out, the next worker takes over.

What a step writes, it writes in one transaction that begins with the proof that the lease is still its own. So a worker that is
killed leaves nothing half, and two workers never store the same file.
"""

import datetime as dt
import gc
import logging
import secrets
import traceback
from collections.abc import Callable
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.imports.kinds import KINDS
from tracker.models import ImportBatch, ImportPage, ImportState
from tracker.models.imports import OPEN, WORKING
from tracker.selectors.worker import worker_alive
from tracker.services.invitations import require_room
from tracker.services.staleness import Message, after_commit, send

from . import planning, preview, roster, storing, undoing
from .names import unmatched
from .planning import Plan
from .preview import report_of, write_pages
from .sources import require_import
from .storing import ChangedSinceError, drop_staged

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=45)
MOST_ATTEMPTS = 5
KEPT_FOR = dt.timedelta(hours=24)
# So many rows are worked off in the request where no worker is there to do it.
IN_THE_REQUEST = 2000
TASK = "tracker.run_import"


class LeaseLostError(Exception):
    """Another worker has taken over."""


# --- What people ask for ---


def begin(batch: ImportBatch) -> None:
    """After staging: ask for names where some are unknown, else plan."""
    if unmatched(batch):
        ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.NAMES)
    else:
        start(batch, ImportState.PLANNING)
    batch.refresh_from_db()


def commit(batch: ImportBatch, *, by, only_good: bool = False, site: str = "") -> None:
    """Store what the preview shows. Raises ValidationError where errors are left and nobody said to leave them out.

    `site` is the address that invitations lead to.
    """
    require_import(by, batch.source)
    if batch.state != ImportState.READY:
        raise ValidationError(_("This import is not ready to be stored. Open it to see where it stands."))
    if batch.errors and not only_good:
        raise ValidationError(
            _(
                "Some rows have errors. Mend the file and import it again, or choose to import the good rows only."
            )
        )
    changes = {}
    if _is_roster(batch):
        require_room(by, batch.counts.get(planning.NEW, 0))
        changes["by"] = by  # it is they who invite, not whoever brought the file
    start(batch, ImportState.COMMITTING, only_good=only_good, site=site, **changes)


def _is_roster(batch: ImportBatch) -> bool:
    return not KINDS[batch.source.kind].record


def take_back(batch: ImportBatch, *, by) -> None:
    """Undo a stored import."""
    require_import(by, batch.source)
    if batch.state != ImportState.DONE:
        raise ValidationError(_("Only an import that is stored can be undone."))
    start(batch, ImportState.UNDOING)


def cancel(batch: ImportBatch, *, by) -> None:
    """Drop what is staged. What a worker has begun to store is stored or not; it is not stopped half-way."""
    require_import(by, batch.source)
    with transaction.atomic():
        waiting = ImportBatch.objects.filter(
            pk=batch.pk, state__in=[s for s in OPEN if s != ImportState.COMMITTING]
        )
        if not waiting.update(state=ImportState.CANCELLED, lease="", lease_until=None):
            raise ValidationError(
                _("This import is being stored or is over. Once it is stored, you can undo it.")
            )
        drop_staged(batch)


def start(batch: ImportBatch, state: str, **values) -> None:
    """Hand the next step to a worker, or do it here where none lives and it is small."""
    before = batch.state
    with transaction.atomic():
        moved = ImportBatch.objects.filter(pk=batch.pk, state=before)
        if not moved.update(
            state=state, progress=0, attempts=0, lease="", lease_until=None, problem="", **values
        ):
            raise ValidationError(
                _("Somebody else was faster. Open the import again to see where it stands.")
            )
        in_request = batch.rows <= IN_THE_REQUEST and not worker_alive()
        if not in_request:
            after_commit(Message(TASK, (batch.pk,)))
    if in_request:
        run(batch.pk)


# --- What a worker does ---


def run(batch_id: int) -> None:
    """Do whatever the import waits for, if nobody else has it in hand."""
    lease = secrets.token_hex(16)
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    taken = ImportBatch.objects.filter(free, pk=batch_id, state__in=WORKING).update(
        lease=lease, lease_until=timezone.now() + LEASE, attempts=F("attempts") + 1
    )
    if not taken:
        return
    related = ("source__organization", "source__team", "source__coder__user", "by")
    batch = ImportBatch.objects.select_related(*related).get(pk=batch_id)
    if batch.attempts > MOST_ATTEMPTS:
        _fail(batch, lease)
        return
    try:
        with _without_collecting():
            _STEPS[batch.state](batch, lease)
    except LeaseLostError:
        logger.info("Import %s went on elsewhere.", batch_id)
    except (OperationalError, InterfaceError):
        _release(batch, lease)
        raise  # the database was away: the task tries again
    except Exception as error:
        # Its message could hold a value of the file: what is logged is where it happened, and what kind it was.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Import %s failed: %s\n%s", batch_id, type(error).__name__, where)
        _fail(batch, lease)


@contextmanager
def _without_collecting():
    """A plan is a hundred thousand objects that all stay: looking through them for garbage again and again costs thrice the work."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _make_plan(batch: ImportBatch, lease: str) -> Plan:
    return (roster if _is_roster(batch) else planning).make_plan(batch, _alive(batch, lease))


def _plan(batch: ImportBatch, lease: str) -> None:
    _show(batch, lease, _make_plan(batch, lease))


def _show(batch: ImportBatch, lease: str, plan: Plan, problem: str = "") -> None:
    pages, report = (roster if _is_roster(batch) else preview).pages_of(batch, plan), report_of(plan)
    with transaction.atomic():
        _prove(batch, lease)
        ImportPage.objects.filter(batch=batch)._raw_delete(using="default")
        write_pages(pages)
        batch.counts, batch.report, batch.fingerprint = dict(plan.counts), report, plan.fingerprint
        batch.state, batch.progress, batch.problem = ImportState.READY, 100, problem
        batch.lease, batch.lease_until = "", None
        batch.save()


def _commit(batch: ImportBatch, lease: str) -> None:
    plan = _make_plan(batch, lease)
    changed = _(
        "Something changed since you looked, so nothing was stored. This is how it would be now: look again."
    )
    if plan.fingerprint == batch.fingerprint:
        try:
            with transaction.atomic():
                _prove(batch, lease)
                batch.report = report_of(plan)
                batch.save(update_fields=["report"])
                (roster if _is_roster(batch) else storing).store(batch, plan)
                _let_go(batch)
            return
        except ValidationError as error:
            batch.refresh_from_db()
            changed = " ".join(error.messages)
        except (ChangedSinceError, IntegrityError):
            batch.refresh_from_db()
            plan = _make_plan(batch, lease)
    _show(batch, lease, plan, str(changed))


def _undo(batch: ImportBatch, lease: str) -> None:
    with transaction.atomic():
        _prove(batch, lease)
        (roster if _is_roster(batch) else undoing).undo(batch)
        _let_go(batch)


_STEPS: dict[str, Callable[[ImportBatch, str], None]] = {
    ImportState.PLANNING: _plan,
    ImportState.COMMITTING: _commit,
    ImportState.UNDOING: _undo,
}


def _alive(batch: ImportBatch, lease: str) -> Callable[[int], None]:
    def alive(percent: int) -> None:
        mine = ImportBatch.objects.filter(pk=batch.pk, lease=lease, state=batch.state)
        if not mine.update(progress=percent, lease_until=timezone.now() + LEASE):
            raise LeaseLostError

    return alive


def _prove(batch: ImportBatch, lease: str) -> None:
    """Hold the import for the rest of the transaction, if it is still ours."""
    mine = ImportBatch.objects.select_for_update().filter(pk=batch.pk, lease=lease, state=batch.state)
    if not mine.exists():
        raise LeaseLostError


def _let_go(batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(lease="", lease_until=None, progress=100)


def _release(batch: ImportBatch, lease: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk, lease=lease).update(lease_until=None)


def _fail(batch: ImportBatch, lease: str) -> None:
    """What was begun did not end, and wrote nothing: back to where somebody can decide."""
    problem = str(
        _(
            "That did not work, and nothing was written. Try again; if it fails again, tell whoever runs this site."
        )
    )
    back = {ImportState.COMMITTING: ImportState.READY, ImportState.UNDOING: ImportState.DONE}
    state = back.get(batch.state, ImportState.FAILED)
    with transaction.atomic():
        mine = ImportBatch.objects.filter(pk=batch.pk, lease=lease)
        if (
            mine.update(state=state, problem=problem, lease="", lease_until=None)
            and state == ImportState.FAILED
        ):
            drop_staged(batch)


def tend() -> int:
    """Send for whatever no worker has in hand, and drop what was staged a day ago; return how many were sent for."""
    now = timezone.now()
    old = ImportBatch.objects.filter(state__in=OPEN, created_at__lt=now - KEPT_FOR)
    for batch in old.exclude(state=ImportState.COMMITTING, lease_until__gt=now):
        with transaction.atomic():
            if ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(
                state=ImportState.CANCELLED, lease=""
            ):
                drop_staged(batch)
    waiting = ImportBatch.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), state__in=WORKING)
    return sum(send(TASK, pk) for pk in waiting.values_list("pk", flat=True))
