"""The team page: the same rows on the screen and in the file, in whatever order and part, for a fixed number of queries."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from curriculum.models import Role
from tests.factories import CoderFactory, CredentialFactory, MembershipFactory, SkillShownFactory
from tracker.models import AccessLog
from tracker.selectors.team_board import chosen_rows, team_board
from tracker.selectors.team_next import blockers, candidates, lapses
from tracker.services.evaluation import evaluate_coders
from tracker.services.teams import set_coverage


@pytest.fixture
def people(team, catalogue):
    role = Role.objects.get(slug="coding-auditor")

    def people(*names):
        members = [
            MembershipFactory(team=team, coder=CoderFactory(user__full_name=name), target_role=role)
            for name in names
        ]
        evaluate_coders([member.coder_id for member in members])
        return members

    return people


@pytest.fixture
def url(team):
    return reverse("tracker:team", args=[team.pk])


def test_unknown_is_not_unmet(people, manager, signed_in, url):
    (member,) = people("Ann Ash")
    page = signed_in(manager).get(url).content.decode()
    assert "Ann Ash" in page
    assert 's-no_evidence"' in page
    assert ">Unknown" in page
    assert "Held against the catalogue as it is" in page
    log = AccessLog.objects.get()
    assert (log.coder, log.viewer, log.what) == (member.coder, manager, "the team page")
    signed_in(manager).get(url)
    assert AccessLog.objects.count() == 1
    assert "the team page" in signed_in(member.coder.user).get(reverse("tracker:sharing")).content.decode()


def test_the_page_costs_the_same_for_one_and_for_thirty(
    people, manager, signed_in, url, django_assert_max_num_queries
):
    people("Ann Ash")
    client = signed_in(manager)
    client.get(url)
    with django_assert_max_num_queries(15) as one:
        client.get(url)
    people(*(f"Person {i}" for i in range(29)))
    client.get(url)
    with django_assert_max_num_queries(15) as thirty:
        client.get(url)
    assert 5 < len(one) == len(thirty)


def test_the_files_equal_the_screen(people, manager, signed_in, url):
    people("Zoe Zed", "=Ann", "Bo Birch")
    client = signed_in(manager)
    asked = f"{url}?sort=name&down=1&show=all"
    page = client.get(asked).content.decode()
    rows = list(csv.reader(io.StringIO(client.get(f"{asked}&export=csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Zoe Zed", "Bo Birch", "'=Ann"]
    assert page.index("Zoe Zed") < page.index("Bo Birch") < page.index("=Ann")
    sheet = load_workbook(io.BytesIO(client.get(f"{asked}&export=xlsx").content)).active
    found = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert found == rows
    part = client.get(f"{url}?name=bo&export=csv").content.decode("utf-8-sig")
    assert len(part.splitlines()) == 2


def test_rows_sort_and_filter(people, team):
    ann, _bo = people("Ann Ash", "Bo Birch")
    board = team_board(team, ann.coder.today())
    column = board.columns[0]
    ann_row, bo_row = board.rows
    ann_row.readiness, bo_row.readiness = 10, None
    ann_row.cells[column.version] = ann_row.cells[column.version].__class__(status="met")
    bo_row.cells[column.version] = bo_row.cells[column.version].__class__(status="open")
    assert chosen_rows(board, sort=column.slug) == [bo_row, ann_row]
    assert chosen_rows(board, sort=column.slug, down=True) == [ann_row, bo_row]
    assert chosen_rows(board, lacks=column.slug) == [bo_row]
    for down in (True, False):
        assert chosen_rows(board, sort="readiness", down=down) == [
            ann_row,
            bo_row,
        ]  # what is not known comes last
    assert chosen_rows(board, name="BIRCH") == [bo_row]
    assert chosen_rows(board, sort="nonsense") == [ann_row, bo_row]


def test_the_drill_down_shows_what_is_shared_and_the_coder_sees_the_same(people, team, manager, signed_in):
    (member,) = people("Ann Ash")
    SkillShownFactory(coder=member.coder, note="On the job")
    theirs = (
        signed_in(manager).get(reverse("tracker:team_member", args=[team.pk, member.pk])).content.decode()
    )
    own = signed_in(member.coder.user).get(reverse("tracker:share_seen", args=[member.pk])).content.decode()
    assert "On the job" in theirs
    assert "On the job" in own
    assert "This is exactly what" in own
    packet = signed_in(manager).get(reverse("tracker:team_packet", args=[team.pk, member.pk]))
    assert packet.content.startswith(b"%PDF")


def test_what_to_do_names_the_gap_whom_closing_it_completes_and_the_coverage(
    people, team, manager, signed_in
):
    ann, bo = people("Ann Ash", "Bo Birch")
    today = ann.coder.today()
    board = team_board(team, today)
    first, second = board.columns[:2]
    cell = type(next(iter(board.rows[0].cells.values())))
    done, lacking = (
        cell(status="met", certainty="proven", must=True),
        cell(status="open", certainty="reported", must=True),
    )
    said = cell(status="met", certainty="reported", must=True)
    for row in board.rows:
        row.target, row.cells = "A role", {}
    board.rows[0].cells = {first.version: lacking, second.version: done}
    board.rows[1].cells = {first.version: lacking, second.version: lacking}
    found = blockers(board)
    assert [(one.column, one.blocked, one.alone) for one in found] == [
        (first, board.rows, [board.rows[0]]),
        (second, [board.rows[1]], []),
    ]
    board.rows[0].cells = {first.version: done, second.version: done}
    board.rows[1].cells = {first.version: said, second.version: done}
    sorted_out = candidates(board)
    assert [one.row for one in sorted_out.ready] == [board.rows[0]]
    assert [(one.row, one.unclear) for one in sorted_out.unclear] == [(board.rows[1], [first])]
    for member, days in ((ann, 30), (bo, 60)):
        CredentialFactory(coder=member.coder, expires_on=today.fromordinal(today.toordinal() + days))
    held = CredentialFactory(coder=CoderFactory())
    set_coverage(team, held.certification, 2, by=manager)
    lapse, later = lapses(team, {ann.coder_id: ann, bo.coder_id: bo}, today)[0]
    assert (lapse.member, lapse.left, lapse.needed, lapse.short) == (ann, 1, 2, True)
    assert (later.member, later.left) == (bo, 0)
    page = signed_in(manager).get(reverse("tracker:team_next", args=[team.pk])).content.decode()
    assert "If this CPC lapses, 0 of the 2 you need are left." in page


def test_a_standard_is_written_on_its_page_in_versions(team, manager, signed_in, catalogue):
    client, url = signed_in(manager), reverse("tracker:team_standard", args=[team.pk])
    sets = {
        f"{name}-{key}": value
        for name in ("titles", "productivity", "milestones")
        for key, value in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))
    }
    role = Role.objects.get(slug="coding-auditor")
    data = sets | {
        "accuracy_method": "case", "accuracy_target": "96.5", "valid_from": "2026-03-01",
        "titles-0-title": "Auditor II", "titles-0-role": role.pk, "milestones-0-weight": "3",
    }  # fmt: skip
    assert client.post(url, data | {"titles-0-role": ""}).status_code == 422
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"valid_from": "2026-02-01"}).status_code == 422
    assert client.post(url, data | {"accuracy_target": "97.0", "titles-INITIAL_FORMS": 1}).status_code == 302
    versions = list(team.standard.versions.order_by("no").values_list("no", "accuracy_target"))
    assert [(no, str(target)) for no, target in versions] == [(1, "96.5"), (2, "97.0")]
    assert "Auditor II" in client.get(url).content.decode()
