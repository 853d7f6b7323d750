"""One number for all figures of a gap: another for any other figures, the same for the same ones everywhere."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tracker.evaluation.fingerprint import fingerprint

figure = st.one_of(st.just(float("nan")), st.floats(0, 1e6).map(lambda x: round(x, 6)))
gap = st.tuples(st.integers(0, 6), st.integers(0, 4), st.lists(figure, min_size=3, max_size=3))


def of(*gaps):
    statuses, certainties, figures = zip(*gaps, strict=True)
    return fingerprint([np.array(statuses), np.array(certainties)], [*np.array(figures).T]).tolist()


def same(one, other):
    return one[:2] == other[:2] and np.array_equal(one[2], other[2], equal_nan=True)


@given(gap, gap)
def test_equal_figures_and_no_others_have_equal_numbers(one, other):
    assert (of(one) == of(other)) is same(one, other)


@given(st.lists(gap, min_size=1, max_size=8))
def test_of_many_it_is_that_of_each(gaps):
    assert of(*gaps) == [of(one)[0] for one in gaps]


@given(gap, st.integers(0, 2), st.floats(1e-6, 1e3))
def test_the_least_change_of_any_figure_shows(one, place, by):
    figures = list(one[2])
    figures[place] = round((0 if np.isnan(figures[place]) else figures[place]) + by, 6)
    other = (*one[:2], figures)
    assert same(one, other) or of(one) != of(other)


def test_small_whole_numbers_do_not_collide():
    gaps = [
        (s, c, [float(a), float(b), float("nan")])
        for s in range(7)
        for c in range(5)
        for a in range(40)
        for b in range(40)
    ]
    assert len(set(of(*gaps))) == len(gaps)


def test_minus_zero_is_zero_and_nothing_is_not():
    assert of((1, 1, [0.0, 1.0, 2.0])) == of((1, 1, [-0.0, 1.0, 2.0]))
    assert of((1, 1, [0.0, 1.0, 2.0])) != of((1, 1, [float("nan"), 1.0, 2.0]))


def test_it_is_the_same_on_every_machine():
    """Stored numbers are compared with those of a later release: whoever changes this rewrites every gap once."""
    assert of((3, 2, [97.0, 91.548, float("nan")])) == [6790873798695020562]
