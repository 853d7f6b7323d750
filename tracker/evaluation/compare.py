"""Compare measurements with what is asked. Pure: arrays in, arrays out; the verdict on a million coders is one call.

Met means that the point estimate reaches the target with the minimum sample. How sure that is, is told apart: thin
(below the minimum sample), reported (self-reported), supported (what is imported or verified reaches the same verdict
with the minimum sample), proven (supported, and the one-sided 95% lower bound reaches the target).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from curriculum.conditions import Leaf, Node
from tracker import intervals

from ..measures.base import Measurement

# Statuses of a condition, in the order of better. Lapsed, waived and not applicable come from outside the comparison.
NO_EVIDENCE, OPEN, CLOSE, MET = range(4)
# Certainties, in the order of surer.
NONE, THIN, REPORTED, SUPPORTED, PROVEN = range(5)


@dataclass
class Verdict:
    """One node of a rule for every coder. Arrays of equal length; the figures are NaN where there are none."""

    status: np.ndarray
    certainty: np.ndarray
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    sample: np.ndarray
    design_effect: np.ndarray
    lacking: dict[str, np.ndarray]
    ran_out: np.ndarray
    contested: np.ndarray
    leaf: Leaf | None = None
    parts: tuple["Verdict", ...] = ()


Reading = tuple[Measurement, Measurement]  # all records, and the attested ones alone


def judge(node: Node, read: Callable[[Leaf], Reading]) -> Verdict:
    """The verdict on a tree of conditions. `read` gives the measurements of a leaf."""
    if isinstance(node, Leaf):
        return judge_leaf(node, *read(node))
    return _judge_group(node.n, tuple(judge(child, read) for child in node.of))


def judge_leaf(leaf: Leaf, everything: Measurement, attested: Measurement) -> Verdict:
    status, lacking = _status(leaf, everything)
    proportion = everything.reviewed is not None
    nothing = np.full(len(status), np.nan)
    lower, upper = nothing, nothing
    if proportion and everything.is_sample:
        lower, upper = (100 * bound for bound in intervals.wilson(*everything.effective()))
    has_value = ~np.isnan(everything.value)
    sample = everything.samples.get(_own_unit(leaf, everything))
    return Verdict(
        status=status,
        certainty=_certainty(leaf, status, everything, attested),
        value=everything.value,
        lower=lower,
        upper=upper,
        numerator=np.where(has_value, everything.correct, np.nan) if proportion else nothing,
        denominator=np.where(has_value, everything.reviewed, np.nan) if proportion else nothing,
        sample=nothing if sample is None else np.where(has_value, sample, np.nan),
        design_effect=nothing if everything.design_effect is None else everything.design_effect,
        lacking=lacking,
        ran_out=_flags(everything.ran_out, len(status)),
        contested=_flags(everything.contested, len(status)),
        leaf=leaf,
    )


def _flags(given: np.ndarray | None, size: int) -> np.ndarray:
    return np.zeros(size, bool) if given is None else given


def _own_unit(leaf: Leaf, measurement: Measurement) -> str | None:
    """The unit of the sample that is shown: what a proportion counts, else what the minimum is stated in."""
    if measurement.reviewed is not None:
        for unit, counts in measurement.samples.items():
            if counts is measurement.reviewed or np.array_equal(counts, measurement.reviewed):
                return unit
    return next(iter(leaf.minimum), next(iter(measurement.samples), None))


def _status(leaf: Leaf, measurement: Measurement) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    has = ~np.isnan(measurement.value)
    lacking = {
        unit: np.maximum(0, np.ceil(least - measurement.samples.get(unit, np.zeros(len(has)))))
        for unit, least in leaf.minimum.items()
    }
    enough = np.logical_and.reduce([missing == 0 for missing in lacking.values()], axis=0) if lacking else has
    reached = _reached(leaf, measurement)
    status = np.full(len(has), OPEN)
    if leaf.close is not None:
        status[_near(leaf, measurement.value)] = CLOSE
    status[reached] = MET
    status[~(has & enough)] = NO_EVIDENCE
    return status, lacking


def _near(leaf: Leaf, value: np.ndarray) -> np.ndarray:
    """Within the band that counts as close, its edge included: below the target, above it, or on either side."""
    low, high = float(leaf.target - leaf.close), float(leaf.target + leaf.close)
    with np.errstate(invalid="ignore"):
        return ((leaf.comparator == "<=") | (value >= low)) & ((leaf.comparator == ">=") | (value <= high))


def _reached(leaf: Leaf, measurement: Measurement) -> np.ndarray:
    if measurement.reviewed is not None and leaf.comparator == ">=":
        return intervals.reaches(measurement.correct, measurement.reviewed, share_of(leaf))
    target = float(leaf.target)
    with np.errstate(invalid="ignore"):
        if leaf.comparator == ">=":
            return measurement.value >= target
        return measurement.value <= target if leaf.comparator == "<=" else measurement.value == target


def share_of(leaf: Leaf) -> Fraction:
    """The target of a percentage as an exact share of 1."""
    return Fraction(leaf.target) / 100


def _certainty(leaf: Leaf, status: np.ndarray, everything: Measurement, attested: Measurement) -> np.ndarray:
    has = ~np.isnan(everything.value)
    attested_status, _ = _status(leaf, attested)
    certainty = np.where(has, REPORTED, NONE)
    certainty[has & (status == NO_EVIDENCE)] = THIN
    if everything.uncounted is not None:
        certainty[~has & everything.uncounted] = REPORTED
    judged = status != NO_EVIDENCE
    supported = judged & ((attested_status == MET) == (status == MET)) & (attested_status != NO_EVIDENCE)
    certainty[supported] = SUPPORTED
    certainty[supported & (status == MET) & _proves(leaf, attested)] = PROVEN
    return certainty


def _proves(leaf: Leaf, attested: Measurement) -> np.ndarray:
    """A proportion must prove itself by its lower bound; what is not a sample has no other bound than its value."""
    if attested.sure is not None and leaf.comparator == ">=":
        return attested.sure >= float(leaf.target)
    if attested.reviewed is None or not attested.is_sample or leaf.comparator != ">=":
        return np.ones(len(attested.value), bool)
    return intervals.proves(*attested.effective(), share_of(leaf))


def _judge_group(n: int, parts: tuple[Verdict, ...]) -> Verdict:
    statuses = np.stack([part.status for part in parts])
    certainties = np.stack([part.certainty for part in parts])
    met, near = (statuses == MET).sum(axis=0), (statuses >= CLOSE).sum(axis=0)
    status = np.full(statuses.shape[1], OPEN)
    status[(statuses == NO_EVIDENCE).all(axis=0)] = NO_EVIDENCE
    status[near >= n] = CLOSE
    status[met >= n] = MET
    # Met by n parts, it is as sure as the n-th surest of those. Not met, it is as the least sure of what there is to go
    # on; and where a part has nothing, it rests on what the coder did not log.
    surest = -np.sort(-np.where(statuses == MET, certainties, NONE), axis=0)
    some = np.where(certainties > NONE, certainties, PROVEN + 1).min(axis=0)
    most = np.where((certainties > NONE).all(axis=0), SUPPORTED, REPORTED)
    certainty = np.where(status == MET, surest[n - 1], np.where(some > PROVEN, NONE, np.minimum(some, most)))
    nothing = np.full(len(status), np.nan)
    return Verdict(
        status=status,
        certainty=certainty,
        value=np.where(status == NO_EVIDENCE, np.nan, met.astype(float)),
        lower=nothing,
        upper=nothing,
        numerator=np.minimum(met, n).astype(float),  # of two ways where one is asked, both still make one
        denominator=np.full(len(status), float(n)),
        sample=nothing,
        design_effect=nothing,
        lacking={},
        ran_out=np.logical_or.reduce([part.ran_out for part in parts]),
        contested=np.logical_or.reduce([part.contested for part in parts]),
        parts=parts,
    )
