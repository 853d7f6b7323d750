"""Two organizations on one installation: whatever address the one opens, with whatever key, nothing of the other is there."""

import itertools
import json
from types import SimpleNamespace

import pytest
from django.urls import URLPattern, get_resolver

from curriculum.models import Milestone, Role
from tests.factories import (
    CoderFactory,
    CredentialFactory,
    MembershipFactory,
    OrganizationFactory,
    StaffFactory,
    TeamFactory,
    UserFactory,
    VolumeFactory,
)
from tracker.models import (
    ImportBatch,
    ImportPage,
    ImportRows,
    ImportSource,
    Membership,
    RecordQuestion,
    Share,
    Staff,
    StandardTitle,
    StandardVersion,
)
from tracker.secret_links import digest_of
from tracker.selectors.members import member_view
from tracker.selectors.packet import packet_data
from tracker.services.evaluation import evaluate_coders
from tracker.services.programs import save_milestone


def world(mark: str, shared) -> SimpleNamespace:
    """An organization in which every name carries `mark`, and where `shared` works, too."""
    organization = OrganizationFactory(name=f"{mark} Hospital")
    manager = StaffFactory(organization=organization, user=UserFactory(full_name=f"Manager {mark}")).user
    team = TeamFactory(organization=organization, name=f"Team {mark}")
    coder = CoderFactory(user__full_name=f"Coder {mark}", user__email=f"{mark.lower()}@example.com")
    role = Role.objects.get(slug="coding-auditor")
    members = [MembershipFactory(team=team, coder=c, target_role=role) for c in (coder, shared)]
    records = [VolumeFactory(coder=m.coder, made_under=organization, note=f"Done at {mark}") for m in members]
    invited = MembershipFactory(
        team=team, invited=True, invited_email=f"new@{mark.lower()}.example", token_hash=digest_of(mark)
    )
    version = StandardVersion.objects.create(
        standard=team.standard, no=1, valid_from="2026-01-01", note=f"As {mark} does it"
    )
    StandardTitle.objects.create(version=version, title=f"Title {mark}", role=role)
    question = RecordQuestion.objects.create(
        coder=shared, organization=organization, kind="volume", record_id=records[1].pk, reason=f"Says {mark}"
    )
    given = {"name": f"Milestone of {mark}", "summary": "x"}
    own = save_milestone(
        organization, given, {"needs": {"measure": "skills", "cmp": ">=", "target": "1"}}, by=None
    )
    alone = StaffFactory(
        organization=organization, team=team, user=UserFactory(full_name=f"Deputy {mark}")
    ).user
    source = ImportSource.objects.create(
        organization=organization, name=f"Export of {mark}", kind="productivity"
    )
    of_team = ImportSource.objects.create(
        organization=organization, team=team, name=f"List of {mark}", kind="roster"
    )
    imports = [_import(source, manager, mark, "ready"), _import(source, manager, mark, "names")]
    imports += [_import(of_team, manager, mark, "ready"), _import(source, manager, mark, "done")]
    return SimpleNamespace(
        own=own.milestone, alone=alone, imports=imports, mark=mark, organization=organization, manager=manager, team=team, coder=coder, members=members, records=records,
        invited=invited, question=question,
    )  # fmt: skip


def _import(source, by, mark: str, state: str) -> ImportBatch:
    """An import that waits, with a line of its preview and a staged row, each with the mark in it."""
    columns = [["who", f"A “{mark}”"]] if source.kind == "productivity" else [["email", f"A “{mark}”"]]
    batch = ImportBatch.objects.create(
        source=source, by=by, state=state, rows=1, columns=columns, counts={"new": 1}, file_hash=mark,
        report=[[1, f"A “{mark}”", f"Odd at {mark}", False]],
    )  # fmt: skip
    if state != "done":
        ImportRows.objects.create(batch=batch, position=0, rows=[[2, None, [f"DOE, {mark}"]]])
        line = {"rows": [2], "more": 0, "who": f"Coder {mark}", "when": "", "text": f"5 charts at {mark}"}
        ImportPage.objects.create(batch=batch, outcome="new", number=1, lines=[line])
    return batch


@pytest.fixture
def worlds(catalogue):
    shared = CoderFactory(user__full_name="Casey Both")
    CredentialFactory(coder=shared)
    both = world("Aldergrove", shared), world("Birchwood", shared)
    evaluate_coders([shared.pk, *(one.coder.pk for one in both)])
    return both


