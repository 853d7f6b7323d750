"""Audits of somebody's work, drawn code by code, so that codes, cases and groups agree with each other."""

from collections.abc import Iterator
from random import Random

from tracker.models import Audit, Auditor, Basis

from .language import Audits, Entry, ago, log

DAYS_BACK = 6  # an audit is finished some days before the day of the month on which the demo was loaded


def audits_of(series: Audits, rng: Random) -> Iterator[Entry]:
    """One audit a month. What is drawn does not depend on the day of loading."""
    for months in range(series.first, series.last - 1, -1):
        fields = {"work_type": series.work_type, "specialty": series.specialty}
        yield log(
            Audit,
            how=series.how,
            audited_on=ago(months=months, days=DAYS_BACK),
            basis=Basis.RANDOM,
            auditor=Auditor.INTERNAL,
            records_reviewed=series.records,
            scores=_scores(series, rng),
            **{name: slug for name, slug in fields.items() if slug},
        )


def _scores(series: Audits, rng: Random) -> dict:
    """Codes chart by chart; cases and groups in all."""
    charts, cases, groups = [], 0, 0
    for _ in range(series.records):
        n = rng.randint(*series.codes)
        wrong = sum(rng.random() >= series.right for _ in range(n))
        charts.append((n - wrong, n))
        cases += wrong == 0
        lucky = rng.random() < (series.drg or 0)
        groups += wrong == 0 or lucky
    scores = {"code_over_code": charts, "case": (cases, series.records)}
    return scores | ({"drg": (groups, series.records)} if series.drg is not None else {})
