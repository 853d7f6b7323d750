"""Some conditions read for some coders on a day: the measurements behind a verdict, for whoever explains it."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from curriculum.conditions import Leaf, Node
from tracker.measures import Data, Measurement, get_measure
from tracker.models import Coder

from .compare import Reading, Verdict, judge
from .context import load_context
from .profile import profile_of
from .queries import fetch


@dataclass
class Readings:
    """What conditions measure, in the order of the coders' ids."""

    data: Data
    read: Callable[[Leaf], Reading]

    def judge(self, node: Node) -> Verdict:
        return judge(node, self.read)


def readings_of(leaves: Iterable[Leaf], coders: Sequence[Coder], as_of: dt.date) -> Readings:
    """As an evaluation reads them, but these conditions alone. `coders` come with their track."""
    coders = sorted(coders, key=lambda coder: coder.pk)
    data = fetch(set(leaves), np.array([coder.pk for coder in coders], np.int64), as_of)
    data.context = load_context(as_of)
    data.profile = profile_of(data, data.context, {coder.pk: coder for coder in coders})
    return Readings(data, reader_of(data))


# Takes the place of what a measure read, before it is compared: what-if. None leaves it as it is.
Assume = Callable[[Leaf, Data, Measurement], Measurement]


# Of so few coders what was read is kept with their data: what-if looks at the same several times. Of a window of thousands it
# would take memory for nothing.
FEW = 20


def read_leaf(leaf: Leaf, data: Data, attested: bool, assume: Assume | None = None) -> Measurement:
    """What a condition is compared with."""
    measure = get_measure(leaf.measure)
    if data.size > FEW or measure.of_profile:
        measurement = measure.read(leaf, data, attested)
    else:
        key = (leaf.key, attested)
        if key not in data.readings:
            data.readings[key] = measure.read(leaf, data, attested)
        measurement = data.readings[key]
    return assume(leaf, data, measurement) if assume else measurement


def reader_of(data: Data, assume: Assume | None = None) -> Callable[[Leaf], Reading]:
    """All records and the attested ones alone, each leaf read once."""
    readings: dict[str, Reading] = {}

    def read(leaf: Leaf) -> Reading:
        if leaf.key not in readings:
            readings[leaf.key] = (read_leaf(leaf, data, False, assume), read_leaf(leaf, data, True, assume))
        return readings[leaf.key]

    return read
