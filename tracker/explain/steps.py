"""The steps from records to a verdict on one condition, each with its formula and values. Pure: measurements in, texts out."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from curriculum.conditions import Leaf
from tracker import intervals, wording
from tracker.design_effect import LEAST_CHARTS
from tracker.evaluation.compare import MET, NO_EVIDENCE, NONE, PROVEN, SUPPORTED, Verdict, share_of
from tracker.measures import Measurement, get_measure

SIGNS = {">=": "≥", "<=": "≤", "==": "="}
AGAINST = {">=": "<", "<=": ">", "==": "≠"}


@dataclass(frozen=True)
class Step:
    """One line: what is worked out, how, what comes out, and what to know about it."""

    what: str
    how: str
    result: str
    note: str = ""


def steps_of(
    leaf: Leaf, everything: Measurement, attested: Measurement, verdict: Verdict, i: int = 0
) -> list[Step]:
    """All steps for the coder in place `i`, after those that the measure itself tells (`Measure.workings`)."""
    if np.isnan(everything.value[i]):
        return [_nothing(everything, i)]
    steps = [_proportion(everything, i)] if everything.reviewed is not None else []
    steps.append(_comparison(leaf, everything, verdict, i))
    steps += _sample(leaf, everything, verdict, i)
    if everything.reviewed is not None and everything.is_sample:
        steps += [_clusters(everything, i), _interval(everything, verdict, i)]
        if leaf.comparator == ">=":
            steps.append(_chance(leaf, everything, i))
    steps.append(_certainty(leaf, attested, verdict, i))
    steps.append(_rounding(leaf, everything, i))
    return steps


def _nothing(everything: Measurement, i: int) -> Step:
    if everything.uncounted is not None and everything.uncounted[i]:
        note = _("There are percentages without counts. They are shown as they are, and cannot be pooled.")
    else:
        note = _("No record says anything about it. That is not the same as a measured zero.")
    return Step(_("Value"), "", _("nothing to go on"), note)


def _proportion(everything: Measurement, i: int) -> Step:
    k, n = int(everything.correct[i]), int(everything.reviewed[i])
    return Step(
        _("Pooled counts"),
        f"{k:,} ÷ {n:,}",
        f"{_decimal(100 * 10**4 * k // n / 10**4)}%",  # cut off, so that it never looks like a target not reached
        _("All counts are added up first and divided once: percentages are never averaged."),
    )


def _comparison(leaf: Leaf, everything: Measurement, verdict: Verdict, i: int) -> Step:
    """Exactly, in whole numbers where it is a share."""
    if everything.reviewed is not None and leaf.comparator == ">=":
        share, k, n = share_of(leaf), int(everything.correct[i]), int(everything.reviewed[i])
        left, right = k * share.denominator, share.numerator * n
        holds = left >= right
        how = (
            f"{k:,} × {share.denominator:,} {'≥' if holds else '<'} {share.numerator:,} × {n:,}"
            f"  ({left:,} {'≥' if holds else '<'} {right:,})"
        )
    else:
        holds = wording.HOLDS[leaf.comparator](float(everything.value[i]), float(leaf.target))
        sign = SIGNS if holds else AGAINST
        how = f"{_decimal(float(everything.value[i]))} {sign[leaf.comparator]} {leaf.target}"
    note = ""
    if not holds and leaf.close is not None:
        note = _("Within %(band)s of the target counts as close.") % {"band": leaf.close}
    result = _("reaches the target") if holds else _("does not reach the target")
    return Step(_("Compared with the target, before any rounding"), how, result, note)


def _sample(leaf: Leaf, everything: Measurement, verdict: Verdict, i: int) -> list[Step]:
    measure = get_measure(leaf.measure)
    steps = []
    for unit, least in leaf.minimum.items():
        have = float(everything.samples.get(unit, np.zeros(i + 1))[i])
        enough = verdict.lacking[unit][i] == 0
        steps.append(
            Step(
                _("Smallest sample that counts, in %(units)s")
                % {"units": measure.unit_words(unit, leaf.params)},
                f"{wording.plain(have)} {'≥' if enough else '<'} {least:,}",
                _("enough %(units)s") % {"units": measure.unit_words(unit, leaf.params)}
                if enough
                else _("%(more)s needed")
                % {
                    "more": wording.more(
                        float(verdict.lacking[unit][i]), measure.unit_words(unit, leaf.params)
                    )
                },
            )
        )
    return steps


def _clusters(everything: Measurement, i: int) -> Step:
    effect = np.nan if everything.design_effect is None else everything.design_effect[i]
    what = _("Codes of one chart go together")
    if np.isnan(effect):
        return Step(
            what, "", _("not known"),
            _("Fewer than %(least)s charts are known one by one, so codes are taken as independent of each other: the "
              "interval below is somewhat too narrow.") % {"least": LEAST_CHARTS},
        )  # fmt: skip
    k, n = (float(counts[i]) for counts in everything.effective())
    return Step(
        what,
        f"{int(everything.correct[i]):,} ÷ {effect:.3f}, {int(everything.reviewed[i]):,} ÷ {effect:.3f}",
        _("as good as %(correct)s of %(reviewed)s") % {"correct": f"{k:,.1f}", "reviewed": f"{n:,.1f}"},
        _("The design effect: the variance between charts over the variance if each code had been drawn alone, at least "
          "1 (Kish 1965; Rao and Scott 1992). These counts go into what follows; the rate itself stays as it is."),
    )  # fmt: skip


def _interval(everything: Measurement, verdict: Verdict, i: int) -> Step:
    k, n = (float(counts[i]) for counts in everything.effective())
    p = f"{k / n:.4f}"
    return Step(
        _("95% interval"),
        f"(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n);  p = {p}, n = {_number(n)}, z = 1.96",
        f"{_decimal(float(verdict.lower[i]))}% – {_decimal(float(verdict.upper[i]))}%",
        _(
            "Wilson’s score interval (1927): of true rates anywhere from 90% to 99%, about 95 of 100 such intervals hold it."
        ),
    )


def _chance(leaf: Leaf, everything: Measurement, i: int) -> Step:
    k, n = (float(counts[i]) for counts in everything.effective())
    chance = float(intervals.chance_at_least(k, n, share_of(leaf)))
    return Step(
        _("Chance that the true rate is at or above the target"),
        f"1 − I(t; k + ½, n − k + ½);  t = {float(share_of(leaf)):g}, k = {_number(k)}, n = {_number(n)}",
        wording.chance(chance),
        _(
            "From the beta distribution that the counts leave of Jeffreys’ prior, which knows nothing beforehand."
        ),
    )


def _certainty(leaf: Leaf, attested: Measurement, verdict: Verdict, i: int) -> Step:
    certainty, status = int(verdict.certainty[i]), int(verdict.status[i])
    words = {0: _("nothing to go on"), 1: _("thin"), 2: _("reported"), 3: _("supported"), 4: _("proven")}
    if np.isnan(attested.value[i]):
        how = _("imported or verified records alone: none")
    elif attested.reviewed is not None:
        how = _("imported or verified records alone: %(counts)s") % {
            "counts": wording.counts(attested.correct[i], attested.reviewed[i])
        }
    else:
        how = _("imported or verified records alone: %(value)s") % {
            "value": wording.amount(leaf, float(attested.value[i]))
        }
    if status == NO_EVIDENCE:
        note = _("Below the smallest sample, nothing is said for or against.")
    elif certainty == PROVEN:
        note = _(
            "They reach the target with the smallest sample, and their one-sided 95% lower bound does, too."
        )
        if attested.reviewed is None or not attested.is_sample:
            note = _("They say the same, and nothing was drawn from anything larger.")
    elif certainty == SUPPORTED and status == MET:
        note = _("They reach the target with the smallest sample; their one-sided 95% lower bound does not.")
    elif certainty == SUPPORTED:
        note = _("They say the same with the smallest sample.")
    else:
        note = _(
            "They do not say the same with the smallest sample, so it rests on what you logged yourself."
        )
    return Step(_("How sure"), how, words[max(certainty, NONE)], note)


def _rounding(leaf: Leaf, everything: Measurement, i: int) -> Step:
    value = float(everything.value[i])
    return Step(
        _("Shown as"),
        _decimal(value) if leaf.unit else "",
        wording.amount(leaf, value),
        _("Rounded down to one decimal, and to more where one would take it across the target. Intervals are rounded "
          "outward."),
    )  # fmt: skip


def _decimal(number: float) -> str:
    """Up to four decimals, without trailing zeros."""
    return f"{number:,.4f}".rstrip("0").rstrip(".")


def _number(number: float) -> str:
    return f"{number:,.0f}" if number == round(number) else f"{number:,.1f}"
