"""What a forecast costs a coder, without the database: the pure core on made-up histories.

    python -m tests.benchmarks.forecast 5000

Each coder has a history of 24 months for a count of charts, audits with a minimum sample, reviews, years of experience and a
planned exam: five open musts, and the promotion with its range and what decides it. The floor is the least that such a grid
can cost: filling five distributions of 60 months a coder and multiplying them.
"""

import sys
import time

import numpy as np

from tracker.forecast import counts, dated, grid, rates
from tracker.forecast.pace import pace_of

BUDGET = 50e-6  # seconds a coder in the nightly job
ONE = 0.1  # seconds for one coder
ROUNDS = 9


def main(size: int) -> None:
    many, floor = best(forecast, made_up(size)), best(bare, made_up(size))
    one = best(forecast, made_up(1))
    print(f"{size:,} coders, five open musts each")
    print(
        f"  forecast {many / size * 1e6:6.1f} us a coder, {many / size / BUDGET:5.2f} of the budget of 50 us"
    )
    print(
        f"  floor    {floor / size * 1e6:6.1f} us a coder; the forecast costs {many / floor:4.1f} times that"
    )
    print(f"  one coder alone {one * 1e3:6.2f} ms, {one / ONE:5.3f} of 100 ms")


def made_up(size: int) -> dict:
    rng = np.random.default_rng(1)
    reviewed = rng.poisson(40, (size, 24)).astype(float)
    return {
        "charts": rng.poisson(400, (size, 24)).astype(float),
        "reviews": rng.poisson(1.5, (size, 24)).astype(float),
        "reviewed": reviewed,
        "correct": rng.binomial(reviewed.astype(int), 0.945).astype(float),
        "years": rng.uniform(1, 30, size),
        "exam": rng.uniform(1, 12, size),
    }


def forecast(data: dict) -> np.ndarray:
    charts, reviews = data["charts"], data["reviews"]
    reviewed, correct = data["reviewed"], data["correct"]
    now = {"codes": reviewed[:, -12:].sum(axis=1)}
    enough = rates.samples({"codes": reviewed}, now, {"codes": 200}, 12)
    pooled = (correct[:, -12:].sum(axis=1), now["codes"])
    cdfs = [
        counts.closing(charts, charts.sum(axis=1), 15_000, None, pace_of(charts)),
        counts.closing(reviews, reviews.sum(axis=1), 60, 24, pace_of(reviews)),
        rates.accuracy(correct, reviewed, pooled, 0.95, 12, enough)[0],
        dated.clock(data["years"], 1.2),
        dated.exams(data["exam"], np.full(len(charts), 0.6), np.full(len(charts), 2.0)),
    ]
    drivers = [None, None, "audits", None, None]
    grid.deciding(cdfs, drivers)
    return np.stack([grid.quantiles(cdf) for cdf in [*cdfs, grid.all_of(cdfs, drivers)]])


def bare(data: dict) -> np.ndarray:
    size = len(data["charts"])
    return np.multiply.reduce(
        [np.clip(grid.MONTHS - data["years"][:, None], 0, 1) + np.zeros((size, 1)) for _ in range(5)]
    )


def best(function, data) -> float:
    """Processor time of the fastest of a few rounds: what others do on the machine only ever adds."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        function(data)
        times.append(time.process_time() - started)
    return min(times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
