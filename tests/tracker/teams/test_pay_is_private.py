"""Somebody who shares all there is with a team, an instructor and a link still shows nobody what they are paid."""

from decimal import Decimal

import pytest
from django.urls import get_resolver, reverse

from tests.factories import CoderFactory, PayFactory, StaffFactory
from tests.tracker.views.conftest import addresses, catalogue, records  # noqa: F401  (fixtures)
from tracker.models import RECORD_KINDS, SHARED_KINDS, Membership, Pay, Share

AMOUNT = Decimal("61347.00")
SHOWN = ("61347", "61,347", "29.49")  # a year, a year as it is read, an hour of 2,080


@pytest.fixture
def coder(db):
    return CoderFactory()


@pytest.fixture
def paid(coder, addresses):  # noqa: F811
    """The coder, who has pay and shares every kind with every team; `addresses` are all of the site."""
    Pay.objects.filter(coder=coder).update(amount=AMOUNT)
    PayFactory(coder=coder, amount=AMOUNT)
    for membership in Membership.objects.open().filter(coder=coder):
        have = set(membership.shares.values_list("kind", flat=True))
        for kind in {kind for kind, _ in SHARED_KINDS} - have:
            Share.objects.create(coder=coder, membership=membership, kind=kind)
    return coder


def api_lists():
    for name, *_ in get_resolver("tracker.api.urls").reverse_dict.items():
        if isinstance(name, str):
            try:
                yield reverse(f"api:{name}")
            except Exception:  # noqa: S112  asks for something in its path
                continue


def test_no_manager_finds_pay_on_any_page_in_the_api_or_in_a_file(paid, addresses, client):  # noqa: F811
    membership = Membership.objects.open().filter(coder=paid).first()
    client.force_login(StaffFactory(organization=membership.team.organization).user)
    api = [
        *api_lists(),
        reverse("api:team-members", args=[membership.team_id]),
        reverse("api:team-member", args=[membership.pk]),
    ]
    seen = 0
    for address in [*addresses.values(), *api]:
        answer = client.get(address)
        text = answer.getvalue().decode(errors="replace")
        seen += answer.status_code == 200
        assert not any(figure in text for figure in SHOWN), address
    assert seen > 20
    client.force_login(paid.user)
    assert SHOWN[0] in client.get(reverse("api:pay-list")).content.decode()


@pytest.mark.parametrize(
    "query", ["ordering=pay", "ordering=-pay__amount", "coder__pay__amount__gt=1", "sort=pay", "pay=61347"]
)
def test_nothing_is_sorted_or_filtered_by_pay(paid, addresses, client, query):  # noqa: F811
    """Two people whose pay differs come in the same order, and both of them."""
    membership = Membership.objects.open().filter(coder=paid).first()
    client.force_login(StaffFactory(organization=membership.team.organization).user)
    for address in (
        reverse("tracker:team", args=[membership.team_id]),
        reverse("api:team-members", args=[membership.team_id]),
    ):
        plain, asked = client.get(address), client.get(f"{address}?{query}")
        if asked.status_code == 200 and plain["Content-Type"] == "application/json":
            assert asked.json() == plain.json()
        assert asked.status_code in (200, 400)
        assert (str(membership.coder) in plain.content.decode()) == (
            str(membership.coder) in asked.content.decode()
        )


def test_no_record_table_nor_share_knows_pay():
    assert "pay" not in RECORD_KINDS
    assert "pay" not in {kind for kind, _ in SHARED_KINDS}
    assert [field for field in Pay._meta.related_objects if field.related_name] == []
    assert Pay._meta.get_field("coder").remote_field.related_name == "+"
