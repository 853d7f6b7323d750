"""The months to come as a page shows them: made now, by the nightly job's own functions, and stored nowhere."""

import datetime as dt
from dataclasses import dataclass

from curriculum.models import Milestone, Role
from tracker.charts import Chart
from tracker.models import Coder
from tracker.outlook.compute import outlook
from tracker.services.evaluation import preview
from tracker.services.forecasts import forecasts_of

from . import charts
from .evaluated import evaluated
from .forecasts import PromotionLine, Said, When
from .gaps import GapLine, gap_board


@dataclass(frozen=True)
class LookAhead:
    """`lines` are the open gaps of which something was said, with when."""

    target: Role | None
    promotion: PromotionLine | None
    lines: list[tuple[GapLine, When]]
    today: dt.date

    @property
    def decides(self) -> str:
        """The slug of the milestone that decides the date of the promotion; empty where none does."""
        return self.promotion.decided_by[0] if self.promotion and self.promotion.decided_by else ""

    @property
    def chart(self) -> Chart:
        return charts.forecast(self.lines, self.promotion, self.today)


def look_ahead(coder: Coder) -> LookAhead:
    batch = preview(coder)
    slugs = dict(Milestone.objects.values_list("pk", "slug"))
    said = Said(coder, forecasts_of(outlook(batch), slugs))
    gaps = gap_board(evaluated(coder)).open_gaps
    return LookAhead(
        batch.profile.targets[0],
        said.promotion({line.slug: line.name for line in gaps if line.must}),
        [(line, when) for line in gaps if (when := said.when(line.slug))],
        batch.as_of,
    )
