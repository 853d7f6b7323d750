"""The catalogue's names for the line that logs in seconds, and what the coder logged last."""

import datetime as dt

from django.db.models import F

from curriculum.models import Body, Certification, Specialty, WorkType
from tracker.models import Coder, Volume
from tracker.quicklog import Term, Vocabulary


def vocabulary() -> Vocabulary:
    """Work types, specialties, certifications and bodies under all their names: four queries."""
    return Vocabulary(
        [
            *(
                Term("work_type", str(row.pk), (row.name, row.slug, *row.aliases))
                for row in WorkType.objects.all()
            ),
            *(Term("specialty", str(row.pk), (row.name, row.slug)) for row in Specialty.objects.all()),
            *(Term("certification", str(row.pk), (row.code,)) for row in Certification.objects.all()),
            *(Term("bodies", str(row.pk), (row.name, row.slug)) for row in Body.objects.all()),
        ]
    )


def usual_work_type(coder: Coder) -> WorkType | None:
    """What the coder logged charts of last."""
    last = Volume.objects.current().filter(coder=coder).select_related("work_type").first()
    return last.work_type if last else None


def last_logged_day(coder: Coder, before: dt.date) -> dt.date | None:
    """The last day before a day that has charts of its own, not only a longer period's."""
    days = Volume.objects.current().filter(coder=coder, ends_on__lt=before, starts_on=F("ends_on"))
    return days.values_list("ends_on", flat=True).first()
