"""A manager's month through a real broker and a real worker: from the file to new gaps and back; and a worker killed in the middle."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from curriculum.catalogue import load
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import MembershipFactory, StaffFactory, TeamFactory
from tracker.models import Audit, Gap, ImportBatch, ImportChange, ImportState, Staleness
from tracker.services.imports.running import tend
from tracker.tasks import heartbeat

AUDITS = """Coder,Auditor,Audit Dt,# Enc,Total Codes,Dx Errors,Accuracy %
"DOE, J",KM,3/17/2026,20,110,2,98.2 %
"DOE, J",KM,3/18/2026,20,110,2,98.2 %
"ROE, R",KM,3/18/2026,20,110,2,98.2 %
TOTAL / AVG,,,60,330,6,
"""


@pytest.fixture
def team(transactional_db, tmp_path):
    """A few rows as they ship; accuracy-95 asks for 95% of 200 codes, in 30 records and 2 audits."""
    load(write_small_catalogue(tmp_path))
    return TeamFactory()


@pytest.fixture
def doe(team, worker):
    coder = MembershipFactory(team=team).coder
    worker.until(lambda: not Staleness.objects.get(coder=coder).is_stale, "The member was not evaluated")
    return coder


@pytest.fixture
def site(team, worker):
    browser = Client()
    browser.force_login(StaffFactory(organization=team.organization).user)
    heartbeat()
    return browser


def _send(site, team, text):
    file = SimpleUploadedFile("audits.csv", text.encode())
    given = {"owner": str(team.organization_id), "kind": "", "name": "Scorecard", "file": file}
    response = site.post(reverse("tracker:import_new"), given | {"answer:method": "code_over_code"})
    assert response.status_code == 302, response.content.decode()
    return ImportBatch.objects.latest("pk")


def _names(site, batch, doe):
    said = {"who-doe j": str(doe.pk), "who-roe r": "-"}
    assert site.post(reverse("tracker:import_detail", args=[batch.pk]), said).status_code == 302


def _do(site, batch, step):
    site.post(reverse(f"tracker:import_{step}", args=[batch.pk]))


def _is(batch, state):
    batch.refresh_from_db()
    return batch.state == state


def _accuracy(coder):
    return Gap.objects.get(coder=coder, milestone_version__milestone__slug="accuracy-95")


def test_a_managers_month_moves_a_members_gap_and_undoing_moves_it_back(site, team, doe, worker):
    batch = _send(site, team, AUDITS)
    _names(site, batch, doe)
    worker.until(lambda: _is(batch, ImportState.READY), "The import was not planned")
    assert (batch.counts["new"], batch.counts["stranger"]) == (2, 1)
    assert not Audit.objects.exists()
    _do(site, batch, "commit")
    worker.until(lambda: _is(batch, ImportState.DONE), "The import was not stored")
    worker.until(lambda: _accuracy(doe).denominator == 220, "The gap did not move")
    assert _accuracy(doe).numerator == 216
    _do(site, batch, "undo")
    worker.until(lambda: _is(batch, ImportState.UNDONE), "The import was not undone")
    worker.until(lambda: _accuracy(doe).denominator is None, "The gap did not move back")
    assert _accuracy(doe).status == "no_evidence" and _accuracy(doe).first_met_on is None


def test_a_worker_killed_in_the_middle_leaves_nothing_half_and_the_next_takes_over(site, team, doe, worker):
    days = (dt.date(2023, 1, 1) + dt.timedelta(days=n) for n in range(1000))
    lines = [f'"DOE, J",{day.isoformat()},{n},{20 + n},{n % 9}' for day in days for n in range(1, 9)]
    batch = _send(site, team, "\n".join(["Coder,Audit Dt,# Enc,Total Codes,Dx Errors", *lines]))
    said = {"who-doe j": str(doe.pk)}
    site.post(reverse("tracker:import_detail", args=[batch.pk]), said)
    worker.until(lambda: _is(batch, ImportState.READY), "The import was not planned", seconds=30)
    _do(site, batch, "commit")
    worker.until(lambda: ImportBatch.objects.filter(pk=batch.pk).exclude(lease="").exists(), "Nobody took it")
    worker.kill()
    worker.lose_messages()
    assert _is(batch, ImportState.COMMITTING)
    assert not Audit.objects.exists() and not ImportChange.objects.exists()
    ImportBatch.objects.update(
        lease_until=timezone.now() - dt.timedelta(seconds=1)
    )  # as it is 45 seconds later
    worker.start()
    assert tend() == 1  # as the schedule does every twenty seconds
    worker.until(lambda: _is(batch, ImportState.DONE), "Nobody took over", seconds=30)
    assert Audit.objects.filter(coder=doe).count() == batch.counts["new"] == 1000
    assert ImportChange.objects.count() == 1000 and not batch.staged.exists()
