"""What the allocation of hours costs on the page, and the pace of continuing education in the sweep. Without the database.

    python -m tests.benchmarks.allocation

On the page: five AAPC credentials with subjects of their own, the renewal month's choice open, and 200 activities that are
scarce, about enough, or far too many; the solver runs for the hard ones. In the sweep: one cycle a coder with 20 activities,
beside a bare loop that adds up the same hours.
"""

import datetime as dt
import random
import statistics
import time

from curriculum.renewals import HUNDREDTHS, Rule, Span
from tracker.renewals.allocation import allocate
from tracker.renewals.hours import Activity, Cycle, earned

FIRST, LAST = dt.date(2025, 4, 1), dt.date(2027, 3, 31)
SUBJECTS = ["cpma", "cpco", "ccc", "cosc", "cedc"]
PARAMS = {
    "kind": "by_count", "base": 36, "step": 4, "most": 5, "renewal_month": True,
    "minimums": [{"hours": 16, "subject_of_each": SUBJECTS[:2]}, {"hours": 8, "subject_of_each": SUBJECTS[2:]}],
}  # fmt: skip
ACTIVITIES, ROUNDS, CODERS = 200, 15, 10_000


def cycles() -> list[Cycle]:
    rule, joined = Rule("aapc", "aapc", 24, True, PARAMS), dict.fromkeys(SUBJECTS, FIRST)
    after = Span(LAST + dt.timedelta(days=1), dt.date(2029, 3, 31), joined)
    return [Cycle(1, rule, Span(FIRST, LAST, joined)), Cycle(2, rule, after, follows=LAST)]


def some(chance: random.Random, number: int, scarce: float) -> list[Activity]:
    return [
        Activity(
            key, FIRST + dt.timedelta(days=chance.randrange(730)),
            max(1, round(chance.randint(1, 32) * scarce)) * HUNDREDTHS // 4, course=f"c{key % (number - 5)}",
            subjects=frozenset(chance.sample(SUBJECTS, chance.randint(0, 4))),
        )
        for key in range(number)
    ]  # fmt: skip


def seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    print(f"five credentials, {ACTIVITIES} activities, {ROUNDS} different people each")
    for scarce, words in (
        (0.05, "far too few hours"),
        (0.3, "about enough"),
        (1, "more than enough"),
        (4, "far too many"),
    ):
        people = [some(random.Random(seed), ACTIVITIES, scarce) for seed in range(ROUNDS)]
        took = [seconds(lambda these=these: allocate(cycles(), these)) for these in people]
        print(
            f"  {words:18} median {statistics.median(took) * 1e3:7.1f} ms, slowest {max(took) * 1e3:7.1f} ms of 1,000"
        )
    everyone = [(cycles()[0], some(random.Random(seed), 20, 1)) for seed in range(CODERS)]
    pace = seconds(lambda: [(earned(c, a, LAST, {}), c.rule.due(c.span, LAST)) for c, a in everyone])
    floor = seconds(lambda: [sum(one.hundredths for one in a if one.day <= LAST) for _, a in everyone])
    print(
        f"pace of one cycle with 20 activities: {pace / CODERS * 1e6:.1f} us a coder, {pace / floor:.1f} times a bare loop"
    )


if __name__ == "__main__":
    main()
