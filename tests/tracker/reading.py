"""Read one measure for some coders, as an evaluation does."""

import numpy as np

from curriculum.conditions import Leaf, parse
from tests.factories import DAY
from tracker.evaluation.context import load_context
from tracker.evaluation.profile import profile_of
from tracker.evaluation.queries import fetch
from tracker.measures import Measurement, get_measure
from tracker.models import Coder


def leaf_of(measure, params=None, **condition) -> Leaf:
    """A condition; its target is 1 unless another is given. `window` is a number of months."""
    if isinstance(condition.get("window"), int):
        condition["window"] = {"months": condition["window"]}
    definition = {"measure": measure, "params": params or {}, "target": "1"} | condition
    return parse({"needs": definition}).needs


def data_of(coders, leaves, as_of=DAY):
    """What the queries for these conditions bring."""
    coders = {coder.pk: coder for coder in Coder.objects.filter(pk__in=[c.pk for c in coders])}
    data = fetch(leaves, np.array(sorted(coders), np.int64), as_of)
    data.context = load_context(as_of)
    data.profile = profile_of(data, data.context, coders)
    return data


def read(coders, leaf: Leaf, as_of=DAY, attested=False) -> Measurement:
    return get_measure(leaf.measure).read(leaf, data_of(coders, [leaf], as_of), attested)


def value(coder, measure, params=None, as_of=DAY, attested=False, **condition) -> float | None:
    """What one coder's records say; None where there is nothing to go on."""
    (number,) = read([coder], leaf_of(measure, params, **condition), as_of, attested).value
    return None if np.isnan(number) else float(number)


def sample(coder, measure, params=None, as_of=DAY, attested=False, **condition) -> dict[str, float]:
    found = read([coder], leaf_of(measure, params, **condition), as_of, attested)
    return {unit: float(counts[0]) for unit, counts in found.samples.items()}
