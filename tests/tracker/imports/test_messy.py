"""Whatever dress a file comes in, its facts arrive: each, once, and nothing else."""

import datetime as dt
import random

import pytest

from tests.factories import MembershipFactory, StaffFactory, TeamFactory
from tests.tracker.imports.conftest import Importing
from tests.tracker.imports.messy import COLUMNS, facts, messy
from tracker.models import Audit, ContinuingEducation, Credential, Volume

LAST = dt.date(2026, 10, 31)
TYPES = {
    "emergency": ("ED", "ER", "emergency"),
    "inpatient": ("IP", "Inpatient"),
    "outpatient-surgery": ("OPS", "Same Day Surgery"),
}
ANSWERS = {"date_order": "mdy", "method": "code_over_code"}


def stored(kind: str, who) -> list[tuple]:
    """The records as facts, in the order of `COLUMNS`."""
    if kind == "productivity":
        rows = Volume.objects.values_list(
            "coder", "starts_on", "ends_on", "work_type__slug", "charts", "minutes"
        )
        return sorted((who[c], a, slug, charts, minutes) for c, a, b, slug, charts, minutes in rows if a == b)
    if kind == "audits":
        rows = Audit.objects.values_list(
            "coder", "audited_on", "records_reviewed", "scores__reviewed", "scores__correct"
        )
    elif kind == "credentials":
        rows = Credential.objects.values_list("coder", "certification__slug", "earned_on", "expires_on")
        return sorted((who[c], slug.upper(), a, b) for c, slug, a, b in rows)
    else:
        rows = ContinuingEducation.objects.values_list(
            "coder", "completed_on", "title", "hours", "bodies__slug"
        )
        return sorted((who[c], day, title, float(hours), body.upper()) for c, day, title, hours, body in rows)
    return sorted((who[coder], *rest) for coder, *rest in rows)


@pytest.mark.parametrize("seed", range(40))
def test_the_facts_of_a_generated_file_arrive(seed, words):
    chance = random.Random(seed)
    kind = list(COLUMNS)[seed % len(COLUMNS)]
    team = TeamFactory()
    month = Importing(StaffFactory(organization=team.organization).user, organization=team.organization)
    coders = {name: MembershipFactory(team=team).coder for name in ("Doe, J", "Roe R.", "Poe Ann")}
    who = {"doe j": coders["Doe, J"], "roe r": coders["Roe R."], "poe ann": coders["Poe Ann"]}
    wanted = facts(chance, kind, coders, TYPES, LAST)
    data = messy(chance, kind, wanted, TYPES)
    batch = month.store(data, who=who, answers=ANSWERS)
    assert batch.source.kind == kind
    assert batch.counts.get("error", 0) == 0 and batch.counts.get("stranger", 0) == 0
    if kind == "roster":
        invited = team.memberships.invited().values_list("invited_name", "invited_email", "job_title")
        assert sorted(invited) == sorted(wanted)
    else:
        names = {coder.pk: name for name, coder in coders.items()}
        assert stored(kind, names) == sorted(wanted)
    again = month.preview(data, answers=ANSWERS)
    assert not again.counts.get("new") and not again.counts.get("replaces")
    month.undo(batch)
    assert not any(model.objects.exists() for model in (Volume, Audit, Credential, ContinuingEducation))
    assert not team.memberships.invited().exists()
