"""A signed-in coder, a small real catalogue, and every address of the site with a sample of what it needs."""

import pytest
from django.core.cache import caches
from django.urls import reverse

from curriculum.catalogue import load
from curriculum.models import RenewalRule, Role
from tests.curriculum.small_catalogue import write_small_catalogue
from tests.factories import (
    RECORD_FACTORIES,
    ApprenticeCertificationFactory,
    CredentialFactory,
    ImportBatchFactory,
    MembershipFactory,
    PayFactory,
    ProofFactory,
    StaffFactory,
)
from tracker.models import CycleCredential, Dispute, LinkPart, MemberGap, Plan, RecordQuestion, RenewalCycle
from tracker.secret_links import digest_of
from tracker.services.calendar import make_feed
from tracker.services.evaluation import evaluate_coders
from tracker.services.reminders import address_to_stop
from tracker.services.resume import create_link
from tracker.tasks import heartbeat


@pytest.fixture(autouse=True)
def _nobody_was_counted():
    """Limits on requests outlive a test."""
    caches["limits"].clear()


@pytest.fixture
def site(client, coder):
    """A browser in which the coder is signed in."""
    client.force_login(coder.user)
    return client


@pytest.fixture
def other_site(client_class, stranger):
    browser = client_class()
    browser.force_login(stranger.user)
    return browser


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


@pytest.fixture
def catalogue(db, tmp_path):
    """Roles, milestones and requirements, a few of each, as they ship."""
    load(write_small_catalogue(tmp_path))


@pytest.fixture
def live_worker(db):
    """What the site sees when a worker is alive; none is running here."""
    heartbeat()


@pytest.fixture
def records(coder):
    """One record of each kind, by kind."""
    return {kind: make(coder=coder) for kind, make in RECORD_FACTORIES.items()}


def _cycle(coder, credential):
    """The renewal cycle of a credential."""
    rule = RenewalRule.objects.filter(body=credential.certification.body).first()
    cycle = RenewalCycle.objects.create(
        coder=coder,
        body=rule.body,
        rule=rule.versions.last(),
        starts_on=credential.earned_on,
        ends_on=credential.expires_on,
    )
    CycleCredential.objects.create(cycle=cycle, credential=credential, joined_on=credential.earned_on)
    return cycle


@pytest.fixture
def addresses(coder, records, catalogue):
    """Every address of tracker.urls by its name: for one that needs arguments, with some that exist."""
    coder.stated_role = Role.objects.get(slug="coder-i")
    coder.save()
    audit = ["audit", records["audit"].pk]
    pay = [PayFactory(coder=coder).pk]
    member = MembershipFactory(coder=coder, target_role=Role.objects.get(slug="coding-auditor"))
    team, organization = member.team, member.team.organization
    manager = StaffFactory(user=coder.user, organization=organization)
    invited = MembershipFactory(team=team, invited=True, token_hash=digest_of("a-token"))
    asked = RecordQuestion.objects.create(
        coder=coder,
        organization=organization,
        kind="audit",
        record_id=records["audit"].pk,
        reason="Which month?",
    )
    evaluate_coders([coder.pk])
    asked_for = MemberGap.objects.select_related("milestone_version__milestone").first()
    slug = asked_for.milestone_version.milestone.slug
    in_team, of_member = [team.pk], [team.pk, member.pk]
    batch = ImportBatchFactory(source__coder=coder)
    link, token = create_link(coder, name="Lakeside", parts=list(LinkPart.values), days=30, by=coder.user)
    plan = [Plan.objects.create(coder=coder, name="Faster", assumptions={"charts": 90.0}).pk]
    cycle = _cycle(coder, records["credential"])
    contested = Dispute.objects.create(
        score=records["audit"].scores.get(), reason="x", before={"correct": 29, "reviewed": 30}
    )
    given = {
        "stop_reminders": [address_to_stop(coder, "renewal").rstrip("/").rpartition("/")[2]],
        "renew_cycle": [cycle.pk],
        "ce_log": [cycle.pk],
        "ce_log_pdf": [cycle.pk],
        "ce_log_zip": [cycle.pk],
        "apprentice": [CredentialFactory(coder=coder, certification=ApprenticeCertificationFactory()).pk],
        "pin_hours": [cycle.pk, records["continuing-education"].pk],
        "proof": [ProofFactory(records["education"]).pk],
        "proof_remove": [ProofFactory(records["continuing-education"]).pk],
        "plan_rename": plan,
        "plan_delete": plan,
        "team": in_team,
        "team_next": in_team,
        "team_verify": in_team,
        "team_standard": in_team,
        "team_milestone": in_team,
        "team_milestone_figures": in_team,
        "team_people": in_team,
        "team_person": of_member,
        "team_remove": of_member,
        "team_member": of_member,
        "team_packet": of_member,
        "team_evidence": [*of_member, slug],
        "invitation_withdraw": [team.pk, invited.pk],
        "manager_end": [team.pk, manager.pk],
        "invitation": ["a-token"],
        "share_change": [member.pk],
        "share_seen": [member.pk],
        "share_evidence": [member.pk, slug],
        "share_leave": [member.pk],
        "question_answered": [asked.pk],
        "records_kind": ["audit"],
        "records_export": ["audit", "csv"],
        "record_add": ["audit"],
        "record_edit": audit,
        "record_history": audit,
        "record_remove": audit,
        "record_restore": audit,
        "pay_edit": pay,
        "pay_remove": pay,
        "pay_restore": pay,
        "role": ["coding-auditor"],
        "gap": ["accuracy-95"],
        "explain": ["readiness"],
        "gap_changes": ["accuracy-95"],
        "dispute": [contested.pk],
        "dispute_withdraw": [contested.pk],
        "dispute_ask": [records["audit"].pk],
        "chart": ["readiness"],
        **{
            f"import_{step}": [batch.pk]
            for step in ("detail", "progress", "commit", "cancel", "undo", "forget")
        },
        "import_sample": ["productivity"],
        "import_export": [batch.pk, "csv"],
        "link_close": [link.pk],
        "shared": [token],
        "shared_pdf": [token],
        "shared_packet": [token],
        "token_revoke": ["0" * 128],
        "calendar_feed": [make_feed(coder)],
    }
    from tracker.urls import urlpatterns

    return {
        pattern.name: reverse(f"tracker:{pattern.name}", args=given.get(pattern.name))
        for pattern in urlpatterns
    }
