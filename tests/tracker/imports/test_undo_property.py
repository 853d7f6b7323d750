"""Whatever was there and whatever a file brings: after undoing, records, gaps, readiness and standing are as they were."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import transaction

from curriculum.catalogue import load
from curriculum.models import Certification, WorkType
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import (
    AuditFactory,
    CredentialFactory,
    MembershipFactory,
    PayFactory,
    StaffFactory,
    TeamFactory,
    VolumeFactory,
)
from tests.tracker.imports.conftest import Importing
from tests.tracker.imports.messy import facts, messy
from tracker.models import (
    Audit,
    AuditScore,
    ContinuingEducation,
    Credential,
    Evaluation,
    Gap,
    Standing,
    Volume,
)
from tracker.services.evaluation import evaluate_coders

END = dt.date(2026, 10, 31)


@pytest.fixture
def team(db, tmp_path):
    load(write_small_catalogue(tmp_path))
    return TeamFactory()


def some_day(chance) -> dt.date:
    return END - dt.timedelta(days=chance.randrange(300))


def some_past(chance, coder, types):
    """What the coder logged by hand, some of it the same work that a file will bring."""
    for _ in range(chance.randrange(5)):
        day = some_day(chance)
        VolumeFactory(coder=coder, starts_on=day - dt.timedelta(days=chance.randrange(7)), ends_on=day,
                      work_type=chance.choice(types), verified=chance.random() < 0.3)  # fmt: skip
    for _ in range(chance.randrange(3)):
        AuditFactory(
            coder=coder,
            audited_on=some_day(chance),
            scores={"code_over_code": (chance.randrange(90, 100), 100)},
        )
    if chance.random() < 0.3:
        CredentialFactory(coder=coder, certification=Certification.objects.get(slug="cpc"))
    PayFactory(coder=coder, amount=Decimal(52_000))


KINDS = ("productivity", "audits", "credentials", "certificates")
ANSWERS = {"method": "code_over_code", "date_order": "mdy"}


def a_file(chance, kind, names, types) -> bytes:
    """A messy file of a kind, as they come."""
    words = {one.slug: (one.slug, one.name) for one in types}
    return messy(chance, kind, facts(chance, kind, names, words, END), words)


# When something was computed, and a number over it that the date of an evaluation enters.
NOT_WHAT = {"as_of", "evaluated_at", "fingerprint", "id", "seq"}


def snapshot(coders):
    evaluate_coders([coder.pk for coder in coders])
    records = [
        list(model.objects.order_by("pk").values())
        for model in (Volume, Audit, AuditScore, Credential, ContinuingEducation)
    ]
    results = [
        [{k: v for k, v in row.items() if k not in NOT_WHAT} for row in model.objects.order_by("pk").values()]
        for model in (Gap, Evaluation, Standing)
    ]
    return records, results


@pytest.mark.parametrize("seed", range(12))
def test_import_then_undo_leaves_everything_as_it_was(team, seed):
    chance = random.Random(seed)
    types = list(WorkType.objects.all())
    with transaction.atomic():
        coders = [MembershipFactory(team=team).coder for _ in range(2)]
        for coder in coders:
            some_past(chance, coder, types)
    who = {"a": coders[0], "b": coders[1]}
    month = Importing(StaffFactory(organization=team.organization).user, organization=team.organization)
    kind = KINDS[seed % len(KINDS)]
    if chance.random() < 0.5:  # an earlier import, of which the next replaces and adds
        earlier = a_file(random.Random(seed), kind, list(who), types)
        month.store(earlier, who=who, answers=ANSWERS, only_good=True)
    before = snapshot(coders)
    batch = month.store(a_file(chance, kind, list(who), types), who=who, answers=ANSWERS, only_good=True)
    assert batch.counts.get("new", 0) + batch.counts.get("replaces", 0) + batch.counts.get("same", 0)
    evaluate_coders([coder.pk for coder in coders])
    month.undo(batch)
    for now, then in zip(snapshot(coders), before, strict=True):
        for rows_now, rows_then in zip(now, then, strict=True):
            assert rows_now == rows_then
