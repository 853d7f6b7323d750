"""The figures of a coder's charts, read in a fixed number of queries each. What is drawn is in tracker/charts/."""

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext as _

from curriculum.conditions import Leaf, leaves
from curriculum.models import Requirement, Role
from curriculum.percentiles import Basis
from tracker import wording
from tracker.charts import Chart
from tracker.charts.accuracy import Asked, AuditPoint, accuracy_chart
from tracker.charts.credentials import Held, credential_chart
from tracker.charts.forecast import Expected, forecast_chart
from tracker.charts.ladder import Rung, ladder_chart
from tracker.charts.pace import Reviewed, Worked, pace_chart, quarters
from tracker.charts.readiness import Said, readiness_chart, steps
from tracker.charts.wages import Mine, StageBand, wage_chart
from tracker.evaluation.requirements import Requirements
from tracker.measures import get_measure
from tracker.measures.audits import SCORES, unit_words
from tracker.measures.volumes import VOLUMES
from tracker.models import AuditScore, Credential, GapEvent, ProductivityTarget, Volume

from .evaluated import Evaluated
from .forecasts import PromotionLine, When
from .gaps import GapLine
from .paths import Ways

ACCURACY = "audit_accuracy"


def accuracy_condition(lines: list[GapLine]) -> Leaf | None:
    """The accuracy that the first of these gaps to ask for any asks for."""
    for line in lines:
        for leaf in leaves(line.gap.milestone_version.rule.needs):
            if leaf.measure == ACCURACY:
                return leaf
    return None


def accuracy(state: Evaluated, leaf: Leaf) -> Chart:
    """One query: the scores that the measure would count, whenever they were made."""
    asked = Asked(
        target=float(leaf.target),
        target_words=wording.target(leaf),
        months=leaf.months,
        units=unit_words(leaf.params["method"]),
    )
    audits = [AuditPoint(*(figure or 0 for figure in row)) for row in _scores(state, leaf)]
    return accuracy_chart(audits, asked, state.as_of)


def _scores(state: Evaluated, leaf: Leaf):
    """The figures of each score of the leaf's method, in order."""
    columns = get_measure(ACCURACY).columns(replace(leaf, window="any"), state.as_of, attested=False)
    rows = AuditScore.objects.filter(SCORES.countable & columns[0].where, audit__coder=state.coder)
    return rows.order_by("audit__audited_on", "pk").values_list(
        "audit__audited_on", "correct", "reviewed", "chart_count", "variance_as_drawn", "variance_drawn_alone"
    )


def pace(state: Evaluated, leaf: Leaf) -> Chart:
    """Three queries. Only work types with a confirmed rate take part, as in the measure."""
    rates = dict(ProductivityTarget.objects.filter(coder=state.coder).values_list("work_type", "per_hour"))
    rows = Volume.objects.filter(
        VOLUMES.countable, coder=state.coder, work_type__in=rates, ends_on__lte=state.as_of
    )
    worked = [
        Worked(day, charts / float(rates[work_type]), minutes / 60)
        for day, work_type, charts, minutes in rows.values_list("ends_on", "work_type", "charts", "minutes")
    ]
    reviewed = [Reviewed(*row[:3]) for row in _scores(state, leaf)]
    return pace_chart(quarters(worked, reviewed), float(leaf.target), wording.target(leaf))


def readiness(state: Evaluated) -> Chart:
    """Two queries: what the target asks today, and what was said of it when."""
    rows = Requirement.objects.select_related("stage", "role", "milestone")
    rows = [row for row in rows if row.stage_id or (state.target and row.role_id == state.target.pk)]
    stages = {row.stage_id: row.stage for row in rows if row.stage_id}
    stages |= {role.stage_id: role.stage for role in (state.role, state.target) if role}
    asked = Requirements(rows, stages.values()).asked_of(state.target, state.role)
    weights = {ask.milestone_id: ask.weight for ask in asked}
    history = GapEvent.objects.filter(
        coder=state.coder, milestone_version__milestone__in=weights, day__lte=state.as_of
    )
    said = history.order_by("recorded_at", "pk").values_list(
        "day", "milestone_version__milestone", "new_status"
    )
    names = {row.milestone_id: row.milestone.name for row in rows}
    found = steps([Said(*row) for row in said], weights, names)
    target = state.target.name if state.target else _("the next stage")
    return readiness_chart(found, target, state.readiness, state.as_of)


def credentials(state: Evaluated) -> Chart:
    """One query. An apprentice whose status was removed holds the credential itself."""
    rows = Credential.objects.counted().filter(coder=state.coder)
    held = [
        Held(
            (row.certification.apprentice_of if row.apprentice_cleared_on else row.certification).code,
            row.earned_on, row.expires_on, row.planned_on, row.state(state.as_of),
        )
        for row in rows.select_related("certification__apprentice_of")
    ]  # fmt: skip
    return credential_chart(held, state.as_of)


def wages(table, bands, pay, target_stage) -> Chart | None:
    """The wage table of the standing page as a chart: `bands` are (stage, band in dollars or None)."""
    if table is None or table.wage is None:
        return None
    mine = next((Mine(float(row.annual), table.rank_words) for row in table.rows if row.is_me), None)
    shown = [
        StageBand(stage.name, band and band.low, band and band.high, stage == target_stage)
        for stage, band in bands
    ]
    points = table.choice.points(Basis.ANNUAL)
    return wage_chart(points, table.wage.occupation.title, table.area, shown, mine if pay else None)


def ladder(ways: Ways, target: Role | None) -> Chart:
    """The picture of `ways`; no query."""
    key = target.pk if target else 0
    here = ways.here
    rungs = [
        Rung(
            here.pk if here else 0,
            here.name if here else _("No role yet"),
            here.stage.name if here else "–",
            "here",
        )
    ]
    for place, roles in (("sideways", ways.sideways), ("next", ways.next), ("beyond", ways.beyond)):
        rungs += [Rung(role.pk, role.name, role.stage.name, place, role.pk == key) for role in roles]
    return ladder_chart(rungs, ways.promotions)


def forecast(lines: list[tuple[GapLine, When]], promotion: PromotionLine | None, today: dt.date) -> Chart:
    """What was said of open gaps; no query."""
    decides = promotion.decided_by[0] if promotion and promotion.decided_by else ""
    dated = [
        Expected(line.name, when.p10, when.p50, when.p90, line.slug == decides)
        for line, when in lines
        if when.p50
    ]
    return forecast_chart(dated, today, len(lines) - len(dated))
