"""A manager with a messy workbook, in a real browser: the gate, what is left out, who is who, the preview, and back."""

import datetime as dt

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.factories import MembershipFactory, StaffFactory, TeamFactory, UserFactory
from tracker.models import ImportBatch, ImportRows, ImportSource, Membership, Volume

from .conftest import sign_in


@pytest.fixture
def team(site):
    return TeamFactory(organization__name="Gulf Pines Health", name="Emergency")


@pytest.fixture
def member(team):
    return MembershipFactory(team=team, coder__user__full_name="Linh Tran")


@pytest.fixture
def manager(team, tab, site):
    user = StaffFactory(organization=team.organization, user=UserFactory(full_name="Mara Ruiz")).user
    sign_in(tab.context, user, site)
    return user


@pytest.fixture
def workbook(tmp_path):
    """A vendor's report with an account on every row."""
    book = openpyxl.Workbook()
    for row in (
        ["Coder Activity Report"],
        ["User Name", "Date", "Category", "Account #", "Submitted", "Total Time"],
        ["TRAN, L", dt.date(2026, 9, 1), "Emergency", "100234567", 88, "7:25:20"],
        ["", dt.date(2026, 9, 2), "Emergency", "100234568", 71, "5:48:00"],
        ["", dt.date(2026, 9, 3), "Emergency", "100234569", -4, "5:48:00"],
        ["SOMEBODY, E", dt.date(2026, 9, 2), "Emergency", "100234570", 12, "1:00:00"],
        ["Total", "", "", "", 167, ""],
    ):
        book.active.append(row)
    path = tmp_path / "activity.xlsx"
    book.save(path)
    return path


def test_columns_are_left_out_before_anything_is_stored(tab, manager, member, workbook):
    tab.goto("/imports/new/")
    tab.get_by_label("Where does it come from?").fill("Activity report")
    tab.get_by_label("File").set_input_files(workbook)
    tab.get_by_role("button", name="Read the file").click()

    expect(tab.get_by_role("heading", name="This file could hold patient data")).to_be_visible()
    expect(tab.get_by_text("Column D “Account #”: its name is one of a patient’s details.")).to_be_visible()
    assert "100234567" not in tab.content()
    assert not ImportSource.objects.exists() and not ImportRows.objects.exists()
    leave_out = tab.get_by_label("column D “Account #”")
    expect(leave_out).to_be_checked()
    if not tab.get_by_label("File").evaluate("field => field.files.length"):  # without JavaScript
        expect(tab.get_by_text("Choose the file again: it was not kept.")).to_be_visible()
        tab.get_by_label("File").set_input_files(workbook)
    tab.get_by_role("button", name="Read the file").click()

    tab.get_by_label("TRAN, L").select_option(label="Linh Tran")
    tab.get_by_label("SOMEBODY, E").select_option(label="Nobody on our teams: leave the rows out")
    assert "100234567" not in str(list(ImportRows.objects.values_list("rows", flat=True)))
    tab.get_by_role("button", name="Go on").click()

    expect(tab.get_by_text("1 row has an error.")).to_be_visible()
    expect(tab.get_by_role("cell", name="This is less than nothing.")).to_be_visible()
    tab.get_by_role("link", name="Not on the team").click()
    expect(tab.get_by_role("rowheader", name="SOMEBODY, E")).to_be_visible()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="CSV").last.click()
    assert "less than nothing" in download.value.path().read_text(encoding="utf-8-sig")
    assert not Volume.objects.exists()
    tab.get_by_role("button", name="Import the good rows only: 2 records").click()

    expect(tab.get_by_text("Stored on")).to_be_visible()
    assert sorted(Volume.objects.values_list("coder", "charts")) == [
        (member.coder_id, 71),
        (member.coder_id, 88),
    ]
    tab.get_by_role("button", name="Undo the whole import").click()
    expect(tab.get_by_text("as if the file had never come")).to_be_visible()
    assert not Volume.objects.exists() and not ImportRows.objects.exists()


def test_a_staff_list_invites_and_is_taken_back(tab, manager, team, tmp_path):
    file = tmp_path / "staff.csv"
    file.write_text(
        "Last,First,E-mail,Position\nRoe,Jane,jane@example.com,Coder II\nPoe,Ann,ann at example,Coder I\n"
    )
    tab.goto(f"/teams/{team.pk}/people/")
    tab.get_by_role("link", name="Invite from a staff list").click()
    tab.get_by_label("File").set_input_files(file)
    tab.get_by_role("button", name="Read the file").click()

    expect(tab.get_by_text("This is no e-mail address.")).to_be_visible()
    tab.get_by_role("link", name="To invite").click()
    expect(tab.get_by_role("cell", name="jane@example.com")).to_be_visible()
    tab.get_by_role("button", name="Invite the good rows only: 1 person").click()
    expect(tab.get_by_text("Stored on")).to_be_visible()
    assert Membership.objects.get().invited_name == "Jane Roe"
    tab.get_by_role("link", name="See the team’s people").click()
    expect(tab.get_by_text("jane@example.com · Coder II")).to_be_visible()
    tab.go_back()
    tab.get_by_role("button", name="Undo the whole import").click()
    expect(tab.get_by_text("that nobody had answered are withdrawn")).to_be_visible()
    assert not Membership.objects.invited().exists()
    assert ImportBatch.objects.get().state == "undone"
