"""Whatever is logged, changed, removed, brought back and evaluated in whatever order: the gaps are those of a simple model,
and follow from the records."""

import datetime as dt

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import AuditFactory, CoderFactory, SkillShownFactory
from tracker.models import Audit, Gap, SkillShown, Staleness
from tracker.services.evaluation import evaluate_coders, evaluate_if_stale
from tracker.services.records import remove_record, restore_record, save_record
from tracker.services.replay import verify_coders
from tracker.services.sweeps import sweep_stale

from .conftest import CASES, SKILL

audits = st.tuples(st.just("audit"), st.integers(0, 30), st.integers(0, 400))  # correct of 30, days ago
actions = st.lists(
    audits
    | st.tuples(st.just("skill"))
    | st.tuples(st.just("change"), st.integers(0, 30))
    | st.tuples(st.sampled_from(["remove", "restore"]), st.sampled_from([Audit, SkillShown]))
    | st.tuples(st.sampled_from(["message", "sweep", "again"])),
    max_size=12,
)


class Model:
    """What a person would keep on paper: the audits of the last twelve months."""

    def __init__(self, coder):
        self.coder, self.removed = coder, {Audit: [], SkillShown: []}
        self.audits: dict[int, tuple[int, bool]] = {}

    def accuracy(self):
        correct = [k for k, is_recent in self.audits.values() if is_recent]
        if not correct:
            return None
        return round(100 * sum(correct) / (30 * len(correct)), 6)


def apply(model, action):
    kind, *values = action
    coder, today = model.coder, model.coder.today()
    if kind == "audit":
        correct, ago = values
        audit = AuditFactory(
            coder=coder, audited_on=today - dt.timedelta(days=ago), scores={"case": (correct, 30)},
            external_id=f"a{len(model.audits) + len(model.removed[Audit])}",  # how many were logged ever: never the same twice
        )  # fmt: skip
        model.audits[audit.pk] = (correct, ago < 364)
    elif kind == "skill" and not SkillShown.objects.current().filter(coder=coder).exists():
        SkillShownFactory(coder=coder)
    elif kind == "change" and (audit := Audit.objects.current().filter(coder=coder).first()):
        save_record(audit, by=coder.user, scores={"case": (values[0], 30)})
        model.audits[audit.pk] = (values[0], model.audits[audit.pk][1])
    elif kind == "remove" and (record := values[0].objects.current().filter(coder=coder).first()):
        remove_record(record, by=coder.user)
        kept = (
            model.audits.pop(record.pk) if values[0] is Audit else None
        )  # a skill may have the number of an audit
        model.removed[values[0]].append((record, kept))
    elif kind == "restore" and values[0] is Audit and model.removed[Audit]:
        record, kept = model.removed[Audit].pop()
        restore_record(record, by=coder.user)
        model.audits[record.pk] = kept
    elif kind == "message":
        evaluate_if_stale(coder.pk)
    elif kind == "sweep":
        sweep_stale(0)
    elif kind == "again":
        evaluate_coders([coder.pk])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(done=actions)
def test_the_gaps_are_those_of_the_model(ladder, ask, done):
    with transaction.atomic():
        ask("skill", SKILL, by="foundation")
        ask("cases", CASES, by="foundation")
        model = Model(CoderFactory())
        for action in done:
            apply(model, action)
        sweep_stale(0)
        gaps = {
            gap.milestone_version.milestone.slug: gap
            for gap in Gap.objects.select_related("milestone_version__milestone")
        }
        assert not Staleness.objects.get(coder=model.coder).is_stale
        has_skill = SkillShown.objects.current().filter(coder=model.coder).exists()
        assert (gaps["skill"].status == "met") == has_skill
        assert gaps["cases"].value == model.accuracy()
        assert verify_coders([model.coder.pk]).drifts == []
        transaction.set_rollback(True)
