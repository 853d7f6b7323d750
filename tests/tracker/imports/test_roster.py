"""A staff list invites people to a team, and does nothing else."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.factories import CoderFactory, MembershipFactory, StaffFactory, TeamFactory, UserFactory
from tests.tracker.imports.conftest import P1, R1, Importing
from tracker.imports.opening import open_file
from tracker.imports.reading import read_sheets
from tracker.models import Coder, ImportState, Record
from tracker.services.imports import running
from tracker.services.imports.sources import people_of, require_import, visible_batches
from tracker.services.imports.undoing import left_of
from tracker.services.invitations import invitation_for, invite_members, mail_waiting, withdraw_invitation
from tracker.services.sharing import accept_membership, leave_team


@pytest.fixture
def team(words):
    return TeamFactory(organization__name="Gulf Pines Health")


@pytest.fixture
def roster(team):
    manager = StaffFactory(organization=team.organization).user
    return Importing(manager, organization=team.organization, name="Staff list")


def lines(batch, outcome):
    return [line for page in batch.pages.filter(outcome=outcome) for line in page.lines]


def test_the_preview_says_who_would_be_invited_and_who_not_and_why(team, roster):
    batch = roster.preview(R1)
    assert batch.source.team == team  # the organization has no other
    assert batch.counts == {"new": 2, "same": 1, "error": 2, "warning": 0}
    assert [(line["rows"], line["who"], line["text"]) for line in lines(batch, "new")] == [
        ([3], "jane.roe@example.com", "Jane Roe, Inpatient Coder II"),
        ([5], "john.doe@example.com", "John Doe, ED Coder"),
    ]
    assert [line["because"] for line in lines(batch, "same")] == ["stands above already"]
    wrong = lines(batch, "error")
    assert [(row, column) for row, column, _text in wrong] == [
        (6, "C “E-mail (work)”"),
        (7, "C “E-mail (work)”"),
    ]
    assert "bo at" not in str(wrong)
    assert not team.memberships.exists() and not mail.outbox


def test_a_commit_invites_the_same_file_twice_changes_nothing_and_undo_withdraws(team, roster):
    with pytest.raises(ValidationError, match="Some rows have errors"):
        running.commit(roster.preview(R1), by=roster.by)
    batch = roster.store(R1, only_good=True)
    rows = list(team.memberships.invited().order_by("pk"))
    assert [(row.invited_email, row.invited_name, row.job_title) for row in rows] == [
        ("jane.roe@example.com", "Jane Roe", "Inpatient Coder II"), ("john.doe@example.com", "John Doe", "ED Coder"),
    ]  # fmt: skip
    assert not Coder.objects.exists()
    assert mail_waiting() == 2
    assert "https://coder.example/invitations/" in mail.outbox[0].body
    again = roster.preview(R1)
    assert (again.counts.get("new", 0), again.counts["same"]) == (0, 3)
    assert {line["because"] for line in lines(again, "same")} == {
        "is invited already",
        "stands above already",
    }
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    joined = accept_membership(token, CoderFactory(), [], by=None)
    roster.undo(batch)
    assert batch.counts["undone"] == 1 and batch.counts["left"] == 1
    assert left_of(batch) == [(str(joined.coder), joined.joined_on.isoformat(), "has accepted")]
    assert batch.report == [joined.pk]
    assert list(team.memberships.open()) == [joined]
    assert not team.memberships.invited().exists()
    token = mail.outbox[1].body.split("/invitations/")[1].split("/")[0]
    assert invitation_for(token) is None
    later = roster.preview(R1)
    assert {line["who"]: line.get("because") for line in lines(later, "new") + lines(later, "same")} == {
        "john.doe@example.com": None, "jane.roe@example.com": "stands above already",
    }  # fmt: skip


def test_members_invited_and_departed_people_are_not_invited(team, roster):
    MembershipFactory(team=team, coder__user__email="Member@Example.com")
    gone = MembershipFactory(team=team, coder__user__email="gone@example.com")
    leave_team(gone, by=None)
    invite_members(team, ["waiting@example.com"], by=roster.by, site="https://x")
    (withdrawn,) = invite_members(team, ["free@example.com"], by=roster.by, site="https://x")
    withdraw_invitation(withdrawn, by=roster.by)
    MembershipFactory(coder__user__email="elsewhere@example.com")  # of another organization
    names = ("member", "gone", "waiting", "free", "elsewhere")
    text = "Name,Email\n" + "".join(f"{name},{name}@example.com\n" for name in names)
    batch = roster.preview(text)
    assert [line["who"] for line in lines(batch, "new")] == ["free@example.com", "elsewhere@example.com"]
    assert {line["who"]: line["because"] for line in lines(batch, "same")} == {
        "member@example.com": "is on the team already", "waiting@example.com": "is invited already",
    }  # fmt: skip
    assert [line["who"] for line in lines(batch, "withdrawn")] == ["gone@example.com"]
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        assert "waiting@example.com" in [line["who"] for line in lines(roster.preview(text), "new")]


def test_who_was_invited_meanwhile_is_not_invited_again(team, roster):
    batch = roster.preview("Name,Email\nAnn,ann@example.com\n")
    invite_members(team, ["ann@example.com"], by=roster.by, site="https://x")
    running.commit(batch, by=roster.by)
    batch.refresh_from_db()
    assert batch.state == ImportState.READY and "Something changed" in batch.problem
    assert team.memberships.count() == 1


def test_the_daily_limit_holds_for_a_list_too(team, roster, settings):
    settings.INVITATIONS_A_DAY = 1
    batch = roster.preview("Name,Email\nAnn,ann@example.com\nBo,bo@example.com\n")
    with pytest.raises(ValidationError, match="within 24 hours"):
        running.commit(batch, by=roster.by)
    assert not team.memberships.exists()


def test_a_list_is_for_one_team(team, roster):
    second = TeamFactory(organization=team.organization)
    text = "Name,Email\nAnn,ann@example.com\n"
    with pytest.raises(ValidationError, match="Choose the team"):
        roster.preview(text)
    roster.team = second
    roster.store(text)
    assert second.memberships.count() == 1 and not team.memberships.exists()
    with pytest.raises(ValidationError, match="Choose the team"):
        Importing(roster.by, coder=CoderFactory(user=roster.by)).preview(text)


def test_a_file_with_addresses_that_is_something_else_is_no_list(words):
    text = "Coder,E-mail,Date,Work type,Charts,Hours\nA,a@example.com,2026-01-05,ED,3,1\n"
    from tracker.services.imports.sources import vocabulary_of

    def kind(text):
        return open_file(read_sheets(text.encode()), vocabulary_of(), today=dt.date(2026, 3, 1)).kind.slug

    assert (kind(text), kind(P1), kind(R1)) == ("productivity", "productivity", "roster")


def test_patients_are_in_no_list(roster):
    opened = roster.open("Name,Email,DOB\nAnn,ann@example.com,01/02/1980\n")
    assert [one.column.letter for one in opened.refused] == ["C"]
    batch = roster.preview("Name,Email\nMRN 1234567,ann@example.com\n", dropped=["A:name"])
    assert batch.counts["new"] == 1


def test_a_manager_of_one_team_imports_for_that_team_alone(team, roster):
    second = TeamFactory(organization=team.organization)
    one, other = MembershipFactory(team=team), MembershipFactory(team=second)
    alone = UserFactory()
    StaffFactory(organization=team.organization, team=team, user=alone)
    whole = roster.preview("Coder,Date,Work type,Charts,Hours\nX,2026-01-05,ED,3,1\n")
    assert not visible_batches(alone).exists()
    with pytest.raises(PermissionDenied):
        require_import(alone, whole.source)
    with pytest.raises(PermissionDenied):
        Importing(alone, organization=team.organization).preview(P1)
    with pytest.raises(PermissionDenied):
        Importing(alone, organization=team.organization, team=second).preview(P1)
    mine = Importing(alone, organization=team.organization, team=team)
    batch = mine.preview("Coder,Date,Work type,Charts,Hours\nX,2026-01-05,ED,3,1\n", who={"x": one.coder})
    assert set(people_of(batch.source)) == {one.coder_id}
    assert visible_batches(roster.by).filter(pk=batch.pk).exists()
    assert other.coder_id not in people_of(batch.source)
    assert isinstance(one.coder.volume_records.first(), Record | None)


def test_who_commits_is_who_invites(team, roster):
    other = StaffFactory(organization=team.organization).user
    batch = roster.preview("Name,Email\nAnn,ann@example.com\n")
    running.commit(batch, by=other, site="https://x")
    assert team.memberships.get().invited_by == other
