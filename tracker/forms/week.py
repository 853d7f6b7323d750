"""A week of charts at once: a cell for each day and work type, kept as single-day volumes."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum.models import WorkType
from tracker.models import Coder, Volume
from tracker.services.records import remove_record, save_record

from .fields import HoursField, word_errors


class CellForm(forms.Form):
    """Charts and hours of one day and work type; both or neither."""

    charts = forms.IntegerField(
        label=gettext_lazy("charts"), required=False, min_value=1, max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    hours = HoursField(
        label=gettext_lazy("hours"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    # The record that stood in the cell when the page was made: only that one may be emptied away.
    was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, what: str, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
        for name in ("charts", "hours"):
            word_errors(self.fields[name])
            self.fields[name].widget.attrs["aria-label"] = f"{what}, {self.fields[name].label}"

    def clean(self):
        given = super().clean()
        if not self.errors:
            if given["charts"] is not None and given["hours"] is None:
                self.add_error("hours", _("Say the hours, too."))
            elif given["hours"] is not None and given["charts"] is None:
                self.add_error("charts", _("Say how many charts, too."))
        return given


@dataclass
class Cell:
    day: dt.date
    work_type: WorkType
    form: CellForm | None  # None for a day to come
    record: Volume | None = None
    beside: list[Volume] = field(default_factory=list)  # also logged for that day, and not to be changed here


@dataclass
class Day:
    day: dt.date
    is_today: bool
    cells: list[Cell]


class WeekForm:
    """`days` of the week of `monday` with a cell for each of `work_types`; `again` fills today's with that day's."""

    def __init__(
        self, data, *, coder: Coder, monday: dt.date, work_types: list[WorkType], again: dt.date | None = None
    ):
        self.coder, self.monday, self.work_types = coder, monday, work_types
        self.today = coder.today()
        self.is_bound = data is not None
        stored = self._stored([monday + dt.timedelta(days=n) for n in range(7)] + ([again] if again else []))
        self._again = {kind: rows for (day, kind), rows in stored.items() if day == again} if again else {}
        self.periods = self._periods()
        self.days = [self._day(data, monday + dt.timedelta(days=n), stored) for n in range(7)]

    @property
    def cells(self) -> list[Cell]:
        return [cell for day in self.days for cell in day.cells if cell.form]

    @property
    def errors(self) -> list[str]:
        return [
            error for cell in self.cells for errors in cell.form.errors.values() for error in errors
        ] if self.is_bound else []  # fmt: skip

    def _stored(self, days):
        rows = Volume.objects.current().filter(coder=self.coder, ends_on__in=days, starts_on=F("ends_on"))
        stored = defaultdict(list)
        for row in rows.filter(work_type__in=self.work_types).select_related("work_type").order_by("pk"):
            stored[row.ends_on, row.work_type_id].append(row)
        return stored

    def _periods(self) -> list[Volume]:
        """What was logged for longer than a day and reaches into the week: said, so that nothing is logged twice."""
        sunday = self.monday + dt.timedelta(days=6)
        rows = Volume.objects.current().filter(
            coder=self.coder, starts_on__lte=sunday, ends_on__gte=self.monday, ends_on__gt=F("starts_on")
        )
        return list(rows.select_related("work_type"))

    def _day(self, data, day, stored) -> Day:
        return Day(
            day,
            day == self.today,
            [self._cell(data, day, kind, stored[day, kind.pk]) for kind in self.work_types],
        )

    def _cell(self, data, day, work_type, rows) -> Cell:
        own = next((row for row in rows if not row.attested), None)
        beside = [row for row in rows if row is not own]
        if day > self.today:
            return Cell(day, work_type, None)
        initial = {"was": own.pk, "charts": own.charts, "hours": own.minutes} if own else {}
        if day == self.today and not rows and (draft := self._again.get(work_type.pk)):
            initial = {"charts": draft[0].charts, "hours": draft[0].minutes}
        form = CellForm(
            data,
            prefix=f"{day:%Y%m%d}-{work_type.slug}",
            initial=initial,
            what=f"{date_format(day, 'l')}, {work_type}",
        )
        return Cell(day, work_type, form, own, beside)

    def is_valid(self) -> bool:
        return self.is_bound and all(cell.form.is_valid() for cell in self.cells)

    def save(self, *, by) -> int:
        """Store what differs, all or nothing, and return how many records changed. Raises ValidationError; the cells say why."""
        with transaction.atomic():
            return sum(self._save(cell, by) for cell in self.cells)

    def _save(self, cell: Cell, by) -> bool:
        given, record = cell.form.cleaned_data, cell.record
        figures = given["charts"], given["hours"]
        if figures == (None, None):
            if record is None or record.pk != given["was"]:
                return False
            remove_record(record, by=by)
            return True
        if record is not None and figures == (record.charts, record.minutes):
            return False
        record = record or Volume(
            coder=self.coder, starts_on=cell.day, ends_on=cell.day, work_type=cell.work_type
        )
        record.charts, record.minutes = figures
        try:
            save_record(record, by=by)
        except ValidationError as error:
            cell.form.add_error(None, error.messages)
            raise
        return True
