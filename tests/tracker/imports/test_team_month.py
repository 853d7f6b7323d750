"""A manager's exports: names matched once, strangers reported and not stored, and each organization its own."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from curriculum.models import Certification, RenewalRule
from tests.factories import (
    CoderFactory,
    CredentialFactory,
    MembershipFactory,
    OrganizationFactory,
    StaffFactory,
    TeamFactory,
    VolumeFactory,
)
from tests.tracker.imports.conftest import A2, A3, P2, P3, Importing
from tracker.models import Audit, Credential, ImportPage, ImportState, Provenance, Volume
from tracker.selectors.credentials import credentials_page
from tracker.services.imports import running
from tracker.services.imports.names import unmatched
from tracker.services.imports.sources import visible_batches


@pytest.fixture
def team(words):
    return TeamFactory()


@pytest.fixture
def manager(team):
    return StaffFactory(organization=team.organization).user


@pytest.fixture
def doe(team):
    return MembershipFactory(team=team).coder


@pytest.fixture
def month(team, manager):
    return Importing(manager, organization=team.organization, name="Coder Activity Report")


def test_a_vendor_report_becomes_attested_records_of_the_members_in_it(month, doe, team):
    batch = month.store(P2, who={"doe j": doe})
    rows = Volume.objects.order_by("ends_on").values_list(
        "coder", "charts", "minutes", "provenance", "made_under"
    )
    organization = team.organization.pk
    assert list(rows) == [
        (doe.pk, 134, 445, Provenance.IMPORTED, organization),
        (doe.pk, 146, 351, Provenance.IMPORTED, organization),
    ]
    assert batch.counts["stranger"] == 1 and batch.counts["new"] == 2


def test_names_are_asked_once_and_never_guessed(month, doe):
    batch = month.stage(P2)
    assert batch.state == ImportState.NAMES
    assert {(one.key, one.rows) for one in unmatched(batch)} == {("doe j", 2), ("roe r", 1)}
    running.cancel(batch, by=month.by)
    month.store(P2, who={"doe j": doe})
    assert month.stage(P2.replace("134", "135")).state == ImportState.READY


def test_rows_of_people_who_have_not_accepted_are_reported_and_not_stored(month, doe):
    stranger = CoderFactory()
    batch = month.stage(P2)
    with pytest.raises(Exception, match="Choose from the list"):
        from tracker.services.imports.names import match

        match(batch, {("who", "roe r"): str(stranger.pk)}, by=month.by)
    running.cancel(batch, by=month.by)
    batch = month.preview(P2, who={"doe j": doe})
    [[name, rows, where]] = ImportPage.objects.get(batch=batch, outcome="stranger").lines
    assert (name, rows, where) == ("ROE, R", 1, [8])


def test_who_left_between_preview_and_storing_gets_nothing(month, doe, team):
    from django.utils import timezone

    batch = month.preview(P2, who={"doe j": doe})
    doe.memberships.update(left_at=timezone.now())
    running.commit(batch, by=month.by)
    batch.refresh_from_db()
    assert batch.state == ImportState.READY and "nothing was stored" in batch.problem
    assert not Volume.objects.exists()


def test_the_files_own_totals_are_recomputed(month, doe):
    batch = month.preview(P2, who={"doe j": doe})
    assert [
        row
        for row, column, text in ImportPage.objects.get(batch=batch, outcome="warning").lines
        if "total" in text
    ] == [11]


def test_a_wide_sheet_with_semicolons_and_a_mark_gives_a_record_for_each_work_type(month, doe):
    month.store(P3, who={"c 104": doe})
    rows = Volume.objects.order_by("charts").values_list(
        "work_type__slug", "charts", "minutes", "starts_on", "ends_on"
    )
    assert [(t, c, m, str(a), str(b)) for t, c, m, a, b in rows] == [
        ("outpatient-surgery", 84, 870, "2026-01-01", "2026-01-31"),
        ("inpatient", 310, 6720, "2026-01-01", "2026-01-31"),
    ]


def test_errors_of_an_audit_become_correct_codes(month, doe):
    month.store(A3, who={"jd": doe}, answers={"method": "code_over_code"})
    score = Audit.objects.get().scores.get()
    assert (score.method, score.correct, score.reviewed) == ("code_over_code", 84, 88)


def test_rows_for_each_account_are_refused_and_without_it_add_up_to_the_day(month, doe):
    opened = month.open(A2)
    assert [refusal.column.letter for refusal in opened.refused] == ["D"]
    month.store(
        A2, who={"doe j": doe}, dropped=[opened.refused[0].column.key],
        answers={"method": "code_over_code", "each_row": "record"},
    )  # fmt: skip
    audit = Audit.objects.get()
    score = audit.scores.get()
    assert (audit.records_reviewed, score.correct, score.reviewed) == (2, 20, 21)


def test_what_a_member_logged_by_hand_counts_once(month, doe):
    by_hand = VolumeFactory(coder=doe, starts_on="2024-12-02", ends_on="2024-12-08", charts=700)
    by_hand.work_type = type(by_hand.work_type).objects.get(slug="outpatient-surgery")
    by_hand.save()
    batch = month.store(P2, who={"doe j": doe})
    by_hand.refresh_from_db()
    assert (by_hand.counted, by_hand.not_counted_because) == (
        False,
        "An imported record of the same work counts.",
    )
    month.undo(batch)
    by_hand.refresh_from_db()
    assert by_hand.counted


def test_a_verified_record_counts_before_an_imported_one(month, doe):
    VolumeFactory(
        coder=doe,
        starts_on="2024-12-02",
        ends_on="2024-12-02",
        verified=True,
        work_type__slug="outpatient-surgery",
    )
    month.store(P2, who={"doe j": doe})
    assert [v.counted for v in Volume.objects.filter(source="import").order_by("ends_on")] == [False, True]


def test_only_a_manager_of_the_organization_imports_for_it(month, doe, team):
    other = StaffFactory(organization=OrganizationFactory()).user
    batch = month.preview(P2, who={"doe j": doe})
    assert not visible_batches(other).exists() and not visible_batches(doe.user).exists()
    assert visible_batches(month.by).get() == batch
    for by in (other, doe.user):
        with pytest.raises(PermissionDenied):
            running.commit(batch, by=by)
        with pytest.raises(PermissionDenied):
            Importing(by, organization=team.organization).stage(P2)
    assert not Volume.objects.exists()


def test_the_same_name_at_two_organizations_is_two_people(month, doe, words):
    there = TeamFactory()
    roe = MembershipFactory(team=there).coder
    elsewhere = Importing(StaffFactory(organization=there.organization).user, organization=there.organization)
    month.store(P2, who={"doe j": doe})
    elsewhere.store(P2, who={"doe j": roe})
    assert set(Volume.objects.values_list("coder", "made_under")) == {
        (doe.pk, doe.memberships.get().team.organization_id),
        (roe.pk, there.organization_id),
    }


# --- What an organization may not do ---


def test_nobody_attests_their_own_work_by_importing_it(team, manager, doe):
    """A manager may be on the team as well: their own rows are reported, and not stored."""
    mine = MembershipFactory(team=team, coder=CoderFactory(user=manager)).coder
    importing = Importing(manager, organization=team.organization)
    with pytest.raises(ValidationError, match="Choose from the list"):
        importing.preview(P2, who={"doe j": mine, "roe r": doe})
    # A colleague says who is who, once for both.
    colleague = StaffFactory(organization=team.organization).user
    Importing(colleague, organization=team.organization).preview(P2, who={"doe j": mine, "roe r": doe})
    batch = importing.store(P2)
    assert not Volume.objects.filter(coder=mine).exists()
    assert Volume.objects.filter(coder=doe).count() == 1
    assert batch.counts["stranger"] == 2


def test_what_belongs_to_somebody_who_left_stays_when_an_import_is_undone(month, team, doe):
    roe = MembershipFactory(team=team).coder
    batch = month.store(P2, who={"doe j": doe, "roe r": roe})
    doe.memberships.update(left_at=timezone.now())
    running.take_back(batch, by=month.by)
    assert Volume.objects.filter(coder=doe).count() == 2
    assert not Volume.objects.filter(coder=roe).exists()
    batch.refresh_from_db()
    assert (batch.counts["undone"], batch.counts["left"]) == (1, 2)


CERTIFICATES = 'coder,certification,earned on,expires on\n"Doe, J",CPC,03/15/2024,03/31/28\n'


def test_imported_credentials_have_a_renewal_cycle_and_lose_it_with_the_import(month, doe):
    cpc = Certification.objects.get(slug="cpc")
    rule = {"kind": "by_count", "base": 36, "step": 4, "most": 5}
    RenewalRule.objects.create(
        slug="aapc", name="AAPC", body=cpc.body, source="test", statement="", params=rule
    )
    CredentialFactory(coder=doe, certification=cpc, earned_on=dt.date(2024, 3, 15),
                      expires_on=dt.date(2028, 3, 31))  # fmt: skip
    batch = month.store(CERTIFICATES, who={"doe j": doe})
    imported = Credential.objects.get(coder=doe, source="import")
    assert imported.expires_on == dt.date(2028, 3, 31)
    assert list(doe.renewal_cycles.values_list("members__credential", flat=True)) == [imported.pk]
    assert [line.held[0].credential for line in credentials_page(doe).cycles] == [imported]
    running.take_back(batch, by=month.by)
    assert not Credential.objects.filter(pk=imported.pk).exists()
    assert doe.renewal_cycles.filter(members__credential__source="self").exists()
