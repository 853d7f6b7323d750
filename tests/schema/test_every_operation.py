"""Schemathesis over the whole schema: whatever is sent, nothing fails, and no answer is outside the schema.

    pytest -n 2 --dist load -m schema tests/schema

30 generated requests an operation, valid and invalid ones, each as somebody for whom the operation is (with a token that may
everything) and once more as nobody. In the process, on the test database, every request taken back at once. It needs the ci
extra. Ids in addresses and slugs in bodies are mostly such that exist, or there would be little behind the door.
"""

import datetime as dt

import hypothesis
import pytest
import schemathesis
import time_machine
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from curriculum import models as catalogue
from tests.world import make_world
from tracker.models import Assignment, Scope
from tracker.services.tokens import create_token
from tracker.tasks import heartbeat

pytestmark = [pytest.mark.schema, pytest.mark.django_db]

EXAMPLES = 30
NOON = dt.datetime(2026, 11, 18, 17, tzinfo=dt.UTC)
WORLD = None
# One in so many is left as it was generated.
AS_GENERATED = 5
SLUGS = {
    "work_type": catalogue.WorkType, "specialty": catalogue.Specialty, "certification": catalogue.Certification,
    "role": catalogue.Role, "target_role": catalogue.Role, "stated_role": catalogue.Role, "target": catalogue.Role,
    "track": catalogue.Track, "skill": catalogue.Skill, "employer_type": catalogue.EmployerType,
    "bodies": catalogue.Body, "milestone": catalogue.Milestone,
}  # fmt: skip

# What the second request of each example asks, in words of its own.
# Rules lie behind the schema (dates, patient data), so valid data may be refused.
EXCLUDED = [ignored_auth, positive_data_acceptance]

config = SchemathesisConfig()
config.projects.default.generation.max_examples = EXAMPLES
config.projects.default.generation.with_security_parameters = False
config.projects.default.generation.modes = list(GenerationMode)
# What is wrong may also meet an If-Match that names another state.
rejection = config.projects.default.checks.negative_data_rejection
rejection.expected_statuses = [*rejection.expected_statuses, "412"]
schema = schemathesis.openapi.from_dict(
    SchemaGenerator().get_schema(request=None, public=True), config=config
)
schema.app = get_wsgi_application()


@pytest.fixture(scope="session")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """One state of the database for all, with tokens of everybody."""
    global WORLD
    # As Django's own test client does: the transaction outlives a request.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    with django_db_blocker.unblock(), time_machine.travel(NOON), transaction.atomic():
        heartbeat()
        WORLD = make_world(tmp_path_factory.mktemp("catalogue"))
        WORLD.tokens = {
            name: create_token(user, name="schema", scopes=list(Scope.values), days=30)[1]
            for name, user in WORLD.users.items()
        }
        WORLD.slugs = {
            name: list(model.objects.values_list("slug", flat=True)) for name, model in SLUGS.items()
        }
        yield WORLD
        transaction.set_rollback(True)


def whose(path: str) -> str:
    """For whom an operation is."""
    return (
        "manager"
        if "/team" in path
        else "instructor"
        if "/cohorts" in path or "/programs" in path
        else "owner"
    )


def ids_for(path: str) -> list:
    """Ids that exist for an address with {id} in it."""
    w = WORLD
    if "/records/" in path:
        return [w.records[path.split("/")[4]].pk]
    by_part = {
        "/pay/": w.pay, "/plans/": w.plan, "/disputes/": w.dispute, "/teams/": w.team, "/team-members/": w.member,
        "/cohorts/": w.cohort, "/programs/": w.program, "/assignments/": w.done, "/imports/": w.batch, "/renewals/": w.cycle, "/apprentice/": w.apprentice, "/share-links/": w.link, "/sharing/": w.member, "/proofs/": w.proof,
    }  # fmt: skip
    return [row.pk for part, row in by_part.items() if part in path] or [1]


@schema.hook
def map_path_parameters(context, path_parameters):
    given = dict(path_parameters or {})
    for name, value in given.items():
        if name == "id" and isinstance(value, int) and value % AS_GENERATED:
            given[name] = ids_for(context.operation.path)[0]
        elif name == "slug" and isinstance(value, str) and len(value) % AS_GENERATED:
            given[name] = "accuracy-95"
    return given


@schema.hook
def map_body(context, body):
    return _with_slugs(body)


def _with_slugs(body):
    if isinstance(body, list):
        return [_with_slugs(one) for one in body]
    if not isinstance(body, dict):
        return body
    out = {}
    for name, value in body.items():
        slugs = WORLD.slugs.get(name)
        if slugs and isinstance(value, str) and 0 < len(value) <= 64 and len(value) % AS_GENERATED:
            value = slugs[len(value) % len(slugs)]
        elif slugs and isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = slugs[: len(value)]
        elif name == "assignments" and isinstance(value, list) and all(_is_id(one) for one in value):
            value = list(Assignment.objects.values_list("pk", flat=True)[: len(value)])
        elif isinstance(value, dict | list):
            value = _with_slugs(value)
        out[name] = value
    return out


def _is_id(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(hypothesis.HealthCheck), phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)  # fmt: skip
def test_an_answer_is_one_that_the_schema_names(case, world, monkeypatch):
    if "" in (case.query or {}).values():
        return  # a filter that is left empty is one that is left out, here as in any form of a page
    monkeypatch.setattr(settings, "API_REQUESTS_A_MINUTE", 10**9)
    token = world.tokens[whose(case.path)]
    _send(case, {"Authorization": f"Bearer {token}"})
    # An address that none is like is nobody's.
    assert _send(case, {}).status_code in ({401, 404} if case.path_parameters else {401})


def _send(case, headers):
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    case.validate_response(response, excluded_checks=EXCLUDED)
    return response
