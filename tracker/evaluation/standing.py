"""Where each coder's pay falls among the wages of an occupation and an area, and against the stage's band."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from curriculum.models import Stage, WageArea
from curriculum.percentiles import Band, Basis, convert, relation, shown
from curriculum.wages import CODERS, newest_release, stage_bands, wages_for
from tracker.models import Coder, Pay, Standing

from .compute import Batch
from .queries import coder_filter


@dataclass(frozen=True)
class Paid:
    """A coder with the pay in force, and what it is compared with."""

    coder: Coder
    pay: Pay
    stage: Stage | None
    occupation: str
    area: str


def standings_for(batch: Batch, published_by: dt.date | None = None) -> list[Standing]:
    """Unsaved standings of the coders who logged pay, in a fixed number of queries. The newest wage release is used, or
    the newest of those that were out by a day.

    Pay is compared with the occupation of the role it is paid for; the stage's band is always one of 29-2072.
    """
    people, release = _paid(batch), newest_release(published_by)
    if not people or release is None:
        return []
    choices = wages_for(
        {pair for one in people for pair in ((one.occupation, one.area), (CODERS, one.area))}, release
    )
    stages = {one.stage for one in people} - {None}
    bands = {area: stage_bands(choices[CODERS, area], stages=stages) for area in {one.area for one in people}}
    standings = []
    for one in people:
        choice = choices[one.occupation, one.area]
        if choice.wage is None:
            continue
        low, high = choice.rank(one.pay.amount, Basis(one.pay.basis)).stored
        band = bands[one.area].get(one.stage.slug) if one.stage else None
        standings.append(
            Standing(
                coder=one.coder,
                as_of=batch.as_of,
                annual=shown(convert(one.pay.amount, Basis(one.pay.basis), Basis.ANNUAL), Basis.ANNUAL),
                occupation_id=choice.occupation,
                area_id=choice.wage.area_id,
                release=release,
                percentile_low=low,
                percentile_high=high,
                band_stage=one.stage if band else None,
                band_place=_place(one.pay, band),
            )
        )
    return standings


def _paid(batch: Batch) -> list[Paid]:
    ids = np.array([coder.pk for coder in batch.coders], np.int64)
    in_force = _pay_in_force(ids, batch.as_of)
    people = []
    for i, coder in enumerate(batch.coders):
        if pay := in_force.get(coder.pk):
            role = pay.role or batch.profile.roles[i]
            occupation = role.occupation_id if role else CODERS
            area = coder.area_id or WageArea.NATION
            people.append(Paid(coder, pay, batch.expected_stages[i], occupation, area))
    return people


def _pay_in_force(ids: np.ndarray, as_of: dt.date) -> dict[int, Pay]:
    rows = Pay.objects.filter(coder_filter("coder_id", ids), effective_on__lte=as_of).select_related("role")
    return {pay.coder_id: pay for pay in rows.order_by("effective_on")}


def _place(pay: Pay, band: Band | None) -> str:
    if band is None:
        return ""
    where = relation(convert(pay.amount, Basis(pay.basis), band.basis), band)
    return where.value if where else ""
