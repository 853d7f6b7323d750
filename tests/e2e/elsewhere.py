"""What the drill with a database of its own does there, each in a process of its own: `python -m tests.e2e.elsewhere STEP`."""

import datetime as dt
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from curriculum.models import Milestone, MilestoneVersion, Requirement, Stage  # noqa: E402
from tests.factories import AuditFactory, CoderFactory, RoleFactory, SkillShownFactory  # noqa: E402
from tracker.models import Coder, Staleness, SweepRun, SweepWindow  # noqa: E402
from tracker.services import sweeps  # noqa: E402

CASES = {"measure": "audit_accuracy", "params": {"method": "case"}, "cmp": ">=", "target": "95.0"}
N, WINDOW = 300, 3


def fill() -> None:
    """Coders with an audit each, and one milestone that asks for accuracy."""
    RoleFactory()
    milestone = Milestone.objects.create(slug="cases", name="Cases", summary="-", source="drill")
    MilestoneVersion.objects.create(
        milestone=milestone, valid_from=dt.date(2000, 1, 1), definition={"needs": CASES}
    )
    Requirement.objects.create(milestone=milestone, stage=Stage.objects.get(), weight=3, source="drill")
    for i in range(N):
        AuditFactory(coder=CoderFactory(), scores={"case": (28 + i % 3, 30)})


def night() -> None:
    """Send out the windows of a night, small ones."""
    sweeps.WINDOW = WINDOW
    sweeps.start_nightly(timezone.now().date())


def resume() -> None:
    """What the schedule does half an hour after messages were lost, and every twenty seconds."""
    SweepRun.objects.update(started_at=timezone.now() - sweeps.LOST_AFTER)
    sweeps.resume_nightly()
    sweeps.sweep_stale(0)


def save() -> None:
    """Somebody logs something."""
    SkillShownFactory(coder=Coder.objects.first())


def left() -> None:
    """Windows of the night that are not done, and who waits."""
    waiting = sum(row.is_stale for row in Staleness.objects.all())
    print(SweepWindow.objects.filter(done_at=None).count(), waiting)  # noqa: T201


if __name__ == "__main__":
    {step.__name__: step for step in (fill, night, resume, save, left)}[sys.argv[1]]()
