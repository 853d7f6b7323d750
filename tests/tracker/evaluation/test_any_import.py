"""Whatever is logged by hand, imported, corrected and undone in whatever order: what counts is what a simple model says."""

import datetime as dt

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.factories import CoderFactory, WorkTypeFactory
from tests.tracker.imports.conftest import Importing
from tracker.models import Gap, Staleness, Volume
from tracker.services.evaluation import evaluate_coders, evaluate_if_stale
from tracker.services.imports import running
from tracker.services.records import remove_record, save_record
from tracker.services.replay import verify_coders

from .test_any_membership import CHARTS

days = st.integers(1, 5)  # ago
charts = st.integers(1, 400)


class Imports(RuleBasedStateMachine):
    """One coder. The model: charts by day as logged by hand and as imported, and what each import found imported before."""

    @initialize()
    def begin(self):
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.work_type = WorkTypeFactory(slug="emergency", aliases=["ED"])
        self.coder = CoderFactory()
        self.log = Importing(self.coder.user, coder=self.coder, name="My log")
        self.by_hand: dict[int, int] = {}
        self.imported: dict[int, int] = {}
        self.batches: list[tuple] = []

    def teardown(self):
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def day(self, ago):
        return self.coder.today() - dt.timedelta(days=ago)

    def logged(self, ago):
        return Volume.objects.current().filter(coder=self.coder, ends_on=self.day(ago), source="self").first()

    @rule(ago=days, n=charts)
    def log_by_hand(self, ago, n):
        """A new entry of the day, or another figure for the one that there is."""
        volume = self.logged(ago) or Volume(
            coder=self.coder,
            starts_on=self.day(ago),
            ends_on=self.day(ago),
            work_type=self.work_type,
            minutes=60,
        )
        volume.charts = self.by_hand[ago] = n
        save_record(volume, by=self.coder.user)

    @rule(ago=days)
    def remove_by_hand(self, ago):
        if volume := self.logged(ago):
            remove_record(volume, by=self.coder.user)
            del self.by_hand[ago]

    @rule(rows=st.dictionaries(days, charts, min_size=1))
    def import_file(self, rows):
        lines = [f"{self.day(ago)},ED,{n},1" for ago, n in rows.items()]
        batch = self.log.store("\n".join(["date,work_type,charts,hours", *lines]))
        new = sum(ago not in self.imported for ago in rows)
        corrected = sum(self.imported.get(ago, n) != n for ago, n in rows.items())
        assert (batch.counts.get("new", 0), batch.counts.get("replaces", 0)) == (new, corrected)
        self.batches.append((batch, dict(self.imported)))
        self.imported |= rows

    @precondition(lambda self: getattr(self, "batches", None))
    @rule()
    def undo_the_last_import(self):
        batch, self.imported = self.batches.pop()
        self.log.undo(batch)

    @precondition(lambda self: getattr(self, "batches", None))
    @rule()
    def a_message_comes_twice(self):
        running.run(self.batches[-1][0].pk)

    @rule()
    def evaluate(self):
        evaluate_if_stale(self.coder.pk)
        assert not Staleness.objects.get(coder=self.coder).is_stale
        self.all_is_right()

    @rule()
    def evaluate_again(self):
        evaluate_coders([self.coder.pk])
        self.all_is_right()

    def all_is_right(self):
        once = self.by_hand | self.imported  # of the same work the import counts
        assert Gap.objects.get(coder=self.coder).value == (sum(once.values()) or None)
        current = Volume.objects.current().filter(coder=self.coder)
        assert current.count() == len(self.by_hand) + len(self.imported)
        assert verify_coders([self.coder.pk]).drifts == []


def test_what_counts_is_what_the_model_says(ask):
    ask("charts", CHARTS, by="foundation")
    few = settings(
        max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Imports, settings=few)