def patterns(resolver=None, prefix=""):
    """Every address of the site's own pages and of its API: (name, pattern, its parameters)."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry
        elif not path.startswith(("admin/", "accounts/", "mail/")):
            yield from patterns(entry, path)


def keys_of(*worlds) -> dict[str, list]:
    """What could stand in an address: the keys of everything there is, the other's included."""
    rows = [
        row
        for one in worlds
        for row in (
            one.organization,
            one.team,
            one.question,
            one.own,
            *one.imports,
            *one.members,
            *one.records,
        )
    ]
    staff = list(Staff.objects.values_list("pk", flat=True))
    return {
        "numbers": sorted({row.pk for row in rows} | set(staff)),
        "kind": ["volume"],
        "token": [one.mark for one in worlds],
        "slug": ["accuracy-95", "coding-auditor", "resume-quantified"],
        "file_format": ["csv"],
    }


def addresses(keys):
    for path, entry in patterns():
        names = list(entry.pattern.converters)
        if "pk" in path or "<" in path or not entry.pattern.regex.groups:
            pools = [keys.get(name, keys["numbers"]) for name in names]
            for values in itertools.product(*pools):
                url = "/" + path
                for name, value in zip(names, values, strict=True):
                    for converter in ("int", "slug", "str", "path", "uuid"):
                        url = url.replace(f"<{converter}:{name}>", str(value)).replace(
                            f"<{name}>", str(value)
                        )
                if "(?P" not in url and "<" not in url and "\\" not in url:
                    yield url


NEW = ("/teams/", "/imports/new/", "/api/v1/imports/")  # where anybody may begin something of their own
OPEN_TO_WHOEVER_HAS_THE_LINK = "/invitations/"


def shown(client, url) -> str:
    response = client.get(url)
    assert response.status_code < 500, url
    if response.get("Content-Type", "").startswith("application/pdf"):
        return ""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize("swap", [False, True], ids=["of the second", "of the first"])
def test_nothing_of_another_organization_is_at_any_address(worlds, signed_in, swap):
    here, there = worlds[::-1] if swap else worlds
    every = [
        url for url in addresses(keys_of(here, there)) if not url.startswith(OPEN_TO_WHOEVER_HAS_THE_LINK)
    ]
    assert len(every) > 100
    more = [
        *(
            f"/api/v1/imports/{one.pk}/{path}"
            for one in there.imports
            for path in ("", "names/", "preview/?show=new")
        ),
        *(
            f"/teams/{here.team.pk}/{path}={there.own.pk}"
            for path in ("standard/?ask", "milestones/?milestone")
        ),
    ]
    assert any("/table.csv" in url for url in every) and any("/milestones/" in url for url in every)
    for viewer in (here.manager, here.alone, here.coder.user):
        client = signed_in(viewer)
        for url in [*every, *more]:
            assert there.mark not in shown(client, url), url
    client = signed_in(here.manager)
    for file_format in ("csv", "xlsx"):
        url = f"/teams/{there.team.pk}/?export={file_format}"
        assert client.get(url).status_code == 404
    text = shown(client, f"/teams/{here.team.pk}/?export=csv")
    assert "Casey Both" in text
    assert there.mark not in text


def test_a_shared_coders_work_for_the_other_is_in_no_packet(worlds):
    for here, there in (worlds, worlds[::-1]):
        member = Membership.objects.select_related(
            "team__organization", "coder__user", "coder__staleness"
        ).get(pk=here.members[1].pk)
        data = json.dumps(packet_data(member_view(member, member.coder.today()), member.coder.today()))
        assert "Casey Both" in data
        assert there.mark not in data


def test_no_manager_changes_anything_of_another_organization(worlds, signed_in):
    here, there = worlds
    client = signed_in(here.manager)

    def state():
        return (
            list(Membership.objects.order_by("pk").values()),
            list(Share.objects.order_by("pk").values()),
            list(Staff.objects.order_by("pk").values()),
            list(StandardVersion.objects.order_by("pk").values()),
            list(RecordQuestion.objects.order_by("pk").values()),
            list(ImportBatch.objects.order_by("pk").values()),
            list(ImportSource.objects.order_by("pk").values()),
            list(Milestone.objects.order_by("pk").values()),
            list(type(there.records[0]).objects.order_by("pk").values()),
        )

    before = state()
    own = f"/teams/{here.team.pk}/"
    steps = ("names", "commit", "cancel", "undo", "forget")
    by_api = [f"/api/v1/imports/{one.pk}/{step}/" for one in there.imports for step in steps]
    mine = tuple(
        f"/imports/{one.pk}/" for one in here.imports
    )  # another table's key may be one's own import's
    for url in [*addresses(keys_of(there)), *by_api]:
        if any(one in url for one in mine):
            continue
        if (
            url.startswith(("/teams/", "/sharing/", "/imports/", "/api/v1/imports/"))
            and not url.startswith(own)
            and url not in NEW
        ):
            response = client.post(
                url, {"record": f"volume:{there.records[0].pk}", "do": "verify", "form": "link"}
            )
            assert response.status_code in (302, 404, 405, 415), url
    verify = client.post(f"{own}verify/", {"record": f"volume:{there.records[1].pk}", "do": "verify"})
    assert verify.status_code == 302
    assert state() == before
